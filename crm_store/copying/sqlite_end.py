"""One SQLite file as an end of a copy: read as of one moment, or filled from nothing.

Everything blocking runs in threads; one end is used by one task at a time.
"""

# ruff: noqa: S608  names come from the database's own catalogue, and are quoted
from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path
from typing import TypeVar

from crm_store import errors
from crm_store.copying.tally import Row, Shape
from crm_store.translate import translated

T = TypeVar("T")
BATCH = 2_000                   # rows held at once
OWN_TABLES = "deskline\\_backup%"       # of a backup file, not of the base
_BUSY_S = 5.0
_PAGE_CACHE_KIB = 32_768
# The declared types of our columns (`PRAGMA table_info`); what else is declared is refused.
_KINDS = {
    "INTEGER": "whole", "BIGINT": "whole", "SMALLINT": "whole", "FLOAT": "float",
    "DOUBLE": "float", "REAL": "float", "TEXT": "text", "VARCHAR": "text", "BLOB": "bytes",
    "JSON": "json", "DATE": "day", "BOOLEAN": "bool",
}
_TABLES = ("select name from pragma_table_list where schema = 'main' and type = 'table' "
           "and name not like 'sqlite\\_%' escape '\\' and name <> 'alembic_version' "
           f"and name not like '{OWN_TABLES}' escape '\\' order by name")


class SqliteEnd:
    """`raw` belongs to it; the one who opened it closes it."""

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw
        self._put_off: list[str] = []

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: Path, *, frozen: bool = False) -> AsyncIterator[SqliteEnd]:
        """Reading, all as of one moment. `frozen`: nobody writes it (a backup, perhaps on a
        medium that cannot be written)."""
        with in_words():
            raw = await asyncio.to_thread(connect, path, "ro", immutable=frozen)
        try:
            end = cls(raw)
            await end.run(_begin_reading)
            yield end
        finally:
            raw.close()

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        with in_words():
            return await asyncio.to_thread(work, self.raw)

    async def revision(self) -> str | None:
        return await self.run(revision_of)

    async def shapes(self) -> dict[str, Shape]:
        return await self.run(_shapes)

    async def count(self, shape: Shape) -> int:
        return await self.run(
            lambda raw: int(raw.execute(f"select count(*) from {quoted(shape.name)}")
                            .fetchone()[0]))

    async def rows(self, shape: Shape, *, ordered: bool) -> AsyncGenerator[list[Row], None]:
        """In batches; `ordered` by the primary key, which is how SQLite likes to be filled."""
        columns = ", ".join(map(quoted, shape.columns))
        order = f" order by {', '.join(map(quoted, shape.key))}" if ordered and shape.key else ""
        asked = f"select {columns} from {quoted(shape.name)}{order}"
        cursor = await self.run(lambda raw: raw.execute(asked))
        try:
            while batch := await self.run(lambda _: cursor.fetchmany(BATCH)):
                yield batch
        finally:
            cursor.close()

    async def write(self, shape: Shape, batches: AsyncIterator[list[Row]]) -> None:
        places = ", ".join("?" * len(shape.columns))
        columns = ", ".join(map(quoted, shape.columns))
        said = f"insert into {quoted(shape.name)} ({columns}) values ({places})"
        async for batch in batches:
            with in_words():
                await asyncio.to_thread(_insert, self.raw, said, batch)

    async def prepare_to_fill(self) -> None:
        """What only slows filling down, or judges half a base, comes back in `finish`."""
        await self.run(self._put_off_all)

    async def finish(self, _shapes: Sequence[Shape]) -> None:
        await self.run(self._bring_back)
        broken = await self.run(lambda raw: raw.execute("pragma foreign_key_check").fetchone())
        if broken is not None:
            raise errors.Conflict(f"({broken[0]}: a row names one of {broken[2]} that is missing)")

    def _put_off_all(self, raw: sqlite3.Connection) -> None:
        raw.execute("pragma foreign_keys=off")
        raw.execute("begin immediate")
        found = raw.execute("select type, name, sql from sqlite_master where type in "
                            "('index', 'trigger') and sql is not null order by type").fetchall()
        for kind, name, sql in found:
            raw.execute(f"drop {kind} {quoted(name)}")
            self._put_off.append(sql)

    def _bring_back(self, raw: sqlite3.Connection) -> None:
        for sql in self._put_off:
            raw.execute(sql)
        self._put_off.clear()
        raw.execute("commit")


def connect(path: Path, mode: str, *, immutable: bool = False) -> sqlite3.Connection:
    """`mode` is `ro`, `rw` or `rwc`. Usable from any thread, one at a time."""
    if mode != "rwc" and not path.is_file():
        raise errors.Unreachable(f"({path}: there is no such file)")
    where = f"{path.resolve().as_uri()}?mode={mode}{'&immutable=1' if immutable else ''}"
    raw = sqlite3.connect(where, uri=True, timeout=_BUSY_S, isolation_level=None,
                          check_same_thread=False)
    try:
        raw.execute(f"pragma cache_size=-{_PAGE_CACHE_KIB}")
    except sqlite3.Error:
        raw.close()
        raise
    return raw


@contextmanager
def in_words() -> Iterator[None]:
    """The driver's errors as the store's."""
    try:
        yield
    except (sqlite3.Error, OSError) as exc:
        raise translated(exc) from exc


def revision_of(raw: sqlite3.Connection) -> str | None:
    try:
        found = raw.execute("select version_num from alembic_version").fetchone()
    except sqlite3.OperationalError as exc:
        if "no such table" in str(exc):
            return None
        raise
    return None if found is None else str(found[0])


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _insert(raw: sqlite3.Connection, said: str, batch: list[Row]) -> None:
    """The cursor ends in the thread it was used in: dropped by another one, it would reset the
    statement that the next batch is using."""
    with closing(raw.cursor()) as cursor:
        cursor.executemany(said, batch)


def _begin_reading(raw: sqlite3.Connection) -> None:
    """From the first read on, this connection sees one moment."""
    raw.execute("begin")
    raw.execute("select 1 from sqlite_master limit 1").fetchone()


def table_names(raw: sqlite3.Connection) -> list[str]:
    """The base's own tables: neither SQLite's, Alembic's, nor a backup's."""
    return [name for (name,) in raw.execute(_TABLES).fetchall()]


def _shapes(raw: sqlite3.Connection) -> dict[str, Shape]:
    return {name: _shape(raw, name) for name in table_names(raw)}


def _shape(raw: sqlite3.Connection, table: str) -> Shape:
    found = raw.execute(f"pragma table_info({quoted(table)})").fetchall()
    kinds = [_KINDS.get(declared.partition("(")[0].upper()) for _, _, declared, *_ in found]
    for row, kind in zip(found, kinds, strict=True):
        if kind is None:
            raise errors.CannotCopy(f"{table}.{row[1]}: no rule for its type {row[2]!r}")
    key = sorted((row[5], row[1]) for row in found if row[5])
    return Shape(table, tuple(row[1] for row in found), tuple(str(kind) for kind in kinds),
                 tuple(name for _, name in key))
