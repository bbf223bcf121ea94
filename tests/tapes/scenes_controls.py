"""Scenes where the server moves the legs: hold, consultation, hand-over, conference, park.

The orders are those of `workstation/actions/controls.py`, for the operator 101.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from cti.calls import Call
from cti.commands import Move
from cti.errors import CommandRefused
from tests.pbx.phones import Phone
from tests.tapes.scenes import scene
from tests.tapes.stage import Stage, until

OPERATOR, CLIENT, THIRD = "DESKLINE_OPERATOR", "DESKLINE_CLIENT", "DESKLINE_THIRD"
PHONE, BACK, BYE = "DESKLINE_PHONE", "DESKLINE_BACK", "deskline-bye"


class Moves:
    """What 101's screen asks of the server."""

    def __init__(self, stage: Stage) -> None:
        self.stage, self.commands = stage, stage.engine.commands
        self.own = stage.leg("PJSIP/101-").channel

    @property
    def call(self) -> Call:
        return next(iter(self.stage.engine.floor.calls.values()))

    @property
    def client(self) -> str:
        return self.call.channel

    def third(self) -> str:
        consult = self.call.consult
        assert consult is not None
        return self.stage.engine.floor.legs[consult.leg].channel

    async def bind(self) -> None:
        await self.commands.tell_channel(self.client, OPERATOR, self.own)
        await self.commands.tell_channel(self.own, CLIENT, self.client)

    async def hold(self) -> None:
        await self.bind()
        await self.commands.move(Move(self.client, "deskline-held", "101"),
                                 Move(self.own, "deskline-quiet"))
        await until(lambda: self.call.state == "held")

    async def resume(self) -> None:
        await self.commands.move(Move(self.own, "deskline-talk", "client"))
        await until(lambda: self.call.state == "talking")

    async def park(self) -> None:
        await self.commands.move(Move(self.client, "deskline-parked", "101"),
                                 Move(self.own, BYE))
        await until(lambda: self.call.is_parked)

    async def take_back(self, phone: str) -> None:
        await self.commands.move(Move(self.client, "deskline-fetch", phone))

    async def consult(self, target: str, *, is_answered: bool = True) -> None:
        await self.bind()
        await self.commands.tell_channel(self.own, THIRD, "")
        await self.commands.move(Move(self.client, "deskline-put-by", "101"),
                                 Move(self.own, "deskline-consult", target))
        await self.is_asked("talking" if is_answered else "ringing")

    async def is_asked(self, state: str) -> None:
        await until(lambda: self.call.consult is not None and self.call.consult.state == state)
        await asyncio.sleep(0.5)

    async def swap(self) -> None:
        third = self.third()
        is_with_client = self.call.consult is not None and self.call.consult.state == "held"
        await self.bind()
        await self.commands.tell_channel(self.own, THIRD, third)
        if is_with_client:
            await self.commands.move(Move(self.client, "deskline-put-by", "101"),
                                     Move(self.own, "deskline-talk", "third"))
        else:
            await self.commands.tell_channel(third, OPERATOR, self.own)
            await self.commands.move(Move(third, "deskline-third"),
                                     Move(self.own, "deskline-talk", "client"))
        await self.is_asked("talking" if is_with_client else "held")

    async def complete(self) -> None:
        third = self.third()
        await self.commands.tell_channel(self.own, CLIENT, "")
        await self.commands.tell_channel(self.own, THIRD, "")
        await self.commands.tell_channel(self.client, THIRD, third)
        await self.commands.move(Move(self.client, "deskline-joined", "third"))

    async def complete_unanswered(self, target: str) -> None:
        await self.commands.tell_phone(self.client, BACK, "101")
        await self.commands.move(Move(self.own, BYE), Move(self.client, "deskline-give", target))

    async def cancel(self) -> None:
        third = self.third() if self.call.consult and self.call.consult.leg else ""
        await self.commands.tell_channel(self.own, THIRD, "")
        await self.commands.move(Move(self.own, "deskline-talk", "client"))
        if third:
            with contextlib.suppress(CommandRefused):   # its Dial has ended it by now
                await self.commands.hang_up(third)
        await until(lambda: self.call.state == "talking" and self.call.consult is None)

    async def conference(self) -> None:
        await self.commands.tell_channel(self.client, OPERATOR, self.own)
        await self.commands.move(Move(self.client, "deskline-joined", "everybody"))
        await until(lambda: self.call.is_conference)
        await asyncio.sleep(1)

    async def leave(self) -> None:
        await self.commands.tell_phone(self.client, PHONE, "")
        await self.commands.move(Move(self.own, BYE))


