"""What every table and every statement of the store shares: types, metadata, the transaction.

A module that declares rows (`class Things(Base)`) is imported by `crm_store/tables/__init__.py`,
so that migrations and the test that compares them with the models see it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeAlias, TypeVar, overload

from sqlalchemy import (
    BigInteger,
    Date,
    Dialect,
    Executable,
    Integer,
    MetaData,
    Text,
    TypeDecorator,
)
from sqlalchemy import types as sql_types
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import CursorResult, Row
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.types import TypeEngine
from typing_extensions import TypeVarTuple

from crm_store import errors
from crm_store.plain import plain
from crm_store.prepared import Ask, Asked, Prepared, insert_all, trip
from crm_store.translate import translated

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
Rows: TypeAlias = "Sequence[Mapping[str, Any]] | Mapping[str, Any]"
_Ts = TypeVarTuple("_Ts")
_T = TypeVar("_T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Whole = BigInteger().with_variant(Integer(), "sqlite")      # ids, money in minor units, counts
Json = sql_types.JSON(none_as_null=True).with_variant(
    postgresql.JSONB(none_as_null=True), "postgresql"
)


class Utc(TypeDecorator[datetime]):
    """An aware moment; microseconds since 1970 in SQLite, timestamptz in PostgreSQL.

    Comes back in UTC. Raises `NaiveMoment` for a moment without a zone: SQLite would lose it.
    """

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise errors.NaiveMoment(str(value))
        if dialect.name == "postgresql":
            return value
        return (value - _EPOCH) // _MICROSECOND

    def result_processor(
        self, dialect: Dialect, coltype: object
    ) -> Callable[[Any], datetime | None]:
        """Without the layers of a decorator's own way: rows are full of moments."""
        return _in_utc if dialect.name == "postgresql" else _since_epoch


def _since_epoch(value: int | None) -> datetime | None:
    return None if value is None else _EPOCH + timedelta(microseconds=value)


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class Plain(TypeDecorator[str]):
    """Text without what an engine cannot hold. `bytewise` columns are searched by prefix range."""

    impl = Text
    cache_ok = True

    def __init__(self, *, bytewise: bool = False) -> None:
        super().__init__()
        self.bytewise = bytewise

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        is_collated = self.bytewise and dialect.name == "postgresql"
        return Text(collation="C") if is_collated else Text()

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else plain(value)


Bytewise = Plain(bytewise=True)


class Base(DeclarativeBase):
    """The tables; their rows never leave `crm_store`. There are no relationships to lazy-load."""

    metadata = MetaData(naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    })
    type_annotation_map = {datetime: Utc, date: Date, str: Plain, int: Whole}  # noqa: RUF012


class Tx:
    """One open transaction of the store; the first argument of every function that has SQL."""

    def __init__(self, connection: AsyncConnection, limit_s: float) -> None:
        self._connection = connection
        self._limit_s = limit_s
        self.dialect = connection.dialect.name      # "sqlite" or "postgresql"
        self._driver_errors = (connection.dialect.loaded_dbapi.Error,)

    @overload
    async def run(
        self, statement: TypedReturnsRows[*_Ts], rows: Rows = ...
    ) -> CursorResult[*_Ts]: ...
    @overload
    async def run(
        self, statement: Executable, rows: Rows = ...
    ) -> CursorResult[*tuple[Any, ...]]: ...
    async def run(
        self, statement: Executable, rows: Rows = ()
    ) -> CursorResult[*tuple[Any, ...]]:
        """Execute; with `rows` once for each, in one go. Raises only `crm_store.errors`.

        One mapping, not in a list, may also return rows of a conflict's update.
        """
        try:
            async with asyncio.timeout(self._limit_s):
                return await self._connection.execute(statement, rows or None)
        except (SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    async def all(
        self, statement: TypedReturnsRows[*_Ts]
    ) -> Sequence[Row[*_Ts]]:
        return (await self.run(statement)).all()

    async def first(
        self, statement: TypedReturnsRows[*_Ts]
    ) -> Row[*_Ts] | None:
        return (await self.run(statement)).first()

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row, or None."""
        return (await self.run(statement)).scalar()

    async def fetch(self, prepared: Prepared, **values: Any) -> list[Any]:
        """The rows of a prepared select, as named tuples."""
        return (await self.fetch_each((prepared, values)))[0]

    async def fetch_each(self, *asked: Asked) -> list[list[Any]]:
        """The rows of several prepared selects that do not wait for each other's answers."""
        return await self.trip(lambda ask: ask(*asked))

    async def trip(self, work: Callable[[Ask], _T]) -> _T:
        """What `work` makes of what it asks: several statements for the price of one; see
        `crm_store.prepared`. On SQLite it runs in the connection's thread."""
        try:
            async with asyncio.timeout(self._limit_s):
                return await trip(self._connection, work)
        except (*self._driver_errors, SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    async def insert_all(
        self, table: type[Base], rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Many rows with the same keys and nothing asked back; cheaper than `run`."""
        try:
            async with asyncio.timeout(self._limit_s):
                await self._connection.run_sync(insert_all, table, rows)
        except (*self._driver_errors, SQLAlchemyError, OSError, TimeoutError) as exc:
            raise translated(exc) from exc

    def insert(self, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
        """An INSERT of this engine's own kind, for `on_conflict_do_…`."""
        return insert_into(self.dialect, table)


def insert_into(dialect: str, table: type[Base]) -> sqlite.Insert | postgresql.Insert:
    """`Tx.insert` for statements that are made once."""
    return sqlite.insert(table) if dialect == "sqlite" else postgresql.insert(table)
