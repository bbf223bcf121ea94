"""Figures of GOALS.md "store", each beside its peer or limit in the same interleaved run.

The base is made first (SIZE), unless an existing one is named (--url): then nothing is imported
into it and no duplicates are noted in it, and what is written is removed again. One pop's peers
are the bare driver and the ORM; see `bench.store_paths`.

    python -m bench.store [--size small|medium|full|NUMBER] [--url URL] [--rounds N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select

from bench import store_cold, store_search, store_work, store_writes
from bench.machine import machine
from bench.store_paths import Pop, at_once, bare, one_at_a_time, orm, ours, plain_engine, spread
from crm_store.store import Store
from crm_store.tables.clients import ClientPhones, Clients

SIZES = {"small": 1_550, "medium": 62_000, "full": 6_200_000}
POPS_A_ROUND = 50
WIDTH, CONNECTIONS = 32, 4
Figures = dict[str, dict[str, float]]


async def numbers_of(store: Store, count: int) -> list[str]:
    """First numbers of clients drawn by chance."""
    rng, found = random.Random(1), []
    async with store.read() as tx:
        last = int(await tx.scalar(select(func.max(Clients.id))) or 0)
        for _ in range(count):
            number = await tx.scalar(
                select(ClientPhones.e164).where(
                    ClientPhones.client_id == rng.randint(1, last), ClientPhones.is_primary))
            found += [number] if number else []
    return found


async def pops_warm(store: Store, numbers: list[str], rounds: int) -> Figures:
    """One at a time and 32 at once; every round's numbers were asked just before."""
    engine = plain_engine(store, CONNECTIONS)
    times: dict[str, list[float]] = {}
    cpu: dict[str, list[float]] = {}
    rates: dict[str, list[float]] = {}
    try:
        async with bare(store, CONNECTIONS) as driver:
            ways: dict[str, Pop] = {"ours": ours(store), "bare": driver, "orm": orm(engine)}
            for round_ in range(rounds + 1):
                chosen = random.Random(round_).sample(numbers, min(POPS_A_ROUND, len(numbers)))
                for pop in ways.values():
                    await one_at_a_time(pop, chosen)
                for name, pop in ways.items():
                    took, spent = await one_at_a_time(pop, chosen)
                    times.setdefault(name, []).extend(took if round_ else [])
                    cpu.setdefault(name, []).append(spent)
                    rates.setdefault(name, []).append(await at_once(pop, chosen * 4, WIDTH))
    finally:
        await engine.dispose()
    return {name: spread(times[name]) | {
        "cpu_ms": statistics.median(cpu[name]), "at_once_per_s": statistics.median(rates[name])}
        for name in times}


async def cold(store: Store, numbers: list[str], rounds: int, folder: Path) -> Figures:
    base, plain = Path(store.url.database or ""), folder / "plain.db"
    await store.close()
    clients = await asyncio.to_thread(store_cold.make_plain, base, plain)
    found = await asyncio.to_thread(store_cold.layouts, base, plain, clients, rounds * 10)
    plain.unlink()
    whole = await store_cold.pops_cold(store, ours(store), numbers[:rounds * 10])
    return {"last 20, clustered by client and time": found["ours"],
            "last 20, rows by insertion": found["plain"], "the whole pop": whole}


