"""Figures from elsewhere on the screens: beside the pop, never before it, and honest about age."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import clients
from crm_store.sources import answers
from crm_store.sources.answers import Answer
from crm_store.sources.values import AccountSaid, PartPlan, Said, SourcePlan
from crm_store.tables.billing import Accounts
from cti.changes import CallAnswered, OperatorOffered
from tests.workstation.office import TAPES, Office, Screen, open_office, settings_in
from tests.workstation.sources.billing import Billing, billing, described
from workstation import logs
from workstation.concealing import conceal
from workstation.rights import Lens
from workstation.settings import Settings
from workstation.sources.line import Breaker
from workstation.sources.pictures import Known, picture
from workstation.sources.settings import Source

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TAPE = "inbound/answered_caller_hangs_up"


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logs.set_up("ERROR")


def settings_with(folder: Path, played: Billing, **changes: Any) -> Settings:
    source = Source.model_validate(described(played.url) | changes)
    return settings_in(folder).model_copy(update={"source": (source,)})


@asynccontextmanager
async def called(tmp_path: Path, played: Billing, clock: Clock, *, said: Answer | None = None,
                 **changes: Any) -> AsyncIterator[tuple[Office, Screen]]:
    """Anna's screen while her phone rings: the client has the account 400-1."""
    async with open_office(tmp_path, clock=clock,
                           settings=settings_with(tmp_path, played, **changes)) as office:
        client_id = await client_with_account(office)
        if said is not None:
            async with office.store.begin() as tx:
                await answers.keep(tx, source="billing", key="400-1", client_id=client_id,
                                   answer=said)
        async with office.screen("anna") as anna:
            await office.play(TAPE, until=lambda change: isinstance(change, OperatorOffered))
            await anna.until(lambda views: any(
                view["card"] for view in views["conversations"].values()))
            yield office, anna


async def client_with_account(office: Office) -> int:
    async with office.store.begin() as tx:
        client_id = await clients.create(tx, name="Ivanov Ivan", number=_caller(), by="t", at=NOW,
                                         source="test")
        await tx.insert_all(Accounts, [{
            "number": "400-1", "client_id": client_id, "address_id": None, "balance_minor": 0,
            "currency": "RUB", "balance_at": NOW, "opened_on": date(2020, 1, 1),
            "closed_on": None}])
    return client_id


def _caller() -> str:
    for line in (TAPES / f"{TAPE}.jsonl").read_text().splitlines():
        headers = json.loads(line)["headers"]
        if headers.get("Event") == "Newchannel" and "trunk" in headers.get("Channel", ""):
            number: str = headers["CallerIDNum"]
            return number
    raise LookupError(TAPE)


def figures(screen: Screen) -> dict[str, Any]:
    found = list(screen.views["sources"].values())
    return found[0] if found else {"state": None}


OLD = Answer(Said(accounts=(AccountSaid(number="400-1", balance_minor=-100, currency="RUB",
                                        debt_minor=100, debt_since=date(2026, 1, 1)),)),
             NOW - timedelta(hours=1))


async def test_a_dead_source_delays_nothing_and_says_so_in_the_card(tmp_path: Path) -> None:
    async with billing() as played:
        played.mood = "silent"
        async with called(tmp_path, played, Clock(), said=OLD, limit_s=0.3) as (_, anna):
            # the card is here, and the source has not answered anything yet
            assert anna.conversations[0]["card"]["name"] == "Ivanov Ivan"
            await anna.until(lambda views: figures(anna)["state"] == "failed")
            shown = figures(anna)
            assert (shown["reason"], shown["failing_since"]) == (
                "timeout", "2026-11-22T10:00:00.000Z")
            assert shown["as_of"] == "2026-11-22T09:00:00.000Z"     # what it said an hour ago
            assert [row["account"] for row in shown["figures"]] == ["400-1"]


async def test_fresh_figures_come_after_the_card_and_unmask_with_the_identity(
    tmp_path: Path
) -> None:
    async with billing() as played, called(tmp_path, played, Clock(), said=OLD) as (office, anna):
        await anna.until(lambda views: figures(anna)["state"] == "fresh")
        shown = figures(anna)
        assert (shown["masked"], shown["debt_minor"]) == (True, 0)
        assert all(row["amount_minor"] == 0 for row in shown["figures"])
        assert '"amount_minor":130010' not in json.dumps(anna.views["sources"])
        await office.play(TAPE, until=lambda change: isinstance(change, CallAnswered))
        await anna.recognise()
        await anna.until(lambda views: not figures(anna)["masked"])
        shown = figures(anna)
        assert (shown["balance_minor"], shown["debt_minor"], shown["debt_since"]) == (
            -481_250, 481_250, "2026-09-09")
        assert [(row["kind"], row["amount_minor"]) for row in shown["figures"]] == [
            ("account", -481_250), ("invoice", 130_010), ("invoice", 124_000),
            ("payment", 50_000)]
        assert len(played.asked) == 1


