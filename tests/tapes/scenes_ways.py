"""More of the plain ways: in, out, between colleagues, click to call, the dialler."""

from __future__ import annotations

import asyncio

from cti.agi import AgiSession, Request
from cti.user_events import MenuStepped
from tests.tapes.scenes import scene
from tests.tapes.stage import Stage, until


@scene("inbound/hidden_number")
async def hidden(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in("anonymous", talk_s=3)
        await stage.heard("CallEnded")


@scene("inbound/same_number_calls_twice_at_once")
async def twice(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=4)
        await stage.call_in(talk_s=5)
        await stage.heard("CallEnded", 2)


@scene("inbound/hangs_up_at_once")
async def at_once(stage: Stage) -> None:
    async with stage.caller("79161234567") as client:
        await client.wait("connected")
        await client.hang_up()
        await stage.heard("CallEnded")


@scene("inbound/gives_up_as_the_operator_answers")
async def as_answered(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.caller("79161234567") as client:
        await stage.ready("101")
        await anna.wait("incoming")
        await anna.answer()
        await client.hang_up()
        await stage.heard("CallEnded")


@scene("inbound/menu_falls_silent")
async def silent_menu(stage: Stage) -> None:
    """The menu never ends: the caller comes to the queue all the same."""
    async def talk(agi: AgiSession, request: Request) -> None:
        await agi.user_event(MenuStepped("main", "greet"))
        await asyncio.sleep(12)

    async with stage.menu(talk), stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallEnded")


@scene("inbound/menu_then_abandoned_in_the_queue")
async def menu_then_left(stage: Stage) -> None:
    async def talk(agi: AgiSession, request: Request) -> None:
        await agi.answer()
        await agi.user_event(MenuStepped("main", "greet"))
        await asyncio.sleep(0.5)
        await agi.set_variable("DESKLINE_NEXT", "queue:outages")

    async with stage.menu(talk):
        await stage.call_in(talk_s=4)
        await stage.heard("CallEnded")


@scene("inbound/hung_up_by_the_server")
async def by_server(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=20)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await stage.engine.commands.hang_up(stage.leg("PJSIP/trunk-").channel)
        await stage.heard("CallEnded")


@scene("outbound/number_congested")
async def congested(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("+79160000095", stage.pbx.ports.sip)
        await stage.heard("CallEnded")


@scene("outbound/no_such_number")
async def no_number(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("+79160000085", stage.pbx.ports.sip)
        await stage.heard("CallEnded")


@scene("outbound/client_hangs_up")
async def client_hangs_up(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("+79160000090", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


async def _click(stage: Stage, number: str) -> None:
    await stage.engine.commands.click_to_call("PJSIP/101", number, caller_id=number)


@scene("outbound/click_to_call_busy")
async def click_busy(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await _click(stage, "+79160000061")
        await stage.heard("CallEnded")


@scene("outbound/click_to_call_operator_refuses")
async def click_refused(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await stage.ready("101")
        await _click(stage, "+79160000002")
        await anna.wait("incoming")
        await anna.refuse(486)
        await until(lambda: not stage.engine.floor.legs)


@scene("outbound/click_to_call_operator_gives_up")
async def click_given_up(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await _click(stage, "+79160000071")
        await anna.wait("connected")
        await asyncio.sleep(2)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("outbound/click_to_call_without_a_phone")
async def click_nobody(stage: Stage) -> None:
    await stage.engine.commands.click_to_call(
        "PJSIP/108", "+79160000002", caller_id="+79160000002")
    await asyncio.sleep(2)


@scene("outbound/called_back_after_giving_up")
async def call_back(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.call_in("+79160000004", talk_s=2)
        await stage.heard("CallEnded")
        await _click(stage, "+79160000004")
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded", 2)


@scene("outbound/attempt_transferred")
async def attempt_transferred(stage: Stage) -> None:
    """The dialler's client is passed on by the operator who got him."""
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.desk("102", auto_answer=True) as boris):
        await stage.ready("101", "collection")
        async with stage.gate({"21": "+79160000003"}):
            await stage.engine.commands.dial_attempt(21, "deskline-a21-1")
            await stage.heard("CallAnswered")
            await asyncio.sleep(1)
            await anna.order("blind", uri=stage.sip("102"))
            await stage.heard("CallAnswered", 2)
            await asyncio.sleep(1)
            await boris.hang_up()
            await stage.heard("CallEnded")


@scene("internal/colleague_is_busy")
async def busy(stage: Stage) -> None:
    await stage.behave("103", "Hangup(17)")
    async with stage.desk("101") as anna:
        await anna.dial("103", stage.pbx.ports.sip)
        await stage.heard("CallEnded")


@scene("internal/colleague_has_no_phone")
async def no_phone(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("108", stage.pbx.ports.sip)
        await stage.heard("CallEnded")


@scene("internal/operator_calls_a_queue")
async def calls_queue(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await stage.ready("102", "outages")
        await anna.dial("outages", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("internal/calls_a_colleague_who_talks_to_a_client")
async def engaged(stage: Stage) -> None:
    """His phone refuses the second call."""
    async with stage.desk("101", auto_answer=True), stage.desk("102") as boris:
        await stage.ready("101")
        await stage.call_in(talk_s=5)
        await stage.heard("CallAnswered")
        await boris.dial("101", stage.pbx.ports.sip)
        await stage.heard("CallEnded", 2)


@scene("internal/two_legs_of_one_operator")
async def two_legs(stage: Stage) -> None:
    """His desk phone calls his own second phone."""
    async with stage.desk("101") as anna, stage.desk("101-web", auto_answer=True):
        await anna.dial("101", stage.pbx.ports.sip)
        await asyncio.sleep(2)
        await anna.hang_up()
        await stage.heard("CallEnded")
