"""`make bench-screen` runs: figures come out of real parts. How large they are fails no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.pbx.fixtures import CHECKOUT, free_ports

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(240)]
STRETCHES = ("event -> strip and card painted", "server's share: event -> frame with the card",
             "limit: bare frame -> painted, empty page", "limit: bare echo, page and back")


def test_a_short_run_prints_every_figure_with_its_limit() -> None:
    environment = {**os.environ, "DESKLINE_CACHE": os.environ.get(
        "DESKLINE_CACHE", str(CHECKOUT / ".deskline"))}
    done = subprocess.run(
        [sys.executable, "-m", "bench.screen", "--smoke", "--json", "--base-port",
         str(free_ports().sip)], capture_output=True, text=True, timeout=220, check=False,
        cwd=CHECKOUT, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    for name in STRETCHES:
        assert found["ms"][name]["n"] > 0, name
        assert found["ms"][name]["p50"] > 0, name
    assert found["counts"]["painted"] > 0
    assert found["page_errors"] == []
    assert "cores" in found["machine"]
