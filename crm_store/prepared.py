"""Selects of the pop's path, compiled once per engine.

Building and looking up a statement costs SQLAlchemy more than SQLite needs to answer it. A
prepared one keeps its text and its converters; it goes to the connection that SQLAlchemy holds,
in the transaction that is open.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from sqlalchemy import Compiled, Connection, Dialect, Select, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.sqlite import WholeConnection

Convert: TypeAlias = Callable[[Any], Any] | None


class Prepared:
    """A select whose values come by name (`bindparam`)."""

    def __init__(self, statement: Select[*tuple[Any, ...]]) -> None:
        self.statement = statement
        self._plans: dict[str, Plan] = {}

    def plan(self, dialect: Dialect) -> Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            plan = self._plans[dialect.name] = Plan(self.statement, dialect)
        return plan


Asked: TypeAlias = tuple[Prepared, Mapping[str, Any]]


async def fetch_each(connection: AsyncConnection, asked: Sequence[Asked]) -> list[list[Any]]:
    """The rows of each as named tuples; on SQLite in one trip. Raises the driver's own errors."""
    plans = [(prepared.plan(connection.dialect), values) for prepared, values in asked]
    texts = [(plan.sql, plan.arguments(values)) for plan, values in plans]
    raw = connection.sync_connection and connection.sync_connection.connection.driver_connection
    if isinstance(raw, WholeConnection):
        fetched = await raw.fetch_each(texts)
    else:
        fetched = await connection.run_sync(_fetch_one_by_one, texts)
    return [[plan.row(row) for row in rows]
            for (plan, _), rows in zip(plans, fetched, strict=True)]


def _fetch_one_by_one(
    connection: Connection, texts: list[tuple[str, tuple[Any, ...]]]
) -> list[list[Any]]:
    """Through SQLAlchemy's cursor, which starts the transaction where the driver does it late."""
    cursor = connection.connection.cursor()
    try:
        fetched = []
        for sql, arguments in texts:
            cursor.execute(sql, arguments)
            fetched.append(list(cursor.fetchall()))
        return fetched
    finally:
        cursor.close()


class Plan:
    """A statement's text, and how values go in and come out, for one engine."""

    def __init__(self, statement: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect, compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._inputs = _inputs(compiled, dialect)
        columns = list(statement.selected_columns)
        outputs = [column.type.dialect_impl(dialect).result_processor(dialect, None)
                   for column in columns]
        self._outputs = [(place, convert) for place, convert in enumerate(outputs) if convert]
        self._make = _maker([column.key or "" for column in columns])

    def arguments(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        return tuple(
            convert(values.get(name, default)) if convert else values.get(name, default)
            for name, default, convert in self._inputs)

    def row(self, raw: Any) -> Any:
        if not self._outputs:
            return self._make(raw)
        cells = list(raw)
        for place, convert in self._outputs:
            cells[place] = convert(cells[place])
        return self._make(cells)


def _maker(names: list[str]) -> Callable[[Any], Any]:
    made: Any = namedtuple("made", names)       # type: ignore[misc]
    make: Callable[[Any], Any] = made._make
    return make


def _inputs(compiled: Compiled, dialect: Dialect) -> list[tuple[str, Any, Convert]]:
    """In the order of the text: each value's name, its default, its converter."""
    names: list[str] = list(getattr(compiled, "positiontup", None) or ())
    binds: Mapping[str, Any] = getattr(compiled, "binds", {})
    return [(name, (compiled.params or {}).get(name),
             binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names]


def insert_all(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    """Many rows with the same keys, at the price of the driver's executemany."""
    dialect = connection.dialect
    compiled = insert(table).compile(dialect=dialect, column_keys=list(rows[0]))
    inputs = [(name, None if name in rows[0] else _default(table, name), convert)
              for name, _, convert in _inputs(compiled, dialect)]
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(str(compiled), [
            tuple(convert(row.get(name, default)) if convert else row.get(name, default)
                  for name, default, convert in inputs)
            for row in rows])
    finally:
        cursor.close()


def _default(table: Any, name: str) -> Any:
    """What the model gives a column that nobody named."""
    default = table.__table__.columns[name].default
    if default is None:
        return None
    return default.arg(None) if default.is_callable else default.arg
