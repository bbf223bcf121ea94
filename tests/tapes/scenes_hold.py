"""Scenes of hold: by either side, by the server, and who leaves meanwhile."""

from __future__ import annotations

import asyncio

from tests.tapes.scenes import scene
from tests.tapes.stage import Stage


@scene("hold/client_hangs_up_on_hold")
async def client_leaves(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=4)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallEnded")


@scene("hold/operator_hangs_up_on_hold")
async def operator_leaves(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=15)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await asyncio.sleep(1)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("hold/three_times")
async def thrice(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=9)
        await stage.heard("CallAnswered")
        for time in (1, 2, 3):
            await anna.order("hold")
            await stage.heard("CallHeld", time)
            await asyncio.sleep(0.4)
            await anna.order("resume")
            await stage.heard("CallResumed", time)
            await asyncio.sleep(0.4)
        await stage.heard("CallEnded")


@scene("hold/by_the_client")
async def by_client(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True),
                stage.caller("79161234567") as client):
        await stage.ready("101")
        await stage.heard("CallAnswered")
        await asyncio.sleep(0.5)
        await client.order("hold")
        await asyncio.sleep(1)
        await client.order("resume")
        await asyncio.sleep(1)
        await client.hang_up()
        await stage.heard("CallEnded")


@scene("hold/by_both_at_once")
async def by_both(stage: Stage) -> None:
    async with (stage.desk("101", auto_answer=True) as anna,
                stage.caller("79161234567") as client):
        await stage.ready("101")
        await stage.heard("CallAnswered")
        await asyncio.sleep(0.5)
        await anna.order("hold")
        await stage.heard("CallHeld")
        await client.order("hold")
        await asyncio.sleep(0.5)
        await anna.order("resume")
        await asyncio.sleep(0.5)
        await client.order("resume")
        await asyncio.sleep(0.5)
        await client.hang_up()
        await stage.heard("CallEnded")


@scene("hold/of_an_outgoing_call")
async def outgoing(stage: Stage) -> None:
    async with stage.desk("101") as anna:
        await anna.dial("+79160000001", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await asyncio.sleep(1)
        await anna.order("resume")
        await stage.heard("CallResumed")
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("hold/between_colleagues")
async def colleagues(stage: Stage) -> None:
    async with stage.desk("101") as anna, stage.desk("102", auto_answer=True):
        await anna.dial("102", stage.pbx.ports.sip)
        await stage.heard("CallAnswered")
        await anna.order("hold")
        await stage.heard("CallHeld")
        await asyncio.sleep(0.5)
        await anna.order("resume")
        await stage.heard("CallResumed")
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("hold/both_legs_moved_and_joined_again")
async def by_bridge(stage: Stage) -> None:
    """As a foreign server does it: music for one, stillness for the other, then a Bridge."""
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=7)
        await stage.heard("CallAnswered")
        client, operator = (stage.leg(f"PJSIP/{one}-").channel for one in ("trunk", "101"))
        await stage.ask(
            Action="Redirect", Channel=client, Context="tape-music", Exten="s", Priority="1",
            ExtraChannel=operator, ExtraContext="tape-still", ExtraExten="s", ExtraPriority="1")
        await asyncio.sleep(1.5)
        await stage.ask(Action="Bridge", Channel1=client, Channel2=operator)
        await stage.heard("CallEnded")


@scene("hold/both_legs_moved_and_the_client_leaves")
async def moved_client_leaves(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True) as anna:
        await stage.ready("101")
        await stage.call_in(talk_s=4)
        await stage.heard("CallAnswered")
        client, operator = (stage.leg(f"PJSIP/{one}-").channel for one in ("trunk", "101"))
        await stage.ask(
            Action="Redirect", Channel=client, Context="tape-music", Exten="s", Priority="1",
            ExtraChannel=operator, ExtraContext="tape-still", ExtraExten="s", ExtraPriority="1")
        await asyncio.sleep(4)
        await anna.hang_up()
        await stage.heard("CallEnded")


@scene("hold/muted_by_the_server")
async def muted(stage: Stage) -> None:
    async with stage.desk("101", auto_answer=True):
        await stage.ready("101")
        await stage.call_in(talk_s=5)
        await stage.heard("CallAnswered")
        for state in ("on", "off"):
            await stage.ask(Action="MuteAudio", Channel=stage.leg("PJSIP/101-").channel,
                            Direction="in", State=state)
            await asyncio.sleep(0.5)
        await stage.heard("CallEnded")
