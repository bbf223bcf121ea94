"""Glances: one trip to a reader of its own, without a transaction that outlives it.

A transaction of SQLAlchemy's costs more than all that a pop asks. A glance begins, asks and ends
in one go: on SQLite in one visit to the reader's thread, one moment's picture; on PostgreSQL each
round trip is a picture of its own moment.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import Dialect
from sqlalchemy.ext.asyncio import AsyncEngine

from crm_store.prepared import Ask, trip
from crm_store.sqlite import WholeConnection

T = TypeVar("T")


class Glances(Protocol):
    """What a `Store` glances with."""

    async def glance(self, work: Callable[[Ask], T]) -> T: ...

    async def close(self) -> None: ...


class SqliteGlances:
    """Readers, opened as they are needed, at most `most` at work at once."""

    def __init__(
        self, dialect: Dialect, connect: Callable[[], Awaitable[WholeConnection]], most: int
    ) -> None:
        self._dialect = dialect
        self._connect = connect
        self._permits = asyncio.Semaphore(most)
        self._idle: list[WholeConnection] = []

    async def glance(self, work: Callable[[Ask], T]) -> T:
        async with self._permits:
            connection = self._idle.pop() if self._idle else await self._connect()
            try:
                made: T = await connection.in_thread(partial(_glance, self._dialect, work))
                return made
            except asyncio.CancelledError:
                await connection.interrupt()
                raise
            finally:
                self._idle.append(connection)       # whoever comes next waits in its thread

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()


def _glance(dialect: Dialect, work: Callable[[Ask], T], raw: sqlite3.Connection) -> T:
    raw.execute("BEGIN")
    try:
        return work(Ask(dialect, raw.cursor()))
    finally:
        raw.execute("ROLLBACK")


class PostgresGlances:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def glance(self, work: Callable[[Ask], T]) -> T:
        async with self._engine.connect() as connection:
            return await trip(connection, work)

    async def close(self) -> None:
        """Its connections are those of the store's engine."""
