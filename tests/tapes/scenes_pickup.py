"""Scenes where another operator takes what rings, and where a call is parked."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import scene
from tests.tapes.site import PARKED_S
from tests.tapes.stage import ENTRY_RINGALL, Stage, until


@scene("pickup/of_a_call_of_the_queue")
async def of_queue(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=6)
        await anna.wait("ringing")
        await boris.dial("*8101", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("pickup/of_a_direct_call")
async def of_direct(stage: Stage) -> None:
    async with (stage.desk("101") as anna, stage.desk("102") as boris,
                stage.desk("108") as clara):
        await anna.dial("102", stage.pbx.ports.sip)
        await boris.wait("ringing")
        await clara.dial("*8102", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await clara.hang_up()
        await stage.heard("CallEnded")


@scene("pickup/by_the_groups_key")
async def by_group(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=6)
        await anna.wait("ringing")
        await boris.dial("*8", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("pickup/nothing_to_take")
async def nothing(stage: Stage) -> None:
    async with stage.desk("102") as boris:
        await boris.dial("*8101", stage.pbx.ports.sip)
        await boris.wait("ended")
        await boris.dial("*8", stage.pbx.ports.sip)
        await boris.wait("ended", nth=2)


@scene("pickup/while_all_phones_ring")
async def while_all_ring(stage: Stage) -> None:
    async with (stage.desk("101") as anna, stage.desk("102") as boris,
                stage.desk("108") as clara):
        await stage.ready("101", "outages")
        await stage.ready("102", "outages")
        await stage.call_in(entry=ENTRY_RINGALL, talk_s=6)
        await anna.wait("ringing")
        await boris.wait("ringing")
        await clara.dial("*8102", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


async def _parked(stage: Stage) -> None:
    await until(lambda: any(leg.bridge and not leg.operator
                            and len(stage.engine.floor.bridges[leg.bridge]) == 1
                            for leg in stage.engine.floor.legs.values()))


@scene("parking/taken_back_by_the_operator")
async def taken_back(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("700"))
        await _parked(stage)
        await asyncio.sleep(1)
        await anna.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("parking/taken_by_a_colleague")
async def taken_by_colleague(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("700"))
        await _parked(stage)
        await asyncio.sleep(1)
        await boris.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("parking/too_long_and_back_to_the_operator")
async def too_long(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=PARKED_S + 7)
        await stage.heard("CallAnswered")
        await anna.order("blind", uri=stage.sip("700"))
        await _parked(stage)
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("parking/too_long_and_nobody_there")
async def too_long_nobody(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=PARKED_S + 18)
        await anna.wait("incoming")
        await anna.answer()
        await stage.heard("CallAnswered")
        await anna.order("blind", uri=stage.sip("700"))
        await _parked(stage)
        await stage.heard("CallEnded")


@scene("parking/client_gives_up")
async def parked_gives_up(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=4)
        await stage.heard("CallAnswered")
        await anna.order("blind", uri=stage.sip("700"))
        await _parked(stage)
        await stage.heard("CallEnded")


@scene("parking/an_outgoing_call_taken_by_a_colleague")
async def parked_outgoing(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102") as boris:
        await anna.dial("+79160000001", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("700"))
        await _parked(stage)
        await boris.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("parking/by_redirect")
async def parked_by_redirect(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await stage.engine.commands.redirect(stage.leg("PJSIP/trunk-").channel, "tape-park", "s")
        await _parked(stage)
        await anna.wait("ended")
        await anna.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("parking/two_at_once")
async def two_parked(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101")
        await stage.ready("102")
        await stage.call_in("+79161111111", talk_s=9)
        await stage.call_in("+79162222222", talk_s=10)
        await stage.heard("CallAnswered", 2)
        await anna.order("blind", uri=stage.sip("700"))
        await asyncio.sleep(0.5)
        await boris.order("blind", uri=stage.sip("700"))
        await asyncio.sleep(1)
        await anna.dial("702", stage.pbx.ports.sip)
        await boris.dial("701", stage.pbx.ports.sip)
        await stage.heard("CallEnded", 2)
