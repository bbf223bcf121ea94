"""PostgreSQL behind SQLAlchemy, and beside it for what must be quick."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, TypeVar

import asyncpg
from sqlalchemy import URL
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.util import await_only, greenlet_spawn

from crm_store.glances import Readers
from crm_store.plain import dumps, loads
from crm_store.prepared import Ask
from crm_store.sqlite import BUSY_MS

T = TypeVar("T")
_Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
_CONNECTIONS = 10
READERS = 4             # beside those, for glances
_CONNECT_LIMIT_S = 10.0
_SETTINGS = {"timezone": "UTC", "lock_timeout": str(BUSY_MS), "jit": "off",
             "application_name": "deskline"}


def engine(url: URL) -> AsyncEngine:
    return create_async_engine(
        url, pool_size=_CONNECTIONS, max_overflow=0, json_serializer=dumps,
        json_deserializer=loads,
        hide_parameters=True,       # errors go to logs; who called does not
        connect_args={"server_settings": _SETTINGS, "timeout": _CONNECT_LIMIT_S})


async def glancing(url: URL) -> _Connection:
    """A reader of its own, outside SQLAlchemy's pool; values come as they do inside it."""
    connection = await asyncpg.connect(
        url.set(drivername="postgresql").render_as_string(hide_password=False),
        server_settings=_SETTINGS, timeout=_CONNECT_LIMIT_S)
    try:
        await connection.set_type_codec(
            "json", schema="pg_catalog", encoder=str.encode, decoder=_json, format="binary")
        await connection.set_type_codec(
            "jsonb", schema="pg_catalog", encoder=_to_jsonb, decoder=_jsonb, format="binary")
    except BaseException:
        connection.terminate()
        raise
    return connection


def _json(value: bytes) -> Any:
    return loads(value.decode())


def _jsonb(value: bytes) -> Any:
    return loads(value[1:].decode())        # the first byte is the format's version


def _to_jsonb(value: str) -> bytes:
    return b"\x01" + value.encode()


class _Cursor:
    """The driver's connection as the cursor that `crm_store.prepared.Ask` needs; within
    SQLAlchemy's `greenlet_spawn`."""

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._rows: list[asyncpg.Record] = []

    def execute(self, sql: str, parameters: Sequence[Any]) -> None:
        self._rows = await_only(self._connection.fetch(sql, *parameters))

    def fetchall(self) -> list[asyncpg.Record]:
        return self._rows


class PostgresGlances(Readers["_Connection"]):
    errors: tuple[type[BaseException], ...] = (asyncpg.PostgresError, asyncpg.InterfaceError)

    async def glance(self, work: Callable[[Ask], T]) -> T:
        async with self._permits:
            connection = self._living() or await self._connect()
            try:
                return await greenlet_spawn(work, Ask(self._dialect, _Cursor(connection)))
            finally:
                self._idle.append(connection)

    def _living(self) -> _Connection | None:
        """An idle one; those that a restart of the server ended are dropped."""
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
        return None
