"""What search finds, and how fast: words with the rest of the name beside them, a dictionary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Whole
from crm_store.naming import address_rows, dictionary, word_rows

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_BATCH = 5_000
_TYPES: dict[str, Any] = {"place": sa.SmallInteger(), "word": Bytewise, "rest": Bytewise,
                          "client_id": Whole, "address_id": Whole}


def upgrade() -> None:
    op.drop_table("client_words")
    op.create_index("ix_accounts_address_id", "accounts", ["address_id"])
    _tables()
    known: set[str] = set()
    _fill("client_words", ("place", "word", "rest", "client_id"), _names(known))
    _fill("address_words", ("word", "rest", "address_id"), _addresses(known))
    for table, rows in zip(("known_words", "word_pieces"), dictionary(known), strict=True):
        for start in range(0, len(rows), _BATCH):
            _insert(table, rows[start:start + _BATCH])


def downgrade() -> None:
    op.drop_index("ix_accounts_address_id", "accounts")
    for table in ("word_pieces", "known_words", "address_words", "client_words"):
        op.drop_table(table)
    op.create_table("client_words",
        sa.Column("word", Bytewise, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sqlite_with_rowid=False)
    op.create_index("ix_client_words_client_id", "client_words", ["client_id"])
    for batch in _read("clients", "search_key"):
        _insert("client_words", [
            {"word": word, "client_id": row.id}
            for row in batch for word in sorted(set(row.search_key.split()))])


def _tables() -> None:
    op.create_table("client_words",
        sa.Column("place", sa.SmallInteger(), primary_key=True, autoincrement=False),
        sa.Column("word", Bytewise, primary_key=True),
        sa.Column("rest", Bytewise, primary_key=True),
        sa.Column("client_id", Whole, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False)
    op.create_table("address_words",
        sa.Column("word", Bytewise, primary_key=True),
        sa.Column("rest", Bytewise, primary_key=True),
        sa.Column("address_id", Whole, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False)
    op.create_table("known_words",
        sa.Column("word", Bytewise, primary_key=True),
        sa.Column("stem", Bytewise, nullable=False),
        sqlite_with_rowid=False)
    op.create_index("ix_known_words_stem", "known_words", ["stem"])
    op.create_table("word_pieces",
        sa.Column("piece", Bytewise, primary_key=True),
        sa.Column("stem", Bytewise, primary_key=True),
        sqlite_with_rowid=False)


def _names(known: set[str]) -> Iterator[list[dict[str, Any]]]:
    for batch in _read("clients", "search_key"):
        rows = [row for one in batch for row in word_rows(one.id, one.search_key)]
        known.update(row[1] for row in rows)
        yield [dict(zip(("place", "word", "rest", "client_id"), row, strict=True)) for row in rows]


def _addresses(known: set[str]) -> Iterator[list[dict[str, Any]]]:
    for batch in _read("addresses", "city", "street", "house", "flat"):
        rows = [row for one in batch for row in address_rows(
            one.id, city=one.city, street=one.street, house=one.house, flat=one.flat)]
        known.update(row[0] for row in rows)
        yield [dict(zip(("word", "rest", "address_id"), row, strict=True)) for row in rows]


def _fill(table: str, columns: tuple[str, ...], batches: Iterator[list[dict[str, Any]]]) -> None:
    """Through a table without order: sorted at once, millions of rows go in several times faster
    than each to its own place."""
    kept = sa.table(table, *(sa.column(name) for name in columns))
    heap = sa.Table(f"unsorted_{table}", sa.MetaData(), *(
        sa.Column(name, _TYPES[name]) for name in columns), prefixes=["temporary"])
    heap.create(op.get_bind())
    for rows in batches:
        _insert(heap.name, rows)
    op.get_bind().execute(sa.insert(kept).from_select(
        list(columns), sa.select(heap).order_by(*heap.columns)))
    heap.drop(op.get_bind())


def _read(table: str, *columns: str) -> Iterator[list[Any]]:
    """All rows, a batch at a time, by id."""
    source = sa.table(table, *(sa.column(name) for name in ("id", *columns)))
    last = 0
    while True:
        batch = list(op.get_bind().execute(
            sa.select(source).where(source.c.id > last).order_by(source.c.id).limit(_BATCH)))
        if not batch:
            return
        yield batch
        last = batch[-1].id


def _insert(table: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        op.get_bind().execute(
            sa.insert(sa.table(table, *(sa.column(name) for name in rows[0]))), rows)
