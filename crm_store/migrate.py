"""Alembic, run from the package: no alembic.ini, no command line of its own.

Every walk is one transaction on both engines: it arrives, or the base stays where it was.
"""

# ruff: noqa: S608  names come from the database's own catalogue, and are quoted
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, event, inspect, text

from crm_store import errors

_FOLDER = Path(__file__).parent / "migrations"
_POSTGRES_LOCK = 7_246_001      # any number that is ours: two servers starting take turns
HEAD = "head"

_Picture: TypeAlias = "dict[str, set[str]]"     # table → columns


@dataclass(frozen=True, slots=True)
class Step:
    """One migration: its revision and what it is for."""
    revision: str
    says: str


@dataclass(frozen=True, slots=True)
class Walk:
    """From one revision to another. `loses`: what the way down takes along, for a person."""
    start: str | None
    end: str
    loses: tuple[str, ...] = ()


@cache      # reading them is half of a server's start
def steps() -> tuple[Step, ...]:
    """Every migration this version knows, the first one first."""
    found = ScriptDirectory.from_config(_config()).walk_revisions()
    return tuple(Step(script.revision, (script.doc or "").rstrip(".").splitlines()[0])
                 for script in reversed(list(found)))


def upgrade(connection: Connection, revision: str = HEAD) -> str:
    """Every step up to `revision`, inside the connection's transaction; the revision reached.

    Raises `TooNew`: a later version of Deskline made this base.
    """
    _take_turns(connection)
    place = _known_place(connection)
    if place == end_of(revision):
        return place
    command.upgrade(_config(connection), revision)
    return current(connection) or ""


def downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(_config(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision of this database, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def walk(connection: Connection, revision: str = HEAD, *, force: bool = False) -> Walk:
    """Up or down to `revision`, inside the connection's transaction.

    Raises `NoSuchRevision`, `TooNew`, and `WouldLose` unless `force`; then undo the transaction.
    """
    _take_turns(connection)
    planned = plan(connection, revision)
    if planned.loses and not force:
        raise errors.WouldLose("; ".join(planned.loses))
    if not is_down(planned):
        command.upgrade(_config(connection), planned.end)
        return planned
    before = _counts(connection)
    downgrade(connection, planned.end)
    fewer = _fewer(before, _counts(connection))
    if fewer and not force:
        raise errors.WouldLose("; ".join(fewer))
    return Walk(planned.start, planned.end, (*planned.loses, *fewer))


def plan(connection: Connection, revision: str = HEAD) -> Walk:
    """What `walk` would do, and lose. Raises `NoSuchRevision`, `TooNew`."""
    start = _known_place(connection)
    planned = Walk(start, end_of(revision))
    if not is_down(planned):
        return planned
    return Walk(start, planned.end, tuple(_losses(connection, str(start), planned.end)))


def end_of(revision: str) -> str:
    """The revision by its own name. Raises `NoSuchRevision`."""
    known = [step.revision for step in steps()]
    end = known[-1] if revision == HEAD else revision
    if end not in known:
        raise errors.NoSuchRevision(f"{revision!r} (there are {known[0]} to {known[-1]})")
    return end


def is_down(planned: Walk) -> bool:
    known = [step.revision for step in steps()]
    return planned.start is not None and known.index(planned.end) < known.index(planned.start)


def _known_place(connection: Connection) -> str | None:
    start = current(connection)
    known = [step.revision for step in steps()]
    if start is not None and start not in known:
        raise errors.TooNew(f"(it is at {start}, this version goes to {known[-1]})")
    return start


def _losses(connection: Connection, start: str, end: str) -> list[str]:
    """Filled tables and columns that the way down from `start` to `end` would drop."""
    pictures = _pictures()
    before, after = pictures[start], pictures[end]
    lost: list[str] = []
    for table in sorted(before):
        if table not in after:
            lost += _rows_of(connection, table)
            continue
        for column in sorted(before[table] - after[table]):
            lost += _values_of(connection, table, column)
    return lost


def _rows_of(connection: Connection, table: str) -> list[str]:
    rows = _count(connection, f"select count(*) from {_name(connection, table)}")
    return [f"{table}: {_many(rows, 'row')}"] if rows else []


def _values_of(connection: Connection, table: str, column: str) -> list[str]:
    """Values that are not what a new row has by itself."""
    found = next(one for one in inspect(connection).get_columns(table) if one["name"] == column)
    name = _name(connection, column)
    default = found.get("default")
    is_told = f" and {name} <> ({default})" if default else ""
    values = _count(connection, f"select count(*) from {_name(connection, table)} "
                                f"where {name} is not null{is_told}")
    return [f"{table}.{column}: {_many(values, 'value')}"] if values else []


@cache
def _pictures() -> Mapping[str, _Picture]:
    """The tables at each revision, seen on the way up of an empty base in memory."""
    seen: dict[str, _Picture] = {}
    engine = create_engine("sqlite://")
    event.listen(engine, "connect", lambda raw, _: raw.execute("pragma foreign_keys=off"))
    try:
        with engine.connect() as connection:
            config = _config(connection)
            config.attributes["on_step"] = lambda revision: seen.update(
                {revision: _picture(connection)})
            command.upgrade(config, HEAD)
    finally:
        engine.dispose()
    return seen


def _picture(connection: Connection) -> _Picture:
    seen = inspect(connection)
    return {name: {str(column["name"]) for column in seen.get_columns(name)}
            for name in seen.get_table_names()}


def _counts(connection: Connection) -> Mapping[str, int]:
    return {table: _count(connection, f"select count(*) from {_name(connection, table)}")
            for table in inspect(connection).get_table_names()}


def _fewer(before: Mapping[str, int], after: Mapping[str, int]) -> list[str]:
    """Rows that went although their table stayed."""
    return [f"{table}: {_many(rows - after[table], 'row')}" for table, rows in before.items()
            if after.get(table, rows) < rows and table != "alembic_version"]


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _count(connection: Connection, said: str) -> int:
    return int(connection.execute(text(said)).scalar_one())


def _name(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)


def _take_turns(connection: Connection) -> None:
    """However long the other one takes; what a migration locks is waited for as usual."""
    if connection.dialect.name == "postgresql":
        usual = connection.execute(text("show lock_timeout")).scalar_one()
        patience = text("select set_config('lock_timeout', :limit, true)")
        connection.execute(patience, {"limit": "0"})
        connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        connection.execute(patience, {"limit": usual})


def _config(connection: Any = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
