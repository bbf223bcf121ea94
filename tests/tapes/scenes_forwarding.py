"""Scenes where a phone or the dialplan sends a call on to somebody else."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import scene
from tests.tapes.site import ENTRY_HUNT, ENTRY_HUNT_TO_QUEUE, ENTRY_OF
from tests.tapes.stage import Stage


def _to(stage: Stage, who: str) -> str:
    return f"Transfer(PJSIP/{stage.sip(who)})"


@scene("forwarding/desk_phone_sends_a_colleagues_call_on")
async def direct(stage: Stage) -> None:
    await stage.behave("105", _to(stage, "102"))
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await anna.dial("105", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("forwarding/desk_phone_sends_a_call_of_the_queue_on")
async def of_queue(stage: Stage) -> None:
    await stage.behave("105", _to(stage, "102"))
    async with stage.desk("102", auto_answer=True):
        await stage.ready("105")
        await stage.call_in(talk_s=6)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("forwarding/to_a_number_outside")
async def outside(stage: Stage) -> None:
    await stage.behave("105", _to(stage, "+79160000003"))
    async with stage.desk("101") as anna:
        await anna.dial("105", stage.pbx.ports.sip)
        await anna.wait("connected")
        await asyncio.sleep(1.5)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("forwarding/a_call_of_the_queue_to_a_number_outside")
async def queue_outside(stage: Stage) -> None:
    await stage.behave("105", _to(stage, "+79160000003"))
    await stage.ready("105")
    await stage.call_in(talk_s=7)
    await stage.heard("CallEnded")


@scene("forwarding/to_one_who_does_not_answer")
async def in_vain(stage: Stage) -> None:
    await stage.behave("105", _to(stage, "102"))
    async with stage.desk("101") as anna, stage.desk("102") as boris:
        await anna.dial("105", stage.pbx.ports.sip)
        await boris.wait("incoming")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("forwarding/twice")
async def twice(stage: Stage) -> None:
    await stage.behave("105", _to(stage, "106"))
    await stage.behave("106", _to(stage, "102"))
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await anna.dial("105", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("forwarding/hunt_second_answers")
async def hunt(stage: Stage) -> None:
    async with stage.desk("101"), stage.desk("102") as boris:
        await stage.call_in(entry=ENTRY_HUNT, talk_s=7)
        await boris.wait("incoming")
        await boris.answer()
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("forwarding/hunt_nobody_answers")
async def hunt_in_vain(stage: Stage) -> None:
    async with stage.desk("101"), stage.desk("102"):
        await stage.call_in(entry=ENTRY_HUNT, talk_s=20)
        await stage.heard("CallEnded")


@scene("forwarding/hunt_then_the_queue")
async def hunt_to_queue(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102"):
        await stage.call_in(entry=ENTRY_HUNT_TO_QUEUE, talk_s=13)
        await stage.heard("CallQueued")
        await stage.ready("101")
        await anna.wait("incoming", nth=2)
        await anna.answer()
        await stage.heard("CallEnded")


@scene("forwarding/queue_through_local_channels")
async def through_local(stage: Stage) -> None:
    """Members whose phones are reached through the dialplan, as many sites have it."""
    async with stage.desk("101", auto_answer=True), stage.desk("102") as boris:
        for phone in ("101", "102"):
            await asyncio.to_thread(
                stage.pbx.ask, f"queue add member Local/{phone}@deskline-phones/n to through")
        await stage.call_in(entry=ENTRY_OF["through"], talk_s=5)
        await boris.wait("incoming")
        await stage.heard("CallEnded")
        for phone in ("101", "102"):
            await asyncio.to_thread(stage.pbx.ask, "queue remove member "
                                    f"Local/{phone}@deskline-phones/n from through")
