"""Scenes of the line: strategies, many members, and every way out of it."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import Scene, scene
from tests.tapes.site import ENTRY_OF, ENTRY_OVERFLOW, STRATEGIES
from tests.tapes.stage import ENTRY_RINGALL, Stage, until

WORLDS = ("103", "104", "105", "106", "107")    # they answer after a second or two


async def _hangs_up(stage: Stage, start: str = "PJSIP/trunk-") -> None:
    await stage.ask(Action="Hangup", Channel=stage.leg(start).channel, Cause="16")


def _strategy(strategy: str) -> Scene:
    async def play(stage: Stage) -> None:
        for operator in WORLDS[:3]:
            await stage.ready(operator, strategy)
        await stage.call_in("+79161111111", entry=ENTRY_OF[strategy], talk_s=4)
        await stage.heard("CallEnded")
        await stage.call_in("+79162222222", entry=ENTRY_OF[strategy], talk_s=4)
        await stage.heard("CallEnded", 2)

    return play


for one in STRATEGIES:
    scene(f"queues/strategy_{one}")(_strategy(one))


@scene("queues/five_phones_ring_one_answers")
async def five(stage: Stage) -> None:
    for operator in WORLDS:
        await stage.ready(operator, "outages")
    await stage.call_in(entry=ENTRY_RINGALL, talk_s=5)
    await stage.heard("CallEnded")


@scene("queues/all_ring_and_nobody_answers")
async def nobody(stage: Stage) -> None:
    for operator in WORLDS[:3]:
        await stage.behave(operator, "Ringing", "Wait(30)")
        await stage.ready(operator, "patient")
    await stage.call_in(entry=ENTRY_OF["patient"], talk_s=20)
    await stage.heard("CallEnded")


@scene("queues/abandoned_while_all_ring")
async def abandoned(stage: Stage) -> None:
    for operator in WORLDS[:3]:
        await stage.behave(operator, "Ringing", "Wait(30)")
        await stage.ready(operator, "outages")
    await stage.call_in(entry=ENTRY_RINGALL, talk_s=3)
    await stage.heard("CallEnded")


@scene("queues/first_refuses_second_rings_out_third_answers")
async def three_tries(stage: Stage) -> None:
    await stage.behave("103", "Ringing", "Wait(1)", "Hangup(17)")
    await stage.behave("104", "Ringing", "Wait(30)")
    for operator in WORLDS[:3]:
        await stage.ready(operator, "linear")
    await stage.call_in(entry=ENTRY_OF["linear"], talk_s=16)
    await stage.heard("CallAnswered")
    await _hangs_up(stage)
    await stage.heard("CallEnded")


@scene("queues/three_wait_for_one")
async def three_wait(stage: Stage) -> None:
    """Places in the line move up; the second gives up."""
    async with stage.desk("101", auto_answer=True) as anna:
        for place, talk_s in enumerate((30, 4, 12), 1):
            await stage.call_in(f"+7916000000{place}", talk_s=talk_s)
            await stage.heard("CallQueued", place)
        await stage.heard("CallEnded")
        await stage.ready("101")
        await stage.heard("CallAnswered")
        await anna.hang_up()
        await stage.heard("CallAnswered", 2)
        await stage.heard("CallEnded", 3)


@scene("queues/waits_too_long_and_hears_sorry")
async def sorry(stage: Stage) -> None:
    await stage.call_in(entry=ENTRY_OF["patient"], talk_s=20)
    await stage.heard("CallLeftQueue")
    await stage.heard("CallEnded")


@scene("queues/goes_on_to_another_queue")
async def overflow(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(entry=ENTRY_OVERFLOW, talk_s=7)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/goes_on_while_it_rings")
async def overflow_ringing(stage: Stage) -> None:
    await stage.behave("103", "Ringing", "Wait(30)")
    async with stage.desk("101", auto_answer=True):
        await stage.ready("103", "patient")
        await stage.ready("101")
        await stage.call_in(entry=ENTRY_OVERFLOW, talk_s=8)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/redirected_while_waiting")
async def redirected(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101", "outages")
        await stage.call_in(talk_s=6)
        await stage.heard("CallQueued")
        await asyncio.sleep(1)
        await stage.engine.commands.redirect(
            stage.leg("PJSIP/trunk-").channel, "deskline-queue", "outages")
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/redirected_while_a_phone_rings")
async def redirected_ringing(stage: Stage) -> None:
    async with stage.desk("101"), stage.desk("102", auto_answer=True):
        await stage.ready("101")
        await stage.ready("102", "outages")
        await stage.call_in(talk_s=7)
        await stage.heard("OperatorOffered")
        await asyncio.sleep(1)
        await stage.engine.commands.redirect(
            stage.leg("PJSIP/trunk-").channel, "deskline-queue", "outages")
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/redirected_to_an_operator")
async def redirected_to_operator(stage: Stage) -> None:
    async with stage.desk("102", auto_answer=True):
        await stage.call_in(talk_s=6)
        await stage.heard("CallQueued")
        await asyncio.sleep(1)
        await stage.engine.commands.redirect(
            stage.leg("PJSIP/trunk-").channel, "deskline-phones", "102")
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/full")
async def full(stage: Stage) -> None:
    """The second finds no room and is let go."""
    await stage.call_in("+79161111111", entry=ENTRY_OF["narrow"], talk_s=8)
    await stage.heard("CallQueued")
    await stage.call_in("+79162222222", entry=ENTRY_OF["narrow"], talk_s=15)
    await stage.heard("CallEnded", 2)


@scene("queues/left_by_a_key")
async def by_key(stage: Stage) -> None:
    """The caller presses 1 and goes to another queue."""
    async with stage.desk("101", auto_answer=True), stage.caller(
            "79161234567", ENTRY_OF["keys"]) as client:
        await stage.heard("CallQueued")
        await asyncio.sleep(1)
        await client.digits("1")
        await stage.heard("CallQueued", 2)
        await stage.ready("101")
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await client.hang_up()
        await stage.heard("CallEnded")


@scene("queues/member_pauses_while_his_phone_rings")
async def pauses(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=10)
        await anna.wait("incoming")
        await stage.engine.commands.pause_member("PJSIP/101", paused=True, reason="lunch")
        await stage.ready("102")
        await anna.refuse(486)
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/member_is_removed_while_he_talks")
async def removed(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=5)
        await stage.heard("CallAnswered")
        await stage.engine.commands.remove_member("billing", "PJSIP/101")
        await stage.heard("CallEnded")


@scene("queues/two_queues_one_operator")
async def two_queues(stage: Stage) -> None:
    """He serves both; the second call waits until he is free."""
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.ready("101", "outages")
        await stage.call_in("+79161111111", talk_s=5)
        await stage.heard("CallAnswered")
        await stage.call_in("+79162222222", entry=ENTRY_RINGALL, talk_s=12)
        await stage.heard("CallAnswered", 2)
        await _hangs_up(stage)
        await stage.heard("CallEnded", 2)


@scene("queues/penalties_the_better_is_asked_first")
async def penalties(stage: Stage) -> None:
    async with stage.desk("101"), stage.desk("102", auto_answer=True):
        await stage.engine.commands.add_member(
            "outages", "PJSIP/101", "101", paused=False, penalty=1)
        await stage.engine.commands.add_member(
            "outages", "PJSIP/102", "102", paused=False, penalty=5)
        await stage.call_in(entry=ENTRY_RINGALL, talk_s=6)
        await stage.heard("OperatorOffered")
        await stage.engine.commands.pause_member("PJSIP/101", paused=True, reason="lunch")
        await stage.ask(Action="Hangup", Channel=stage.leg("PJSIP/101-").channel, Cause="17")
        await stage.heard("CallAnswered")
        await stage.heard("CallEnded")


@scene("queues/operator_with_two_phones")
async def two_phones(stage: Stage) -> None:
    """A direct call rings both phones of one operator; the second line is busy meanwhile."""
    async with stage.desk("101") as anna, stage.desk("102") as boris, stage.desk("102-web"):
        await anna.dial("102", stage.pbx.ports.sip)
        await boris.wait("incoming")
        await asyncio.sleep(0.5)
        await boris.answer()
        await stage.heard("CallAnswered")
        await asyncio.sleep(1)
        await boris.hang_up()
        await stage.heard("CallEnded")


@scene("queues/operators_phone_dies")
async def phone_dies(stage: Stage) -> None:
    """The operator's phone falls silent; Asterisk notices, the caller is let go."""
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=20)
        await stage.heard("CallAnswered")
        anna.process.kill()
        await stage.heard("CallEnded")


@scene("queues/ten_callers_five_operators")
async def ten(stage: Stage) -> None:
    for operator in WORLDS:
        await stage.behave(operator, "Answer", "Wait(2)", "Hangup(16)")
        await stage.ready(operator, "rrmemory")
    for place in range(10):
        await stage.call_in(f"+791600000{place:02}", entry=ENTRY_OF["rrmemory"], talk_s=25)
    await stage.heard("CallEnded", 10)
    await until(stage.engine.floor.is_quiet)
