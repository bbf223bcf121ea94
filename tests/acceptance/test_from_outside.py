"""The demo as administrators, supervisors and integrators meet it."""

from __future__ import annotations

import json
import os
import signal
import stat
from pathlib import Path

import pytest

from tests.acceptance.conftest import Api, Demo, send_home
from tests.acceptance.waiting import until
from tests.pbx.phones import phone

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(400)]
ENTRY = "+74951200000"


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
    """And the colleagues are afterwards as they were before."""
    before = _states(demo)
    found = demo.deskline("rehearse", "--calls", "8", "--per-second", "0.5", "--seed", "3",
                          "--json", limit_s=300)
    assert found.returncode == 0, found.stdout + found.stderr
    report = json.loads(found.stdout)
    assert report["placed"] == report["logged"] == 8
    assert report["lost"] == report["refused"] == 0
    assert 0 < report["answered"] <= report["popped"]
    assert _states(demo) == before


def _states(demo: Demo) -> dict[str, str]:
    floor = Api(demo, "sofia").ask("GET", "/floor")
    return {one["id"]: one["state"] for one in floor["operators"].values()}


async def test_a_killed_server_costs_no_call_and_no_history(demo: Demo, tmp_path: Path) -> None:
    """kill -9 in mid-call: the talk goes on, and the journal has it whole afterwards."""
    sip, number = demo.facts["sip"]["port"], "+79990001122"
    send_home(demo)
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
        await until(lambda: "ringing" in _segments(demo, number), 10, "ringing is written down")
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
    assert {"menu", "waiting", "ringing", "talk"} <= _segments(demo, number)
    Api(demo, "boris").ask("POST", "/operators/102/state", {"state": "offline"})


def _segments(demo: Demo, number: str) -> set[str]:
    """Their kinds in the journal, for the newest call of a number."""
    supervisor = Api(demo, "sofia")
    found = supervisor.ask("GET", f"/interactions?number=%2B{number[1:]}")["items"]
    return {part["kind"] for one in found[:1]
            for part in supervisor.ask("GET", f"/interactions/{one['id']}")["segments"]}


def _is_ready(demo: Demo) -> bool:
    try:
        Api(demo, "sofia")
    except (OSError, AssertionError):
        return False
    return True