async def test_within_its_cache_time_a_source_is_not_asked_even_after_a_restart(
    tmp_path: Path
) -> None:
    clock = Clock()
    async with billing() as played:
        async with called(tmp_path, played, clock) as (_, anna):
            await anna.until(lambda views: figures(anna)["state"] == "fresh")
        settings = settings_with(tmp_path, played)
        clock.now += timedelta(seconds=200)
        async with open_office(tmp_path, clock=clock, settings=settings) as office:
            bearer = await office.bearer("sofia")
            answer = await office.http.get(f"{office.url}/api/v1/clients/1/sources",
                                           headers=bearer)
            [shown] = (await answer.json())["sources"]
            assert (shown["state"], shown["debt_minor"]) == ("fresh", 481_250)
            assert len(played.asked) == 1
            clock.now += timedelta(seconds=200)
            await office.http.get(f"{office.url}/api/v1/clients/1/sources", headers=bearer)
            assert len(played.asked) == 2


async def test_a_source_that_comes_back_is_shown_without_anybody_asking(tmp_path: Path) -> None:
    async with billing() as played:
        played.mood = "broken"
        async with called(tmp_path, played, Clock(), pause_s=0.1, failures=9) as (_, anna):
            await anna.until(lambda views: figures(anna)["state"] == "failed")
            played.mood = "honest"
            await anna.until(lambda views: figures(anna)["state"] == "fresh")
            assert figures(anna)["failing_since"] is None


@pytest.mark.parametrize(("mood", "reason"), [
    ("html", "not_json"), ("dollars", "wrong_currency"), ("redirects", "redirect")])
async def test_a_hostile_answer_is_refused_and_the_reason_stands_in_the_card(
    tmp_path: Path, mood: str, reason: str
) -> None:
    async with billing() as played:
        played.mood = mood
        async with called(tmp_path, played, Clock(), said=OLD) as (_, anna):
            await anna.until(lambda views: figures(anna)["state"] == "failed")
            shown = figures(anna)
            assert shown["reason"] == reason
            assert shown["as_of"] == "2026-11-22T09:00:00.000Z"


async def test_figures_are_private_and_go_when_the_conversation_is_done(tmp_path: Path) -> None:
    async with billing() as played, called(tmp_path, played, Clock()) as (office, anna), \
            office.screen("boris") as boris:
        await anna.until(lambda views: figures(anna)["state"] == "fresh")
        await boris.ask("request.list")
        assert not boris.views["sources"]
        view = office.desk.conversations.of("101")[0]
        office.desk.conversations.change("101", view.call, state="done")
        await anna.until(lambda views: not views["sources"])
        assert not office.desk.figures._works


async def test_a_client_opened_by_search_has_his_figures_too(tmp_path: Path) -> None:
    async with billing() as played, open_office(
            tmp_path, settings=settings_with(tmp_path, played)) as office:
        client_id = await client_with_account(office)
        async with office.screen("sofia") as sofia:
            reply = await sofia.ask("client.card", client_id=client_id)
            assert reply.problem is None
            await sofia.until(lambda views: figures(sofia)["state"] == "fresh")
            assert figures(sofia)["debt_minor"] == 481_250      # a lead sees sums


async def test_a_client_without_an_account_has_nothing_to_be_asked_by(tmp_path: Path) -> None:
    async with billing() as played, open_office(
            tmp_path, settings=settings_with(tmp_path, played)) as office:
        async with office.store.begin() as tx:
            client_id = await clients.create(tx, name="New", by="t", at=NOW)
        async with office.screen("sofia") as sofia:
            await sofia.ask("client.card", client_id=client_id)
            await sofia.until(lambda views: figures(sofia)["state"] == "nothing")
    assert not played.asked


def test_who_may_not_see_money_sees_no_figures() -> None:
    line = PartPlan(rows="accounts", fields={"number": "number"})
    plan = SourcePlan(id="billing", name="Billing", kind="http", url="http://x/{key}",
                      key="account", parts={"account": line})
    known = Known(client_id=1, keys=("400-1",), answers={"400-1": OLD})
    shown = picture(plan, known, Breaker(), NOW, masked=False)
    assert (len(shown.figures), shown.debt_minor) == (1, 100)
    seen = conceal(shown, Lens((("money", "cards"),)))
    assert (seen.figures, seen.debt_minor, seen.balance_minor) == ([], 0, 0)
    assert seen.as_of == shown.as_of
