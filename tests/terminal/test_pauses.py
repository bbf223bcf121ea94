"""Pauses in the terminal: set aside and back with one key, the limit, and what leads hear."""

from __future__ import annotations

from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.stage import on_stage

ANNA = story.operator(state="paused", reason="Auto-Pause")
LUNCH = replace(ANNA, reason="lunch", limit_s=45 * 60)


async def test_who_did_not_answer_is_told_and_ready_again_with_one_key() -> None:
    async with on_stage(*story.QUEUES, ANNA) as stage:
        await stage.sees("Your phone rang and you did not answer", "Alt+0 ready",
                         "Paused Did not answer")
        await stage.press("alt+0")
        assert await stage.asked("state.set") == [{"state": "ready", "reason": ""}]
        await stage.server.show(replace(ANNA, state="ready", reason=""))
        await stage.sees_no("Your phone rang")


async def test_a_pause_shows_what_it_may_last_and_that_it_is_over() -> None:
    async with on_stage(*story.QUEUES, LUNCH) as stage:
        await stage.sees("Paused Lunch", "of 45:00")
        await stage.server.show(replace(LUNCH, over="amber"))
        await stage.sees("of 45:00 !")


async def test_leads_hear_when_somebody_is_set_aside_or_away_too_long() -> None:
    ready = replace(ANNA, id="102", name="Boris Orlov", state="ready", reason="")
    async with on_stage(*story.QUEUES, ready, me=story.SOFIA) as stage:
        await stage.sees("Boris Orlov")
        await stage.server.show(replace(ready, state="paused", reason="Auto-Pause"))
        await stage.sees("Boris Orlov did not answer")
        await stage.server.show(replace(LUNCH, id="102", name="Boris Orlov", over="red"))
        await stage.sees("lasts longer than 45:00")


async def test_a_new_pin_for_the_desk_phone_is_shown() -> None:
    ready = replace(ANNA, state="ready", reason="")
    async with on_stage(*story.QUEUES, ready, answers={"pin.renew": {"pin": "482913"}}) as stage:
        await stage.sees("Ready")
        await stage.press("f5")
        await stage.sees("New PIN for the desk phone")
        place = next(line for line in stage.lines() if "New PIN" in line).split()[1]
        await stage.press(place)
        await stage.sees("Your PIN is 482913")
