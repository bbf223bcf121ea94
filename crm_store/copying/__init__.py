"""A whole base from one end to another: any engine to any engine, checked by tallies.

Tables are taken from the databases' own catalogues, so that a new table comes along by itself.
All or nothing: what is filled is a transaction (PostgreSQL) or a file beside its place (SQLite),
and counts only when every table's count and checksum are those of the source. A copy that broke
off is simply started again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from sqlalchemy import URL

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store import errors
from crm_store.base import Base
from crm_store.copying import offenders, sqlite_files
from crm_store.copying.postgres_end import PostgresEnd
from crm_store.copying.sqlite_end import SqliteEnd
from crm_store.copying.tally import Row, Shape, Tallier, Tally
from crm_store.store import Store

Progress: TypeAlias = Callable[[str, int, int | None], None]     # stage, done, of
LIMIT_S = 24 * 3600.0
_PASSES = (errors.CannotCopy, errors.Full, errors.Unreachable, errors.TimedOut)
_UNFIT = (ValueError, TypeError, OverflowError, AttributeError)     # codecs, on foreign values
_OUT_OF_SIGHT = "deskline_empty"        # where tables without rows go before they are dropped


class End(Protocol):
    """Where rows come from or go to."""
    async def revision(self) -> str | None: ...
    async def shapes(self) -> dict[str, Shape]: ...
    async def count(self, shape: Shape) -> int: ...
    def rows(self, shape: Shape, *, ordered: bool) -> AsyncGenerator[list[Row], None]: ...
    async def write(self, shape: Shape, batches: AsyncIterator[list[Row]]) -> None: ...
    async def prepare_to_fill(self) -> None: ...
    async def finish(self, shapes: Sequence[Shape]) -> None: ...


@dataclass(frozen=True, slots=True)
class Copied:
    """What is now at the other end."""
    revision: str
    tables: Mapping[str, Tally]

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tables.values())


def silent(_stage: str, _done: int, _of: int | None) -> None:
    """Nobody looks on."""


def address(text: str, password: str | None = None) -> URL:
    """The URL with its password, which comes from elsewhere. Raises `UrlUnusable`."""
    url = Store(text).url
    return url if password is None else url.set(password=password)


def has_password(text: str) -> bool:
    """Raises `UrlUnusable`."""
    url = Store(text).url
    return url.password is not None or "password" in url.query


def shown(text: str) -> str:
    """The address for a person: without password."""
    return Store(text).shown


async def copy(source: str | URL, target: str | URL, *, progress: Progress = silent) -> Copied:
    """Everything in `source` into `target`, which has no rows yet.

    The source may be in use: what is copied is its one moment at the start. Raises `NotEmpty`,
    `NotMigrated`, `CannotCopy` (a value that the other engine cannot hold, by table and column),
    `NotTheSame` (a checksum), and what else the store raises; the target is then as it was.
    """
    async with asyncio.timeout(LIMIT_S), reading(source) as here:
        revision = await here.revision()
        if revision is None:
            raise errors.NotMigrated()
        async with filling(target, revision) as there:
            return Copied(revision, await fill(here, there, progress))


@asynccontextmanager
async def reading(url: str | URL) -> AsyncIterator[SqliteEnd | PostgresEnd]:
    """One moment's picture of a base."""
    store = Store(url)
    try:
        if store.path is not None:
            async with SqliteEnd.opened(store.path) as file:
                yield file
        else:
            async with PostgresEnd.opened(store) as database:
                yield database
    finally:
        await store.close()


@asynccontextmanager
async def filling(url: str | URL, revision: str) -> AsyncIterator[SqliteEnd | PostgresEnd]:
    """New tables of `revision` in the place of none or of empty ones; kept if the block ends
    well. Raises `NotEmpty`, `InUse`."""
    store = Store(url)
    try:
        if store.path is not None:
            if sqlite_files.has_rows(store.path):
                raise errors.NotEmpty(f"({store.path})")
            sqlite_files.release(store.path)
            with sqlite_files.growing(store.path) as part:
                async with sqlite_files.filling(part, revision) as file:
                    yield file
                await asyncio.to_thread(sqlite_files.take_place, part, store.path, None)
        else:
            async with PostgresEnd.filling(store) as database:
                await _clear(database, store.shown)
                await database.migrate(revision)
                yield database
    finally:
        await store.close()


