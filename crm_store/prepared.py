"""Statements of the hot paths, compiled once per engine, and trips that ask several.

Building and looking up a statement costs SQLAlchemy more than SQLite needs to answer it. A
prepared one keeps its text and its converters; it goes to the connection that SQLAlchemy holds,
in the transaction that is open. A trip is a plain function that asks one thing after another: on
SQLite all of it runs in the connection's own thread, which is entered once.
"""

from __future__ import annotations

import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import JSON, Compiled, Connection, Dialect, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from crm_store.plain import loads
from crm_store.sqlite import WholeConnection, cursor_of

Convert: TypeAlias = Callable[[Any], Any] | None
T = TypeVar("T")
_FLOAT8 = 701           # PostgreSQL's, the only kind of number that asks what it comes as
_PLACE = re.compile(r"\$(\d+)")


class Prepared:
    """A statement whose values come by name (`bindparam`, or an INSERT's columns `keys`).

    `statement` is one for both engines, or a function from the engine's name to its own.
    """

    def __init__(self, statement: Any, *, keys: Sequence[str] | None = None) -> None:
        self.statement = statement
        self._keys = keys
        self._plans: dict[str, Plan] = {}

    def plan(self, dialect: Dialect) -> Plan:
        plan = self._plans.get(dialect.name)
        if plan is None:
            made = self.statement
            plan = self._plans[dialect.name] = Plan(
                made(dialect.name) if callable(made) else made, dialect, self._keys)
        return plan


Asked: TypeAlias = tuple[Prepared, Mapping[str, Any]]
Text: TypeAlias = tuple[str, tuple[Any, ...]]


class Ask:
    """Within a trip: `ask(a, b)` are the rows of each, as named tuples.

    What is asked together must not wait for each other's answers: PostgreSQL is told all of it
    as one statement. Raises the driver's own errors.
    """

    def __init__(self, dialect: Dialect, cursor: Any) -> None:
        self._dialect = dialect
        self._cursor = cursor

    def __call__(self, *asked: Asked) -> list[list[Any]]:
        plans = [(prepared.plan(self._dialect), values) for prepared, values in asked]
        texts = [(plan.sql, plan.arguments(values)) for plan, values in plans]
        if self._dialect.name == "postgresql" and len(texts) > 1:
            fetched = self._together(texts)
        else:
            fetched = [self._fetch(text) for text in texts]
        return [[plan.row(row) for row in rows]
                for (plan, _), rows in zip(plans, fetched, strict=True)]

    def rows(self, prepared: Prepared, **values: Any) -> list[Any]:
        return self((prepared, values))[0]

    def each(self, prepared: Prepared, rows: Iterable[Mapping[str, Any]]) -> None:
        """Once for each, nothing asked back."""
        plan = prepared.plan(self._dialect)
        values = [plan.arguments(row) for row in rows]
        if values:
            self._cursor.executemany(plan.sql, values)

    def _fetch(self, text: Text) -> list[Any]:
        self._cursor.execute(*text)
        return list(self._cursor.fetchall())

    def _together(self, texts: list[Text]) -> list[list[Any]]:
        sql = _as_one(tuple(sql for sql, _ in texts), tuple(len(args) for _, args in texts))
        row, = self._fetch((sql, tuple(value for _, args in texts for value in args)))
        return list(row)


@lru_cache(maxsize=256)
def _as_one(statements: tuple[str, ...], counts: tuple[int, ...]) -> str:
    """One statement of PostgreSQL whose columns are the rows of each: one round trip."""
    parts, before = [], 0
    for sql, count in zip(statements, counts, strict=True):
        moved = _PLACE.sub(partial(_moved, before), sql)
        parts.append(f"array(select part from ({moved}) part)")     # noqa: S608  all ours
        before += count
    return "select " + ", ".join(parts)


def _moved(by: int, found: re.Match[str]) -> str:
    return f"${int(found[1]) + by}"


async def trip(connection: AsyncConnection, work: Callable[[Ask], T]) -> T:
    """What `work` makes of what it asks. It runs in another thread on SQLite: it must be pure
    beside its asking. Raises the driver's own errors, and `work`'s."""
    raw = connection.sync_connection and connection.sync_connection.connection.driver_connection
    if isinstance(raw, WholeConnection):
        made: T = await raw.in_thread(_in_thread, connection.dialect, work)
        return made
    return await connection.run_sync(_in_greenlet, work)


def _in_thread(raw: Any, dialect: Dialect, work: Callable[[Ask], T]) -> T:
    with cursor_of(raw) as cursor:
        return work(Ask(dialect, cursor))


def _in_greenlet(connection: Connection, work: Callable[[Ask], T]) -> T:
    """Through SQLAlchemy's cursor, which starts the transaction where the driver does it late."""
    cursor = connection.connection.cursor()
    try:
        return work(Ask(connection.dialect, cursor))
    finally:
        cursor.close()


class Plan:
    """A statement's text, and how values go in and come out, for one engine."""

    def __init__(self, statement: Any, dialect: Dialect, keys: Sequence[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=keys,
                                     compile_kwargs={"render_postcompile": True})
        self.sql = str(compiled)
        self._inputs = _inputs(compiled, dialect)
        columns = list(statement.exported_columns)
        outputs = [_output(column.type, dialect) for column in columns]
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


def _output(kind: Any, dialect: Dialect) -> Convert:
    if isinstance(kind, JSON) and dialect.name == "sqlite":
        return _json
    convert: Convert = kind.dialect_impl(dialect).result_processor(dialect, _FLOAT8)
    return convert


def _json(value: str | None) -> Any:
    return None if value is None else loads(value)


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
