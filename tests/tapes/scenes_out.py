"""More scenes: transfers, calls that operators and the dialler make, calls between operators."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import scene
from tests.tapes.stage import Stage

# transfers


@scene("transfer/blind_to_an_operator")
async def blind(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("102"))
        await boris.wait("incoming")
        await asyncio.sleep(0.5)
        await boris.answer()
        await stage.heard("CallEnded")


@scene("transfer/blind_to_a_queue")
async def blind_to_queue(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True)):
        await stage.ready("101")
        await stage.ready("102", "outages")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("outages"))
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("transfer/blind_to_the_outside")
async def blind_outside(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=8)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("blind", uri=stage.sip("+79160000010"))
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/attended")
async def attended(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=12)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await anna.order("consult", uri=stage.sip("102"))
        await boris.wait("incoming")
        await asyncio.sleep(0.5)
        await boris.answer()
        await anna.wait("connected2")
        await asyncio.sleep(1)
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await stage.heard("CallEnded")


@scene("transfer/blonde")
async def blonde(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna, stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=12)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await anna.order("consult", uri=stage.sip("102"))
        await boris.wait("incoming")
        await asyncio.sleep(0.5)
        await anna.order("attended")
        await stage.heard("CallTransferred")
        await asyncio.sleep(1)
        await boris.answer()
        await stage.heard("CallEnded")


@scene("transfer/consultation_given_up")
async def given_up(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True)):
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await anna.order("consult", uri=stage.sip("102"))
        await anna.wait("connected2")
        await asyncio.sleep(0.5)
        await anna.order("hangup", line=2)
        await stage.heard("CallEnded")
        await anna.order("resume")
        await stage.heard("CallResumed")
        await stage.heard("CallEnded", 2)


# outbound and internal


@scene("outbound/operator_dials")
async def dials(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await stage.ready("101")
        await anna.dial("+79160000001", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("outbound/operator_dials_a_busy_number")
async def dials_busy(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("+79160000060", stage.pbx.ports.sip)
        await stage.heard("CallEnded")


@scene("outbound/operator_gives_up")
async def gives_up(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("+79160000070", stage.pbx.ports.sip)
        await anna.wait("ringing")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("outbound/click_to_call")
async def click(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.engine.commands.click_to_call(
            "PJSIP/101", "+79160000002", caller_id="+79160000002")
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


async def _attempt(stage: Stage, attempt: int, number: str | None) -> None:
    async with stage.gate({} if number is None else {f"{attempt}": number}):
        await stage.engine.commands.dial_attempt(attempt, f"deskline-a{attempt}-1")
        await stage.heard("AttemptSettled")
        await stage.quiet()


@scene("outbound/attempt_answered")
async def attempt_answered(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101", "collection")
        async with stage.gate({"11": "+79160000003"}):
            await stage.engine.commands.dial_attempt(11, "deskline-a11-1")
            await stage.heard("CallAnswered")
            await asyncio.sleep(1)
            await anna.hang_up()
            await stage.heard("CallEnded")


@scene("outbound/attempt_busy")
async def attempt_busy(stage: Stage) -> None:
    await _attempt(stage, 12, "+79160000061")


@scene("outbound/attempt_rings_out")
async def attempt_rings_out(stage: Stage) -> None:
    await _attempt(stage, 13, "+79160000071")


@scene("outbound/attempt_invalid_number")
async def attempt_invalid(stage: Stage) -> None:
    await _attempt(stage, 14, "+79160000086")


@scene("outbound/attempt_without_claim")
async def attempt_unclaimed(stage: Stage) -> None:
    await _attempt(stage, 15, None)


@scene("outbound/attempt_dropped")
async def attempt_dropped(stage: Stage) -> None:
    await _attempt(stage, 16, "+79160000004")


@scene("outbound/attempt_answered_and_hung_up_at_once")
async def attempt_short(stage: Stage) -> None:
    await _attempt(stage, 17, "+79160000090")


@scene("internal/colleague_answers")
async def colleague(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await anna.dial("102", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("internal/colleague_does_not_answer")
async def colleague_silent(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102"):
        await anna.dial("102", stage.pbx.ports.sip)
        await anna.wait("ringing")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")
