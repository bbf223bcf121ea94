"""A desk phone driven from the terminal: each key does what the server says the call allows."""

from __future__ import annotations

import msgspec
from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.stage import on_stage
from workstation.protocol import ConsultView, ParkedView
from workstation.protocol.messages import Choice
from workstation.protocol.targets import ColleagueView, QueueTarget, RingingView, Targets

TALK = story.conversation(can=[
    "hold", "mute", "keypad", "transfer", "consult", "to_menu", "park", "hangup", "record"])
CALL = TALK.call
BASE = (*story.QUEUES, story.operator(state="talking"))
TARGETS = {"call.targets": msgspec.to_builtins(Targets(
    colleagues=[ColleagueView(id="104", name="Gleb Volkov", state="ready", since=story.ago(60),
                              registered=True, is_near=True),
                ColleagueView(id="105", name="Daria Belova", state="talking", since=story.ago(9),
                              registered=True, is_near=True)],
    queues=[QueueTarget(id="outages", name="Outages", waiting=2, ready=1)],
    menus=[Choice(id="balance", name="Balance")],
    ringing=[RingingView(call="77.1", number="+79160000077", name="Petrova", queue="billing",
                         operator="105", since=story.ago(5))]))}


async def test_the_keys_of_now_stand_beside_the_call_and_no_others() -> None:
    async with on_stage(*BASE, TALK, size=(140, 40)) as stage:
        await stage.sees("F4 hold", "F6 mute", "F7 transfer", "F8 keypad", "Alt+K park")
        assert "Alt+P" not in stage.text
        await stage.server.show(replace(TALK, state="held", can=["resume"]))
        await stage.sees("F4 resume")
        await stage.sees_no("F7 transfer")


async def test_hold_resume_mute_keypad_park_and_recording_are_asked_for() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.sees("F4 hold")
        await stage.press("f4", "f6", "alt+k", "alt+o", "f8")
        await stage.sees("Enter sends them")
        await stage.type("12#")
        await stage.press("enter")
        assert await stage.asked("call.hold") == [{"call": CALL}]
        assert await stage.asked("call.mute") == [{"call": CALL, "on": True}]
        assert await stage.asked("call.park") == [{"call": CALL}]
        assert await stage.asked("call.record") == [{"call": CALL, "on": True}]
        assert await stage.asked("call.keypad") == [{"call": CALL, "digits": "12#"}]


async def test_what_the_call_does_not_allow_is_said_and_not_asked() -> None:
    async with on_stage(*BASE, replace(TALK, can=["hangup"])) as stage:
        await stage.sees("Ivanov")
        await stage.press("f4", "f7", "alt+k")
        await stage.sees("The call does not allow that now")
        await stage.press("f9")
        assert await stage.asked("call.hangup") == [{"call": CALL}]
        assert not stage.server.done("call.hold")


async def test_a_colleague_is_asked_first_and_then_connected() -> None:
    async with on_stage(*BASE, TALK, answers=TARGETS) as stage:
        await stage.press("f7")
        await stage.sees("Gleb Volkov", "Outages", "2 waiting")
        await stage.type("gleb")
        await stage.sees_no("Daria Belova")
        await stage.press("enter")
        await stage.sees("Ask first")
        await stage.press("1")
        assert await stage.asked("call.consult") == [
            {"call": CALL, "operator": "104", "queue": None, "number": None}]
        asked = ConsultView(who="Gleb Volkov", operator="104", state="talking",
                            since=story.ago(3))
        await stage.server.show(replace(TALK, state="held", consult=asked, can=[
            "swap", "complete", "cancel", "conference"]))
        await stage.sees("Gleb Volkov: Talking with you", "F4 swap", "F7 connect")
        await stage.press("f7", "f9", "alt+k")
        assert await stage.asked("call.complete") == [{"call": CALL}]
        assert await stage.asked("call.cancel") == [{"call": CALL}]
        assert await stage.asked("call.conference") == [{"call": CALL}]


async def test_of_three_one_is_taken_out_or_oneself_leaves_and_a_recording_is_paused() -> None:
    together = replace(TALK, conference=True, recording="on", can=[
        "mute", "keypad", "drop", "leave", "pause_recording", "hangup"])
    async with on_stage(*BASE, together) as stage:
        await stage.sees("F6 mute")
        await stage.press("alt+x", "alt+z", "alt+p", "f9")
        assert await stage.asked("call.leave") == [{"call": CALL}]
        assert await stage.asked("call.drop") == [
            {"call": CALL, "party": "third"}, {"call": CALL, "party": "client"}]
        assert await stage.asked("call.pause_recording") == [{"call": CALL}]
        await stage.server.show(replace(TALK, recording="paused", can=["resume_recording"]))
        await stage.sees_no("F6 mute")
        await stage.press("alt+p")
        assert await stage.asked("call.resume_recording") == [{"call": CALL}]


async def test_a_number_that_is_typed_whole_is_a_target_and_a_menu_is_one() -> None:
    async with on_stage(*BASE, TALK, answers=TARGETS) as stage:
        await stage.press("f7")
        await stage.sees("Gleb Volkov")
        await stage.type("+79161112233")
        await stage.press("enter")
        await stage.sees("Ask first")
        await stage.press("2")
        assert await stage.asked("call.transfer") == [
            {"call": CALL, "operator": None, "queue": None, "number": "+79161112233"}]
        await stage.press("f7")
        await stage.sees("Balance")
        await stage.type("balance")
        await stage.press("enter")
        assert await stage.asked("call.to_menu") == [{"call": CALL, "menu": "balance"}]


async def test_a_parked_or_ringing_caller_is_taken_from_the_list() -> None:
    queue = replace(story.QUEUES[0], parked=[ParkedView(
        call="55.5", number="+79160000055", name="Sidorov", by="104", since=story.ago(30))])
    async with on_stage(queue, story.operator(), answers=TARGETS) as stage:
        await stage.press("alt+w")
        await stage.sees("Sidorov", "parked by", "Petrova", "at 105")
        await stage.press("enter")
        assert await stage.asked("call.take_back") == [{"call": "55.5"}]
        await stage.press("alt+w")
        await stage.sees("Petrova")
        await stage.press("down", "enter")
        assert await stage.asked("call.pick_up") == [{"call": "77.1"}]


async def test_a_desk_phone_that_can_is_answered_by_f2() -> None:
    ringing = replace(TALK, state="ringing", answered_at=None, can=["answer"])
    async with on_stage(*story.QUEUES, story.operator(state="offered"), ringing) as stage:
        await stage.sees("RINGING")
        await stage.press("f2")
        assert await stage.asked("call.answer") == [{"call": CALL}]