async def _clear(database: PostgresEnd, shown: str) -> None:
    if await database.has_rows():
        raise errors.NotEmpty(f"({shown})")
    if await database.is_in_use():
        raise errors.InUse(f"({shown})")
    await database.set_aside(_OUT_OF_SIGHT)
    await database.forget(_OUT_OF_SIGHT)


async def fill(here: End, there: End, progress: Progress) -> dict[str, Tally]:
    """Every row of `here` into the new tables of `there`. Raises `NotTheSame`, `CannotCopy`."""
    shapes = _common(await here.shapes(), await there.shapes())
    of = sum([await here.count(shape) for shape in shapes])
    stage = _Stage("copying", of, progress)
    await there.prepare_to_fill()
    tallies: dict[str, Tally] = {}
    for shape in shapes:
        tallier = Tallier(shape)
        try:
            async with aclosing(_passing(here, shape, tallier, stage, ordered=True)) as batches:
                await there.write(shape, batches)
        except _PASSES:
            raise
        except (errors.StoreError, *_UNFIT) as exc:
            await _name_offender(here, shape)
            raise errors.CannotCopy(f"({shape.name}: {_first_line(exc)})") from exc
        tallies[shape.name] = tallier.tally()
    progress("indexes", 0, None)
    await there.finish(shapes)
    compare(tallies, await tally_all(there, shapes, progress))
    return tallies


async def _name_offender(here: End, shape: Shape) -> None:
    """Raises `CannotCopy` when a row of `shape` is what the other end cannot hold."""
    async with aclosing(here.rows(shape, ordered=False)) as batches:
        async for batch in batches:
            offenders.check(shape, batch)


async def tally_all(
    end: End, shapes: Sequence[Shape], progress: Progress, stage: str = "checking",
) -> dict[str, Tally]:
    """Count and checksum of each table, read row by row."""
    of = sum([await end.count(shape) for shape in shapes])
    told = _Stage(stage, of, progress)
    tallies: dict[str, Tally] = {}
    for shape in shapes:
        tallier = Tallier(shape)
        async for _ in _passing(end, shape, tallier, told, ordered=False):
            pass
        tallies[shape.name] = tallier.tally()
    return tallies


def compare(wanted: Mapping[str, Tally], found: Mapping[str, Tally]) -> None:
    """Raises `NotTheSame`, naming the first table that differs."""
    for name in sorted({*wanted, *found}):
        one, other = wanted.get(name), found.get(name)
        if one == other:
            continue
        if one is None or other is None:
            raise errors.NotTheSame(f"({name}: missing on one side)")
        if one.rows != other.rows:
            raise errors.NotTheSame(f"({name}: {one.rows:,} rows there, {other.rows:,} here)")
        raise errors.NotTheSame(f"({name}: {one.rows:,} rows, their checksum differs)")


class _Stage:
    """Rows counted through the tables, told as they pass."""

    def __init__(self, name: str, of: int, progress: Progress) -> None:
        self._name, self._of, self._progress = name, of, progress
        self._done = 0
        progress(name, 0, of)

    def passed(self, rows: int) -> None:
        self._done += rows
        self._progress(self._name, min(self._done, self._of), self._of)


async def _passing(
    end: End, shape: Shape, tallier: Tallier, stage: _Stage, *, ordered: bool
) -> AsyncGenerator[list[Row], None]:
    async with aclosing(end.rows(shape, ordered=ordered)) as batches:
        async for batch in batches:
            await asyncio.to_thread(tallier.add, batch)
            yield batch
            stage.passed(len(batch))


def _first_line(problem: Exception) -> str:
    return (str(problem).splitlines() or [""])[0][:200]


def _common(here: Mapping[str, Shape], there: Mapping[str, Shape]) -> list[Shape]:
    """The tables of both. One engine may have tables of its own, made from the others."""
    for name in sorted(here.keys() ^ there.keys()):
        if name in Base.metadata.tables:
            raise errors.CannotCopy(f"(the table {name} is on one side only)")
    for name in sorted(here.keys() & there.keys()):
        if set(here[name].columns) != set(there[name].columns):
            raise errors.CannotCopy(f"(the columns of {name} differ)")
    return [here[name] for name in sorted(here.keys() & there.keys())]
