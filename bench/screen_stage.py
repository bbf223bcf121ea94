"""The stage of `bench.screen`: a contact centre of its own, all of it real.

Private Asterisk and the one that plays the outside, a sample base, `deskline serve` as a child
process. The menu server is absent: Asterisk's dialplan leads callers straight to the queue.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bench import machine
from bench.site import site
from crm_store import sample
from crm_store.debtors import client_numbers
from crm_store.store import Store
from cti.pbx.find import Program, find_asterisk
from cti.pbx.plan import PbxPlan, WorldPlan
from cti.pbx.run import down, main_instance, pid_of, up, world_instance
from workstation.accounts import demo_password
from workstation.pbx_plan import plan_of
from workstation.rehearsal.server import is_ready
from workstation.settings import Settings

CHECKOUT = Path(__file__).resolve().parent.parent
SERVES_WITHIN_S = 60.0
STOPS_WITHIN_S = 10.0
FIRST_OPERATOR = 201
RINGS_S = TALKS_S = 1           # by the played desk phones
NUMBERS = 5_000                 # callers' numbers, each known in the base


@dataclass(frozen=True, slots=True)
class Stage:
    settings: Settings
    plan: PbxPlan
    program: Program
    numbers: list[str]
    server: int                 # its process

    @property
    def url(self) -> str:
        return self.settings.server.url

    @property
    def tapes(self) -> Path:
        return self.settings.data_dir / "tapes"

    @property
    def logins(self) -> list[tuple[str, str]]:
        """(login, password) of every operator."""
        return [(person.login, demo_password(self.plan.secret, person.login))
                for person in self.settings.operator]

    def asterisks(self) -> tuple[int, int]:
        """The processes of ours and of the one outside."""
        found = [pid_of(make(self.plan, self.program)) for make in (main_instance, world_instance)]
        return found[0] or 0, found[1] or 0


@contextmanager
def staged(base: int, operators: int, clients: int, folder: Path | None) -> Iterator[Stage]:
    """Everything runs inside the block. `base`: the first of 2,000 ports.

    `folder` is kept afterwards; None is a temporary one. Raises PbxError, RuntimeError.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="dlb", dir="/tmp"))  # asterisk.ctl: short path
    place.mkdir(parents=True, exist_ok=True)
    settings = _settings(place, base, operators)
    plan = _plan(settings)
    program = find_asterisk(Path(os.environ.get("DESKLINE_CACHE", CHECKOUT / ".deskline")))
    try:
        numbers = asyncio.run(_fill(settings, clients))
        up(plan, program, world=True)
        with _serving(settings, place) as server:
            stage = Stage(settings, plan, program, numbers, server)
            machine.give_way(stage.asterisks()[1])
            yield stage
    finally:
        down(plan, program)
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def _settings(folder: Path, base: int, operators: int) -> Settings:
    return site(folder / "deskline.toml", base,
                [f"{FIRST_OPERATOR + place}" for place in range(operators)])


def _plan(settings: Settings) -> PbxPlan:
    """The world plays every operator's desk phone, without a sound, as a load generator does;
    Asterisk's own pause after a call is short."""
    world = WorldPlan(colleagues=tuple(person.id for person in settings.operator),
                      colleague_answers_s=(RINGS_S, RINGS_S), colleague_talks_s=(TALKS_S, TALKS_S),
                      sends_silence=False)
    plan = plan_of(settings, world=world)
    return replace(plan, queues=tuple(replace(queue, wrap_up_s=1) for queue in plan.queues))


async def _fill(settings: Settings, clients: int) -> list[str]:
    store = Store(settings.store_url)
    try:
        await store.migrate()
        await sample.generate(store, clients=clients, now=datetime.now(UTC))
        async with store.read() as tx:
            return list(await client_numbers(tx, limit=NUMBERS))
    finally:
        await store.close()


@contextmanager
def _serving(settings: Settings, folder: Path) -> Iterator[int]:
    """`deskline serve`, once it says that it is ready; yields its process id."""
    with (folder / "serve.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workstation.cli.main", "serve", "--config",
             str(folder / "deskline.toml")], stdout=log, stderr=log, cwd=CHECKOUT)
    try:
        until = time.monotonic() + SERVES_WITHIN_S
        while not is_ready(settings.server.url):
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server does not serve: {_last_words(folder)}")
            time.sleep(0.2)
        yield process.pid
        if process.poll() is not None:
            raise RuntimeError(f"the server ended during the run: {_last_words(folder)}")
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _last_words(folder: Path) -> str:
    return (folder / "serve.log").read_text()[-1000:]
