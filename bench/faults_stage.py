"""The stage of `bench.faults`: both Asterisks, the server as a process, the proxy between them.

Operators are queue members from the start and their desk phones are played by the outside, so
calls are answered whether the server lives or not.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import faults_truth, machine
from bench.screen_stage import CHECKOUT
from bench.site import AMI, site
from crm_store import interaction_pages, interactions
from crm_store.store import Store
from cti.pbx.find import Program, find_asterisk
from cti.pbx.plan import PbxPlan, WorldPlan
from cti.pbx.run import Instance, down, main_instance, pid_of, start, world_instance
from workstation.accounts import demo_password
from workstation.pbx_plan import plan_of
from workstation.rehearsal.server import is_ready
from workstation.settings import Settings

FIRST_OPERATOR = 201
SUPERVISOR = "chief"
SERVES_WITHIN_S = 60.0
STOPS_WITHIN_S = 10.0
ASK_LIMIT_S = 5.0
PAGE = 200
PROXY = 8                           # its port, counted from the first
MORE = f"""
[[queue]]
id = "billing"
name = "Billing"
wrap_up_s = 0
[[operator]]
id = "299"
login = "{SUPERVISOR}"
name = "Chief"
role = "supervisor"
queues = ["billing"]
"""


@dataclass
class Stage:
    folder: Path
    settings: Settings          # as the server reads them: its Asterisk is the proxy
    plan: PbxPlan               # as Asterisk has them
    program: Program
    operators: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    _token: str = ""
    starts: int = field(default=0)

    @property
    def main(self) -> Instance:
        return main_instance(self.plan, self.program)

    @property
    def cel(self) -> Path:
        return self.plan.folder / "main" / "log" / "cel-custom" / "Master.csv"

    @property
    def far(self) -> Path:
        return self.plan.folder / "world" / "log" / "cdr-custom" / "Master.csv"

    # the server

    def serve(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError."""
        self.starts += 1
        with (self.folder / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "workstation.cli.main", "serve", "--config",
                 str(self.folder / "server.toml")], stdout=log, stderr=log, cwd=CHECKOUT)
        until = time.monotonic() + SERVES_WITHIN_S
        while not is_ready(self.settings.server.url):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the server does not serve: {self.last_words()}")
            time.sleep(0.1)

    def kill_server(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def stop_server(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.kill_server()

    def kill_asterisk(self) -> None:
        if (pid := pid_of(self.main)) is not None:
            os.kill(pid, signal.SIGKILL)

    def last_words(self) -> str:
        return (self.folder / "serve.log").read_text(errors="replace")[-1500:]

    def memory_mb(self) -> float:
        """Of the server's process, resident."""
        if self.process is None or self.process.poll() is not None:
            return 0.0
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20

    # what it shows

    def shown(self) -> set[str] | None:
        """Ids of the calls on a supervisor's screen; None: nobody answers, or no link."""
        try:
            if self._ask("/readyz")["asterisk"] != "linked":
                return None
            found: set[str] = set()
            cursor: str | None = ""
            while cursor is not None:
                page = self._ask(f"/api/v1/calls?limit={PAGE}"
                                 + (f"&cursor={cursor}" if cursor else ""), signed=True)
                found |= {one["id"] for one in page["items"]}
                cursor = page["cursor"]
        except (OSError, ValueError):
            return None
        return found

    def _ask(self, path: str, *, signed: bool = False) -> Any:
        head = {"Authorization": f"Bearer {self._signed_in()}"} if signed else {}
        try:
            return self._fetch(urllib.request.Request(self.settings.server.url + path,
                                                      headers=head))
        except urllib.error.HTTPError as exc:
            if exc.code == 401:
                self._token = ""
            raise

    def _signed_in(self) -> str:
        if not self._token:
            body = json.dumps({"login": SUPERVISOR, "password": demo_password(
                self.plan.secret, SUPERVISOR)}).encode()
            shown = self._fetch(urllib.request.Request(
                f"{self.settings.server.url}/api/v1/session", data=body,
                headers={"Content-Type": "application/json"}))
            self._token = shown["token"]
        return self._token

    @staticmethod
    def _fetch(request: urllib.request.Request) -> Any:
        with urllib.request.urlopen(request, timeout=ASK_LIMIT_S) as answer:
            return json.loads(answer.read())


@contextmanager
def staged(base: int, operators: int, folder: Path | None,
           talks_s: tuple[int, int]) -> Iterator[Stage]:
    """Both Asterisks run inside the block; the server is started by who uses the stage.

    `base`: the first of 2,000 ports. `folder` is kept afterwards; None is a temporary one.
    """
    place = folder or Path(tempfile.mkdtemp(prefix="dlf", dir="/tmp"))  # asterisk.ctl: short path
    place.mkdir(parents=True, exist_ok=True)
    people = tuple(f"{FIRST_OPERATOR + at}" for at in range(operators))
    settings = _written(place, "server.toml", base, base + PROXY, people)
    plan = _plan(_written(place, "asterisk.toml", base, base + AMI, people), people, talks_s)
    program = find_asterisk(Path(os.environ.get("DESKLINE_CACHE", CHECKOUT / ".deskline")))
    stage = Stage(place, settings, plan, program, people)
    try:
        start(stage.main)
        start(_counting(world_instance(plan, program)))
        machine.give_way(pid_of(world_instance(plan, program)) or 0)
        yield stage
    finally:
        stage.stop_server()
        down(plan, program)
        if folder is None:
            shutil.rmtree(place, ignore_errors=True)


def _written(folder: Path, name: str, base: int, ami: int, people: tuple[str, ...]) -> Settings:
    return site(folder / name, base, people, ami=ami, more=MORE, queues=("billing",))


def _plan(settings: Settings, people: tuple[str, ...], talks_s: tuple[int, int]) -> PbxPlan:
    plan = plan_of(settings, world=WorldPlan(
        colleagues=people, colleague_answers_s=(1, 2), colleague_talks_s=talks_s,
        sends_silence=False))
    return replace(plan, queues=tuple(replace(queue, wrap_up_s=1) for queue in plan.queues))


def _counting(outside: Instance) -> Instance:
    """The outside with records of its own: it normally keeps none."""
    files = dict(outside.files)
    files["cdr.conf"] = "[general]\nenable = yes\nunanswered = yes\n"
    files["cdr_custom.conf"] = faults_truth.far_mapping()
    files["modules.conf"] += "".join(f"load = {name}.so\n" for name in (
        "func_cdr", "res_cdrel_custom", "cdr_custom") if name in outside.site.modules)
    return replace(outside, files=files)


async def written_down(settings: Settings) -> list[tuple[interactions.Interaction,
                                                         list[interactions.SegmentFacts]]]:
    """Every stored interaction with its parts."""
    store = Store(settings.store_url)
    found = []
    cursor: str | None = None
    try:
        async with store.read() as tx:
            while True:
                rows, cursor = await interaction_pages.page(
                    tx, interaction_pages.Wanted(), cursor=cursor, limit=PAGE)
                found += [(row, await interactions.segments(tx, row.id)) for row in rows]
                if cursor is None:
                    return found
    finally:
        await store.close()


