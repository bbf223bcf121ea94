"""SQLite behind SQLAlchemy with as few trips to its thread as can be.

aiosqlite sends opening a cursor, executing, fetching and closing to the connection's thread one
by one, and each trip costs more than most of our statements. Here a statement is one trip,
several can be one (`crm_store.prepared.trip`), BEGIN travels with the first statement, and nobody
waits for the end of a read.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from crm_store.plain import dumps, loads

BUSY_MS = 5_000
READERS = 4
_STATEMENTS_KEPT = 512
_THREAD_ENDS_S = 1.0
_AGAIN_S = 0.01


@contextmanager
def cursor_of(raw: sqlite3.Connection) -> Iterator[sqlite3.Cursor]:
    """Closed in the connection's thread. One that is left to an error's traceback is closed by
    whoever drops that: the event loop would wait there until the connection's next statement ends.
    """
    cursor = raw.cursor()
    try:
        yield cursor
    finally:
        cursor.close()


class WholeCursor:
    """What SQLAlchemy's adapter needs of an aiosqlite cursor; rows are fetched when executed."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: WholeConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> WholeCursor:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> WholeCursor:
        await self._connection.in_thread(self._execute, sql, parameters)
        return self

    async def executemany(self, sql: str, parameters: Sequence[Sequence[Any]]) -> WholeCursor:
        await self._connection.in_thread(self._executemany, sql, parameters)
        return self

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _execute(self, raw: sqlite3.Connection, sql: str, parameters: Sequence[Any]) -> None:
        with cursor_of(raw) as cursor:
            cursor.execute(sql, parameters)
            self.description = cursor.description
            self._rows = cursor.fetchall() if cursor.description else []
            self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid

    def _executemany(
        self, raw: sqlite3.Connection, sql: str, parameters: Sequence[Sequence[Any]]
    ) -> None:
        with cursor_of(raw) as cursor:
            cursor.executemany(sql, parameters)
            self.rowcount = cursor.rowcount


class WholeConnection(aiosqlite.Connection):
    """An aiosqlite connection whose cursors make one trip a statement."""

    def cursor(self) -> Any:
        return WholeCursor(self)

    async def in_thread(self, function: Any, *args: Any) -> Any:
        return await self._execute(function, self._conn, *args)     # type: ignore[no-untyped-call]


class WritingConnection(WholeConnection):
    """A connection whose BEGIN waits for work: without any there is nothing to end either."""

    begins_with = "BEGIN IMMEDIATE"     # the driver's own would come late, after a read
    is_to_begin = False

    async def in_thread(self, function: Any, *args: Any) -> Any:
        if not self.is_to_begin:
            return await super().in_thread(function, *args)
        self.is_to_begin = False
        return await super().in_thread(_begin_then, self.begins_with, function, *args)

    async def commit(self) -> None:
        if not self._is_idle():
            await super().commit()

    async def rollback(self) -> None:
        if not self._is_idle():
            await super().rollback()

    def _is_idle(self) -> bool:
        """Whether nothing was begun; what waited is forgotten."""
        was_to_begin, self.is_to_begin = self.is_to_begin, False
        return was_to_begin


class ReadingConnection(WritingConnection):
    """A connection that only reads: its end is not waited for."""

    begins_with = "BEGIN"

    async def commit(self) -> None:
        if not self._is_idle():
            self._tx.put_nowait((None, self._conn.rollback))    # nothing to keep: ends the picture

    async def rollback(self) -> None:
        await self.commit()


def _begin_then(raw: sqlite3.Connection, begin: str, function: Any, *args: Any) -> Any:
    raw.execute(begin)
    return function(raw, *args)


def engine(url: URL, *, readonly: bool) -> AsyncEngine:
    """One writer (SQLite allows one at a time, so ours wait here and not in it), some readers."""
    kind = ReadingConnection if readonly else WritingConnection
    made = create_async_engine(
        url, pool_size=READERS if readonly else 1, max_overflow=0, json_serializer=dumps,
        json_deserializer=loads,
        pool_reset_on_return=None,  # what is open when it is closed, SQLAlchemy undoes before
        hide_parameters=True,       # errors go to logs; who called does not
        async_creator=partial(_connect, kind, url.database or "", readonly=readonly))
    event.listen(made.sync_engine, "begin", _begin_with_work)
    return made


async def glancing(url: URL) -> WholeConnection:
    """A reader of its own, outside SQLAlchemy's pool."""
    return await _connect(WholeConnection, url.database or "", readonly=True)


async def _connect(
    kind: type[WholeConnection], path: str, *, readonly: bool
) -> WholeConnection:
    connection = kind(partial(_open, path, readonly=readonly), 64)
    connection._thread.daemon = True        # a forgotten one must not keep the process alive
    try:
        await connection
    except Exception:
        connection._thread.join(_THREAD_ENDS_S)     # it tells the loop, which must still be there
        raise
    return connection


def _open(path: str, *, readonly: bool) -> sqlite3.Connection:
    """In the connection's thread, whole or not at all: who stops waiting leaves nothing open."""
    raw = sqlite3.connect(path, isolation_level=None, cached_statements=_STATEMENTS_KEPT)
    try:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        _log_ahead(raw)
        for pragma in _pragmas(readonly=readonly):
            raw.execute(f"PRAGMA {pragma}")
    except BaseException:
        raw.close()
        raise
    return raw


def _log_ahead(raw: sqlite3.Connection) -> None:
    """WAL stays in the file. Of two who make it so at once SQLite refuses one without waiting."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            raw.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as exc:
            if "locked" not in str(exc) or time.monotonic() > until:
                raise
            time.sleep(_AGAIN_S)
        else:
            return


def _pragmas(*, readonly: bool) -> tuple[str, ...]:
    return ("foreign_keys=ON", "synchronous=FULL",
            f"query_only={'ON' if readonly else 'OFF'}")


def _begin_with_work(connection: Connection) -> None:
    raw = connection.connection.driver_connection
    if isinstance(raw, WritingConnection):
        raw.is_to_begin = True
