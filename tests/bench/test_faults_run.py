"""`make bench-faults` runs: a cut in the middle of a few calls, and nothing is lost by it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pbx.fixtures import CHECKOUT, free_ports

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]


def test_nothing_is_lost_by_a_cut_among_a_few_calls(tmp_path: Path) -> None:
    environment = {**os.environ, "DESKLINE_CACHE": os.environ.get(
        "DESKLINE_CACHE", str(CHECKOUT / ".deskline"))}
    report = tmp_path / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--calls", "14", "--rate", "2", "--gap", "3",
         "--faults", "cut", "--operators", "8", "--base-port", str(free_ports().sip), "--json",
         str(report)], capture_output=True, text=True, timeout=220, check=False, cwd=CHECKOUT,
        env=environment)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    found = json.loads(report.read_text())
    assert found["real"] == 14
    assert found["connected"] > 3
    assert [one["kind"] for one in found["faults"]]
    assert (found["lost"], found["ghosts"], found["wrong_owner"]) == ([], [], [])
