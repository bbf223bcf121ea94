"""A lead hears, enters and moves the calls of others from the terminal."""

from __future__ import annotations

from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.stage import on_stage
from tests.terminal.test_calls import TARGETS
from workstation.protocol import ListenerView

CALL = story.call(can=["hangup", "transfer", "listen", "whisper", "barge", "take_over"])
BORIS = story.operator("102", "Boris Orlov", state="talking", call="main-9",
                       with_whom="Ivanov I. I.")
BASE = (*story.QUEUES, BORIS, CALL)


async def test_the_talk_of_an_operator_is_heard_and_entered_by_one_key_each() -> None:
    async with on_stage(*BASE, me=story.SOFIA) as stage:
        await stage.sees("Boris Orlov")
        await stage.table("OperatorTable")
        await stage.press("enter")
        await stage.sees("The call of Ivanov I. I.", "Whisper  Alt+W", "Take over")
        await stage.press("1")
        assert await stage.asked("call.listen") == [{"call": "main-9"}]
        mine = ListenerView(supervisor="109", mode="listen", name="Sofia", operator="102")
        await stage.server.show(replace(CALL, listeners=[mine], can=[*CALL.can,
                                                                     "stop_listening"]))
        await stage.press("alt+w")
        assert await stage.asked("call.whisper") == [{"call": "main-9"}]
        await stage.press("alt+h")
        assert await stage.asked("call.stop_listening") == [{"call": "main-9"}]


async def test_who_is_in_no_talk_cannot_be_heard() -> None:
    idle = story.operator("102", "Boris Orlov")
    async with on_stage(*story.QUEUES, idle, me=story.SOFIA) as stage:
        await stage.sees("Boris Orlov")
        await stage.table("OperatorTable")
        await stage.press("enter")
        await stage.sees("1 State", "2 Message")
        await stage.press("escape")
        await stage.sees_no("2 Message")
        await stage.press("alt+l")
        await stage.sees("does not allow that now")
        assert not stage.server.done("call.listen")


async def test_a_waiting_call_is_sent_to_a_queue_from_the_list_of_calls() -> None:
    waiting = replace(CALL, state="waiting", operator=None, can=["hangup", "redirect"])
    async with on_stage(*story.QUEUES, waiting, me=story.SOFIA, answers=TARGETS) as stage:
        await stage.press("2")
        await stage.sees("[2 Calls 1]")
        await stage.press("enter")
        await stage.sees("Send it elsewhere")
        await stage.press("1")
        await stage.sees("Gleb Volkov", "Outages")
        await stage.type("outages")
        await stage.press("enter")
        assert await stage.asked("call.redirect") == [
            {"call": "main-9", "operator": None, "queue": "outages", "number": None}]