async def measure(
    store: Store, rounds: int, folder: Path, *, is_ours: bool
) -> AsyncIterator[tuple[str, object]]:
    """Figure after figure, each as it comes: a whole base takes a while."""
    numbers = await numbers_of(store, 1_000 if rounds >= 5 else 200)
    warm = await pops_warm(store, numbers, rounds)
    yield "warm", warm
    for name, figure in (("pop_ratio_p50", "p50_ms"), ("pop_ratio_cpu", "cpu_ms"),
                         ("at_once_share", "at_once_per_s")):
        yield name, warm["ours"][figure] / warm["bare"][figure]
    yield "written", await store_writes.compare(
        store, ours(store), numbers[:rounds * 20], 20 * rounds, max(1, rounds // 3))
    if store.url.get_backend_name() == "sqlite":
        found = await cold(store, numbers, rounds, folder)
        yield "cold", found
        for name, figure in (("cold_ratio_p50", "p50_ms"), ("cold_ratio_read", "read_kib")):
            yield name, (found["last 20, clustered by client and time"][figure]
                         / found["last 20, rows by insertion"][figure])
    await store.close()
    url = store.url.render_as_string(hide_password=False)
    yield "search", (await store_search.run(url, rounds * 5))["search"]
    if is_ours:
        rows = min(200_000, 400 * rounds * rounds)
        yield "import", await asyncio.to_thread(store_work.in_process, "import", url, rows)
        yield "duplicates", await asyncio.to_thread(
            store_work.in_process, "duplicates", url, 0)


async def run(
    url: str | None, size: int, rounds: int, tell: Callable[[str, object], None]
) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        where = url or f"sqlite:///{Path(folder) / 'bench.db'}"
        store, is_ours = Store(where), await _is_to_be_made(where)
        try:
            result: dict[str, object] = {"machine": machine(), "engine": _engine(store)}
            if is_ours:
                result["made"] = await asyncio.to_thread(
                    store_work.in_process, "make", where, size)
            async with store.read() as tx:
                result["clients"] = await tx.scalar(select(func.max(Clients.id)))
            async for name, value in measure(store, rounds, Path(folder), is_ours=is_ours):
                result[name] = value
                tell(name, value)
        finally:
            await store.close()
    return result | {"memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


async def _is_to_be_made(url: str) -> bool:
    """Nothing is there yet, or tables without clients."""
    store = Store(url)
    try:
        await store.migrate()
        async with store.read() as tx:
            return await tx.scalar(select(Clients.id).limit(1)) is None
    finally:
        await store.close()


def _engine(store: Store) -> str:
    if store.url.get_backend_name() == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}, aiosqlite {version('aiosqlite')}"
    return f"PostgreSQL, asyncpg {version('asyncpg')}"


GOALS = {
    "pop_ratio_p50": "goal <= 2.5 (SQLite), <= 2 (PostgreSQL)", "at_once_share": "goal >= 0.4",
    "cold_ratio_p50": "goal <= 0.35, by the clock; a quick disk hides what it reads",
    "cold_ratio_read": "goal <= 0.35, by what the disk is asked for",
    "made": "goal <= 15 minutes for 6.2 million",
    "import": "goal >= 20,000 rows a minute, <= 300 MB", "duplicates": "goal <= 1 h, <= 2 GB",
    "written": "goal ours >= 3 x orm", "warm": "goal p99 <= 15 ms", "cold": "goal p99 <= 50 ms"}


def told(result: dict[str, object]) -> str:
    lines = [f"store, {result['engine']}, SQLAlchemy {version('sqlalchemy')}, "
             f"{platform.python_implementation()}, {result['clients']:,} clients",
             f"  {result['machine']}"]
    lines += [_figure(name, value) for name, value in result.items()
              if name not in ("machine", "engine", "clients", "search")]
    search = {"search": result["search"], "engine": result["engine"],
              "clients": result["clients"]}
    return "\n".join([*lines, store_search.told(search)])


def _figure(name: str, value: object) -> str:
    goal = f"   {GOALS[name]}" if name in GOALS else ""
    if not isinstance(value, dict):
        return f"{name:44} {_said(value)}{goal}"
    return "\n".join([f"{name}{goal}", *(
        f"  {key:42} {_said(inner)}" for key, inner in value.items())])


def _said(value: object) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{key} {_said(inner)}" for key, inner in value.items())
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}"


def _tell(name: str, value: object) -> None:
    """On standard error: who waits for a whole base sees it come."""
    print(_figure(name, value), file=sys.stderr, flush=True)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--size", default="small", help="small, medium, full or a number")
    options.add_argument("--url", help="a base that is there, or an empty one to be filled")
    options.add_argument("--rounds", type=int, default=20)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    size = SIZES.get(chosen.size) or int(chosen.size)
    result = asyncio.run(run(chosen.url, size, chosen.rounds, _tell))
    print(json.dumps(result, indent=2) if chosen.json else told(result))


if __name__ == "__main__":
    main()
