"""Glances: one trip to a reader of its own, without a transaction that outlives it.

A transaction of SQLAlchemy's costs more than all that a pop asks. A glance begins, asks and ends
in one go: on SQLite in one visit to the reader's thread, one moment's picture; on PostgreSQL each
round trip is a picture of its own moment.
"""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Dialect

from crm_store.prepared import Ask
from crm_store.sqlite import WholeConnection, cursor_of

T = TypeVar("T")
_STEPS = 10_000         # of SQLite's machine; a pop takes fewer


class Glances(Protocol):
    """What a `Store` glances with; `errors` are those of its driver."""
    errors: tuple[type[BaseException], ...]

    async def glance(self, work: Callable[[Ask], T]) -> T: ...

    async def close(self) -> None: ...


class Closable(Protocol):
    async def close(self) -> None: ...


C = TypeVar("C", bound=Closable)


class Readers(Generic[C]):
    """Connections of the driver's own, opened as they are needed, at most `most` at once."""

    def __init__(
        self, dialect: Dialect, connect: Callable[[], Awaitable[C]], most: int
    ) -> None:
        self._dialect = dialect
        self._connect = connect
        self._permits = asyncio.Semaphore(most)
        self._idle: list[C] = []

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


class SqliteGlances(Readers[WholeConnection]):
    errors: tuple[type[BaseException], ...] = (sqlite3.Error,)

    async def glance(self, work: Callable[[Ask], T]) -> T:
        async with self._permits:
            connection = self._idle.pop() if self._idle else await self._connect()
            is_given_up = threading.Event()
            try:
                made: T = await connection.in_thread(
                    partial(_glance, self._dialect, work, is_given_up.is_set))
                return made
            finally:
                is_given_up.set()
                self._idle.append(connection)       # whoever comes next waits in its thread


def _glance(
    dialect: Dialect, work: Callable[[Ask], T], is_given_up: Callable[[], bool],
    raw: sqlite3.Connection,
) -> T:
    """`interrupt()` would miss a statement that is about to start: SQLite asks us now and then."""
    raw.set_progress_handler(is_given_up, _STEPS)
    raw.execute("BEGIN")
    try:
        with cursor_of(raw) as cursor:
            return work(Ask(dialect, cursor))
    finally:
        raw.execute("ROLLBACK")
