"""Thresholds, states and messages of a lead in the terminal."""

from __future__ import annotations

from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation.protocol import AlarmView

CROWD = (*story.QUEUES, *story.COLLEAGUES)


async def test_a_figure_past_its_threshold_has_a_sign_and_is_told_once() -> None:
    async with on_stage(*CROWD, me=story.SOFIA) as stage:
        await stage.sees("Billing")
        red = AlarmView(figure="waiting", level="red", bound=3, since=story.ago(1), sound=True,
                        message="Call Pavel")
        billing = next(one for one in story.QUEUES if one.id == "billing")
        await stage.server.show(replace(billing, alarms=[red]))
        await stage.sees("▲ Billing", "▲3")
        told = [one.message for one in stage.app._notifications]
        assert told == ["Billing · ▲ Red: 3 or more waiting · Call Pavel"]


async def test_a_lead_sets_a_state_with_a_reason_from_the_table() -> None:
    async with on_stage(*CROWD, me=story.SOFIA) as stage:
        await stage.sees("101 Anna Petrova")
        table = await stage.table("OperatorTable")
        await stage.at(table, "101")
        await stage.press("enter")
        await stage.sees("State", "Message")
        await stage.press("1")
        await stage.sees("State of Anna Petrova", "Paused: Lunch")
        await stage.press("2")
        await stage.sees("Why (he is told)")
        await stage.press(*"talk", "enter")
        asked = await stage.asked("operator.state")
        assert [(one["operator"], one["state"], one["why"]) for one in asked] == [
            ("101", "paused", "talk")]
