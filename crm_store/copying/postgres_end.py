"""One PostgreSQL database as an end of a copy: read as of one moment, or filled from nothing.

Codecs make the connection speak SQLite's way (see `tally.py`), so that rows pass unchanged.
Filling is one transaction, the making of the tables included: it is whole or it never was.
"""

# ruff: noqa: S608  names come from the database's own catalogue, and are quoted
from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import date
from typing import Any

import asyncpg
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store import errors
from crm_store.copying.sqlite_end import BATCH, quoted
from crm_store.copying.tally import Row, Shape, json_text
from crm_store.migrate import upgrade
from crm_store.store import Store
from crm_store.translate import translated

_CONNECT_S = 15.0
_EPOCH_2000_US = 946_684_800_000_000        # PostgreSQL counts microseconds from the year 2000
_EPOCH_2000_DAY = date(2000, 1, 1).toordinal()
_KINDS = {
    "int2": "whole", "int4": "whole", "int8": "whole", "float4": "float", "float8": "float",
    "text": "text", "varchar": "text", "bytea": "bytes", "jsonb": "json", "timestamptz": "moment",
    "date": "day", "bool": "bool",
}
_OURS = """c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
    and not c.relispartition and not exists (
        select from pg_depend d where d.objid = c.oid and d.deptype = 'e')"""
_COLUMNS = f"""select c.relname, a.attname, t.typname,
        coalesce(array_position(i.indkey::int2[], a.attnum), -1) as place
    from pg_class c join pg_attribute a on a.attrelid = c.oid join pg_type t on t.oid = a.atttypid
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where {_OURS} and c.relname <> 'alembic_version' and a.attnum > 0
        and not a.attisdropped and a.attgenerated = '' order by c.relname, a.attnum"""
_TABLES = f"select c.oid::regclass::text from pg_class c where {_OURS} order by 1"
_FUNCTIONS = """select p.oid::regprocedure::text from pg_proc p
    where p.pronamespace = current_schema()::regnamespace and not exists (
        select from pg_depend d where d.objid = p.oid and d.deptype = 'e')"""
_FOREIGN_KEYS = """select conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid)
    from pg_constraint where contype = 'f' and conparentid = 0
        and connamespace = current_schema()::regnamespace order by 1, 2"""
_INDEXES = f"""select i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
    from pg_index i join pg_class c on c.oid = i.indrelid
    where {_OURS} and c.relname <> 'alembic_version' and not exists (select from pg_constraint k
        where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x')) order by 1"""
_SEQUENCES = f"""select c.oid::regclass::text, quote_ident(a.attname),
        pg_get_serial_sequence(c.oid::regclass::text, a.attname)
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where {_OURS} and not a.attisdropped
        and pg_get_serial_sequence(c.oid::regclass::text, a.attname) is not null"""
_OTHERS = """select count(*) from pg_stat_activity where datname = current_database()
    and pid <> pg_backend_pid() and application_name = 'deskline'"""


