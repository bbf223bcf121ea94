"""The whole product, started as a newcomer starts it: `deskline demo`, on ports of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cti.pbx.find import find_asterisk, shared_folder
from cti.pbx.run import ask, world_instance
from tests.pbx.fixtures import CHECKOUT, free_ports
from workstation.pbx_plan import colleagues_of, plan_of
from workstation.settings import load

START_S = 240.0         # the first start speaks every prompt
STOP_S = 30.0


@dataclass(frozen=True)
class Demo:
    """A running demo; `facts` is its demo.json."""
    facts: dict[str, Any]
    config: Path
    process: subprocess.Popen[str]
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return str(self.facts["url"])

    def password(self, login: str) -> str:
        return next(str(one["password"]) for one in self.facts["sign_ins"]
                    if one["login"] == login)

    def desk_phone(self, operator: str) -> str:
        return next(str(one["password"]) for one in self.facts["phones"]
                    if one["operator"] == operator)

    def deskline(self, *arguments: str, limit_s: float = 120) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "workstation.cli.main", *arguments, "--config",
             str(self.config)], capture_output=True, text=True, timeout=limit_s, check=False,
            cwd=CHECKOUT, env=self.environment)

    def server_pid(self) -> int:
        """The process of `deskline serve`, a child of the demo."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in children.split():
            if b"\0serve\0" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        raise AssertionError(f"no server among {children!r}")


class Api:
    """The HTTP API as an integrator uses it, signed in."""

    def __init__(self, demo: Demo, login: str) -> None:
        self._address = urllib.parse.urlsplit(demo.url).netloc
        self._token = ""
        answer = self.ask("POST", "/session", {"login": login, "password": demo.password(login)})
        self._token = answer["token"]

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        link = http.client.HTTPConnection(self._address, timeout=10)
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            link.request(method, f"/api/v1{path}", body and json.dumps(body), headers)
            answer = link.getresponse()
            text = answer.read()
        finally:
            link.close()
        assert answer.status < 300, f"{method} {path}: {answer.status} {text[:300]!r}"
        return json.loads(text) if text else None


def send_home(demo: Demo) -> None:
    """Nobody is ready: who worked in an earlier test must not take this test's calls."""
    for one in demo.facts["sign_ins"]:
        if one["role"] == "operator":
            Api(demo, one["login"]).ask(
                "POST", f"/operators/{one['operator']}/state", {"state": "offline"})


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """`deskline demo --quiet`, until the session ends."""
    folder = Path(tempfile.mkdtemp(prefix="dl", dir="/tmp"))
    config = folder / "deskline.toml"
    config.write_text(_settings(folder))
    spoken = shared_folder(CHECKOUT / ".deskline") / "prompts"      # once, for all test sessions
    spoken.mkdir(parents=True, exist_ok=True)
    (folder / "data").mkdir()
    (folder / "data" / "prompts").symlink_to(spoken, target_is_directory=True)
    cache = os.environ.get("DESKLINE_CACHE", str(CHECKOUT / ".deskline"))
    environment = {**os.environ, "DESKLINE_CACHE": cache}
    with (folder / "demo.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workstation.cli.main", "demo", "--quiet", "--config",
             str(config)], stdout=log, stderr=log, text=True, cwd=CHECKOUT, env=environment)
        try:
            facts = _facts(folder, process)
            _hurry(config)
            yield Demo(facts, config, process, environment)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_S)
        assert not (folder / "data" / "demo.json").exists(), "told of a demo that is over"
    shutil.rmtree(folder, ignore_errors=True)


def _hurry(config: Path) -> None:
    """The people whom the outside plays answer at once and talk for some seconds: a demo's pace is
    for people who watch it."""
    settings = load(config)
    plan = plan_of(settings, world=colleagues_of(settings))
    world = world_instance(plan, find_asterisk(CHECKOUT / ".deskline"))
    steps = [("debtor", "_[0-5]X", 2, "Wait(1)")]
    for one in plan.world.colleagues:
        steps += [("colleagues", one, 2, "Wait(1)"),
                  ("colleagues", one, 4, "Set(TIMEOUT(absolute)=4)")]
    for context, extension, place, step in steps:
        ask(world, f"dialplan add extension {extension},{place},{step} into {context} replace")


def _facts(folder: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    until = time.monotonic() + START_S
    while not (folder / "data" / "demo.json").exists() or not _menu_answers(folder):
        assert process.poll() is None, (folder / "demo.log").read_text()[-2000:]
        assert time.monotonic() < until, (folder / "demo.log").read_text()[-2000:]
        time.sleep(0.3)
    facts: dict[str, Any] = json.loads((folder / "data" / "demo.json").read_text())
    return facts


def _menu_answers(folder: Path) -> bool:
    log = folder / "data" / "log" / "ivr.log"
    return log.exists() and "listens" in log.read_text()


def _settings(folder: Path) -> str:
    base = free_ports().sip
    return f"""
data_dir = "{folder}/data"
[server]
port = {base}
[pbx]
sip_port = {base + 1}
ami_port = {base + 2}
http_port = {base + 3}
world_ami_port = {base + 4}
trunk = "127.0.0.1:{base + 5}"
rtp_start = {base + 20}
rtp_end = {base + 219}
[menu]
port = {base + 6}
gate_port = {base + 7}
"""
