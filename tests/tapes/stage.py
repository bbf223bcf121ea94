"""Where tapes are recorded: a private Asterisk, our engine on it, and desk phones to play with."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cti.agi import AgiSession, Request, serve
from cti.calls import Leg
from cti.engine import Engine, LinkPlan
from cti.pbx.plan import PbxPlan
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.manager import Message, manager
from tests.pbx.phones import CHECKOUT, Phone

ENTRY_RINGALL = "+74951200001"      # its queue, `outages`, rings all at once here
WAIT_LIMIT_S = 25.0


def link_plan(plan: PbxPlan, tapes: Path) -> LinkPlan:
    return LinkPlan(
        pbx=plan.name, host=plan.host, port=plan.ports.ami, system_name=plan.system_name,
        observer_secret=plan.password("ami:observer"), tape_dir=tapes,
        control_secret=plan.password("ami:control"),
        operators={f"PJSIP/{phone}": one.id for one in plan.operators for phone in one.endpoints})


async def until(question: Callable[[], object], limit_s: float = WAIT_LIMIT_S) -> None:
    limit = time.monotonic() + limit_s
    while not question():
        if time.monotonic() > limit:
            raise TimeoutError("what was waited for did not happen")
        await asyncio.sleep(0.02)


@dataclass
class Stage:
    """One scene's tools. `seen` holds the names of the changes so far."""
    pbx: PrivatePbx
    engine: Engine
    folder: Path
    seen: list[str] = field(default_factory=list)

    def sip(self, who: str) -> str:
        return f"sip:{who}@127.0.0.1:{self.pbx.ports.sip}"

    async def call_in(self, number: str = "+79161234567", *, name: str = "",
                      entry: str = "+74951200000", talk_s: int = 30) -> None:
        await self.pbx.world_originate("talk", entry, number, name, talk_s=talk_s)

    async def ready(self, operator: str, queue: str = "billing") -> None:
        interface = f"PJSIP/{operator}"
        await self.engine.commands.add_member(
            queue, interface, operator, paused=True, reason="signed_in")
        await self.engine.commands.pause_member(interface, paused=False)

    async def heard(self, change: str, times: int = 1) -> None:
        await until(lambda: self.seen.count(change) >= times)

    async def quiet(self) -> None:
        await until(self.engine.floor.is_quiet, 60)

    async def kick(self) -> None:
        """Asterisk ends every manager session."""
        shown = await asyncio.to_thread(self.pbx.ask, "manager show connected")
        for line in shown.splitlines():
            fields = line.split()
            if fields and fields[0] in ("observer", "control"):   # name, address, start, age
                await asyncio.to_thread(self.pbx.ask, f"manager kick session {fields[4]}")

    @asynccontextmanager
    async def desk(self, name: str, *, auto_answer: bool = False,
                   registers: bool = True) -> AsyncIterator[Phone]:
        """An operator's desk phone, registered."""
        facts = {"port": self.pbx.ports.sip, "name": name, "tone_hz": 440, "display": "",
                 "password": self.pbx.password(f"sip:{name}") if registers else None,
                 "auto_answer": auto_answer,
                 "record": str(self.folder / f"{name}.wav")}
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.tapes.desk_process", json.dumps(facts), cwd=CHECKOUT,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=1 << 20)
        one = Phone(process, self.folder / f"{name}.wav")
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(_follow(one), name=f"phone-{name}")
            try:
                await one.wait("registered" if registers else "ready")
                yield one
            finally:
                await one.quit()
                reader.cancel()

    @asynccontextmanager
    async def talking(self, talk_s: int) -> AsyncIterator[Phone]:
        """101, at a desk phone, talks with a client."""
        async with self.desk("101", auto_answer=True) as one:
            await self.ready("101")
            await self.call_in(talk_s=talk_s)
            await self.heard("CallAnswered")
            await asyncio.sleep(0.5)
            yield one

    async def ask(self, **headers: str) -> Message:
        """A manager's action that our own commands do not have."""
        secret = self.pbx.password("ami:control")
        async with manager(self.pbx.ports.ami, "control", secret) as one:
            return await one.send(**headers)

    def leg(self, start: str) -> Leg:
        """The newest leg whose channel begins so: `PJSIP/101-`, `PJSIP/trunk-`."""
        legs = self.engine.floor.legs.values()
        return [leg for leg in legs if leg.channel.startswith(start)][-1]

    async def behave(self, colleague: str, *steps: str) -> None:
        """A colleague whom the world plays does something else, until the scene is over."""
        for place, step in enumerate(steps, 1):
            await asyncio.to_thread(self.pbx.ask_world, "dialplan add extension "
                                    f"{colleague},{place},{step} into colleagues replace")

    @asynccontextmanager
    async def caller(self, number: str, entry: str = ENTRY) -> AsyncIterator[Phone]:
        """A caller with a phone of his own, who can hold; he has dialled."""
        async with self.desk(number, registers=False) as one:
            await one.dial(entry, self.pbx.ports.sip)
            yield one

    @asynccontextmanager
    async def menu(self, script: Callable[[AgiSession, Request], Any]) -> AsyncIterator[None]:
        async with serve("127.0.0.1", self.pbx.ports.agi_menu, {"menu": script}):
            yield

    @asynccontextmanager
    async def gate(self, claims: dict[str, str]) -> AsyncIterator[None]:
        """The dialler's claim gate: attempt → the number it may dial."""
        async def claim(agi: AgiSession, request: Request) -> None:
            number = claims.get(request.query["attempt"])
            if number is None:
                return
            for name, value in (("NUMBER", number), ("QUEUE", "collection"), ("RING_S", "4"),
                                ("CALLERID", "+74951200000"), ("CLAIM", "yes")):
                await agi.set_variable(f"DESKLINE_{name}", value)

        async with serve("127.0.0.1", self.pbx.ports.agi_gate, {"claim": claim}):
            yield


async def _follow(one: Phone) -> None:
    assert one.process.stdout is not None
    async for line in one.process.stdout:
        if line.startswith(b"{"):
            async with one.news:
                one.events.append(json.loads(line))
                one.news.notify_all()


@asynccontextmanager
async def stage(pbx: PrivatePbx, folder: Path) -> AsyncIterator[Stage]:
    """A fresh engine and tape; afterwards nobody is in a queue or a call."""
    tapes = folder / "tapes"
    shutil.rmtree(tapes, ignore_errors=True)
    engine = Engine(link_plan(pbx.plan, tapes))
    scene = Stage(pbx, engine, folder)
    with engine.feed.subscribe("stage") as changes:
        async def note() -> None:
            async for fed in changes:
                scene.seen.extend(type(change).__name__ for change in fed.changes)

        async with asyncio.TaskGroup() as tasks:
            following = [tasks.create_task(engine.run()), tasks.create_task(note())]
            try:
                await until(engine.link_is_up)
                yield scene
                await scene.quiet()
                await _everybody_home(scene)
            finally:
                await asyncio.to_thread(pbx.ask_world, "dialplan reload")
                for task in following:
                    task.cancel()


async def _everybody_home(scene: Stage) -> None:
    for queue, interface in list(scene.engine.floor.members):
        await scene.engine.commands.remove_member(queue, interface)
    await until(lambda: not scene.engine.floor.members)
