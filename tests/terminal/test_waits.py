"""Callers who wait, in a lead's terminal, by keys alone."""

from __future__ import annotations

from typing import Any

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation.protocol import waiting as w

BASE = (*story.QUEUES, story.operator(), story.operator("109", "Sofia Lebedeva"))
LEAD = story.me(id="109", login="sofia", name="Sofia Lebedeva", roles=["supervisor"])
ANSWERS: dict[str, Any] = {
    "waiting.show": {
        "at": story.ago(0), "incidents": [w.IncidentView(
            id=7, city="Samara", street="Lenina st.", state="proposed", note="",
            proposed_at=story.ago(60), opened_at=None, opened_by="", ended_at=None, callers=6,
            untold=6)],
        "callbacks": [w.CallBackView(
            id=3, queue="billing", place=1, number="+79161234567", client_id=501,
            client_name="Ivanov Ivan", source="queue", arrived_at=story.ago(600),
            state="waiting", why="no_answer", tries=1, not_before=None)],
        "entries": [w.EntryView(
            entry="+74951200000", is_open=True, why="hours", until=None, reason="", by="",
            menu="main", queue="billing", overflow=[])]},
    "incident.decide": {}, "callback.withdraw": {}, "entry.close": {}}


async def test_a_lead_decides_on_incidents_call_backs_and_numbers_by_keys() -> None:
    async with on_stage(*BASE, me=LEAD, answers=ANSWERS) as stage:
        await stage.press("w")
        await stage.sees("Samara, Lenina st.", "Ivanov Ivan · +79161234567", "no answer",
                         "open: by the hours")
        assert {len(line) for line in stage.lines()} == {100}
        await stage.press("enter")
        assert await stage.asked("incident.decide") == [
            {"id": 7, "state": "open", "note": ""}]
        table = await stage.table("WaitsDialog Table")
        await stage.press("down")
        await stage.at(table, "b3")
        await stage.press("w")
        await stage.sees("Why is this call-back withdrawn?")
        await stage.type("by mail")
        await stage.press("enter")
        assert await stage.asked("callback.withdraw") == [{"id": 3, "why": "by mail"}]
        await stage.sees_no("Why is this call-back withdrawn?")
        await stage.press("down")
        await stage.at(table, "e+74951200000")
        await stage.press("c")
        await stage.sees("Why? Callers hear at once")
        await stage.type("storm")
        await stage.press("enter")
        assert await stage.asked("entry.close") == [
            {"entry": "+74951200000", "reason": "storm"}]
