"""The scenes that are recorded: one per kind of call, named as its tape `<family>/<case>`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from cti.agi import AgiSession, Request
from cti.user_events import ClientIdentified, MenuStepped
from tests.tapes.stage import ENTRY_RINGALL, Stage

Scene = Callable[[Stage], Awaitable[None]]
SCENES: dict[str, Scene] = {}


def scene(name: str) -> Callable[[Scene], Scene]:
    def add(play: Scene) -> Scene:
        SCENES[name] = play
        return play

    return add


# inbound


@scene("inbound/answered_caller_hangs_up")
async def answered(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await stage.ready("101")
        await stage.call_in(name="Иванов Пётр", talk_s=4)
        await anna.wait("incoming")
        await asyncio.sleep(0.5)
        await anna.answer()
        await stage.heard("CallEnded")


@scene("inbound/answered_operator_hangs_up")
async def operator_hangs_up(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=20)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("inbound/operators_page_does_not_come_back")
async def page_gone(stage: Stage) -> None:
    """As the server does when the page of 101 goes away; the next who answers is 102."""
    async with stage.desk("101", auto_answer=True), stage.desk("102", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=40)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await stage.engine.commands.pause_member("PJSIP/101", paused=True, reason="wrap_up")
        call = next(iter(stage.engine.floor.calls.values()))
        await stage.engine.commands.redirect(call.channel, "deskline-return", "101")
        await stage.ready("102")
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded")


@scene("inbound/through_the_menu_to_an_operator")
async def through_menu(stage: Stage) -> None:
    async def talk(agi: AgiSession, request: Request) -> None:
        await agi.answer()
        await agi.user_event(MenuStepped("main", "greet"))
        await agi.user_event(ClientIdentified(42, "number"))
        await asyncio.sleep(0.5)
        await agi.user_event(MenuStepped("balance", "ask"))
        await asyncio.sleep(0.3)
        await agi.set_variable("DESKLINE_NEXT", "queue:outages")

    async with stage.menu(talk), stage.desk("101", auto_answer=True):
        await stage.ready("101", "outages")
        await stage.call_in(talk_s=4)
        await stage.heard("CallEnded")


@scene("inbound/served_by_the_menu")
async def served(stage: Stage) -> None:
    async def talk(agi: AgiSession, request: Request) -> None:
        await agi.user_event(MenuStepped("main", "greet"))
        await asyncio.sleep(0.5)
        await agi.set_variable("DESKLINE_NEXT", "hangup")

    async with stage.menu(talk):
        await stage.call_in(talk_s=10)
        await stage.heard("CallEnded")


@scene("inbound/abandoned_in_the_menu")
async def abandoned_in_menu(stage: Stage) -> None:
    async def talk(agi: AgiSession, request: Request) -> None:
        await agi.user_event(MenuStepped("main", "greet"))
        await asyncio.sleep(6)

    async with stage.menu(talk):
        await stage.call_in(talk_s=2)
        await stage.heard("CallEnded")


@scene("inbound/abandoned_in_the_queue")
async def abandoned_in_queue(stage: Stage) -> None:
    await stage.call_in(talk_s=3)
    await stage.heard("CallEnded")


@scene("inbound/abandoned_while_ringing")
async def abandoned_ringing(stage: Stage) -> None:
    async with stage.desk("101"):
        await stage.ready("101")
        await stage.call_in(talk_s=3)
        await stage.heard("CallEnded")


@scene("inbound/hold_and_resume")
async def hold(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=7)
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await anna.order("hold")
        await stage.heard("CallHeld")
        await asyncio.sleep(1)
        await anna.order("resume")
        await stage.heard("CallResumed")
        await stage.heard("CallEnded")


@scene("inbound/refused_then_another_operator")
async def refused(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=10)
        await anna.wait("incoming")
        await anna.refuse(486)
        await stage.heard("OfferEnded")
        await stage.ready("102")
        await stage.heard("CallEnded")


@scene("inbound/rings_out_then_another_operator")
async def rings_out(stage: Stage) -> None:
    async with stage.desk("101"), stage.desk("102", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=28)
        await stage.heard("OperatorOffered")
        await stage.heard("OfferEnded")
        await stage.ready("102")
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("inbound/offered_to_all_one_answers")
async def ringall(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102") as boris:
        await stage.ready("101", "outages")
        await stage.ready("102", "outages")
        await stage.call_in(entry=ENTRY_RINGALL, talk_s=5)
        await anna.wait("incoming")
        await boris.wait("incoming")
        await asyncio.sleep(0.5)
        await boris.answer()
        await stage.heard("CallEnded")


@scene("inbound/two_callers_two_operators")
async def two_callers(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True), stage.desk("102", auto_answer=True):
        await stage.ready("101")
        await stage.ready("102")
        await stage.call_in("+79161111111", talk_s=4)
        await stage.call_in("+79162222222", talk_s=5)
        await stage.heard("CallEnded", 2)


@scene("inbound/hostile_caller")
async def hostile(stage: Stage) -> None:
    name = 'Event: Hangup <script>"; DROP \x01, Uniqueid: 1'
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in("+7916<b>1'2", name=name, talk_s=3)
        await stage.heard("CallEnded")


# the link


@scene("link/cut_while_waiting_and_while_talking")
async def cut(stage: Stage) -> None:
    """Asterisk ends our sessions; what happens meanwhile is found by comparing."""
    async with stage.desk("101") as anna:
        await stage.call_in("+79161111111", talk_s=9)
        await stage.heard("CallQueued")
        await stage.kick()
        await stage.heard("LinkRestored", 2)
        await stage.ready("101")
        await anna.wait("incoming")
        await anna.answer()
        await stage.heard("CallAnswered")
        await stage.kick()
        await stage.heard("LinkRestored", 3)
        await stage.heard("CallEnded")


@scene("link/answered_in_the_gap")
async def answered_in_gap(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await stage.ready("101")
        await stage.call_in("+79161111111", talk_s=6)
        await anna.wait("incoming")
        await stage.kick()
        await anna.answer()
        await stage.heard("LinkRestored", 2)
        await stage.heard("CallEnded")
