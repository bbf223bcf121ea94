"""The bulk into PostgreSQL: every process copies its chunks, indexes are built at the end.

Foreign keys are not checked row by row where the role may leave that out (a superuser): the rows
are ours and tested. All in all it is not one transaction; a broken run leaves a base that says it
is not empty, and is to be dropped.
"""

from __future__ import annotations

import asyncio
import gc
import io
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import asyncpg

from crm_store.naming import dictionary
from crm_store.sample.bulk.layout import COLUMNS, POSTGRES, Row
from crm_store.sample.bulk.making import Maker, Plan
from crm_store.sample.bulk.pool import each_in_order

T = TypeVar("T")
_LIMIT_S = 3_600.0
_NUMBERED = tuple(table for table, columns in COLUMNS.items() if columns[0] == "id")
_INDEXES = """
    select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as made_by
    from pg_index i join pg_class t on t.oid = i.indrelid join pg_namespace n
    on n.oid = t.relnamespace
    where n.nspname = current_schema() and t.relname = any($1) and not i.indisprimary
    and not exists (select 1 from pg_constraint c where c.conindid = i.indexrelid)
"""


def build(
    url: str, plan: Plan, groups: dict[str, str], done: Callable[[int], None]
) -> Counter[str]:
    """Fill the migrated base at `url`, which has no clients; rows by table. `done` as SQLite's."""
    indexes: list[str] = asyncio.run(_within(url, _drop_indexes))
    counts: Counter[str] = Counter()
    jobs = ((plan, index, url) for index in plan.chunks())
    for number, counted in enumerate(each_in_order(copy_part, jobs), start=1):
        counts.update(counted)
        done(number)
    asyncio.run(_within(url, _finish, groups))
    _build_indexes(url, indexes, done)
    asyncio.run(_within(url, _analyse))
    return counts


def steps() -> int:
    return 30


def copy_part(plan: Plan, index: int, url: str) -> dict[str, int]:
    """In some process: a chunk's rows into their tables."""
    rows = _maker(plan).chunk(index)
    asyncio.run(_within(url, _copy, rows))
    counts = {table: len(found) for table, found in rows.items()}
    rows.clear()
    gc.collect()        # a connection leaves circles behind, and they would hold what it sent
    return counts


_makers: dict[Plan, Maker] = {}


def _maker(plan: Plan) -> Maker:
    if plan not in _makers:
        gc.disable()
        _makers[plan] = Maker(plan, POSTGRES)
    return _makers[plan]


async def _within(url: str, work: Callable[..., Awaitable[T]], *args: object) -> T:
    connection = await asyncpg.connect(url, timeout=10, command_timeout=_LIMIT_S)
    try:
        return await work(connection, *args)
    finally:
        await connection.close()


async def _copy(connection: asyncpg.Connection, rows: dict[str, list[Row]]) -> None:
    async with connection.transaction():
        try:
            async with connection.transaction():
                await connection.execute("set local session_replication_role = replica")
        except asyncpg.InsufficientPrivilegeError:
            pass                                    # then the keys are checked, row by row
        for table, columns in COLUMNS.items():
            await connection.copy_to_table(
                table, source=_lines(rows[table]), columns=columns, format="text")


def _lines(rows: Sequence[Row]) -> io.BytesIO:
    """COPY's text form; our own texts have no backslash, tab or line end."""
    return io.BytesIO("".join(
        ["\t".join(map(str, row)) + "\n" for row in rows]).encode())


async def _drop_indexes(connection: asyncpg.Connection) -> list[str]:
    found = await connection.fetch(_INDEXES, list(COLUMNS))
    for row in found:
        await connection.execute(f"drop index {row['name']}")
    return [row["made_by"] for row in found]


async def _finish(connection: asyncpg.Connection, groups: dict[str, str]) -> None:
    words = await connection.fetch("select distinct word from client_words union "
                                   "select distinct word from address_words")
    known, pieces = dictionary(row["word"] for row in words)
    await connection.copy_records_to_table(
        "known_words", records=[(row["word"], row["stem"]) for row in known],
        columns=("word", "stem"))
    await connection.copy_records_to_table(
        "word_pieces", records=[(row["piece"], row["stem"]) for row in pieces],
        columns=("piece", "stem"))
    await connection.executemany(
        "insert into groups (id, name) values ($1, $2) on conflict do nothing",
        list(groups.items()))
    for table in _NUMBERED:
        await connection.execute(
            f"select setval(pg_get_serial_sequence('{table}', 'id'), "      # noqa: S608  ours
            f"coalesce(max(id), 0) + 1, false) from {table}")


def _build_indexes(url: str, indexes: list[str], done: Callable[[int], None]) -> None:
    jobs = ((url, sql) for sql in sorted(indexes, key=lambda sql: "interactions" not in sql))
    for told, _ in enumerate(each_in_order(build_index, jobs), start=1):
        done(-told)


def build_index(url: str, sql: str) -> None:
    asyncio.run(_within(url, _build_index, sql))


async def _build_index(connection: asyncpg.Connection, sql: str) -> None:
    await connection.execute("set maintenance_work_mem = '512MB'")
    await connection.execute(sql)


async def _analyse(connection: asyncpg.Connection) -> None:
    """So that the planner knows sizes, and an index alone answers what it can."""
    await connection.execute("vacuum (analyze) interactions")
    await connection.execute("analyze")
