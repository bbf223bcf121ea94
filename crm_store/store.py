"""The store: one database behind one URL, transactions on it, and its migrations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from crm_store import errors, sqlite
from crm_store.base import Tx
from crm_store.glances import Glances, SqliteGlances
from crm_store.grouping import Grouping
from crm_store.prepared import Ask
from crm_store.translate import translated

T = TypeVar("T")
_MIGRATION_LIMIT_S = 3_600.0
_TURN_S = 600.0         # another process may migrate a large base meanwhile


class Store:
    """The company's base. Lives as long as its process uses it; `close()` lets the process end.

    `url` is `sqlite:///FILE` or `postgresql://USER@HOST/NAME` (drivers may be named: `+aiosqlite`,
    `+asyncpg`). `limit_s` bounds every statement and every commit.
    """

    def __init__(self, url: str | URL, *, limit_s: float = 15.0) -> None:
        self.url = _with_driver(url)
        self._limit_s = limit_s
        self._glances: Glances
        if self.url.get_backend_name() == "sqlite":
            self._writer = sqlite.engine(self.url, readonly=False)
            self._reader = sqlite.engine(self.url, readonly=True)
            self._glances = SqliteGlances(
                self._reader.dialect, partial(sqlite.glancing, self.url), sqlite.READERS)
        else:
            from crm_store import postgres  # its driver takes 0.1 s to import

            self._writer = self._reader = postgres.engine(self.url)
            self._glances = postgres.PostgresGlances(
                self._reader.dialect, partial(postgres.glancing, self.url), postgres.READERS)
        # SQLAlchemy's pool lets whoever has just given a connection back take it again before
        # those who wait: with many writers some never had a turn (tried with 2.0).
        self._turns = {one: asyncio.Semaphore(one.sync_engine.pool.size())   # type: ignore[attr-defined]
                       for one in {self._writer, self._reader}}
        self._grouping = Grouping(self.begin)
        self._errors: tuple[type[BaseException], ...] = (
            SQLAlchemyError, OSError, TimeoutError, *self._glances.errors)

    @classmethod
    def at(cls, path: Path) -> Store:
        """The SQLite file at `path`."""
        return cls(URL.create("sqlite+aiosqlite", database=str(path)))

    @asynccontextmanager
    async def begin(self, *, keep: bool = True) -> AsyncIterator[Tx]:
        """A writing transaction: committed, durably, when the block ends; undone when it raises,
        and always with `keep=False` (to see what would happen).

        SQLite: BEGIN IMMEDIATE, so that a read-then-write never fails half way.
        """
        async with self._transaction(self._writer, {}, keep=keep) as tx:
            yield tx

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A reading transaction: one moment's picture; a write in it raises `ReadOnly`."""
        options: dict[str, Any] = {}
        if self._reader.dialect.name == "postgresql":
            options = {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        async with self._transaction(self._reader, options, keep=True) as tx:
            yield tx

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """What `work` gave, once it is durable: a small write that shares its commit with others
        that come meanwhile. `work` may be run twice. PostgreSQL groups commits by itself."""
        if self._writer is not self._reader:
            return await self._grouping.write(work)
        async with self.begin() as tx:
            return await work(tx)

    async def glance(self, work: Callable[[Ask], T]) -> T:
        """What `work` makes of what it asks, for less than a transaction costs: for what a person
        waits for. See `crm_store.glances` for whose moment's picture it is."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._glances.glance(work)
        except self._errors as exc:
            raise translated(exc) from exc

    @asynccontextmanager
    async def _transaction(
        self, engine: AsyncEngine, options: dict[str, Any], *, keep: bool
    ) -> AsyncIterator[Tx]:
        turns = self._turns[engine]
        await self._in_time(turns.acquire())
        try:
            connection = await self._in_time(engine.connect())
            try:
                await self._start(connection, options)
                yield Tx(connection, self._limit_s)
                if keep:
                    await self._commit(connection)
            finally:
                await connection.close()        # undoes what was not committed
        finally:
            turns.release()

    async def _in_time(self, work: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._limit_s):
                return await work
        except (SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    async def _start(self, connection: AsyncConnection, options: dict[str, Any]) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                if options:
                    await connection.execution_options(**options)
                await connection.begin()
        except (SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    async def _commit(self, connection: AsyncConnection) -> None:
        try:
            async with asyncio.timeout(self._limit_s):
                await connection.commit()
        except (SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    async def migrate(self, revision: str = "head") -> str:
        """Bring the tables up to date, creating the file if need be; the revision reached."""
        from crm_store.migrate import upgrade  # Alembic takes 0.2 s to import

        return await self.alter(upgrade, revision)

    async def alter(self, work: Callable[..., T], *args: Any) -> T:
        """`work(connection, *args)` on the tables themselves, in one transaction."""
        if self.path is not None:
            _make_file(self.url)
        try:
            async with asyncio.timeout(_MIGRATION_LIMIT_S), self._writer.connect() as connection:
                await _begin_in_turn(connection)
                done = await connection.run_sync(work, *args)
                await connection.commit()
                return done
        except (SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    @property
    def writer(self) -> AsyncEngine:
        """For who speaks to the driver himself (copying)."""
        return self._writer

    @property
    def path(self) -> Path | None:
        """The file of a SQLite base."""
        is_file = self.url.get_backend_name() == "sqlite"
        return Path(self.url.database or "") if is_file else None

    @property
    def shown(self) -> str:
        """The base's address for a person: without password."""
        if self.path is not None:
            return str(self.path)
        plain = self.url.set(drivername="postgresql").difference_update_query(["password"])
        return plain.render_as_string(hide_password=True)

    async def close(self) -> None:
        """Close every connection. An open one keeps the process from ending."""
        await self._glances.close()
        await self._writer.dispose()
        if self._reader is not self._writer:
            await self._reader.dispose()


def _with_driver(text: str | URL) -> URL:
    try:
        url = make_url(text)
    except SQLAlchemyError as exc:
        raise errors.UrlUnusable() from exc
    backend = url.get_backend_name()
    if backend == "sqlite" and url.database and url.database != ":memory:":
        return url.set(drivername="sqlite+aiosqlite")
    if backend == "postgresql":
        return url.set(drivername="postgresql+asyncpg")
    raise errors.UrlUnusable(url.render_as_string())


async def _begin_in_turn(connection: AsyncConnection) -> None:
    """However long another process alters the tables; who is cancelled does not wait on."""
    until = time.monotonic() + _TURN_S
    while True:
        try:
            await connection.begin()
            await connection.exec_driver_sql("select 1")        # SQLite begins with work
        except SQLAlchemyError as exc:
            if not isinstance(translated(exc), errors.Busy) or time.monotonic() > until:
                raise
            await connection.rollback()
        else:
            return


def _make_file(url: URL) -> None:
    """The file, for our eyes only: SQLite gives its side files the same rights."""
    path = Path(url.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as exc:
        raise errors.Unreachable(f"({exc.filename}: {exc.strerror})") from exc

