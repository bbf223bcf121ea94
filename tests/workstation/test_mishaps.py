"""What goes wrong beside a call: slow stores, a silent Asterisk, bugs. Nobody is left waiting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import interactions
from crm_store.base import Tx
from crm_store.errors import Busy
from crm_store.interactions import CallFacts
from crm_store.store import Store
from cti.changes import (
    CallAnswered,
    CallEnded,
    CallsMerged,
    LinkRestored,
    OperatorLeft,
    OperatorOffered,
)
from cti.commands import fit
from cti.errors import CommandTimedOut, NotSendable
from cti.feed import Fed
from cti.tape import TapePosition
from tests.workstation.office import SOON_S, Office, Screen, add_client, open_office, settings_in
from tests.workstation.test_live import _caller_of
from tests.workstation.test_work import ANSWERED, TAPE, after_a_call
from workstation.background import Background, Wanted
from workstation.journal import Journal
from workstation.ticker import Ticker
from workstation.wrap_up import REASON


def is_offer(change: object) -> bool:
    return isinstance(change, OperatorOffered)


def is_answer(change: object) -> bool:
    return isinstance(change, CallAnswered)


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not is_so():  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.02)


class Pauses:
    """Asterisk's answers to QueuePause, as the test wants them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, office: Office) -> None:
        self.asked: list[tuple[bool, str]] = []
        self.refusals = 0
        self.may_answer = asyncio.Event()
        self.may_answer.set()
        monkeypatch.setattr(office.desk.commands, "pause_member", self._pause)

    async def _pause(self, interface: str, *, paused: bool, reason: str = "") -> None:
        self.asked.append((paused, reason))
        await self.may_answer.wait()
        if self.refusals:
            self.refusals -= 1
            raise CommandTimedOut("no answer")


@asynccontextmanager
async def in_wrap_up(office: Office, pauses: Pauses) -> AsyncIterator[Screen]:
    """A screen on which wrap-up is counted; the operator is in his queues."""
    async with office.screen("anna") as anna:
        await office.play(TAPE, until=lambda change: isinstance(change, OperatorLeft))
        await anna.until(lambda views: any(
            view["state"] == "wrap_up" for view in views["conversations"].values()))
        await until(lambda: pauses.asked == [(True, REASON)])
        yield anna


# ── cards ────────────────────────────────────────────────────────────────────────────────────
async def test_a_card_that_cannot_be_read_is_read_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_client(office, "Ivanov", _caller_of(TAPE))
    known, failures = Background.glance, [Busy(), RuntimeError("a bug")]

    async def at_last(self: Background, store: Store, wanted: Wanted) -> dict[str, Any]:
        if failures:
            raise failures.pop()
        return await known(self, store, wanted)

    monkeypatch.setattr("workstation.cards.FIRST_PAUSE_S", 0.3)
    monkeypatch.setattr(Background, "glance", at_last)
    async with office.screen("anna") as anna:
        await office.play(TAPE, until=is_offer)
        await anna.until(lambda views: any(
            view["notice"] for view in views["conversations"].values()))
        await anna.until(lambda views: any(
            view["card"] for view in views["conversations"].values()))
        shown = anna.conversations[0]
        assert (shown["notice"], shown["card"]["name"]) == ("", "Ivanov")
        assert not failures


