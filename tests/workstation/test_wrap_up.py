"""Wrap-up: outcomes of two levels, what each demands, what is arranged with it, calls that nobody
answered, and what is still without an outcome."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from crm_store import follow_ups, interactions, tasks
from tests.workstation.office import Office, Screen, open_office, settings_in
from tests.workstation.test_drafts import save
from tests.workstation.test_work import _client_with_meter, after_a_call

BUSY, GIVEN_UP = "outbound/operator_dials_a_busy_number", "outbound/operator_gives_up"
REFUSED_BY_HIS_PHONE = "outbound/click_to_call_operator_refuses"


def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")


async def finish(screen: Screen, disposition: str, note: str = "", **more: Any) -> Any:
    return await screen.ask("conversation.finish", conversation=screen.conversations[0]["id"],
                            disposition=disposition, note=note, **more)


async def arranged(office: Office, call: str) -> follow_ups.FollowUps:
    async with office.store.read() as tx:
        stored = await interactions.by_call(tx, call)
        assert stored is not None
        return await follow_ups.of_contact(tx, stored.id)


# ── two levels, and what an outcome demands ──────────────────────────────────────────────────
async def test_outcomes_come_in_groups_with_what_each_demands(office: Office) -> None:
    async with after_a_call(office) as anna:
        shown = {one["id"]: one for one in anna.conversations[0]["dispositions"]}
        assert shown["resolved"]["group"] == shown["explained"]["group"] == "Settled"
        assert (shown["other"]["group"], shown["other"]["note_min"]) == ("", 5)
        assert shown["call_back"]["asks"] == "call_back"


@pytest.mark.parametrize(("disposition", "note", "more", "code", "facts"), [
    ("other", "abc ", {}, "note_missing", {"needed": 5, "letters": 3}),
    ("call_back", "", {}, "call_back_missing", {}),
    ("call_back", "", {"follow": {"kind": "call_back"}}, "call_back_missing", {}),
    ("to_colleague", "", {"follow": {"kind": "task", "due_at": "soon"}}, "title_missing", {}),
    ("to_colleague", "", {"follow": {"kind": "task", "due_at": "soon", "title": "Look"}},
     "no_date", {}),
    ("request", "", {}, "request_missing", {}),
])
async def test_a_refusal_says_what_is_missing_and_keeps_the_draft(
    office: Office, disposition: str, note: str, more: dict[str, Any], code: str,
    facts: dict[str, Any]
) -> None:
    async with after_a_call(office) as anna:
        await save(anna, anna.conversations[0]["id"], 0, "half a note")
        reply = await finish(anna, disposition, note, **more)
        assert reply.problem is not None
        assert (reply.problem.code, reply.problem.facts) == (code, facts)
        assert anna.conversations[0]["draft"]["note"] == "half a note"


async def test_a_call_back_is_arranged_with_the_outcome(office: Office) -> None:
    async with after_a_call(office) as anna:
        call, due = anna.conversations[0]["call"], in_an_hour()
        reply = await finish(anna, "call_back", "", follow={"kind": "call_back", "due_at": due})
        assert reply.problem is None, reply.problem
        await anna.until(lambda views: bool(views["tasks"]))
        shown, = anna.views["tasks"].values()
        assert shown["title"].startswith("Call back +7")
        assert (shown["operator"], datetime.fromisoformat(shown["due_at"])) == (
            "101", datetime.fromisoformat(due))
        assert (await arranged(office, call)).tasks == (reply.result["task"],)


async def test_a_task_for_a_group_is_made_with_the_outcome(office: Office) -> None:
    async with after_a_call(office) as anna:
        reply = await finish(anna, "to_colleague", "", follow={
            "kind": "task", "due_at": in_an_hour(), "title": "Look at the meter",
            "group": "metering"})
        assert reply.problem is None, reply.problem
        async with office.store.read() as tx:
            row = await tasks.one(tx, reply.result["task"])
        assert (row.title, row.group, row.operator) == ("Look at the meter", "metering", None)


async def test_a_request_is_filed_with_the_outcome_and_its_mistakes_leave_the_call_open(
    office: Office
) -> None:
    async with after_a_call(office) as anna:
        shown = anna.conversations[0]
        client = await _client_with_meter(office)
        await anna.ask("conversation.choose", conversation=shown["id"], client_id=client)
        filled = {field["name"]: field["value"]
                  for field in anna.conversations[0]["form"]["fields"]}
        wrong = await finish(anna, "request", "", request={
            "type": "meter_dispute", "fields": {**filled, "client_reading": "many"}})
        assert wrong.problem is not None
        assert wrong.problem.code == "form_invalid"
        assert anna.conversations
        reply = await finish(anna, "request", "", request={
            "type": "meter_dispute",
            "fields": {**filled, "client_reading": "10350", "reason": "broken"}})
        assert reply.problem is None, reply.problem
        filed = await arranged(office, shown["call"])
        assert filed.requests == {reply.result["request"]: "meter_dispute"}


async def test_a_task_made_during_the_call_is_what_the_outcome_asks_for(office: Office) -> None:
    async with after_a_call(office) as anna:
        await anna.ask("task.make", title="Look", due_at=in_an_hour(),
                       conversation=anna.conversations[0]["id"])
        assert (await finish(anna, "to_colleague")).problem is None


async def test_what_is_to_be_done_next_is_part_of_the_draft(office: Office) -> None:
    async with after_a_call(office) as page, office.screen("anna") as terminal:
        key = page.conversations[0]["id"]
        follow = {"kind": "call_back", "due_at": in_an_hour()}
        await save(page, key, 0, "", follow=follow)
        await terminal.until(lambda views: views["conversations"][str(key)]["draft"]["follow"]
                             == follow)


# ── time ─────────────────────────────────────────────────────────────────────────────────────
async def test_more_time_is_given_as_often_as_settings_allow(office: Office) -> None:
    async with after_a_call(office) as anna:
        key = anna.conversations[0]["id"]
        assert anna.conversations[0]["extensions_left"] == 3
        left = [(await anna.ask("conversation.extend", conversation=key)).result["left"]
                for _ in range(3)]
        assert left == [2, 1, 0]
        refused = await anna.ask("conversation.extend", conversation=key)
        assert refused.problem is not None
        assert refused.problem.code == "no_more_time"


# ── calls that nobody answered ───────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("tape", "suggested"), [(BUSY, "busy"), (GIVEN_UP, "no_answer")])
async def test_an_outbound_call_that_failed_waits_for_its_outcome_too(
    office: Office, tape: str, suggested: str
) -> None:
    async with office.screen("anna") as anna:
        await office.play(tape)
        await anna.until(lambda views: bool(views["conversations"]))
        shown = anna.conversations[0]
        assert (shown["state"], shown["direction"]) == ("wrap_up", "out")
        assert (shown["answered_at"], shown["suggested"]) == (None, suggested)
        assert [one["id"] for one in shown["dispositions"]][:2] == ["no_answer", "busy"]
        reply = await finish(anna, "call_back", "", follow={
            "kind": "call_back", "due_at": in_an_hour()})
        assert reply.problem is None, reply.problem
        assert not anna.conversations


async def test_a_call_that_his_own_phone_refused_is_no_contact(office: Office) -> None:
    async with office.screen("anna") as anna:
        await office.play(REFUSED_BY_HIS_PHONE)
        assert not office.desk.conversations.of("101")
        assert not anna.conversations


@asynccontextmanager
async def restarted(folder: Path, clock: Any) -> AsyncIterator[Screen]:
    async with (open_office(folder, settings=settings_in(folder), clock=clock) as office,
                office.screen("anna") as anna):
        await anna.until(lambda views: bool(views["conversations"]))
        yield anna


async def test_a_failed_call_without_outcome_comes_back_after_a_restart(tmp_path: Path) -> None:
    async with (open_office(tmp_path, settings=settings_in(tmp_path)) as office,
                office.screen("anna") as anna):
        await office.play(BUSY)
        await anna.until(lambda views: bool(views["conversations"]))
        await save(anna, anna.conversations[0]["id"], 0, "try the wife")
        ended = datetime.fromisoformat(anna.conversations[0]["ended_at"])
    async with restarted(tmp_path, lambda: ended + timedelta(minutes=5)) as anna:
        shown = anna.conversations[0]
        assert (shown["draft"]["note"], shown["suggested"]) == ("try the wife", "busy")
        assert [one["id"] for one in shown["dispositions"]][:2] == ["no_answer", "busy"]
