"""More transfers: to queues and outside, in vain, one after another, by the server."""

from __future__ import annotations

import asyncio

from tests.pbx.phones import Phone
from tests.tapes.scenes import scene
from tests.tapes.stage import Stage


async def _consult(stage: Stage, phone: Phone, who: str) -> None:
    await phone.order("hold")
    await stage.heard("CallHeld")
    await phone.order("consult", uri=stage.sip(who))


@scene("transfer/attended_to_a_queue")
async def attended_queue(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), stage.talking(9) as anna:
        await stage.ready("102", "outages")
        await _consult(stage, anna, "outages")
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(1)
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/attended_to_the_outside")
async def attended_outside(stage: Stage) -> None:
    async with stage.talking(9) as anna:
        await _consult(stage, anna, "+79160000003")
        await anna.wait("connected2")
        await asyncio.sleep(0.5)
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/blonde_to_the_outside")
async def blonde_outside(stage: Stage) -> None:
    async with stage.talking(9) as anna:
        await _consult(stage, anna, "+79160000003")
        await anna.wait("ringing2")
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/blind_to_nobody_there")
async def blind_nobody(stage: Stage) -> None:
    """108 has no phone: the client is let go."""
    async with stage.talking(15) as anna:
        await anna.order("blind", uri=stage.sip("108"))
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/blind_to_a_busy_colleague")
async def blind_busy(stage: Stage) -> None:
    await stage.behave("103", "Hangup(17)")
    async with stage.talking(15) as anna:
        await anna.order("blind", uri=stage.sip("103"))
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/blind_to_nowhere")
async def blind_nowhere(stage: Stage) -> None:
    """No such extension: it fails, and they go on talking."""
    async with stage.talking(6) as anna:
        await anna.order("blind", uri=stage.sip("nowhere"))
        await anna.wait("transferring")
        await stage.heard("CallEnded")


@scene("transfer/blind_and_the_client_gives_up")
async def blind_gives_up(stage: Stage) -> None:
    async with stage.desk("102") as boris, stage.talking(4) as anna:
        await anna.order("blind", uri=stage.sip("102"))
        await boris.wait("incoming")
        await stage.heard("CallEnded")


@scene("transfer/blind_twice")
async def blind_twice(stage: Stage) -> None:
    async with (stage.desk("102", auto_answer=True) as boris,
                stage.desk("108", auto_answer=True), stage.talking(9) as anna):
        await anna.order("blind", uri=stage.sip("102"))
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(1)
        await boris.order("blind", uri=stage.sip("108"))
        await stage.heard("CallAnswered", 3)
        await stage.heard("CallEnded")


@scene("transfer/blind_and_back")
async def blind_back(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True) as boris, stage.talking(9) as anna:
        await anna.order("blind", uri=stage.sip("102"))
        await stage.heard("CallAnswered", 2)
        await anna.wait("ended")
        await asyncio.sleep(0.5)
        await boris.order("blind", uri=stage.sip("101"))
        await stage.heard("CallAnswered", 3)
        await stage.heard("CallEnded")


@scene("transfer/attended_twice")
async def attended_twice(stage: Stage) -> None:
    async with (stage.desk("102", auto_answer=True) as boris,
                stage.desk("108", auto_answer=True), stage.talking(14) as anna):
        await _consult(stage, anna, "102")
        await anna.wait("connected2")
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await asyncio.sleep(1)
        await boris.order("hold")
        await stage.heard("CallHeld", 2)
        await boris.order("consult", uri=stage.sip("108"))
        await boris.wait("connected2")
        await asyncio.sleep(0.5)
        await boris.order("attended")
        await stage.heard("CallTransferred", 2)
        await stage.heard("CallEnded")


@scene("transfer/blind_then_attended")
async def blind_then_attended(stage: Stage) -> None:
    async with (stage.desk("102", auto_answer=True) as boris,
                stage.desk("108", auto_answer=True), stage.talking(12) as anna):
        await anna.order("blind", uri=stage.sip("102"))
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(0.5)
        await _consult(stage, boris, "108")
        await boris.wait("connected2")
        await asyncio.sleep(0.5)
        await boris.order("attended")
        await stage.heard("CallTransferred", 2)
        await stage.heard("CallEnded")


@scene("transfer/consultation_refused")
async def consultation_refused(stage: Stage) -> None:
    async with stage.desk("102") as boris, stage.talking(8) as anna:
        await _consult(stage, anna, "102")
        await boris.wait("incoming")
        await boris.refuse(486)
        await anna.wait("ended2")
        await anna.order("resume")
        await stage.heard("CallResumed")
        await stage.heard("CallEnded", 2)


@scene("transfer/client_leaves_during_the_consultation")
async def client_leaves(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), stage.talking(4) as anna:
        await _consult(stage, anna, "102")
        await anna.wait("connected2")
        await stage.heard("CallEnded")
        await asyncio.sleep(0.5)
        await anna.order("hangup", line=2)
        await stage.heard("CallEnded", 2)


@scene("transfer/consulted_colleague_leaves")
async def colleague_leaves(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True) as boris, stage.talking(7) as anna:
        await _consult(stage, anna, "102")
        await anna.wait("connected2")
        await asyncio.sleep(0.5)
        await boris.hang_up()
        await anna.wait("ended2")
        await anna.order("resume")
        await stage.heard("CallResumed")
        await stage.heard("CallEnded", 2)


@scene("transfer/of_an_outgoing_call_blind")
async def outgoing_blind(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True) as boris:
        await anna.dial("+79160000001", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("102"))
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("transfer/of_an_outgoing_call_attended")
async def outgoing_attended(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True) as boris:
        await anna.dial("+79160000001", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await _consult(stage, anna, "102")
        await anna.wait("connected2")
        await asyncio.sleep(0.5)
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("transfer/of_a_colleagues_call")
async def colleagues_call(stage: Stage) -> None:
    """101 calls 102, who passes him on to 108."""
    async with (stage.desk("101") as anna, stage.desk("102", auto_answer=True) as boris,
                stage.desk("108", auto_answer=True)):
        await anna.dial("102", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await boris.order("blind", uri=stage.sip("108"))
        await stage.heard("CallAnswered", 2)
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("transfer/by_the_server_to_an_operator")
async def by_server(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), stage.talking(7):
        await stage.engine.commands.transfer(
            stage.leg("PJSIP/101-").channel, "deskline-phones", "102")
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("transfer/by_the_server_to_a_queue")
async def by_server_queue(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True), stage.talking(8):
        await stage.engine.commands.transfer(
            stage.leg("PJSIP/101-").channel, "deskline-phones", "outages")
        await stage.heard("CallQueued", 2)
        await asyncio.sleep(1)
        await stage.ready("102", "outages")
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("transfer/client_redirected_by_the_server")
async def redirected(stage: Stage) -> None:
    """The client alone is moved out of the talk; the operator's leg ends."""
    async with stage.desk("102", auto_answer=True), stage.talking(7):
        await stage.engine.commands.redirect(
            stage.leg("PJSIP/trunk-").channel, "deskline-phones", "102")
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")
