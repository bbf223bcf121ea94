"""Ids for many new rows at once, known before they are written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from crm_store.base import Tx


async def next_ids(tx: Tx, table: Any, count: int) -> list[int]:
    """Ids nobody else takes: PostgreSQL's from the table's own counter, SQLite's because a writing
    transaction is alone."""
    if count == 0:
        return []
    if tx.dialect == "postgresql":
        counter = func.pg_get_serial_sequence(table.__tablename__, "id")
        rows = await tx.all(select(func.nextval(counter)).select_from(
            func.generate_series(1, count)))
        return [int(row[0]) for row in rows]
    last = int(await tx.scalar(select(func.coalesce(func.max(table.id), 0))))
    return list(range(last + 1, last + 1 + count))


def real(ref: int, ids: Sequence[int]) -> int:
    """The id behind a reference of `facts`: one below zero is a row that is new."""
    return ref if ref > 0 else ids[-ref - 1]
