"""The demo, wired: two Asterisks, our servers as children, and life on the line."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import signal
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from cti.pbx.errors import PbxError
from cti.pbx.find import find_asterisk, unpack_espeak
from cti.pbx.plan import PbxPlan
from cti.pbx.run import down, up
from workstation.accounts import demo_password
from workstation.demo import announce, recorded
from workstation.demo.campaign import start_campaign
from workstation.demo.children import Child, ChildFailed
from workstation.demo.prepare import Say, fill_store
from workstation.demo.recorded import with_recording
from workstation.pbx_plan import colleagues_of, plan_of
from workstation.rehearsal import marker
from workstation.rehearsal.callers import keep_calling
from workstation.rehearsal.colleagues import Colleague
from workstation.rehearsal.server import is_ready, live_url
from workstation.settings import Settings

READY_S = 60.0
MENU_S = 120.0          # the first start speaks every prompt
MEAN_GAP_S = 20.0       # between synthetic callers
CAMPAIGN_PAUSE_S = 300.0


async def run(settings: Settings, config: Path | None, *, quiet: bool, say: Say) -> None:
    """Everything, until SIGINT or SIGTERM. Raises PbxError, ChildFailed, StoreError, OSError."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    voice = await asyncio.to_thread(unpack_espeak, settings.data_dir, say=say)
    settings = await with_recording(settings, voice, say)
    plan = plan_of(settings, world=colleagues_of(settings))
    numbers = await fill_store(settings, say)
    async with _asterisk(settings, plan, say), asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(child.keep(), name=child.name)
                   for child in _children(settings, config)]
        await _until_ready(settings, stopping)
        _announce(settings, plan, quiet, say)
        if not quiet:
            running.append(tasks.create_task(_life(settings, plan, numbers), name="life"))
        try:
            await stopping.wait()
        finally:    # what it tells is true only while the demo runs
            (settings.data_dir / "demo.json").unlink(missing_ok=True)
        say("stopping …")
        for task in running:
            task.cancel()


@contextlib.asynccontextmanager
async def _asterisk(settings: Settings, plan: PbxPlan, say: Say) -> AsyncIterator[None]:
    program = await asyncio.to_thread(find_asterisk, settings.data_dir, say=say)
    say(f"starting Asterisk {program.version}, and a second one that plays the outside …")
    with marker.held(settings.data_dir):
        try:
            await asyncio.to_thread(up, plan, program, world=True)
            yield
        finally:
            with contextlib.suppress(PbxError):
                await asyncio.to_thread(down, plan, program)


def _children(settings: Settings, config: Path | None) -> list[Child]:
    named = ("--config", str(config)) if config else ()
    environment = {"DESKLINE_SERVER__DEMO_SIGN_INS": "true", "DESKLINE_PBX__REHEARSAL": "true",
                   "DESKLINE_LOG": "INFO", **recorded.environment(settings)}
    logs = settings.data_dir / "log"
    return [Child(name, (name, *named), environment, logs / f"{name}.log")
            for name in ("serve", "ivr")]


async def _until_ready(settings: Settings, stopping: asyncio.Event) -> None:
    clock = asyncio.get_running_loop().time
    until = clock() + READY_S
    while not await asyncio.to_thread(is_ready, settings.server.url):
        if clock() > until:
            log = settings.data_dir / "log" / "serve.log"
            raise ChildFailed("serve", " ".join(log.read_text().splitlines()[-2:]))
        if stopping.is_set():
            return
        await asyncio.sleep(0.3)


def _announce(settings: Settings, plan: PbxPlan, quiet: bool, say: Say) -> None:
    facts = announce.facts(settings, plan.secret)
    announce.write(settings.data_dir / "demo.json", json.loads(json.dumps(facts)))
    say(announce.banner(settings, plan.secret, quiet=quiet,
                        colleagues=[] if quiet else colleague_logins(settings, plan)))


def colleague_logins(settings: Settings, plan: PbxPlan) -> list[str]:
    """The people whose desk phones the world plays."""
    return [person.login for person in settings.operator if person.id in plan.world.colleagues]


async def _life(settings: Settings, plan: PbxPlan, numbers: Sequence[str]) -> None:
    dice = random.Random()
    async with asyncio.TaskGroup() as tasks:
        for login in colleague_logins(settings, plan):
            colleague = Colleague(live_url(settings.server.url), login,
                                  demo_password(plan.secret, login),
                                  random.Random(dice.random()))
            tasks.create_task(colleague.work(), name=f"colleague {login}")
        tasks.create_task(keep_calling(plan, dice, numbers, mean_gap_s=MEAN_GAP_S),
                          name="callers")
        tasks.create_task(_keep_campaigning(settings), name="campaigns")


async def _keep_campaigning(settings: Settings) -> None:
    """A campaign soon after the start; another one some time after it has ended."""
    debtors = await asyncio.to_thread((settings.data_dir / "debtors.csv").read_bytes)
    await asyncio.sleep(10)
    while True:
        await start_campaign(settings, debtors)
        await asyncio.sleep(CAMPAIGN_PAUSE_S)


