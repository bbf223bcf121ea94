"""Cold cache: the last contacts of a client as the timeline lies, and as rows lie that were
written when they happened.

Before each question the base's pages are dropped: out of the system's cache with posix_fadvise
(only of these files), out of SQLite's own with `shrink_memory`. SQLite only: PostgreSQL keeps a
cache of its own that only its restart empties.
"""

from __future__ import annotations

import os
import random
import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path

from bench.store_paths import PAGE, Pop, spread
from crm_store import pops
from crm_store.store import Store

_CLIENTS = 200_000          # whose rows the plain layout gets: enough that no two lie together
_NOBODY = "+10000000000"
_PLAIN = f"select at, id, facts from plain where client_id = ? order by at desc limit {PAGE}"
_OURS = (f"select at, kind, ref, facts from timeline where client_id = ? "
         f"order by at desc, kind desc, ref desc limit {PAGE}")


def make_plain(base: Path, plain: Path) -> list[int]:
    """The timeline's rows of many clients in order of time, under an index by client and time; the
    clients of whom there are more than a few."""
    with closing(sqlite3.connect(plain, isolation_level=None)) as into:
        into.execute("PRAGMA synchronous=OFF")
        into.execute("ATTACH ? AS base", (str(base),))
        last = into.execute("select max(id) from base.clients").fetchone()[0]
        first = max(0, last // 2 - _CLIENTS // 2)
        into.execute("create table plain (id integer primary key, client_id, at, facts)")
        into.execute("insert into plain (client_id, at, facts) select client_id, at, facts "
                     "from base.timeline where client_id > ? and client_id <= ? order by at",
                     (first, first + _CLIENTS))
        into.execute("create index plain_of on plain (client_id, at)")
        return [row[0] for row in into.execute(
            "select client_id from plain group by client_id having count(*) >= 5")]


def layouts(
    base: Path, plain: Path, clients: list[int], rounds: int
) -> dict[str, dict[str, float]]:
    rng = random.Random(1)
    times: dict[str, list[float]] = {"ours": [], "plain": []}
    read: dict[str, list[float]] = {"ours": [], "plain": []}
    with closing(sqlite3.connect(base)) as ours, closing(sqlite3.connect(plain)) as theirs:
        for client in rng.sample(clients, min(rounds, len(clients))):
            for name, path, connection, sql in (("ours", base, ours, _OURS),
                                                ("plain", plain, theirs, _PLAIN)):
                connection.execute("PRAGMA shrink_memory")
                drop(path)
                before, began = _read_kib(), time.perf_counter()
                connection.execute(sql, (client,)).fetchall()
                times[name].append((time.perf_counter() - began) * 1000)
                read[name].append(_read_kib() - before)
    return {name: spread(of) | {"read_kib": statistics.median(read[name])}
            for name, of in times.items()}


def _read_kib() -> float:
    """What this process had the disk read so far: on a busy machine it says more than a clock."""
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("read_bytes"):
            return int(line.split()[1]) / 1024
    return 0.0


async def pops_cold(store: Store, pop: Pop, numbers: list[str]) -> dict[str, float]:
    """Whole pops of ours on a fresh connection, every page read from the disk."""
    path, times = Path(store.url.database or ""), []
    for number in numbers:
        await store.close()
        await pops.glance(store, pops.Caller(number=_NOBODY))       # opens, reads the schema
        drop(path)
        began = time.perf_counter()
        await pop(number)
        times.append((time.perf_counter() - began) * 1000)
    return spread(times)


def drop(path: Path) -> None:
    """Out of the system's cache. What is not on the disk yet stays: it is written first."""
    for name in (path, path.with_name(f"{path.name}-wal")):
        if name.exists():
            with name.open("rb") as file:
                os.fdatasync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
