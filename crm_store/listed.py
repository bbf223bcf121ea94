"""A list as one value of a prepared statement: JSON in, rows out, on either engine."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, ColumnElement, FromClause, Select, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import String, Text

from crm_store.plain import dumps


def listed(items: Iterable[int] | Iterable[str]) -> str:
    """The value to hand over."""
    return dumps(list(items))


def texts(engine: str, name: str) -> tuple[FromClause, ColumnElement[str]]:
    """The list `name` as a table, and its one column, compared byte by byte."""
    if engine == "sqlite":
        rows = func.json_each(bindparam(name, type_=Text)).table_valued("value")
        return rows, rows.c.value
    rows = func.jsonb_array_elements_text(
        cast(bindparam(name, type_=String), JSONB)).table_valued("value")
    return rows, rows.c.value.collate("C")


def ids(engine: str, name: str) -> Select[int]:
    """For `column.in_(…)`."""
    rows, value = texts(engine, name)
    if engine == "sqlite":
        return select(value).select_from(rows)  # type: ignore[return-value]
    return select(cast(rows.c.value, BigInteger)).select_from(rows)


def words(engine: str, name: str) -> Select[str]:
    """For `column.in_(…)`."""
    rows, value = texts(engine, name)
    return select(value).select_from(rows)
