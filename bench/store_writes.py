"""Interactions written and durable, a second: the ORM with a commit each, the bare driver with a
commit each, ours with many writers at once; and what a pop takes meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import aiosqlite
import asyncpg
from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker

from bench.store_paths import Pop, plain_engine, spread
from crm_store import interactions, timeline
from crm_store.contacts import call_item
from crm_store.interactions import CallFacts, SegmentFacts
from crm_store.plain import dumps
from crm_store.store import Store
from crm_store.tables.contacts import Interactions, Segments, Timeline

WRITERS = 32
Write = Callable[[int], Awaitable[None]]
_START = datetime(2031, 1, 1, 9, tzinfo=UTC)        # behind everything: easily found, and removed
_BARE = (
    "insert into interactions (channel, call_id, pbx, direction, number, queue, operator, "
    "client_id, client_is_chosen, started_at, answered_at, ended_at, outcome, waited_s, talked_s) "
    "values ('call', {0}, 'bench', 'in', {1}, 'billing', '101', {2}, {3}, {4}, {4}, {4}, "
    "'answered', 10.0, 20.0) returning id",
    "insert into segments (interaction_id, started_at, kind, who, ended_at) "
    "values ({0}, {1}, 'talk', '101', {1})",
    "insert into timeline (client_id, at, kind, ref, facts) values ({0}, {1}, 'call', {2}, {3})")


def facts(number: int, clients: int, run: str) -> CallFacts:
    at = _START + timedelta(seconds=number)
    return CallFacts(
        call_id=f"bench-{run}-{number}", pbx="bench", direction="in", started_at=at,
        number=f"+7999{number % 10_000_000:07d}", queue="billing", operator="101",
        client_id=1 + number * 7_919 % clients, answered_at=at, ended_at=at, outcome="answered",
        waited_s=10.0, talked_s=20.0,
        segments=(SegmentFacts(kind="talk", started_at=at, ended_at=at, who="101"),))


def ours(store: Store, clients: int) -> Write:
    async def write(number: int) -> None:
        call = facts(number, clients, "ours")
        await store.write(lambda tx: interactions.upsert_call(tx, call))
    return write


def orm(engine: AsyncEngine, clients: int) -> Write:
    session_of = async_sessionmaker(engine)

    async def write(number: int) -> None:
        call = facts(number, clients, "orm")
        segment, = call.segments
        async with session_of() as session:
            row = Interactions(
                channel="call", call_id=call.call_id, pbx=call.pbx, direction="in",
                number=call.number, queue=call.queue, operator=call.operator,
                client_id=call.client_id, started_at=call.started_at,
                answered_at=call.answered_at, ended_at=call.ended_at, outcome=call.outcome,
                waited_s=call.waited_s, talked_s=call.talked_s)
            session.add(row)
            await session.flush()
            session.add(Segments(interaction_id=row.id, started_at=segment.started_at,
                                 kind="talk", who="101", ended_at=segment.ended_at))
            session.add(Timeline(client_id=call.client_id, at=call.started_at, kind="call",
                                 ref=row.id, facts=call_item(row)))
            await session.commit()
    return write


def bare_sqlite(connection: aiosqlite.Connection, clients: int) -> Write:
    first, segment, shown = (
        sql.format(*(f"?{place + 1}" for place in range(5))) for sql in _BARE)

    async def write(number: int) -> None:
        call = facts(number, clients, "bare")
        at = int(call.started_at.timestamp() * 1_000_000)
        await connection.execute("BEGIN IMMEDIATE")
        row, = await connection.execute_fetchall(
            first, (call.call_id, call.number, call.client_id, 0, at))
        await connection.execute(segment, (row[0], at))
        await connection.execute(shown, (call.client_id, at, row[0], _said(call, row[0])))
        await connection.execute("COMMIT")
    return write


def bare_postgres(connection: asyncpg.Connection, clients: int) -> Write:
    first, segment, shown = (
        sql.format(*(f"${place + 1}" for place in range(5))) for sql in _BARE)

    async def write(number: int) -> None:
        call = facts(number, clients, "bare")
        async with connection.transaction():
            row = await connection.fetchval(
                first, call.call_id, call.number, call.client_id, False, call.started_at)
            await connection.execute(segment, row, call.started_at)
            await connection.execute(shown, call.client_id, call.started_at, row,
                                     _said(call, row))
    return write


def _said(call: CallFacts, row_id: int) -> str:
    return dumps({"interaction_id": row_id, "call_id": call.call_id, "direction": "in",
                  "number": call.number, "queue": call.queue, "operator": call.operator})


async def rate(write: Write, numbers: range, width: int) -> float:
    """Written and durable a second."""
    todo = iter(numbers)

    async def one_after_another() -> None:
        for number in todo:
            await write(number)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(width):
            tasks.create_task(one_after_another())
    return len(numbers) / (time.perf_counter() - began)


async def compare(store: Store, pop: Pop, numbers: list[str], amount: int,
                  rounds: int) -> dict[str, float]:
    """Rows written are removed again."""
    await _remove(store)        # of a run that was broken off
    clients = await _highest(store)
    engine = plain_engine(store, 1)
    place = count()
    found: dict[str, list[float]] = {"orm": [], "bare": [], "ours": []}
    try:
        async with _bare(store, clients) as bare:
            for _ in range(rounds):
                for name, write, width in (("orm", orm(engine, clients), 1), ("bare", bare, 1),
                                           ("ours", ours(store, clients), WRITERS)):
                    first = next(place) * amount
                    found[name].append(await rate(write, range(first, first + amount), width))
        beside = await _pops_beside(ours(store, clients), pop, numbers, next(place) * amount)
    finally:
        await engine.dispose()
        await _remove(store)
    rates = {f"{name}_per_s": sorted(of)[len(of) // 2] for name, of in found.items()}
    return rates | {"ratio_to_orm": rates["ours_per_s"] / rates["orm_per_s"], **{
        f"pop_meanwhile_{name}": value for name, value in beside.items()}}


@asynccontextmanager
async def _bare(store: Store, clients: int) -> AsyncIterator[Write]:
    if store.url.get_backend_name() == "sqlite":
        async with aiosqlite.connect(store.url.database or "", isolation_level=None) as opened:
            for pragma in ("busy_timeout=5000", "foreign_keys=ON", "synchronous=FULL"):
                await opened.execute(f"PRAGMA {pragma}")
            yield bare_sqlite(opened, clients)
        return
    raw = await asyncpg.connect(
        store.url.set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        yield bare_postgres(raw, clients)
    finally:
        await raw.close()


async def _pops_beside(write: Write, pop: Pop, numbers: list[str], first: int
                       ) -> dict[str, float]:
    """Pops while others write without pause."""
    place, is_over = count(first), asyncio.Event()

    async def without_pause() -> None:
        while not is_over.is_set():
            await write(next(place))

    times = []
    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(without_pause())
        for number in numbers:
            began = time.perf_counter()
            await pop(number)
            times.append((time.perf_counter() - began) * 1000)
        is_over.set()
    return spread(times)


async def _highest(store: Store) -> int:
    async with store.read() as tx:
        return int(await tx.scalar(select(func.max(Timeline.client_id))))


async def _remove(store: Store) -> None:
    async with store.begin() as tx:
        rows = await tx.all(
            select(Interactions.id, Interactions.client_id, Interactions.started_at)
            .where(Interactions.started_at >= _START, Interactions.pbx == "bench"))
        for row in rows:
            if row.client_id is not None:
                await timeline.remove(tx, row.client_id, row.started_at, "call", row.id)
            await tx.run(delete(Segments).where(Segments.interaction_id == row.id))
            await tx.run(delete(Interactions).where(Interactions.id == row.id))
