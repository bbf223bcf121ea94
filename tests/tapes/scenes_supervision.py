"""Scenes where a supervisor (109) hears the call of 101, and takes it over.

The orders are those of `workstation/actions/supervision.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.calls import Call, Leg
from cti.commands import HEARING, TAKING_OVER, Place
from tests.pbx.phones import Phone
from tests.tapes.scenes import scene
from tests.tapes.scenes_controls import Moves
from tests.tapes.stage import Stage, until
from workstation.actions.supervision import listener_id
from workstation.serve import utc_now


class Lead:
    def __init__(self, stage: Stage) -> None:
        self.stage, self.commands = stage, stage.engine.commands

    @property
    def call(self) -> Call:
        return next(iter(self.stage.engine.floor.calls.values()))

    @property
    def leg(self) -> Leg | None:
        legs = self.stage.engine.floor.legs.values()
        return next((leg for leg in legs if leg.is_listener), None)

    async def hear(self, mode: str) -> None:
        spied = self.stage.leg("PJSIP/101-").channel
        await self._go(Place(HEARING, mode, {"DESKLINE_SPIED": spied}))
        await until(lambda: [one.mode for one in self.call.listeners] == [mode])
        await asyncio.sleep(0.5)

    async def take_over(self) -> None:
        await self._go(Place(*TAKING_OVER, {"DESKLINE_CLIENT": self.call.channel}))
        await until(lambda: "109" in self.call.connected)

    async def _go(self, place: Place) -> None:
        if self.leg is not None:
            await self.commands.move_listener(self.leg.channel, place)
        else:
            await self.commands.call_listener("PJSIP/109", place, listener_id("109", utc_now()))


@asynccontextmanager
async def talk(stage: Stage) -> AsyncIterator[tuple[Lead, Phone, Phone]]:
    async with (stage.desk("109", auto_answer=True) as supervisor,
                stage.talking(12) as operator):
        yield Lead(stage), operator, supervisor
        await stage.heard("CallEnded")
        await stage.quiet()


@scene("supervision/heard_in_every_way_and_left_alone")
async def heard_in_every_way(stage: Stage) -> None:
    async with talk(stage) as (lead, operator, supervisor):
        for mode in ("listen", "whisper", "barge"):
            await lead.hear(mode)
        await supervisor.hang_up()
        await until(lambda: not lead.call.listeners)
        await operator.hang_up()


@scene("supervision/operator_hangs_up_while_he_is_heard")
async def operator_leaves(stage: Stage) -> None:
    async with talk(stage) as (lead, operator, _supervisor):
        await lead.hear("listen")
        await operator.hang_up()


@scene("supervision/listened_and_taken_over")
async def taken_over(stage: Stage) -> None:
    async with talk(stage) as (lead, operator, supervisor):
        await lead.hear("listen")
        await lead.take_over()
        await operator.wait("ended")
        await asyncio.sleep(1)
        await supervisor.hang_up()


@scene("supervision/taken_over_from_hold")
async def taken_over_from_hold(stage: Stage) -> None:
    async with talk(stage) as (lead, _operator, supervisor):
        moves = Moves(stage)
        await moves.hold()
        await asyncio.sleep(0.5)
        await lead.take_over()
        await lead.commands.hang_up(moves.own)
        await asyncio.sleep(1)
        await supervisor.hang_up()


@scene("supervision/link_cut_while_he_is_heard")
async def cut(stage: Stage) -> None:
    async with talk(stage) as (lead, operator, _supervisor):
        await lead.hear("listen")
        await stage.kick()
        await stage.heard("LinkRestored", 2)
        await lead.hear("whisper")
        await operator.hang_up()


@scene("supervision/dialled_client_taken_over")
async def dialled_client(stage: Stage) -> None:
    """The operator's leg runs the Dial, and the client's leg no dialplan of its own."""
    async with (stage.desk("101", auto_answer=True) as operator,
                stage.desk("109", auto_answer=True) as supervisor):
        await stage.ready("101")
        await stage.engine.commands.click_to_call(
            "PJSIP/101", "+79160000002", caller_id="+79160000002")
        await stage.heard("CallAnswered")
        lead = Lead(stage)
        await lead.hear("whisper")
        await lead.take_over()
        await operator.wait("ended")
        await asyncio.sleep(1)
        await supervisor.hang_up()
        await stage.heard("CallEnded")
        await stage.quiet()