async def test_the_notice_of_a_late_card_goes_with_it_however_slow_writing_is(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add_client(office, "Ivanov", _caller_of(TAPE))
    stored = interactions.upsert_calls

    async def slowly(tx: Tx, calls: list[CallFacts]) -> list[int]:
        if any(facts.client_id is not None for facts in calls):
            await asyncio.sleep(0.4)
        return await stored(tx, calls)

    monkeypatch.setattr("crm_store.interactions.upsert_calls", slowly)
    async with office.screen("anna") as anna:
        await office.play(TAPE, until=is_offer)
        await anna.until(lambda views: any(
            view["card"] for view in views["conversations"].values()))
        await asyncio.sleep(1.0)
        assert [view.notice for view in office.desk.conversations.of("101")] == [""]


async def test_calls_that_are_not_stored_yet_are_two_conversations(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = asyncio.Event()
    known = Journal.wait_for

    async def late(self: Journal, call: str) -> int:
        await may_go_on.wait()
        return await known(self, call)

    monkeypatch.setattr(Journal, "wait_for", late)
    office.desk.pops._cards._opened_at = datetime(2020, 1, 1, tzinfo=UTC)   # the tape is of today
    await add_client(office, "Ivanov", _caller_of(TAPE))
    async with office.screen("anna") as anna:
        tape = await office.play(TAPE, until=is_offer)
        offer = next(change for change in tape.changes if isinstance(change, OperatorOffered))
        office.engine.feed.publish(Fed(TapePosition("", 0), (replace(offer, call="main-9"),), 0))
        await anna.until(lambda views: len(views["conversations"]) == 2)
        assert len({view["id"] for view in anna.conversations}) == 2
        await anna.until(lambda views: any(
            view["card"] for view in views["conversations"].values()))
        typed = next(view["id"] for view in anna.conversations if view["call"] == offer.call)
        async with asyncio.TaskGroup() as tasks:
            saving = tasks.create_task(anna.ask(
                "draft.save", conversation=typed, base=0, note="typed at once",
                disposition=None, form_type=None, form={}))
            await asyncio.sleep(0.2)
            assert not saving.done(), "kept waiting, not refused"
            may_go_on.set()
        assert saving.result().problem is None
        await anna.until(lambda views: any(
            view["draft"]["note"] == "typed at once"
            for view in views["conversations"].values()))


# ── bugs ─────────────────────────────────────────────────────────────────────────────────────
async def test_a_bug_in_one_pop_is_not_the_end_of_pops(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, failures = office.desk.pops._strip, [RuntimeError("a bug")]

    def sometimes(*args: Any) -> Any:
        if failures:
            raise failures.pop()
        return known(*args)

    monkeypatch.setattr(office.desk.pops, "_strip", sometimes)
    await office.play(TAPE)
    await office.play("inbound/rings_out_then_another_operator", until=is_offer)
    await until(lambda: any(view.state == "ringing"
                            for view in office.desk.conversations.everything()))
    assert not failures, "the bug came, and was survived"


async def test_a_bug_in_the_wallboard_is_not_its_end(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, failures = Ticker.put, [RuntimeError("a bug"), RuntimeError("a bug")]

    def sometimes(self: Ticker, now: datetime) -> None:
        if failures:
            raise failures.pop()
        known(self, now)

    monkeypatch.setattr(Ticker, "put", sometimes)
    async with office.screen("sofia") as sofia:
        await office.play(TAPE, until=is_answer)
        await sofia.until(lambda views: bool(views["calls"]))
        assert not failures


# ── a silent Asterisk ────────────────────────────────────────────────────────────────────────
async def test_nobody_waits_for_the_pause_of_somebody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = Pauses(monkeypatch, office)
    pauses.may_answer.clear()
    async with asyncio.timeout(SOON_S):
        await office.play(TAPE)
        assert [view.state for view in office.desk.conversations.of("101")] == ["wrap_up"]
        await office.play("inbound/rings_out_then_another_operator", until=is_offer)
        await until(lambda: any(view.state == "ringing"
                                for view in office.desk.conversations.everything()))
        assert pauses.asked == [(True, REASON)]
    pauses.may_answer.set()


async def test_what_asterisk_did_not_take_at_the_end_of_wrap_up_is_asked_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.wrap_up._AGAIN_AFTER", timedelta(seconds=0.2))
    pauses = Pauses(monkeypatch, office)
    async with in_wrap_up(office, pauses) as anna:
        pauses.refusals = 2
        await anna.ask("conversation.finish", conversation=anna.conversations[0]["id"],
                       disposition="resolved", note="", then="paused")
        await until(lambda: len(pauses.asked) == 4)
    assert pauses.asked[1:] == [(True, "break")] * 3
    assert office.desk.wrap_up.counting("101") is None


async def test_the_end_of_one_wrap_up_leaves_the_count_of_a_newer_call(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses, wrap_up = Pauses(monkeypatch, office), office.desk.wrap_up
    async with in_wrap_up(office, pauses):
        counting = wrap_up.counting("101")
        assert counting is not None
        pauses.may_answer.clear()
        wrap_up._counting["101"] = type(counting)(
            counting.call, counting.began_at, counting.began_at)
        await until(lambda: len(pauses.asked) == 2)
        newer = wrap_up.begin("101", "another", "billing")
        pauses.may_answer.set()
        await until(lambda: pauses.asked[-1] == (True, REASON) and len(pauses.asked) == 3)
        assert wrap_up.counting("101") is newer


async def test_a_break_asked_for_after_the_wrap_up_is_one(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = Pauses(monkeypatch, office)
    async with in_wrap_up(office, pauses) as anna:
        office.desk.wrap_up.forget("101")
        await anna.ask("conversation.finish", conversation=anna.conversations[0]["id"],
                       disposition="resolved", note="", then="paused")
    assert pauses.asked[-1] == (True, "break")


# ── a killed server ──────────────────────────────────────────────────────────────────────────
async def test_a_call_that_ended_while_the_server_was_dead_waits_for_its_outcome(
    tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    async with open_office(tmp_path, settings=settings) as office, office.screen("anna") as anna:
        await office.play(TAPE, until=is_answer)
        await anna.until(lambda views: bool(views["conversations"]))
        await anna.ask("draft.save", conversation=anna.conversations[0]["id"], base=0,
                       note="in mid-call", disposition=None, form_type=None, form={})
    async with open_office(tmp_path, settings=settings) as again, again.screen("anna") as anna:
        await anna.until(lambda views: bool(views["conversations"]))
        assert anna.conversations[0]["state"] == "talking"
        at = again.desk.clock()
        again.desk.pops.follow(_No(), LinkRestored(
            at=at, pbx="main", gap_from=at, calls_lost=0, calls_found=0, restarted=False))
        await anna.until(lambda views: any(
            view["state"] == "wrap_up" for view in views["conversations"].values()))
        assert anna.conversations[0]["draft"]["note"] == "in mid-call"
        reply = await anna.ask("conversation.finish", conversation=anna.conversations[0]["id"],
                               **ANSWERED)
        assert reply.problem is None


async def test_an_end_without_a_conversation_opens_one_unless_its_outcome_is_chosen(
    office: Office
) -> None:
    tape = await office.play(TAPE)
    left = next(change for change in tape.changes if isinstance(change, OperatorLeft))
    ended = next(change for change in tape.changes if isinstance(change, CallEnded))
    conversation = office.desk.conversations.of("101")[0]
    async with office.screen("anna") as anna:
        await anna.ask("draft.save", conversation=conversation.id, base=0, note="typed",
                       disposition=None, form_type=None, form={})
        office.desk.conversations.drop("101", left.call)
        async with asyncio.TaskGroup() as tasks:
            for change in (left, ended):
                office.desk.pops.follow(tasks, change)
        shown, = office.desk.conversations.of("101")
        assert (shown.state, shown.draft.note) == ("wrap_up", "typed")
        await anna.ask("conversation.finish", conversation=shown.id, **ANSWERED)
        async with asyncio.TaskGroup() as tasks:
            office.desk.pops.follow(tasks, ended)
        assert not office.desk.conversations.of("101")


async def test_an_identity_ticked_in_a_conversation_is_ticked_after_a_restart(
    tmp_path: Path
) -> None:
    settings = settings_in(tmp_path)
    async with open_office(tmp_path, settings=settings) as office, after_a_call(office) as anna:
        shown = anna.conversations[0]
        await anna.ask("conversation.new_client", conversation=shown["id"], name="Ivanov")
        await anna.ask("conversation.identity", conversation=shown["id"], confirmed=True)
    async with open_office(tmp_path, settings=settings) as again, again.screen("anna") as anna:
        await anna.until(lambda views: bool(views["conversations"]))
        shown = anna.conversations[0]
        assert (shown["identity"], shown["card"]["masked"]) == ("confirmed", False)


async def test_contacts_come_back_newest_first_and_of_the_last_week(office: Office) -> None:
    now = datetime.now(UTC)
    async with office.store.begin() as tx:
        for days in (8, 2, 1):
            at = now - timedelta(days=days)
            await interactions.upsert_call(tx, CallFacts(
                call_id=f"main-{days}", pbx="main", direction="in", started_at=at,
                operator="101", answered_at=at, ended_at=at))
        rows = await interactions.without_disposition(tx, "101", since=now - timedelta(days=7))
    assert [row.call_id for row in rows] == ["main-1", "main-2"]


# ── what is forgotten ────────────────────────────────────────────────────────────────────────
async def test_whom_an_operator_dialled_is_forgotten_with_the_call_and_is_no_callers_hint(
    office: Office
) -> None:
    pops = office.desk.pops
    caller = _caller_of(TAPE)
    pops.dialled[("101", caller)] = await add_client(office, "Dialled")
    await office.play(TAPE, until=is_answer)
    await until(lambda: bool(office.desk.conversations.of("101")))
    assert office.desk.conversations.of("101")[0].client_id is None
    pops.dialled.clear()
    tape = await office.play("outbound/click_to_call", until=is_answer)
    answered = next(change for change in tape.changes if is_answer(change))
    assert isinstance(answered, CallAnswered)
    pops.dialled[("101", answered.dialled_number)] = 1
    await tape.play()
    assert pops.dialled == {}


async def test_what_is_known_of_merged_calls_is_forgotten(office: Office) -> None:
    pops = office.desk.pops
    tape = await office.play(TAPE)
    ended = next(change for change in tape.changes if isinstance(change, CallEnded))
    pops.clients["main-9.9"], pops.campaigns["main-9.9"] = (1, "Ivanov"), "April"
    merged = CallsMerged(
        at=ended.at, call=ended.call, pbx="main", direction="in", caller_number="",
        caller_name="", dialled_number="", channel="", kept=ended.call, absorbed="main-9.9")
    async with asyncio.TaskGroup() as tasks:
        pops.follow(tasks, merged)
    assert "main-9.9" not in pops.clients
    assert "main-9.9" not in pops.campaigns


class _No(asyncio.TaskGroup):
    """Nothing is to be started."""

    def create_task(self, coro: Any, **_: Any) -> Any:
        coro.close()
        raise AssertionError("nothing was to be started")


def test_a_pause_reason_of_asterisks_own_can_be_sent_on() -> None:
    assert fit("reason", "Auto-Pause") == "Auto-Pause"
    with pytest.raises(NotSendable):
        fit("reason", "a\r\nAction: Originate")
