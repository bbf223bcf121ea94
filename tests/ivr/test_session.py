"""Whole calls against the menu server: real sockets, a real base, really spoken prompts."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ivr.plan import IvrPlan
from ivr.say import Money
from ivr.speaking import Speaker
from ivr.speech import PromptCache, Voice
from ivr.wording import Value, Wording, fragments
from tests.ivr.conftest import AHEAD, DEBTOR, SHARED, STRANGER, Serving
from tests.ivr.telephone import LEAVES, SILENT, Telephone, call

DEBT = "DesklineMenu,Menu: main,Step: tell_debt"


@pytest.fixture
def sounds(prompts_dir: Path, espeak: Voice, english: Wording) -> Callable[..., str]:
    """The name of the sound that says these phrases."""
    cache = PromptCache(prompts_dir, espeak)

    def name(*phrases: str, **values: Value) -> str:
        return cache.joined(fragments(english, phrases, values)).name
    return name


async def test_a_known_caller_hears_his_debt_and_last_payment_and_is_served(
    menu_port: int, sounds: Callable[..., str],
) -> None:
    telephone = await call(menu_port, ["1", SILENT, SILENT], number=DEBTOR)
    assert telephone.heard == [
        sounds("greeting"), sounds("choices"), sounds("debt", debt=Money(4_812_50, "RUB")),
        sounds("last_payment", payment=Money(700_00, "RUB"), paid_on=date(2026, 11, 9)),
        *2 * [sounds("promise_offer", "more")], sounds("goodbye")]
    assert telephone.variables == {"DESKLINE_NEXT": "hangup"}


async def test_the_floor_is_told_who_calls_and_each_step(menu_port: int) -> None:
    telephone = await call(menu_port, ["1", "2"], number=DEBTOR)
    assert telephone.told == [
        "DesklineClient,Client: 1,How: number",
        *(f"DesklineMenu,Menu: main,Step: {step}"
          for step in ("greet", "choose", "tell_debt", "tell_payment", "more_owing", "billing"))]
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}


async def test_a_client_ahead_with_his_payments_hears_his_credit(
    menu_port: int, sounds: Callable[..., str],
) -> None:
    telephone = await call(menu_port, ["1", "0"], number=AHEAD)
    assert sounds("credit", credit=Money(5_00, "RUB")) in telephone.heard


@pytest.mark.parametrize(("number", "account"), [
    (STRANGER, "40012345"), ("", "40012345"), (SHARED, "40012345"), ("anonymous", "40012345"),
])
async def test_who_is_not_known_by_his_number_is_by_his_account(
    menu_port: int, number: str, account: str,
) -> None:
    telephone = await call(menu_port, ["1", account, "0"], number=number)
    assert "DesklineClient,Client: 1,How: account" in telephone.told
    assert DEBT in telephone.told


async def test_a_wrong_account_is_told_and_asked_again_once(
    menu_port: int, sounds: Callable[..., str],
) -> None:
    telephone = await call(menu_port, ["1", "99999999", "123"], number=STRANGER)
    assert telephone.heard[-1] == sounds("account_unknown", "account_question")
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}


@pytest.mark.parametrize(("does", "entry", "way"), [
    (["0"], "74951200000", "queue:billing"),
    (["0"], "74951200001", "queue:outages"),        # the queue of the number dialled
    (["0"], "", "queue:billing"),
    (["0"], "4711", "queue:billing"),
    (["2"], "74951200001", "queue:billing"),
    (["3"], "74951200000", "queue:outages"),
    ([SILENT, SILENT], "74951200000", "queue:billing"),
    (["#", "#"], "74951200000", "queue:billing"),
    (["#", "3"], "74951200000", "queue:outages"),
    (["1", SILENT, SILENT], "74951200001", "queue:outages"),
    (["1", "0"], "74951200001", "queue:outages"),
])
async def test_each_way_through_the_menu_ends_where_it_should(
    menu_port: int, does: Sequence[str], entry: str, way: str,
) -> None:
    telephone = await call(menu_port, does, entry=entry, number=STRANGER)
    assert telephone.variables == {"DESKLINE_NEXT": way}


@pytest.mark.parametrize("number", [
    "+7916\\n", "x" * 300, '"; DROP TABLE clients; --', "٣٣٣", "7" * 15, "%0A", "\x1b[31m",
])
async def test_a_hostile_number_is_a_strangers(menu_port: int, number: str) -> None:
    telephone = await call(menu_port, ["3"], number=number)
    assert telephone.variables == {"DESKLINE_NEXT": "queue:outages"}
    assert not any("DesklineClient" in told for told in telephone.told)


@pytest.mark.parametrize("step", range(6))
async def test_a_caller_may_leave_at_any_prompt(
    menu_port: int, step: int, caplog: pytest.LogCaptureFixture,
) -> None:
    does = [*["1", SILENT, "1", SILENT, "9"][:step], LEAVES]
    telephone = await call(menu_port, does, number=DEBTOR)
    assert telephone.is_gone
    assert not telephone.variables
    assert (await call(menu_port, ["3"])).variables == {"DESKLINE_NEXT": "queue:outages"}
    assert "failed" not in caplog.text


async def test_without_a_base_a_caller_goes_straight_to_the_queue(
    without_base: Callable[[str], IvrPlan], serve_plan: Serving, tmp_path: Path,
) -> None:
    async with serve_plan(without_base(f"sqlite:///{tmp_path / 'nothing.db'}")) as port:
        telephone = await call(port)
    assert telephone.heard == []
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}


async def test_a_base_that_never_answers_costs_a_caller_less_than_two_seconds(
    without_base: Callable[[str], IvrPlan], serve_plan: Serving,
) -> None:
    async with black_hole() as dead, serve_plan(
            without_base(f"postgresql://deskline@127.0.0.1:{dead}/deskline")) as port:
        began = time.monotonic()
        telephone = await call(port)
        waited = time.monotonic() - began
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}
    assert waited < 2.0


@asynccontextmanager
async def black_hole():  # type: ignore[no-untyped-def]
    """A server that takes connections and says nothing, ever; its port."""
    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.read()
        finally:
            writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_prompt_that_is_gone_gives_the_caller_to_his_queue(
    ivr_plan: IvrPlan, serve_plan: Serving, tmp_path: Path, espeak: Voice, english: Wording,
    caplog: pytest.LogCaptureFixture,
) -> None:
    copy = tmp_path / "prompts"
    copy.symlink_to(ivr_plan.prompts_dir, target_is_directory=True)
    elsewhere = {"en": Speaker.of(english, espeak, copy)}
    async with serve_plan(replace(ivr_plan, prompts_dir=copy, speakers=elsewhere)) as port:
        copy.unlink()
        telephone = await call(port, entry="74951200001")
    assert telephone.variables == {"DESKLINE_NEXT": "queue:outages"}
    assert "menu had to give a caller" in caplog.text


async def test_a_hundred_and_twenty_callers_at_once_are_all_served(menu_port: int) -> None:
    async with asyncio.TaskGroup() as group:
        calls = [group.create_task(_later(number / 40, menu_port)) for number in range(120)]
    ways = [one.result().variables["DESKLINE_NEXT"] for one in calls]
    assert set(ways) <= {"hangup", "queue:billing"}     # the latter on a machine that is too slow
    assert ways.count("hangup") > 60


async def _later(delay_s: float, port: int) -> Telephone:
    await asyncio.sleep(delay_s)
    return await call(port, ["1", SILENT, SILENT], number=DEBTOR, prompt_s=0.4)
