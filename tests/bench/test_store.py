"""`make bench-store` runs: figures come out of real parts. How large they are fails no test."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.pbx.fixtures import CHECKOUT

ROWS = ("made", "warm", "pop_ratio_p50", "pop_ratio_cpu", "at_once_share", "written", "cold",
        "cold_ratio_p50", "search", "import", "duplicates", "memory_mb")


@pytest.mark.timeout(300)
def test_a_short_run_prints_every_figure_with_its_peer() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench.store", "--size", "310", "--rounds", "1", "--json"],
        capture_output=True, text=True, timeout=280, check=False, cwd=CHECKOUT)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert [name for name in ROWS if not found.get(name)] == []
    assert found["made"]["interactions"] == 1_500
    assert set(found["warm"]) == {"ours", "bare", "orm"}
    assert found["import"]["created"] > 0
