"""Figures of GOALS.md "store": the pop's path beside the bare driver, in one run.

The path: a number comes in, its candidates are ranked, the first one's card and the first page
of 20 of his timeline are read. The bare driver does the least that could be called the same:
candidates, the client's row, 20 rows of the timeline, no values made of them. Interleaved
rounds, medians, CPU per pop.

    python -m bench.store [--size small|medium|NUMBER] [--url postgresql://…] [--rounds N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import aiosqlite
import asyncpg

from crm_store import clients, interactions, sample
from crm_store.debtors import client_numbers
from crm_store.store import Store

SIZES = {"small": 2_000, "medium": 100_000}
POPS_A_ROUND = 50
LINKS = ("select c.id, c.name, c.kind, p.trust from client_phones p "
         "join clients c on c.id = p.client_id where p.e164 = {0}")
CLIENT = "select id, kind, name, language, time_zone, flags, tags from clients where id = {0}"
PAGE = ("select at, kind, ref, facts from timeline where client_id = {0} "
        "order by at desc, kind desc, ref desc limit 20")
Pop = Callable[[str], Awaitable[None]]


def pop_of(store: Store) -> Pop:
    async def pop(number: str) -> None:
        async with store.read() as tx:
            found = await clients.candidates(tx, number)
            await clients.card(tx, found[0].client_id)
            await interactions.timeline(tx, found[0].client_id, limit=20)
    return pop


def bare_sqlite(connection: aiosqlite.Connection) -> Pop:
    links, client, page = (sql.format("?") for sql in (LINKS, CLIENT, PAGE))

    async def pop(number: str) -> None:
        rows = list(await connection.execute_fetchall(links, (number,)))
        await connection.execute_fetchall(client, (rows[0][0],))
        await connection.execute_fetchall(page, (rows[0][0],))
    return pop


def bare_postgres(connection: asyncpg.Connection) -> Pop:
    links, client, page = (sql.format("$1") for sql in (LINKS, CLIENT, PAGE))

    async def pop(number: str) -> None:
        rows = await connection.fetch(links, number)
        await connection.fetch(client, rows[0][0])
        await connection.fetch(page, rows[0][0])
    return pop


async def measure(pop: Pop, numbers: list[str]) -> tuple[list[float], float]:
    """Milliseconds of each pop, and CPU milliseconds a pop."""
    times, cpu = [], time.process_time()
    for number in numbers:
        began = time.perf_counter()
        await pop(number)
        times.append((time.perf_counter() - began) * 1000)
    return times, (time.process_time() - cpu) * 1000 / len(numbers)


async def compare(ours: Pop, bare: Pop, numbers: list[str], rounds: int) -> dict[str, float]:
    rng, all_times, all_cpu = random.Random(1), {"ours": [], "bare": []}, {"ours": [], "bare": []}
    for pop in (ours, bare):
        await measure(pop, rng.sample(numbers, POPS_A_ROUND))       # warm
    for _ in range(rounds):
        chosen = rng.sample(numbers, POPS_A_ROUND)
        for name, pop in (("ours", ours), ("bare", bare)):
            times, cpu = await measure(pop, chosen)
            all_times[name] += times
            all_cpu[name].append(cpu)
    figures = {}
    for name, times in all_times.items():
        figures[f"{name}_p50_ms"] = statistics.median(times)
        figures[f"{name}_p99_ms"] = statistics.quantiles(times, n=100)[98]
        figures[f"{name}_cpu_ms"] = statistics.median(all_cpu[name])
    return figures | {"ratio_p50": figures["ours_p50_ms"] / figures["bare_p50_ms"],
                      "ratio_cpu": figures["ours_cpu_ms"] / figures["bare_cpu_ms"]}


async def run(url: str, size: int, rounds: int) -> dict[str, object]:
    store = Store(url)
    await store.migrate()
    began = time.perf_counter()
    await sample.generate(store, clients=size, now=datetime.now(UTC))
    generated_s = time.perf_counter() - began
    async with store.read() as tx:
        numbers = list(await client_numbers(tx, limit=5_000))
    backend = store.url.get_backend_name()
    if backend == "sqlite":
        async with aiosqlite.connect(store.url.database or "") as connection:
            figures = await compare(pop_of(store), bare_sqlite(connection), numbers, rounds)
        engine = f"SQLite {sqlite3.sqlite_version}, aiosqlite {version('aiosqlite')}"
    else:
        raw = await asyncpg.connect(store.url.set(drivername="postgresql").render_as_string(False))
        figures = await compare(pop_of(store), bare_postgres(raw), numbers, rounds)
        server = raw.get_server_version()
        await raw.close()
        engine = f"PostgreSQL {server.major}.{server.minor}, asyncpg {version('asyncpg')}"
    await store.close()
    return {"clients": size, "generated_s": round(generated_s, 2), "engine": engine,
            "python": platform.python_version(), "sqlalchemy": version("sqlalchemy"),
            "machine": f"{platform.machine()}, {platform.system()} {platform.release()}",
            **{name: round(value, 3) for name, value in figures.items()}}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--size", default="small", help="small, medium or a number of clients")
    options.add_argument("--url", help="an empty database; default: SQLite in a temporary folder")
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    size = SIZES.get(chosen.size) or int(chosen.size)
    with tempfile.TemporaryDirectory() as folder:
        url = chosen.url or f"sqlite:///{Path(folder) / 'bench.db'}"
        figures = asyncio.run(run(url, size, chosen.rounds))
    if chosen.json:
        print(json.dumps(figures, indent=2))
        return
    print("the pop's path: candidates, card, 20 of the timeline, one at a time, warm")
    for name, value in figures.items():
        print(f"  {name:16} {value}")


if __name__ == "__main__":
    main()
