"""Scenes where three and more hear each other."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import scene
from tests.tapes.site import ENTRY_ROOM
from tests.tapes.stage import Stage, until

ROOM = "800"


async def to_the_room(stage: Stage, operator: str = "101") -> None:
    """Client and operator, who talk, are sent to the room together."""
    channel, other = stage.leg("PJSIP/trunk-").channel, stage.leg(f"PJSIP/{operator}-").channel
    await stage.ask(Action="Redirect", Channel=channel, Context="tape-room", Exten=ROOM,
                    Priority="1", ExtraChannel=other, ExtraContext="tape-room", ExtraExten=ROOM,
                    ExtraPriority="1")
    await until(lambda: len({leg.bridge for leg in stage.engine.floor.legs.values()}) == 1)


async def ask_in(stage: Stage, interface: str, number: str = "102") -> None:
    await stage.ask(Action="Originate", Channel=interface, Context="tape-room", Exten=ROOM,
                    Priority="1", Timeout="9000", Async="true", CallerID=number)


async def together(stage: Stage, count: int) -> None:
    await until(lambda: any(len(legs) == count for legs in stage.engine.floor.bridges.values()))


@scene("conference/operator_asks_a_colleague_in_and_leaves")
async def asks_in(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=7)
        await stage.heard("CallAnswered")
        await to_the_room(stage)
        await ask_in(stage, "PJSIP/102")
        await together(stage, 3)
        await asyncio.sleep(1)
        await anna.hang_up()
        await asyncio.sleep(1)
        await boris.hang_up()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(stage.pbx.hang_up_everything)
        await stage.heard("CallEnded")


@scene("conference/colleague_leaves_and_the_operator_goes_on")
async def colleague_leaves(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=20)
        await stage.heard("CallAnswered")
        await to_the_room(stage)
        await ask_in(stage, "PJSIP/102")
        await together(stage, 3)
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("OperatorLeft")
        await asyncio.sleep(1)
        await anna.hang_up()
        await asyncio.sleep(0.5)
        await stage.ask(Action="Hangup", Channel=stage.leg("PJSIP/trunk-").channel, Cause="16")
        await stage.heard("CallEnded")


@scene("conference/client_leaves_two_operators")
async def client_leaves(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=4)
        await stage.heard("CallAnswered")
        await to_the_room(stage)
        await ask_in(stage, "PJSIP/102")
        await together(stage, 3)
        await together(stage, 2)
        await asyncio.sleep(1)
        await anna.hang_up()
        await asyncio.sleep(0.5)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("conference/with_somebody_outside")
async def with_outside(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=7)
        await stage.heard("CallAnswered")
        await to_the_room(stage)
        await ask_in(stage, "PJSIP/+79160000003@trunk", "+74951200000")
        await together(stage, 3)
        await asyncio.sleep(1)
        await anna.hang_up()
        await asyncio.sleep(2)
        await asyncio.to_thread(stage.pbx.hang_up_everything)
        await stage.heard("CallEnded")


@scene("conference/attended_transfer_into_a_room")
async def transfer_into_room(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await boris.dial(ROOM, stage.pbx.ports.sip)
        await boris.wait("connected")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await anna.order("consult", uri=stage.sip(ROOM))
        await anna.wait("connected2")
        await asyncio.sleep(0.5)
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await asyncio.sleep(0.5)
        await together(stage, 2)
        await asyncio.sleep(1)
        await boris.hang_up()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(stage.pbx.hang_up_everything)
        await stage.heard("CallEnded", 1)


@scene("conference/blind_transfer_into_a_room")
async def blind_into_room(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=6)
        await boris.dial(ROOM, stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await anna.order("blind", uri=stage.sip(ROOM))
        await together(stage, 2)
        await asyncio.sleep(1)
        await boris.hang_up()
        await asyncio.sleep(1)
        await asyncio.to_thread(stage.pbx.hang_up_everything)
        await stage.heard("CallEnded")


@scene("conference/three_operators_meet")
async def meeting(stage: Stage) -> None:
    async with (stage.desk("101") as anna, stage.desk("102") as boris,
                stage.desk("108") as clara):
        for phone in (anna, boris, clara):
            await phone.dial(ROOM, stage.pbx.ports.sip)
            await phone.wait("connected")
        await together(stage, 3)
        await asyncio.sleep(1)
        for phone in (boris, anna, clara):
            await phone.hang_up()
            await asyncio.sleep(0.3)
        await stage.heard("CallEnded")


@scene("conference/callers_meet_in_a_room")
async def callers_meet(stage: Stage) -> None:
    """Nobody of ours is there."""
    await stage.call_in("+79161111111", entry=ENTRY_ROOM, talk_s=8)
    await stage.call_in("+79162222222", entry=ENTRY_ROOM, talk_s=9)
    await stage.heard("CallEnded")


@scene("conference/bridge_of_three")
async def bridge_of_three(stage: Stage) -> None:
    """A colleague is added to the bridge in which client and operator talk."""
    async with (stage.desk("101", auto_answer=True), stage.desk("102") as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=7)
        await stage.heard("CallAnswered")
        name = stage.leg("PJSIP/101-").channel
        await asyncio.to_thread(stage.pbx.ask, f"dialplan set global TAPE_CHANNEL {name}")
        await boris.dial("*7101", stage.pbx.ports.sip)
        await together(stage, 3)
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("conference/operator_hangs_up_last")
async def operator_last(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await anna.dial("+79160000003", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await to_the_room(stage)
        await ask_in(stage, "PJSIP/102")
        await together(stage, 3)
        await asyncio.sleep(1)
        await asyncio.to_thread(stage.pbx.ask_world, "channel request hangup all")
        await together(stage, 2)
        await anna.hang_up()
        await boris.hang_up()
        await stage.heard("CallEnded")
