"""`pbx`: a real private Asterisk and the one that plays the outside, once per test session.

Mark such tests `pbx`. The unpacked Asterisk is shared (`DESKLINE_CACHE`, else the checkout's
`.deskline`); ports and folders are this session's own.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cti.pbx import world
from cti.pbx.errors import PbxError
from cti.pbx.find import Program, find_asterisk
from cti.pbx.plan import EntryPlan, OperatorPlan, PbxPlan, Ports, QueuePlan, WorldPlan
from cti.pbx.run import (
    Instance,
    ask,
    down,
    main_instance,
    pid_of,
    start,
    up,
    world_instance,
)
from tests.ports import free_block

CHECKOUT = Path(__file__).resolve().parents[2]
ENTRY, ENTRY_OUTAGES = "+74951200000", "+74951200001"


@dataclass(frozen=True, slots=True)
class PrivatePbx:
    """Two running Asterisks: `plan.ports`, `password("ami:observer")`, callers on demand."""
    plan: PbxPlan
    program: Program

    @property
    def ports(self) -> Ports:
        return self.plan.ports

    @property
    def main(self) -> Instance:
        return main_instance(self.plan, self.program)

    @property
    def world(self) -> Instance:
        return world_instance(self.plan, self.program)

    def password(self, purpose: str) -> str:
        return self.plan.password(purpose)

    async def world_originate(self, script: str = "talk", entry: str = ENTRY,
                              caller_number: str = "+79161234567", caller_name: str = "",
                              **more: Any) -> None:
        """A caller calls in; `more` is keys, before_s, talk_s of `cti.pbx.world.Caller`."""
        await world.place_call(self.plan, world.Caller(
            script=script, entry=entry, number=caller_number, name=caller_name, **more))  # type: ignore[arg-type]

    def ask(self, command: str) -> str:
        """Our Asterisk's console, e.g. `queue add member PJSIP/101 to billing`."""
        return ask(self.main, command)

    def ask_world(self, command: str) -> str:
        return ask(self.world, command)

    def hang_up_everything(self) -> None:
        for instance in (self.world, self.main):
            ask(instance, "channel request hangup all")

    def kill(self) -> None:
        """kill -9 of our Asterisk; `start_again` brings it back."""
        if (pid := pid_of(self.main)) is not None:
            os.kill(pid, signal.SIGKILL)

    def start_again(self) -> None:
        start(self.main)


def sample_plan(folder: Path, ports: Ports, **changes: Any) -> PbxPlan:
    """Ten operators, three queues, two entries; the world plays 103-107 and is in a hurry.

    An answered client waits 4 s for an operator, a silent menu is left after 5 s.
    """
    values: dict[str, Any] = {
        "folder": folder, "secret": b"s" * 32, "ports": ports, "trunk_port": ports.world_sip,
        "campaign_wait_s": 4, "menu_limit_s": 5,
        "operators": tuple(OperatorPlan(id=str(i), name=f"Operator {i}")
                           for i in range(101, 111)),
        "queues": tuple(QueuePlan(id=q, is_recorded=q != "outages")
                        for q in ("billing", "outages", "collection")),
        "recordings": folder.absolute() / "rec" / "new",    # while a server says that it is there
        "records_outbound": True,
        "entries": (EntryPlan(number=ENTRY, queue="billing"),
                    EntryPlan(number=ENTRY_OUTAGES, queue="outages")),
        "world": WorldPlan(colleagues=("103", "104", "105", "106", "107"),
                           debtor_answers_s=(1, 2), colleague_answers_s=(1, 2),
                           colleague_talks_s=(3, 6))}
    return PbxPlan(**{**values, **changes})


def free_ports() -> Ports:
    """A block of ports that nobody uses now."""
    return Ports.from_base(free_block(0, 1, 2, 3, 4, 5, 6, 10, 250))


@pytest.fixture(scope="session")
def asterisk() -> Program:
    """An Asterisk to run; fetched on first use."""
    return find_asterisk(CHECKOUT / ".deskline")


@contextlib.contextmanager
def private_pbx(program: Program, **changes: Any) -> Iterator[PrivatePbx]:
    """Both, with the sample's plan changed so."""
    folder = Path(tempfile.mkdtemp(prefix="deskline-pbx-"))
    plan = sample_plan(folder, free_ports(), **changes)
    try:
        up(plan, program, world=True)
        yield PrivatePbx(plan, program)
    finally:
        down(plan, program)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def pbx(asterisk: Program) -> Iterator[PrivatePbx]:
    with private_pbx(asterisk) as one:
        yield one


@pytest.fixture(autouse=True)
def everybody_home(request: pytest.FixtureRequest) -> Iterator[None]:
    """Asterisk keeps queue members for ever: after a test nobody is left in a queue or a call,
    or the next test's caller would reach an operator of this one."""
    used = request.getfixturevalue("pbx") if "pbx" in request.fixturenames else None
    yield
    if isinstance(used, PrivatePbx):
        with contextlib.suppress(PbxError):
            used.hang_up_everything()
            send_home(used)


def send_home(pbx: PrivatePbx) -> None:
    queue = ""
    for line in pbx.ask("queue show").splitlines():
        if found := re.match(r"(\S+) has \d+ calls", line):
            queue = found.group(1)
        elif found := re.search(r"(PJSIP/[A-Za-z0-9-]+)", line):
            pbx.ask(f"queue remove member {found.group(1)} from {queue}")
