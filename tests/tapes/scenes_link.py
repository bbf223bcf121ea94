"""Scenes of the link: cut in the middle of odd shapes, our process restarted, Asterisk killed."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import scene
from tests.tapes.scenes_conference import ask_in, to_the_room, together
from tests.tapes.site import ENTRY_OF, furnish
from tests.tapes.stage import ENTRY_RINGALL, Stage, until


@scene("link/cut_in_a_conference")
async def conference(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallAnswered")
        await to_the_room(stage)
        await ask_in(stage, "PJSIP/102")
        await together(stage, 3)
        await stage.kick()
        await anna.hang_up()
        await stage.heard("LinkRestored", 2)
        await asyncio.sleep(1)
        await boris.hang_up()
        await asyncio.sleep(0.5)
        await asyncio.to_thread(stage.pbx.hang_up_everything)
        await stage.heard("CallEnded")


@scene("link/cut_while_parked")
async def parked(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallAnswered")
        await anna.order("blind", uri=stage.sip("700"))
        await asyncio.sleep(0.5)
        await stage.kick()
        await stage.heard("LinkRestored", 2)
        await boris.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("link/two_parked_in_the_gap")
async def parked_in_gap(stage: Stage) -> None:
    """They wait in one bridge and do not hear each other."""
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.ready("102")
        await stage.kick()
        await stage.call_in("+79161111111", talk_s=9)
        await stage.call_in("+79162222222", talk_s=10)
        await anna.wait("connected")
        await boris.wait("connected")
        await anna.order("blind", uri=stage.sip("700"))
        await boris.order("blind", uri=stage.sip("700"))
        await stage.heard("LinkRestored", 2)
        await anna.dial("702", stage.pbx.ports.sip)
        await boris.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallEnded", 2)


@scene("link/transferred_in_the_gap")
async def transferred(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True)):
        await stage.ready("101")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await stage.kick()
        await anna.order("blind", uri=stage.sip("102"))
        await stage.heard("LinkRestored", 2)
        await stage.heard("CallEnded")


@scene("link/attended_transfer_in_the_gap")
async def attended(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True)):
        await stage.ready("101")
        await stage.call_in(talk_s=10)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await anna.order("consult", uri=stage.sip("102"))
        await anna.wait("connected2")
        await stage.kick()
        await anna.order("attended")
        await stage.heard("LinkRestored", 2)
        await stage.heard("CallEnded")


@scene("link/cut_while_many_ring")
async def many_ring(stage: Stage) -> None:
    for operator in ("103", "104", "105"):
        await stage.ready(operator, "outages")
        await stage.behave(operator, "Ringing", "Wait(4)", "Answer", "Wait(4)")
    await stage.call_in(entry=ENTRY_RINGALL, talk_s=8)
    await stage.heard("OperatorOffered", 3)
    await stage.kick()
    await stage.heard("LinkRestored", 2)
    await stage.heard("CallAnswered")
    await stage.heard("CallEnded")


@scene("link/cut_on_hold")
async def on_hold(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await stage.kick()
        await stage.heard("LinkRestored", 2)
        await anna.order("resume")
        await stage.heard("CallResumed")
        await stage.heard("CallEnded")


@scene("link/call_ended_in_the_gap")
async def ended(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=15)
        await stage.heard("CallAnswered")
        await stage.kick()
        await anna.hang_up()
        await stage.heard("LinkRestored", 2)
        await stage.quiet()


@scene("link/call_began_in_the_gap")
async def began(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.kick()
        await stage.call_in(talk_s=6)
        await stage.heard("LinkRestored", 2)
        await stage.heard("CallEnded")


@scene("link/cut_twice_with_a_full_line")
async def full_line(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        for place in (1, 2, 3):
            await stage.call_in(f"+7916000000{place}", entry=ENTRY_OF["rrmemory"],
                                talk_s=8 + place)
        await stage.heard("CallQueued", 3)
        await stage.kick()
        await stage.heard("LinkRestored", 2)
        await stage.ready("101", "rrmemory")
        await stage.heard("CallAnswered")
        await stage.kick()
        await anna.hang_up()
        await stage.heard("LinkRestored", 3)
        await stage.heard("CallEnded", 3)


@scene("link/asterisk_killed_with_calls")
async def killed(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in("+79161111111", talk_s=20)
        await stage.heard("CallAnswered")
        await stage.call_in("+79162222222", talk_s=20)
        await stage.heard("CallQueued", 2)
        await asyncio.to_thread(stage.pbx.kill)
        await asyncio.to_thread(stage.pbx.start_again)
        await asyncio.to_thread(furnish, stage.pbx)
        await stage.heard("LinkRestored", 2)
        await asyncio.to_thread(stage.pbx.ask_world, "channel request hangup all")
        await until(stage.engine.floor.is_quiet)


