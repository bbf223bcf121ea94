"""The demo as administrators, supervisors and integrators meet it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import stat
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.conftest import Api, Demo
from tests.pbx.phones import phone
from workstation.rehearsal.colleagues import Colleague
from workstation.rehearsal.server import live_url

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]
ENTRY = "+74951200000"
ENDS = ("01", "05", "17", "33", "12", "61", "86", "91")     # see the world's debtors


async def until(truth: Callable[[], bool], limit_s: float, what: str) -> None:
    """Polls `truth` (which may block); fails naming `what` when the time is up."""
    end = time.monotonic() + limit_s
    while not await asyncio.to_thread(truth):
        assert time.monotonic() < end, f"not within {limit_s} s: {what}"
        await asyncio.sleep(0.3)


def test_the_demo_tells_programs_where_everything_is(demo: Demo) -> None:
    file = Path(demo.facts["data_dir"]) / "demo.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {one["role"] for one in demo.facts["sign_ins"]} == {
        "operator", "supervisor", "administrator"}
    status = json.loads(demo.deskline("pbx", "status", "--json").stdout)
    assert status["operators"][0]["sip_password"] == demo.desk_phone("101")


def test_doctor_is_green_on_a_running_demo(demo: Demo) -> None:
    found = demo.deskline("doctor", "--json")
    assert found.returncode == 0, found.stdout + found.stderr


def test_rehearsed_calls_are_answered_popped_and_logged_and_none_is_lost(demo: Demo) -> None:
    found = demo.deskline("rehearse", "--calls", "8", "--per-second", "0.5", "--seed", "3",
                          "--json", limit_s=300)
    assert found.returncode == 0, found.stdout + found.stderr
    report = json.loads(found.stdout)
    assert report["placed"] == report["logged"] == 8
    assert report["lost"] == report["refused"] == 0
    assert 0 < report["answered"] <= report["popped"]


async def test_a_campaign_from_the_command_line_ends_by_itself_and_names_the_unreached(
    demo: Demo, tmp_path: Path
) -> None:
    """Debtors of every kind; a broken line is told by its number, the rest is listed."""
    campaign = _listed_and_started(demo, tmp_path)
    supervisor = Api(demo, "sofia")
    sums: set[int] = set()

    def is_over() -> bool:
        ledger = supervisor.ask("GET", f"/campaigns/{campaign}/coverage")["ledger"]
        sums.add(sum(ledger.values()))
        return bool(supervisor.ask("GET", f"/campaigns/{campaign}")["state"] == "ended")
    async with colleagues(demo):
        await until(is_over, 240, "the campaign ends")
    assert sums == {len(ENDS)}
    unreached = json.loads(demo.deskline(
        "campaign", "coverage", "acceptance", "--unreached", "--json").stdout)["unreached"]
    assert {entry["client_name"] for entry in unreached} >= {"Debtor 5", "Debtor 6"}
    assert all(entry["sentence"] for entry in unreached)


def _listed_and_started(demo: Demo, folder: Path) -> int:
    listed = folder / "debtors.csv"
    listed.write_text("name;phone;debt\n" + "".join(
        f"Debtor {place};+7495555{place:02d}{end};{100 + place},50\n"
        for place, end in enumerate(ENDS)) + "Nobody;;12,00\n")
    for arguments in (
        ("create", "acceptance", "--law", "rehearsal", "--retries", "quick", "--attempts", "2",
         "--ring", "10"),
        ("import", "acceptance", str(listed)), ("start", "acceptance"),
    ):
        done = demo.deskline("campaign", *arguments)
        assert done.returncode == 0, done.stderr
        if arguments[0] == "import":
            assert f"line {len(ENDS) + 2}:" in done.stderr
    found = json.loads(demo.deskline("campaign", "list", "--json").stdout)
    return int(next(one["id"] for one in found if one["name"] == "acceptance"))


@asynccontextmanager
async def colleagues(demo: Demo) -> AsyncIterator[None]:
    """The operators whose phones the world plays, at their screens and quick."""
    async with asyncio.TaskGroup() as tasks:
        at_work = [tasks.create_task(Colleague(
            live_url(demo.url), login, demo.password(login), random.Random(login),
            patience=0.1).work(), name=login) for login in ("vera", "gleb", "daria", "egor")]
        yield
        for task in at_work:
            task.cancel()


async def test_a_killed_server_costs_no_call_and_no_history(demo: Demo, tmp_path: Path) -> None:
    """kill -9 in mid-call: the talk goes on, and the journal has it whole afterwards."""
    sip, number = demo.facts["sip"]["port"], "+79990001122"
    operator = Api(demo, "boris")
    async with (
        phone(tmp_path, sip, "102", demo.desk_phone("102"), auto_answer=True) as desk,
        phone(tmp_path, sip, number) as caller,
    ):
        operator.ask("POST", "/operators/102/state", {"state": "ready"})
        await caller.dial(ENTRY, sip)
        await caller.wait("connected")
        await caller.digits("0")
        await desk.wait("connected", limit_s=60)
        os.kill(demo.server_pid(), signal.SIGKILL)
        await until(lambda: _is_ready(demo), 30, "the server serves again")
        await caller.hang_up()
        await desk.wait("ended")
    supervisor = Api(demo, "sofia")

    def ended() -> bool:
        found = supervisor.ask("GET", f"/interactions?number=%2B{number[1:]}")["items"]
        return bool(found) and found[0]["ended_at"] is not None
    await until(ended, 20, "the interaction ends")
    row = supervisor.ask("GET", f"/interactions?number=%2B{number[1:]}")["items"]
    assert len(row) == 1
    assert (row[0]["outcome"], row[0]["operator"]) == ("answered", "102")
    kinds = {part["kind"] for part in
             supervisor.ask("GET", f"/interactions/{row[0]['id']}")["segments"]}
    assert {"menu", "waiting", "ringing", "talk"} <= kinds
    Api(demo, "boris").ask("POST", "/operators/102/state", {"state": "offline"})


def _is_ready(demo: Demo) -> bool:
    try:
        Api(demo, "sofia")
    except (OSError, AssertionError):
        return False
    return True
