"""The long works of the store, each in a process of its own whose memory is looked at: making a
base, importing a table, searching for duplicates.

    python -m bench.store_work make|import|duplicates URL SIZE      prints one line of JSON
"""

from __future__ import annotations

import asyncio
import csv
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from crm_store import duplicate_search, imports
from crm_store.sample import bulk
from crm_store.store import Store

SEED = 1
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_SURNAMES = ("Ivanov", "Petrov", "Sidorov", "Kuznetsov", "Smirnov", "Popov", "Volkov", "Zaytsev")
_NAMES = ("Ivan", "Anna", "Petr", "Olga", "Sergey", "Maria", "Oleg", "Irina")
Work = Callable[[Store, int], Awaitable[dict[str, float]]]


def in_process(what: str, url: str, size: int) -> dict[str, float]:
    """Figures of one work, with seconds, CPU seconds and the largest memory of a process."""
    done = subprocess.run([sys.executable, "-m", "bench.store_work", what, url, str(size)],
                          capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{what}: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


async def make(store: Store, size: int) -> dict[str, float]:
    await store.migrate()
    counts = await bulk.generate(store, clients=size, seed=SEED, names="ru", now=NOW)
    return {"clients": counts["clients"], "phones": counts["phones"],
            "interactions": counts["interactions"], "rows": sum(counts.values())}


async def bring_in(store: Store, size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.csv"
        table(path, size)
        began = time.perf_counter()
        report = await imports.run(store, path, region="RU", currency="RUB", by="bench", now=NOW)
        minutes = (time.perf_counter() - began) / 60
    return {"rows": report.rows, "created": report.created, "refused": report.refused,
            "rows_per_minute": report.rows / minutes}


def table(path: Path, rows: int) -> None:
    """Clients as a product system gives them: phones in many spellings, some broken."""
    rng = random.Random(SEED)
    spellings = ("+7{}", "8{}", "8 ({0:.3}) {0:.10}", "7{}", "{}", "{}.0", "no phone")
    with path.open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(("name", "phone", "email", "account"))
        for number in range(rows):
            phone = rng.choice(spellings).format(f"9{300_000_000 + number * 7:09d}")
            name = f"{rng.choice(_SURNAMES)}{number % 977} {rng.choice(_NAMES)}"
            lines.writerow((name, phone, f"bench{number}@example.org", f"77{number:08d}"))


async def duplicates(store: Store, _size: int) -> dict[str, float]:
    began = time.perf_counter()
    report = await duplicate_search.run(store, clock=lambda: datetime.now(UTC), anew=True)
    seconds = time.perf_counter() - began
    return {"rows": report.rows, "compared": report.compared, "suspects": report.suspects,
            "rows_per_s": report.rows / seconds}


WORKS: dict[str, Work] = {"make": make, "import": bring_in, "duplicates": duplicates}


async def _run(what: str, url: str, size: int) -> dict[str, float]:
    store, began = Store(url), time.perf_counter()
    try:
        figures = await WORKS[what](store, size)
    finally:
        await store.close()
    mine, others = (resource.getrusage(who) for who in (
        resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return figures | {
        "seconds": time.perf_counter() - began,
        "cpu_s": sum(used.ru_utime + used.ru_stime for used in (mine, others)),
        "memory_mb": max(mine.ru_maxrss, others.ru_maxrss) / 1024}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_run(sys.argv[1], sys.argv[2], int(sys.argv[3])))))
