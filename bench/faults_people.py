"""The people of `bench.faults`: callers, operators who stay at work, some who hand calls on.

They speak to Asterisk itself, past the proxy: what happens on the telephone goes on whatever
becomes of our server.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.faults_stage import Stage
from bench.faults_truth import PREFIX
from bench.site import ENTRY
from cti.ami import Account, Session, connect
from cti.errors import CtiError
from cti.pbx.errors import PbxError
from cti.pbx.world import Caller, place_call

QUEUE = "billing"
LOOK_EVERY_S = 2.0
RETRY_S = 0.5
IMPATIENT = 0.12                # share of callers who leave while it rings
TALKS_AT_LEAST_S = 1.5
UNREACHABLE = frozenset({"0", "4", "5"})    # device states: unknown, invalid, unavailable


@dataclass(slots=True)
class Done:
    placed: int = 0
    refused: int = 0            # the outside itself did not take the order
    handed_on: int = 0


class Hands:
    """A manager session of our own at Asterisk, made again whenever it is lost."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.session: Session | None = None

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Hands]:
        async with asyncio.TaskGroup() as tasks:
            keeping = tasks.create_task(self._keep())
            try:
                yield self
            finally:
                keeping.cancel()

    async def _keep(self) -> None:
        plan = self._stage.plan
        account = Account(host=plan.host, port=plan.ports.ami, name="control",
                          secret=plan.password("ami:control"), wants_events=False)
        while True:
            try:
                async with connect(account) as self.session:
                    await self.session.watch()
            except CtiError:
                self.session = None
            await asyncio.sleep(RETRY_S)

    async def ask(self, action: str, **headers: str) -> None:
        """Raises CtiError."""
        if self.session is not None:
            await self.session.ask({"Action": action, **headers})

    async def listed(self, action: str, **headers: str) -> list[dict[str, str]] | None:
        """The items of a list; None while Asterisk is away."""
        if self.session is None:
            return None
        try:
            reply = await self.session.ask({"Action": action, **headers}, is_list=True)
        except CtiError:
            return None
        return [{key: str(value) for key, value in item.items()} for item in reply.items]


async def call_in(stage: Stage, calls: int, rate: float, dice: random.Random, done: Done) -> None:
    """`calls` callers at exponential gaps; some leave while it rings, talks are short."""
    clock = asyncio.get_running_loop().time
    due = clock()
    async with asyncio.TaskGroup() as tasks:
        for place in range(calls):
            due += dice.expovariate(rate)
            await asyncio.sleep(max(0.0, due - clock()))
            stays_s = 1 if dice.random() < IMPATIENT else dice.randint(4, 25)
            tasks.create_task(_one(stage, f"{PREFIX}{place:07d}", stays_s, done))


async def _one(stage: Stage, number: str, stays_s: int, done: Done) -> None:
    done.placed += 1
    try:
        await place_call(stage.plan, Caller(
            entry=ENTRY, number=number, script="listen", before_s=0, talk_s=stays_s))
    except PbxError:
        done.refused += 1


async def stay_at_work(stage: Stage, hands: Hands) -> None:
    """Every operator in the queue and not paused, again and again."""
    wanted = {f"PJSIP/{operator}": operator for operator in stage.operators}
    while True:
        members = await hands.listed("QueueStatus", Queue=QUEUE)
        there = {item["Location"]: item for item in members or () if "Location" in item}
        for phone, operator in wanted.items() if members is not None else ():
            try:
                if phone not in there:
                    await hands.ask("QueueAdd", Queue=QUEUE, Interface=phone, MemberName=operator,
                                    Paused="false")
                elif there[phone].get("Paused") == "1":
                    await hands.ask("QueuePause", Interface=phone, Paused="false")
            except CtiError:
                break
        await asyncio.sleep(LOOK_EVERY_S)


async def at_work(hands: Hands) -> int:
    """Members whose phone can be reached and who are not paused."""
    return sum(item.get("Status") not in UNREACHABLE and item.get("Paused") == "0"
               for item in await hands.listed("QueueStatus", Queue=QUEUE) or ()
               if "Location" in item)


async def hand_on(stage: Stage, hands: Hands, each_s: float, dice: random.Random,
                  done: Done) -> None:
    """Now and then somebody who talks gives his client to a colleague who does not."""
    while True:
        await asyncio.sleep(dice.expovariate(1 / each_s))
        legs = [one for one in await hands.listed("CoreShowChannels") or ()
                if _operator(one) in stage.operators]
        talking = [one for one in legs if one.get("BridgeId") and _seconds(one) > TALKS_AT_LEAST_S]
        free = sorted(set(stage.operators) - {_operator(one) for one in legs})
        if not talking or not free:
            continue
        try:
            await hands.ask("BlindTransfer", Channel=dice.choice(talking)["Channel"],
                            Context="deskline-phones", Exten=dice.choice(free))
            done.handed_on += 1
        except CtiError:
            continue


def _operator(leg: dict[str, str]) -> str:
    return leg.get("Channel", "").removeprefix("PJSIP/").rpartition("-")[0]


def _seconds(leg: dict[str, str]) -> float:
    total = 0.0
    for part in leg.get("Duration", "0").split(":"):
        total = total * 60 + float(part or 0)
    return total


async def live(hands: Hands) -> set[str] | None:
    """Linkedids of the callers' calls in Asterisk; None while it is away."""
    legs = await hands.listed("CoreShowChannels")
    if legs is None:
        return None
    return {one["Linkedid"] for one in legs if one.get("Channel", "").startswith("PJSIP/trunk-")
            and one.get("ChannelState") != "0"}
