"""The example processes, each walked from filing to closing; late ones told, untaken ones offered,
matters joined and parted: real server and database, a clock of ours."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from crm_store import request_alarms, requests, tasks
from crm_store.tables.client_facts import ClientEmails
from crm_store.tables.outbox import Outbox
from crm_store.tables.requests import RequestAlarms
from cti.operators import Operator
from tests.workstation.office import Office, Screen, add_client, open_office, settings_in
from workstation.requests import clock as request_clock
from workstation.requests import kinds

MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)       # 10:00 in Moscow


@dataclass
class Clock:
    now: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def office(tmp_path: Path, clock: Clock) -> AsyncIterator[Office]:
    async with _office(tmp_path, clock) as opened:
        yield opened


@asynccontextmanager
async def _office(folder: Path, clock: Clock) -> AsyncIterator[Office]:
    async with open_office(folder, clock=clock, settings=settings_in(folder)) as opened:
        yield opened


VALUES: dict[str, dict[str, str]] = {
    "meter_dispute": {"account": "400-1", "meter": "M-77", "billed_reading": "10482",
                      "client_reading": "10350", "reason": "misread"},
    "reconnection": {"account": "400-1", "paid": "says"},
    "invoice_correction": {"account": "400-1", "invoice": "INV-1", "reason": "double"},
    "complaint": {"about": "service", "text": "Nobody listened."},
    "new_contract": {"address": "Samara, Lenina 5", "resource": "gas"},
    "payment_plan": {"account": "400-1", "parts": "6"},
}
# type → the way, each stage with the group that answers there
WAYS: dict[str, list[tuple[str, str]]] = {
    "meter_dispute": [("in_work", "billing"), ("waiting_client", "billing"),
                      ("in_work", "billing"), ("done", "billing")],
    "reconnection": [("checking", "billing"), ("crew", "field"), ("no_access", "field"),
                     ("crew", "field"), ("supplied", "field")],
    "invoice_correction": [("recalculating", "billing"), ("second_look", "billing"),
                           ("recalculating", "billing"), ("second_look", "billing"),
                           ("corrected", "billing")],
    "complaint": [("looked_into", "billing"), ("answer", "billing"), ("answered", "billing")],
    "new_contract": [("measurement", "field"), ("calculation", "contracts"),
                     ("contract", "contracts"), ("payment", "billing"),
                     ("installation", "field"), ("installed", "field")],
    "payment_plan": [("decision", "billing"), ("signing", "billing"), ("running", "billing"),
                     ("paid", "billing")],
}


def test_every_shipped_process_is_walked() -> None:
    assert set(WAYS) == set(VALUES) == set(kinds.load())


async def _file(screen: Screen, client: int, name: str, **more: str) -> int:
    reply = await screen.ask("request.file", client_id=client, type=name,
                             fields=VALUES[name] | more)
    assert reply.problem is None, reply.problem
    return int(reply.result["id"])


@pytest.mark.parametrize("name", sorted(WAYS))
async def test_a_process_from_the_call_to_its_closing(office: Office, clock: Clock,
                                                      name: str) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("sofia") as sofia:
        number = await _file(sofia, client, name)
        for stage, group in WAYS[name]:
            shown = await _open_one(office, number)
            assert shown.group
            assert shown.deadline_at > clock.now
            clock.now += timedelta(minutes=30)
            moved = await sofia.ask("request.move", id=number, stage=stage, note=f"to {stage}")
            assert moved.problem is None, moved.problem
            assert moved.result["request"]["group"] == group
        history = (await sofia.ask("request.history", id=number)).result
    row = await _row(office, number)
    assert row.closed_at == clock.now
    told = [event for event in history["events"] if event["kind"] in ("filed", "moved")]
    assert [event["to_stage"] for event in told] == [
        next(iter(kinds.load()[name].stage)), *(stage for stage, _ in WAYS[name])]
    assert all(event["note"] == f"to {event['to_stage']}" for event in told[1:])
    words = [event["note"] for event in history["events"] if event["kind"] == "told"]
    assert words, "the client hears of it"
    assert "{" not in "".join(words)
    assert await _untold(office, number) == []


async def _open_one(office: Office, number: int) -> requests.RequestRow:
    """A law of each moment: somebody answers, there is a deadline, and it will be told."""
    row = await _row(office, number)
    alarms = await _untold(office, number)
    assert [at for kind, at in alarms if kind == "late"] == [row.deadline_at]
    return row


async def _row(office: Office, number: int) -> requests.RequestRow:
    async with office.store.read() as tx:
        return await requests.one(tx, number)


async def _untold(office: Office, number: int) -> list[tuple[str, datetime]]:
    async with office.store.read() as tx:
        rows = await tx.all(select(RequestAlarms.kind, RequestAlarms.due_at).where(
            RequestAlarms.request_id == number, RequestAlarms.told_at.is_(None)))
    return [(row.kind, row.due_at) for row in rows]


async def _tasks(office: Office) -> list[tasks.TaskRow]:
    async with office.store.read() as tx:
        return await tasks.still_open(tx, 100)


async def test_a_late_request_is_told_to_its_lead_at_once_and_only_once(
    office: Office, clock: Clock
) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("sofia") as sofia, office.screen("anna") as anna:
        number = await _file(anna, client, "reconnection")
        await sofia.ask("request.move", id=number, stage="crew")
        deadline = (await _row(office, number)).deadline_at
        clock.now = deadline + timedelta(seconds=1)
        await sofia.told("request_late")
        await sofia.until(lambda views: any(
            task["request_id"] == number and task["operator"] == "109"
            for task in views["tasks"].values()))
        row = await _row(office, number)
        assert row.late_at == clock.now
        assert await request_clock.tell_due(office.desk) == 0
        # Handed over it is late still, and that is not told anew.
        before = len(await _tasks(office))
        passed = await sofia.ask("request.hand_over", id=number, operator="103")
        assert passed.result["request"]["operator"] == "103"
        assert passed.result["request"]["late"]
        assert len(await _tasks(office)) == before
        # Moved on it has a new deadline, and an alarm with it.
        await sofia.ask("request.move", id=number, stage="no_access")
        moved = await _open_one(office, number)
        assert moved.late_at is None
        story = (await sofia.ask("request.history", id=number)).result["events"]
    assert [one["kind"] for one in story].count("late") == 1


async def test_what_nobody_takes_is_told_to_the_lead(office: Office, clock: Clock) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("sofia") as sofia:
        number = await _file(sofia, client, "complaint")
        due = (await _row(office, number)).reaction_at
        assert due == MONDAY + timedelta(hours=2)
        clock.now = due
        await sofia.told("request_untaken")
        await sofia.ask("request.take", id=number)
        assert (await _row(office, number)).reaction_at is None


async def test_a_reminder_comes_before_the_deadline(office: Office, clock: Clock) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("anna") as anna:
        number = await _file(anna, client, "complaint")
        await anna.ask("request.take", id=number)
        clock.now = (await _row(office, number)).deadline_at - timedelta(minutes=59)
        assert (await anna.told("request_due")).text == str(number)


def _at_work(office: Office, *operators: str, state: str = "ready") -> None:
    """The floor says so; nobody needs a telephone for it."""
    for one in operators:
        office.engine.floor._operators[one] = Operator(
            id=one, state=state, since=MONDAY)  # type: ignore[arg-type]


async def test_not_accepted_in_time_it_is_offered_to_the_next(
    office: Office, clock: Clock
) -> None:
    client = await add_client(office, "Ivanov")
    _at_work(office, "101", "102")
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        number = await _file(anna, client, "complaint")
        await anna.told("request_offered")
        await anna.until(lambda views: views["requests"].get(str(number), {}).get(
            "offered_to") == "101")
        clock.now += timedelta(minutes=10)
        await boris.told("request_offered")
        taken = await boris.ask("request.take", id=number)
        assert taken.result["request"]["operator"] == "102"
        assert taken.result["request"]["offered_to"] is None
        refused = await anna.ask("request.take", id=number)
        assert refused.problem is not None
        assert refused.problem.code == "taken"
    assert [kind for kind, _ in await _untold(office, number) if kind == "offer"] == []


async def test_who_talks_is_offered_nothing(office: Office, clock: Clock) -> None:
    client = await add_client(office, "Ivanov")
    _at_work(office, "101", state="talking")
    async with office.screen("anna") as anna:
        number = await _file(anna, client, "complaint")
        clock.now += timedelta(minutes=1)
        await request_clock.tell_due(office.desk)
        assert (await _row(office, number)).offered_to is None
        _at_work(office, "101")
        clock.now += timedelta(minutes=1)
        await anna.told("request_offered")


async def test_a_second_one_of_the_same_matter_is_shown_and_joined_by_hand_and_parted(
    office: Office, clock: Clock
) -> None:
    client = await add_client(office, "Ivanov")
    other = await add_client(office, "Petrov")
    async with office.screen("anna") as anna, office.screen("sofia") as sofia:
        first = await _file(anna, client, "meter_dispute")
        clock.now += timedelta(hours=1)
        reply = await anna.ask("request.file", client_id=client, type="meter_dispute",
                               fields=VALUES["meter_dispute"])
        second = reply.result["id"]
        assert reply.result["same_matter"] == [first]
        elsewhere = await _file(anna, client, "meter_dispute", meter="M-78")
        joined = await anna.ask("request.join", id=second, into=first)
        assert joined.result["request"]["id"] == first
        await anna.until(lambda views: str(second) not in views["requests"])
        told = (await anna.ask("request.history", id=first)).result
        assert told["joined"] == [second]
        assert {event["request_id"] for event in told["events"]} == {first, second}
        refused = await anna.ask("request.join", id=elsewhere,
                                 into=await _file(anna, other, "meter_dispute"))
        assert refused.problem.code == "other_matter"
        parted = await sofia.ask("request.part", id=second)
        assert (parted.result["request"]["stage"], parted.problem) == ("new", None)
    await _open_one(office, second)
    assert (await _row(office, second)).joined_to is None


async def test_reopened_it_keeps_its_history_and_has_a_deadline_again(
    office: Office, clock: Clock
) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("sofia") as sofia:
        number = await _file(sofia, client, "complaint")
        assert (await sofia.ask("request.reopen", id=number)).problem.code == "request_open"
        await sofia.ask("request.move", id=number, stage="rejected")
        closed = await sofia.ask("request.move", id=number, stage="looked_into")
        assert closed.problem.code == "request_closed"
        clock.now += timedelta(days=3)
        opened = await sofia.ask("request.reopen", id=number, note="he called again")
        assert opened.result["request"]["stage"] == "new"
        assert (await _open_one(office, number)).deadline_at > clock.now
        story = (await sofia.ask("request.history", id=number)).result["events"]
    assert [one["kind"] for one in story if one["kind"] != "told"] == [
        "filed", "moved", "reopened"]


async def test_programs_that_asked_are_told_and_the_one_that_follows_is_filed(
    office: Office, clock: Clock
) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("sofia") as sofia:
        number = await _file(sofia, client, "meter_dispute")
        await sofia.ask("request.move", id=number, stage="in_work")
        await sofia.ask("request.move", id=number, stage="done")
        await sofia.until(lambda views: any(
            one["type"] == "invoice_correction" and one["fields"] == {"account": "400-1"}
            and one["channel"] == "process" for one in views["requests"].values()))


async def test_who_reads_mail_is_told_by_mail(tmp_path: Path, clock: Clock) -> None:
    settings = settings_in(tmp_path).model_copy(update={"requests": kinds_mailbox()})
    async with open_office(tmp_path, clock=clock, settings=settings) as office:
        client = await add_client(office, "Ivanov")
        async with office.store.begin() as tx:
            await tx.run(insert(ClientEmails).values(
                email="ivan@mail.example", client_id=client, original="ivan@mail.example",
                is_primary=True, source="test", trust=60, created_at=MONDAY))
        async with office.screen("anna") as anna:
            number = await _file(anna, client, "complaint")
            written = (await anna.ask("request.history", id=number)).result["mails"]
        assert [(one["recipient"], f"[#{number}]" in one["subject"]) for one in written] == [
            ("ivan@mail.example", True)]
        assert str(number) in written[0]["text"]
        async with office.store.read() as tx:
            assert await tx.scalar(select(Outbox.kind).where(
                Outbox.request_id == number)) == "mail"


def kinds_mailbox() -> Any:
    from workstation.requests.settings import Mailbox, RequestSettings

    return RequestSettings(mailbox=Mailbox(
        address="help@volga.example", smtp_host="127.0.0.1", smtp_port=9))


async def test_requests_put_in_by_the_thousand_are_watched_too(office: Office) -> None:
    async with office.store.begin() as tx:
        row = await requests.file(tx, requests.NewRequest(
            type="complaint", group="billing", deadline_at=MONDAY + timedelta(days=1), form={},
            by="101", at=MONDAY))
        await request_alarms.drop(tx, row.id)
        assert await request_alarms.watch_unwatched(tx, MONDAY) == 1
        assert await request_alarms.watch_unwatched(tx, MONDAY) == 0
    assert [kind for kind, _ in await _untold(office, row.id)] == ["late"]


async def test_a_late_one_whose_type_is_gone_is_told_all_the_same(
    office: Office, clock: Clock
) -> None:
    client = await add_client(office, "Ivanov")
    async with office.screen("sofia") as sofia:
        bad, good = [await _file(sofia, client, "complaint", text=text) for text in ("a", "b")]
        async with office.store.begin() as tx:
            await requests.change(tx, bad, "", by="test", at=MONDAY, group_id="billing",
                                  form={"text": "a"}, type="gone")
        clock.now += timedelta(days=30)
        await sofia.until(lambda views: all(
            views["requests"].get(str(one), {}).get("late_at") for one in (good, bad)))