class PostgresEnd:
    """`raw` speaks SQLite's way and belongs to the one who opened it."""

    def __init__(self, raw: asyncpg.Connection[Any], sqla: AsyncConnection) -> None:
        self.raw = raw
        self._sqla = sqla
        self._put_off: list[str] = []
        self._cursors = 0

    @classmethod
    @asynccontextmanager
    async def opened(cls, store: Store) -> AsyncIterator[PostgresEnd]:
        """Reading, all as of one moment."""
        async with _connected(store) as (raw, sqla):
            with in_words():
                await raw.execute("begin isolation level repeatable read, read only")
            yield cls(raw, sqla)

    @classmethod
    @asynccontextmanager
    async def filling(cls, store: Store) -> AsyncIterator[PostgresEnd]:
        """One writing transaction, committed when the block ends, undone when it raises."""
        async with _connected(store) as (raw, sqla):
            with in_words():
                await sqla.exec_driver_sql("set local maintenance_work_mem = '256MB'")
                await sqla.exec_driver_sql("set local synchronous_commit = on")
            yield cls(raw, sqla)
            with in_words():
                await sqla.commit()

    async def revision(self) -> str | None:
        with in_words():
            if await self.raw.fetchval("select to_regclass('alembic_version')") is None:
                return None
            found = await self.raw.fetchval("select version_num from alembic_version")
            return None if found is None else str(found)

    async def shapes(self) -> dict[str, Shape]:
        with in_words():
            found = await self.raw.fetch(_COLUMNS)
        tables: dict[str, list[Any]] = {}
        for row in found:
            tables.setdefault(row["relname"], []).append(row)
        return {name: _shape(name, rows) for name, rows in tables.items()}

    async def count(self, shape: Shape) -> int:
        with in_words():
            return int(await self.raw.fetchval(
                f"select count(*) from {quoted(shape.name)}"))

    async def rows(self, shape: Shape, *, ordered: bool) -> AsyncGenerator[list[Row], None]:
        columns = ", ".join(map(quoted, shape.columns))
        order = f" order by {', '.join(map(quoted, shape.key))}" if ordered and shape.key else ""
        self._cursors += 1
        name = f"deskline_rows_{self._cursors}"
        with in_words():
            await self.raw.execute(f"declare {name} no scroll cursor for "
                                   f"select {columns} from {quoted(shape.name)}{order}")
        while True:
            with in_words():
                found = await self.raw.fetch(f"fetch forward {BATCH} from {name}")
            if not found:
                break
            yield [tuple(row) for row in found]
        with in_words():        # an open one would keep its table from being altered
            await self.raw.execute(f"close {name}")

    async def write(self, shape: Shape, batches: AsyncIterator[list[Row]]) -> None:
        with in_words():
            await self.raw.copy_records_to_table(
                shape.name, columns=list(shape.columns),
                records=(row async for batch in batches for row in batch))

    async def is_in_use(self) -> bool:
        """Whether another process of ours is connected."""
        with in_words():
            return bool(await self.raw.fetchval(_OTHERS))

    async def has_rows(self) -> bool:
        with in_words():
            for name in await self.shapes():
                if await self.raw.fetchval(
                        f"select exists (select from {quoted(name)})"):
                    return True
        return False

    async def set_aside(self, schema: str) -> None:
        """Every table of ours goes to a schema of its own, rows and indexes with it."""
        with in_words():
            tables = [row[0] for row in await self.raw.fetch(_TABLES)]
            functions = [row[0] for row in await self.raw.fetch(_FUNCTIONS)]
            await self.raw.execute(f"create schema {quoted(schema)}")
            for kind, names in (("table", tables), ("function", functions)):
                for name in names:
                    await self.raw.execute(f"alter {kind} {name} set schema {quoted(schema)}")

    async def forget(self, schema: str) -> None:
        with in_words():
            await self.raw.execute(f"drop schema {quoted(schema)} cascade")

    async def migrate(self, revision: str = "head") -> str:
        with in_words():
            return await self._sqla.run_sync(upgrade, revision)

    async def prepare_to_fill(self) -> None:
        """What only slows filling down, or judges half a base, comes back in `finish`."""
        with in_words():
            for table, name, told in await self.raw.fetch(_FOREIGN_KEYS):
                await self.raw.execute(f"alter table {table} drop constraint {name}")
                self._put_off.append(f"alter table {table} add constraint {name} {told}")
            for name, told in await self.raw.fetch(_INDEXES):
                await self.raw.execute(f"drop index {name}")
                self._put_off.insert(0, told)
            for (table,) in await self.raw.fetch(_TABLES):
                await self.raw.execute(f"alter table {table} disable trigger user")
                self._put_off.append(f"alter table {table} enable trigger user")

    async def finish(self, shapes: Sequence[Shape]) -> None:
        with in_words():
            for said in self._put_off:
                await self.raw.execute(said)
            self._put_off.clear()
            for table, column, sequence in await self.raw.fetch(_SEQUENCES):
                await self.raw.execute(
                    f"select setval('{sequence}', coalesce(max({column}), 1), "
                    f"max({column}) is not null) from {table}")
            for shape in shapes:
                await self.raw.execute(f"analyze {quoted(shape.name)}")


@asynccontextmanager
async def _connected(store: Store) -> AsyncIterator[tuple[Any, AsyncConnection]]:
    try:
        async with asyncio.timeout(_CONNECT_S):
            sqla = await store.writer.connect()
            raw = (await sqla.get_raw_connection()).driver_connection
            await _speak_like_sqlite(raw)
    except (SQLAlchemyError, asyncpg.PostgresError, OSError, TimeoutError) as exc:
        raise translated(exc) from exc
    try:
        yield raw, sqla
    finally:
        await sqla.invalidate()     # undoes what was not committed; its codecs are nobody else's
        await sqla.close()


async def _speak_like_sqlite(raw: Any) -> None:
    codecs: dict[str, tuple[str, Callable[[Any], Any], Callable[[Any], Any]]] = {
        "timestamptz": ("tuple", lambda us: (us - _EPOCH_2000_US,),
                        lambda told: told[0] + _EPOCH_2000_US),
        "date": ("tuple", lambda day: (date.fromisoformat(day).toordinal() - _EPOCH_2000_DAY,),
                 lambda told: date.fromordinal(told[0] + _EPOCH_2000_DAY).isoformat()),
        "bool": ("binary", lambda yes: b"\1" if yes else b"\0", lambda told: told[0]),
        "jsonb": ("binary", lambda json: b"\1" + json_text(json).encode(),
                  lambda told: told[1:].decode()),
    }
    for name, (form, encode, decode) in codecs.items():
        await raw.set_type_codec(name, schema="pg_catalog", format=form, encoder=encode,
                                 decoder=decode)


@contextmanager
def in_words() -> Iterator[None]:
    """The drivers' errors as the store's."""
    try:
        yield
    except (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as exc:
        raise translated(exc) from exc


def _shape(table: str, rows: Iterable[Any]) -> Shape:
    found = [(row["attname"], _KINDS.get(row["typname"]), row["typname"], row["place"])
             for row in rows]
    for name, kind, told, _ in found:
        if kind is None:
            raise errors.CannotCopy(f"{table}.{name}: no rule for its type {told!r}")
    key = sorted((place, name) for name, _, _, place in found if place >= 0)
    return Shape(table, tuple(name for name, *_ in found),
                 tuple(str(kind) for _, kind, *_ in found), tuple(name for _, name in key))
