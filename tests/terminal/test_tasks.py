"""Tasks and figures from elsewhere in the terminal, by keys alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation import protocol as p
from workstation.terminal import due

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 11, 30, tzinfo=UTC)        # 14:30 in Moscow
BASE = (*story.QUEUES, story.operator(state="talking"),
        story.operator("109", "Sofia Lebedeva"))
TALK = story.conversation()


def task(key: int = 1, title: str = "Call back", **changes: Any) -> p.TaskView:
    facts: dict[str, Any] = {
        "id": key, "title": title, "note": "after six", "client_id": 501,
        "client_name": "Ivanov Ivan Ivanovich", "request_id": None, "operator": "101",
        "group": None, "due_at": story.later(7200), "remind": [0], "made_by": "109",
        "made_at": story.ago(60), "done_at": None, "late": False, "told_at": None,
        "late_at": None, "leads": ["109"]}
    return p.TaskView(**(facts | changes))


def source(**changes: Any) -> p.SourceView:
    facts: dict[str, Any] = {
        "id": "billing:501", "source": "billing", "name": "Energy billing", "client_id": 501,
        "state": "fresh", "as_of": story.ago(120), "failing_since": None, "again_at": None,
        "reason": "", "why": "", "masked": False, "balance_minor": -99900, "debt_minor": 99900,
        "debt_since": "2026-10-01", "currency": "RUB", "figures": [p.FigureView(
            kind="invoice", account="1", number="A-7", on="2026-11-01", due_on=None,
            amount_minor=99900, debt_minor=0, currency="RUB", says="")], "left_out": 0}
    return p.SourceView(**(facts | changes))


async def test_my_tasks_stand_in_the_foot_and_open_by_a_key() -> None:
    late = task(2, "Send the act", due_at=story.ago(600), late=True)
    others = task(3, "Not mine", operator="102")
    async with on_stage(*BASE, TALK, task(), late, others) as stage:
        await stage.sees("2 tasks", "1 late")
        await stage.press("ctrl+t")
        await stage.sees("Mine", "Send the act", "LATE", "Call back", "from Sofia")
        await stage.sees_no("Not mine")
        await stage.press("f")
        await stage.sees("My team's", "Not mine")
        assert {len(line) for line in stage.lines()} == {100}


async def test_a_task_is_done_handed_over_and_moved_by_its_menu() -> None:
    async with on_stage(*BASE, TALK, task()) as stage:
        await stage.press("ctrl+t", "enter")
        await stage.sees("Another date", "Hand over")
        await stage.press("1")
        assert (await stage.asked("task.done"))[0]["id"] == 1
        await stage.press("enter", "2")
        await stage.sees("tomorrow 9:00")
        await stage.type("24.11 14:00")
        await stage.press("enter")
        assert (await stage.asked("task.reschedule"))[0]["due_at"].startswith("2026-11-24T")
        await stage.press("enter", "3")
        await stage.sees("I, Anna Petrova")
        await stage.press("2")
        handed = (await stage.asked("task.hand_over"))[0]
        assert (handed["operator"], bool(handed["group"])) == (None, True)


async def test_a_new_task_about_the_client_takes_one_dialog() -> None:
    async with on_stage(*BASE, TALK, answers={"task.make": {"task": task(9, "Order")}}) as stage:
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.press("t")
        await stage.sees("New task: Ivanov Ivan Ivanovich")
        await stage.type("Order a meter")
        await stage.press("enter")
        made = (await stage.asked("task.make"))[0]
        assert (made["title"], made["client_id"], made["conversation"], made["operator"]) == (
            "Order a meter", TALK.client_id, TALK.id, "101")
        assert made["due_at"] == "2026-11-22T12:30:00Z" or made["due_at"].startswith(
            "2026-11-22T12:3")


async def test_without_a_date_it_is_not_sent() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.press("t")
        await stage.type("x")
        await stage.press("tab", "end", "backspace", "backspace", "backspace")
        await stage.type("soon")
        await stage.press("enter")
        await stage.sees("no date")
        assert not stage.server.done("task.make")


async def test_what_comes_due_is_told_and_the_lead_hears_of_lateness() -> None:
    async with on_stage(*BASE, TALK, task()) as stage:
        await stage.server.show(task(told_at=story.ago(0)))
        await stage.sees("Reminder", "Call back")
    lead = story.me(id="109", login="sofia", name="Sofia Lebedeva", roles=["supervisor"])
    async with on_stage(*BASE, task(), me=lead) as stage:
        await stage.server.show(task(late=True, late_at=story.ago(0)))
        await stage.sees("Late", "Call back", "Anna")
        await stage.press("5")
        await stage.sees("My team's", "Call back")


async def test_hostile_words_of_a_task_stay_words() -> None:
    bad = task(title="[red]x[/] \x1b[2J‮evil", note="[link=http://x]y[/]")
    async with on_stage(*BASE, TALK, bad) as stage:
        await stage.press("ctrl+t")
        await stage.sees("[red]x[/]", "[link=http://x]y[/]")
        assert {len(line) for line in stage.lines()} == {100}


@pytest.mark.parametrize(("changes", "says"), [
    ({}, ["Energy billing", "debt 999.00 ₽", "as of 14:2"]),
    ({"state": "failed", "reason": "timeout", "failing_since": story.ago(60)},
     ["does not answer since 14:29", "took too long", "what it said at 14:28"]),
    ({"state": "failed", "reason": "not_json", "failing_since": story.ago(60)},
     ["cannot be used since 14:29", "something else than data"]),
    ({"state": "asking", "as_of": None, "figures": []}, ["asking…"]),
    ({"masked": True, "debt_minor": 0, "balance_minor": 0}, ["Energy billing", "as of"]),
    ({"state": "unknown", "as_of": None, "figures": []}, ["knows nothing"])])
async def test_billing_elsewhere_says_its_age_in_the_card(
    changes: dict[str, Any], says: list[str]
) -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.server.show(source(**changes))      # later than the card, as in life
        await stage.sees(*says)


async def test_a_client_found_by_search_shows_the_latest_bills_from_elsewhere() -> None:
    answers = {"client.search": {"hits": [story.hit(501, "Ivanov Ivan")]},
               "client.card": {"card": story.card(), "timeline": [], "cursor": None}}
    async with on_stage(*BASE, answers=answers) as stage:
        await stage.press("ctrl+k")
        await stage.type("ivanov")
        await stage.sees("Samara")
        await stage.press("enter")
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.server.show(source())
        await stage.sees("Energy billing", "invoice A-7 999.00 ₽")


@pytest.mark.parametrize(("text", "at"), [
    ("+2h", "2026-11-22T13:30:00Z"), ("+30m", "2026-11-22T12:00:00Z"),
    ("+1d", "2026-11-23T11:30:00Z"), ("+2ч", "2026-11-22T13:30:00Z"),
    ("15:00", "2026-11-22T12:00:00Z"), ("9:00", "2026-11-23T06:00:00Z"),
    ("tomorrow", "2026-11-23T07:00:00Z"), ("завтра 9:30", "2026-11-23T06:30:00Z"),
    ("24.11 14:00", "2026-11-24T11:00:00Z"), ("1.03", "2027-03-01T07:00:00Z"),
    ("24.11.2027 14:00", "2027-11-24T11:00:00Z"), ("2026-11-24 14:00", "2026-11-24T11:00:00Z"),
    ("2026-11-24T14:00:00Z", "2026-11-24T14:00:00Z"), ("2026-12-01", "2026-12-01T07:00:00Z"),
    ("", None), ("soon", None), ("31.02 10:00", None), ("25:00", None), ("+9999999h", None),
    ("0001-01-01T00:00:00+14:00", None)])
def test_a_date_is_read_as_people_type_it(text: str, at: str | None) -> None:
    assert due.read(text, NOW, MOSCOW) == at


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_date_or_none(text: str) -> None:
    at = due.read(text, NOW, MOSCOW)
    assert at is None or datetime.fromisoformat(at).tzinfo is not None
