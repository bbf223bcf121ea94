"""The pop's path in three ways: ours, the bare driver, SQLAlchemy's ORM.

The path: a number comes in, its candidates are ranked, the likeliest one's card and the first page
of 20 of his timeline are read. The bare driver does the least that could be called the same:
candidates, the client's row, 20 rows of the timeline, no values made of them. The ORM does what
the bare driver does, as its tutorial does it.
"""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import aiosqlite
import asyncpg
from sqlalchemy import event, select
from sqlalchemy.ext.asyncio import (
    AsyncEngine,
    AsyncSession,
    async_sessionmaker,
    create_async_engine,
)

from crm_store import pops
from crm_store.store import Store
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.contacts import Timeline

Pop = Callable[[str], Awaitable[None]]
PAGE = 20
LINKS = ("select c.id, c.name, c.kind, p.trust from client_phones p "
         "join clients c on c.id = p.client_id where p.e164 = {0}")
CLIENT = "select id, kind, name, language, time_zone, flags, tags from clients where id = {0}"
LATEST = ("select at, kind, ref, facts from timeline where client_id = {0} "
          f"order by at desc, kind desc, ref desc limit {PAGE}")


def ours(store: Store) -> Pop:
    async def pop(number: str) -> None:
        await pops.glance(store, pops.Caller(number=number), page=PAGE)
    return pop


@asynccontextmanager
async def bare(store: Store, connections: int) -> AsyncIterator[Pop]:
    """On that many connections, whoever comes takes a free one."""
    async with AsyncExitStack() as stack:
        free: asyncio.Queue[Any] = asyncio.Queue()
        for _ in range(connections):
            free.put_nowait(await _connection(store, stack))
        sign = "?" if _is_sqlite(store) else "$1"
        links, client, latest = (sql.format(sign) for sql in (LINKS, CLIENT, LATEST))

        async def pop(number: str) -> None:
            connection = await free.get()
            try:
                rows = list(await connection(links, number))
                await connection(client, rows[0][0])
                await connection(latest, rows[0][0])
            finally:
                free.put_nowait(connection)
        yield pop


async def _connection(store: Store, stack: AsyncExitStack) -> Callable[[str, Any], Awaitable[Any]]:
    if _is_sqlite(store):
        opened = await stack.enter_async_context(aiosqlite.connect(store.url.database or ""))

        async def ask(sql: str, value: Any) -> Any:
            return await opened.execute_fetchall(sql, (value,))
        return ask
    raw = await asyncpg.connect(
        store.url.set(drivername="postgresql").render_as_string(hide_password=False))
    stack.push_async_callback(raw.close)
    fetch: Callable[[str, Any], Awaitable[Any]] = raw.fetch
    return fetch


def plain_engine(store: Store, connections: int) -> AsyncEngine:
    """SQLAlchemy's own, with nothing of ours but the settings that make a commit durable."""
    engine = create_async_engine(store.url, pool_size=connections, max_overflow=0)
    if _is_sqlite(store):
        event.listen(engine.sync_engine, "connect", _durable)
    return engine


def _durable(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    for pragma in ("busy_timeout=5000", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def orm(engine: AsyncEngine) -> Pop:
    session_of = async_sessionmaker(engine)

    async def pop(number: str) -> None:
        async with session_of() as session:
            await _orm_pop(session, number)
    return pop


async def _orm_pop(session: AsyncSession, number: str) -> None:
    found = (await session.execute(
        select(Clients, ClientPhones).join(ClientPhones, ClientPhones.client_id == Clients.id)
        .where(ClientPhones.e164 == number))).all()
    client = await session.get(Clients, found[0][0].id, populate_existing=True)
    assert client is not None
    (await session.scalars(
        select(Timeline).where(Timeline.client_id == client.id)
        .order_by(Timeline.at.desc(), Timeline.kind.desc(), Timeline.ref.desc())
        .limit(PAGE))).all()


async def one_at_a_time(pop: Pop, numbers: list[str]) -> tuple[list[float], float]:
    """Milliseconds of each pop, and CPU milliseconds a pop."""
    times, cpu = [], time.process_time()
    for number in numbers:
        began = time.perf_counter()
        await pop(number)
        times.append((time.perf_counter() - began) * 1000)
    return times, (time.process_time() - cpu) * 1000 / len(numbers)


async def at_once(pop: Pop, numbers: list[str], width: int) -> float:
    """Pops a second, `width` of them at any time."""
    todo = iter(numbers)

    async def one_after_another() -> None:
        for number in todo:
            await pop(number)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(width):
            tasks.create_task(one_after_another())
    return len(numbers) / (time.perf_counter() - began)


def spread(times: list[float]) -> dict[str, float]:
    return {"p50_ms": statistics.median(times),
            "p99_ms": sorted(times)[min(len(times) - 1, round(len(times) * 0.99))]}


def _is_sqlite(store: Store) -> bool:
    return store.url.get_backend_name() == "sqlite"