@asynccontextmanager
async def _talking(stage: Stage, talk_s: int) -> AsyncIterator[tuple[Moves, Phone]]:
    async with stage.talking(talk_s) as anna:
        yield Moves(stage), anna


@scene("controls/hold_and_resume")
async def hold(stage: Stage) -> None:
    async with _talking(stage, 6) as (moves, _):
        await moves.hold()
        await asyncio.sleep(1.5)
        await moves.resume()
        await stage.heard("CallEnded")


@scene("controls/client_leaves_on_hold")
async def leaves_on_hold(stage: Stage) -> None:
    async with _talking(stage, 4) as (moves, _):
        await moves.hold()
        await stage.heard("CallEnded")


@scene("controls/operator_leaves_on_hold")
async def operator_leaves(stage: Stage) -> None:
    async with _talking(stage, 20) as (moves, anna):
        await moves.hold()
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("controls/parked_and_taken_by_a_colleague")
async def parked(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 8) as (moves, _):
        await moves.park()
        await asyncio.sleep(1.5)
        await moves.take_back("102")
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("controls/parked_and_the_client_leaves")
async def parked_leaves(stage: Stage) -> None:
    async with _talking(stage, 5) as (moves, _):
        await moves.park()
        await stage.heard("CallEnded")


@scene("controls/consulted_and_handed_over")
async def handed_over(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 8) as (moves, _):
        await moves.consult("102")
        await moves.complete()
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("controls/consulted_and_back")
async def back(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 8) as (moves, _):
        await moves.consult("102")
        await moves.cancel()
        await stage.heard("CallEnded")


@scene("controls/consultation_rings_in_vain")
async def in_vain(stage: Stage) -> None:
    async with stage.desk("102") as boris, _talking(stage, 8) as (moves, _):
        await moves.consult("102", is_answered=False)
        await boris.wait("incoming")
        await boris.refuse(486)
        await until(lambda: moves.call.state == "talking")
        await stage.heard("CallEnded")


@scene("controls/handed_over_while_it_rings")
async def while_ringing(stage: Stage) -> None:
    async with stage.desk("102") as boris, _talking(stage, 9) as (moves, _):
        await moves.consult("102", is_answered=False)
        await boris.wait("incoming")
        await moves.complete_unanswered("102")
        await boris.wait("incoming", nth=2)
        await boris.answer()
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("controls/swapped_twice_and_handed_over")
async def swapped(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 10) as (moves, _):
        await moves.consult("102")
        await moves.swap()
        await moves.swap()
        await moves.complete()
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("controls/client_leaves_during_the_consultation")
async def client_leaves(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 4) as (moves, anna):
        await moves.consult("102")
        await asyncio.sleep(3.5)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("controls/a_queue_consulted_and_handed_over")
async def queue_asked(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 9) as (moves, _):
        await stage.ready("102", "outages")
        await moves.consult("outages")
        await moves.complete()
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("controls/a_number_consulted_and_handed_over")
async def number_asked(stage: Stage) -> None:
    async with _talking(stage, 9) as (moves, _):
        await moves.consult("+79160000003")
        await moves.complete()
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("controls/conference_and_the_operator_leaves")
async def conference(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), _talking(stage, 8) as (moves, _):
        await moves.consult("102")
        await moves.conference()
        await moves.leave()
        await stage.heard("CallEnded")


@scene("controls/conference_and_the_colleague_leaves")
async def conference_colleague(stage: Stage) -> None:
    async with (stage.desk("102", auto_answer=True) as boris,
                _talking(stage, 7) as (moves, _)):
        await moves.consult("102")
        await moves.conference()
        await boris.hang_up()
        await stage.heard("CallEnded")
