"""Call controls against the real Asterisk and real telephones; who hears whom is measured."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from cti.agi import AgiSession, Request, serve
from cti.pbx.find import Program
from tests.pbx.controlled import ANNA_HZ, BORIS_HZ, CALLER_HZ, Floor, hears, opened, states
from tests.pbx.fixtures import PrivatePbx, private_pbx

pytestmark = pytest.mark.pbx


@pytest.fixture(scope="module")
def pbx(asterisk: Program) -> Iterator[PrivatePbx]:
    """Where nobody is parked for long."""
    with private_pbx(asterisk, park_limit_s=3) as one:
        yield one


async def test_a_call_is_held_muted_dialled_into_and_taken_up_again_as_one_call(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await floor.answered()
        await hears(floor.caller, ANNA_HZ)
        assert {"hold", "mute", "keypad", "consult", "park", "transfer"} <= floor.can()
        await floor.ask("hold")
        await floor.until_state("held")
        await hears(floor.caller, nothing_of=(ANNA_HZ,))
        await hears(floor.annas, nothing_of=(CALLER_HZ,))
        assert "resume" in floor.can()
        assert "hold" not in floor.can()
        await floor.ask("resume")
        await floor.until_state("talking")
        await hears(floor.caller, ANNA_HZ)
        await floor.ask("mute", on=True)
        await hears(floor.caller, nothing_of=(ANNA_HZ,))
        await floor.ask("mute", on=False)
        await hears(floor.caller, ANNA_HZ)
        await floor.ask("keypad", digits="12#")
        assert [(await floor.caller.wait("digit", nth=n))["digit"] for n in (1, 2, 3)] == [
            "1", "2", "#"]
        await floor.ask("hold")
        await floor.until_state("held")
        await floor.caller.hang_up()
        await floor.annas.wait("ended")     # nobody is left in silence
        await floor.until_state("wrap_up")
        row, kinds = await floor.facts()
    assert (row.outcome, row.operator) == ("answered", "101")
    assert [kind for kind in kinds if kind in ("talk", "hold")] == [
        "talk", "hold", "talk", "hold"]
    tape = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*.jsonl*"))
    assert b"DTMF" not in tape


async def test_a_call_between_two_operators_is_held_by_either_muted_and_passed_on(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        boris = floor.boris
        await floor.annas.dial("102", pbx.ports.sip)
        await floor.boriss.wait("incoming")
        await floor.boriss.answer()
        await boris.until(lambda views: states(views) == ["talking"])
        floor.call = boris.conversations[0]["call"]
        await hears(floor.annas, BORIS_HZ)
        assert {"hold", "mute", "keypad", "transfer"} <= floor.can(boris)
        await floor.ask("hold", boris)
        await floor.until_state("held", boris)
        await hears(floor.annas, nothing_of=(BORIS_HZ,))
        await floor.ask("resume", boris)
        await floor.until_state("talking", boris)
        await hears(floor.annas, BORIS_HZ)
        await floor.ask("hold", floor.anna)         # who called holds it, too
        await floor.until_state("held", boris)
        await hears(floor.boriss, nothing_of=(ANNA_HZ,))
        assert "resume" not in floor.can(boris)
        await floor.ask("resume", floor.anna)
        await floor.until_state("talking", boris)
        await floor.ask("mute", boris, on=True)
        await hears(floor.annas, nothing_of=(BORIS_HZ,))
        await floor.ask("keypad", boris, digits="7")
        assert (await floor.annas.wait("digit"))["digit"] == "7"
        async with asyncio.timeout(30):
            while not any(floor.office.desk.floor.phones.get("104", {}).values()):  # noqa: ASYNC110 - nobody is told
                await asyncio.sleep(0.1)
        await floor.ask("transfer", boris, operator="104")      # the world answers there
        await floor.boriss.wait("ended")
        await floor.annas.hang_up()
        await floor.annas.wait("ended")


async def test_a_desk_phone_that_rings_is_answered_from_the_screen(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path, obeys_answer_after=True) as floor:
        await floor.answered_from_the_screen()
        await hears(floor.caller, ANNA_HZ)
        await hears(floor.annas, CALLER_HZ)
        await floor.caller.hang_up()
        await floor.until_state("wrap_up")
        row, _ = await floor.facts()
    assert (row.outcome, row.operator) == ("answered", "101")


async def consulting(floor: Floor) -> None:
    """Anna talks with Boris, the caller hears music."""
    await floor.answered()
    await floor.ask("consult", operator="102")
    await floor.until_consult("ringing")
    await floor.boriss.wait("incoming")
    await floor.boriss.answer()
    await floor.until_consult("talking")
    await hears(floor.boriss, ANNA_HZ, nothing_of=(CALLER_HZ,))
    await hears(floor.caller, nothing_of=(ANNA_HZ, BORIS_HZ))


async def test_a_colleague_is_asked_swapped_and_gets_the_caller(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await consulting(floor)
        assert floor.can() >= {"swap", "complete", "cancel", "conference"}
        await floor.ask("swap")
        await floor.until_consult("held")
        await hears(floor.caller, ANNA_HZ, nothing_of=(BORIS_HZ,))
        await hears(floor.boriss, nothing_of=(ANNA_HZ,))
        await floor.ask("swap")
        await floor.until_consult("talking")
        await hears(floor.boriss, ANNA_HZ)
        await floor.ask("complete")
        await floor.annas.wait("ended")
        await hears(floor.caller, BORIS_HZ, nothing_of=(ANNA_HZ,))
        await hears(floor.boriss, CALLER_HZ)
        await floor.until_state("wrap_up")
        await floor.until_state("talking", floor.boris)
        await floor.caller.hang_up()
        await floor.boriss.wait("ended")
        row, kinds = await floor.facts()
    assert (row.outcome, row.operator) == ("answered", "102")
    assert [kind for kind in kinds if kind in ("talk", "hold")] == [
        "talk", "hold", "talk", "hold", "talk"]


async def test_three_talk_one_is_taken_out_and_then_the_operator_leaves(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await consulting(floor)
        await floor.ask("conference")
        await hears(floor.caller, ANNA_HZ, BORIS_HZ)
        await hears(floor.annas, CALLER_HZ, BORIS_HZ)
        await floor.until_can("drop")
        await floor.ask("drop", party="third")
        await floor.boriss.wait("ended")
        await floor.until_can("consult")
        await hears(floor.caller, ANNA_HZ)
        await floor.ask("consult", operator="102")
        await floor.boriss.wait("incoming", nth=2)
        await floor.boriss.answer()
        await floor.until_consult("talking")
        await floor.ask("swap")
        await floor.until_consult("held")
        await floor.ask("conference")
        await hears(floor.caller, ANNA_HZ, BORIS_HZ)
        await floor.until_can("leave")
        await floor.ask("leave")
        await floor.annas.wait("ended")
        await hears(floor.caller, BORIS_HZ, nothing_of=(ANNA_HZ,))
        await floor.until_state("wrap_up")
        await floor.until_state("talking", floor.boris)
        await floor.boriss.hang_up()
        await floor.caller.wait("ended")
        row, _ = await floor.facts()
    assert (row.outcome, row.operator) == ("answered", "102")


async def test_after_an_asking_that_comes_to_nothing_the_operator_is_back_with_the_caller(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await consulting(floor)
        await floor.boriss.hang_up()
        for nth, is_answered, is_refused in ((2, True, False), (3, False, False),
                                             (4, False, True)):
            await floor.until_consult(None)
            await floor.until_state("talking")
            await hears(floor.caller, ANNA_HZ, nothing_of=(BORIS_HZ,))
            await floor.ask("consult", operator="102")
            await floor.boriss.wait("incoming", nth=nth)
            await floor.until_consult("ringing")
            if is_answered:
                await floor.boriss.answer()
                await floor.until_consult("talking")
            if is_refused:
                await floor.boriss.refuse()
            else:
                await floor.ask("cancel")
            await floor.boriss.wait("ended", nth=nth)
        await floor.until_state("talking")
        await hears(floor.caller, ANNA_HZ)


async def test_a_caller_whose_operator_goes_while_asking_is_first_in_the_queue(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await consulting(floor)
        await floor.annas.hang_up()
        await floor.boriss.wait("ended")
        async with asyncio.timeout(5):
            while (floor.office.desk.floor.calls[floor.call].state not in (  # noqa: ASYNC110
                    "waiting", "ringing")):
                await asyncio.sleep(0.05)
        assert not floor.caller.has("ended")


async def test_a_parked_call_is_taken_back_and_one_parked_too_long_comes_back_by_itself(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await floor.answered()
        await floor.ask("park")
        await floor.annas.wait("ended")
        await floor.boris.until(lambda views: any(
            one["call"] == floor.call for queue in views["queues"].values()
            for one in queue["parked"]))
        await floor.ask("take_back", floor.boris)
        await floor.boriss.wait("incoming")
        await floor.boriss.answer()
        await hears(floor.caller, BORIS_HZ)
        await floor.until_state("talking", floor.boris)
        await floor.boris.until(lambda views: not any(
            queue["parked"] for queue in views["queues"].values()))
        await floor.ask("park", floor.boris)
        await floor.boriss.wait("ended")
        await floor.boriss.wait("incoming", nth=2)
        await floor.boriss.answer()
        await hears(floor.caller, BORIS_HZ)
        await floor.until_state("talking", floor.boris)


async def test_a_call_that_rings_at_a_colleague_is_picked_up(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        await floor.caller.dial("+74951200000", pbx.ports.sip)
        await floor.annas.wait("incoming")
        await floor.anna.until(lambda views: bool(views["conversations"]))
        floor.call = floor.anna.conversations[0]["call"]
        assert floor.can() == {"answer"}
        await floor.ask("pick_up", floor.boris)
        await floor.annas.wait("ended")
        await floor.boriss.wait("incoming")
        await floor.boriss.answer()
        await hears(floor.caller, BORIS_HZ)
        assert floor.office.desk.floor.operators["101"].state == "ready", "not set aside"


async def test_a_waiting_call_is_redirected_and_one_that_nobody_takes_waits_on(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor, floor.office.screen("sofia") as sofia:
        assert (await floor.anna.ask("state.set", state="paused", reason="lunch")).problem is None
        await floor.caller.dial("+74951200000", pbx.ports.sip)
        await sofia.until(lambda views: any(
            one["state"] == "waiting" for one in views["calls"].values()))
        floor.call = next(iter(sofia.views["calls"]))
        assert "redirect" in sofia.views["calls"][floor.call]["can"]
        await floor.ask("redirect", sofia, operator="102")
        await floor.boriss.wait("incoming")
        await sofia.until(lambda views: views["calls"][floor.call]["state"] == "ringing")
        await floor.boriss.refuse()
        await sofia.until(lambda views: views["calls"][floor.call]["state"] == "waiting")
        await floor.ask("redirect", sofia, operator="102")
        await floor.boriss.wait("incoming", nth=2)
        await floor.boriss.answer()
        await hears(floor.caller, BORIS_HZ)


async def test_a_transfer_that_is_not_taken_comes_back(pbx: PrivatePbx, tmp_path: Path) -> None:
    async with opened(pbx, tmp_path) as floor:
        await floor.answered()
        await floor.ask("transfer", operator="102")
        await floor.boriss.wait("incoming")
        await floor.annas.wait("ended")
        await floor.boriss.refuse()
        await floor.annas.wait("incoming", nth=2)
        await floor.annas.answer()
        await hears(floor.caller, ANNA_HZ)


async def test_a_caller_goes_through_a_menu_and_is_back_with_the_same_operator(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    asked: list[str] = []

    async def menu(agi: AgiSession, request: Request) -> None:
        asked.append(request.query.get("menu", ""))
        if asked[-1]:
            await asyncio.sleep(1)

    async with (serve("127.0.0.1", pbx.ports.agi_menu, {"menu": menu}),
                opened(pbx, tmp_path) as floor):
        await floor.answered()
        await floor.ask("to_menu", menu="main")
        await hears(floor.annas, nothing_of=(CALLER_HZ,))
        await floor.until_state("held")
        await floor.until_state("talking")
        await hears(floor.caller, ANNA_HZ)
        assert asked == ["", "main"]
        assert not floor.annas.has("ended")


async def test_a_call_that_the_operator_made_is_held_and_given_to_a_colleague(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with opened(pbx, tmp_path) as floor:
        assert (await floor.anna.ask("call.dial", number="+79161234510",
                                     retyped="+79161234510")).problem is None
        await floor.annas.wait("incoming")
        await floor.annas.answer()
        await floor.anna.until(lambda views: [
            view["state"] for view in views["conversations"].values()] == ["talking"])
        floor.call = floor.anna.conversations[0]["call"]
        await floor.ask("hold")
        await floor.until_state("held")
        await floor.ask("resume")
        await floor.until_state("talking")
        await floor.ask("consult", operator="102")
        await floor.boriss.wait("incoming")
        await floor.boriss.answer()
        await floor.until_consult("talking")
        await floor.ask("complete")
        await floor.annas.wait("ended")
        await floor.until_state("wrap_up")
        await floor.until_state("talking", floor.boris)
        await floor.boriss.hang_up()
        row, _ = await floor.facts()
    assert (row.direction, row.outcome, row.operator) == ("out", "answered", "102")
