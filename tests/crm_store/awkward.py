"""A row or two in every table there is, with values that engines disagree about.

Rows are tried until the table's own checks take them, so a new table needs nothing here.
"""

from __future__ import annotations

import random
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    Double,
    Integer,
    LargeBinary,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.types import JSON, SmallInteger

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store.base import Base, Utc

TEXTS = ("Ёж 🦔 «кавычки»", "مرحبا ‎بالعالم", "a\tb\r\nc\\d'e\"f", "\u2028\ufeff\x01", "",
         "👩‍👩‍👧‍👦" * 50)
WHOLES = (2**63 - 1, -(2**63), 0, 2**53 + 1, 50)
SMALLS = (32_767, -32_768, 0, 50)
JSONS: tuple[Any, ...] = (
    {"б": [1, 1.0, 1e16, 0.1, -0.0, None, True, {"z": 1, "a": "é😀\\u0041"}], "a": 2**53 + 1},
    [], {}, ["🦔"], "text", 12, 1e-7)
MOMENTS = (datetime(2026, 3, 29, 0, 59, 59, 999_999, tzinfo=UTC),
           datetime(1900, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
           datetime(2200, 12, 31, 23, 59, 59, tzinfo=UTC))
DAYS = (date(1900, 1, 1), date(2200, 2, 28), date(2026, 11, 22))
FLOATS = (0.1, -0.0, 1e300, 5e-324, 12.0)
TRIES = 3_000


def fill(path: Path, *, rows: int = 3) -> None:
    """`rows` rows in every table of the migrated SQLite base at `path`."""
    chance = random.Random(20_261_122)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", lambda raw, _: raw.execute("pragma foreign_keys=on"))
    try:
        with engine.begin() as connection:
            guards = connection.exec_driver_sql(
                "select name, sql from sqlite_master where type = 'trigger'").all()
            for guard in guards:        # what a list was before it was frozen is allowed here
                connection.exec_driver_sql(f"drop trigger {guard.name}")
            for table in Base.metadata.sorted_tables:
                for number in range(rows):
                    _add(connection, table, number, chance)
            for guard in guards:
                connection.exec_driver_sql(guard.sql)
    finally:
        engine.dispose()


def _add(connection: Connection, table: Table, number: int, chance: random.Random) -> None:
    refused = ""
    for _ in range(TRIES):
        row = {column.name: _value(connection, column, number, chance) for column in table.columns}
        try:
            with connection.begin_nested():
                connection.execute(insert(table).values(row))
        except IntegrityError as exc:
            refused = str(exc.orig)
            continue
        return
    raise AssertionError(f"no row of {table.name} passes its checks: {refused}")


def _value(connection: Connection, column: Column[Any], number: int, chance: random.Random) -> Any:
    if column.nullable and chance.random() < 0.3:
        return None
    for key in column.foreign_keys:
        found = connection.execute(select(key.column)).scalars().all()
        return chance.choice(found) if found else None
    words = _allowed(column)
    if words:
        return chance.choice(words)
    if column.primary_key and column.name == "id" and isinstance(column.type, Integer):
        return 2**53 + 1 + number
    return _awkward(column, number, chance)


def _awkward(column: Column[Any], number: int, chance: random.Random) -> Any:
    kind = column.type
    pools: tuple[tuple[type, tuple[Any, ...]], ...] = (
        (Utc, MOMENTS), (Boolean, (True, False)), (SmallInteger, SMALLS), (Integer, WHOLES),
        (Double, FLOATS), (Date, DAYS), (JSON, JSONS), (LargeBinary, (b"\0\xff\x80", b"")))
    for one, pool in pools:
        if isinstance(kind, one):
            value = chance.choice(pool)
            return value + timedelta(microseconds=number) if one is Utc else value
    text = chance.choice(TEXTS)
    return f"{text}{number}" if column.unique or column.primary_key else text


def _allowed(column: Column[Any]) -> list[str]:
    """The words that a check lets stand in this column."""
    table = column.table
    assert isinstance(table, Table)
    said = [str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint)]
    lists = [found[1] for text in said
             if (found := re.search(rf"^{column.name} in \((.*)\)$", text))]
    return re.findall(r"'(\w+)'", lists[0]) if lists else []
