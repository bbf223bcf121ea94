"""Sums of closed days for reports."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Utc, Whole

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_QUARTER = (
    "contacts", "offered", "answered", "in_time", "abandoned", "abandoned_short", "sent_away",
    "served", "dialled", "reached", "transferred", "repeated", "handled", "answer_ms",
    "talked_ms", "held_ms", "wrap_up_ms", "wait_10", "wait_20", "wait_30", "wait_60", "wait_120",
    "wait_300", "wait_more")
_OPERATOR = ("contacts", "talked_ms", "held_ms", "wrap_up_ms", "passed_on")


def upgrade() -> None:
    op.create_table(
        "summed_days",
        sa.Column("on", sa.Date(), primary_key=True),
        sa.Column("summed_at", Utc()),
    )
    op.create_table(
        "quarter_sums",
        sa.Column("at", Utc(), primary_key=True),
        *_keys("queue", "direction"), *_counts(_QUARTER),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operator_sums",
        sa.Column("on", sa.Date(), primary_key=True),
        *_keys("operator", "queue", "direction"), *_counts(_OPERATOR),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outcome_sums",
        sa.Column("on", sa.Date(), primary_key=True),
        *_keys("queue", "direction", "outcome", "disposition"), *_counts(("contacts",)),
        sqlite_with_rowid=False,
    )


def _keys(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), primary_key=True) for name in names]


def _counts(names: tuple[str, ...]) -> list[sa.Column[int]]:
    return [sa.Column(name, Whole, nullable=False) for name in names]


def downgrade() -> None:
    for table in ("outcome_sums", "operator_sums", "quarter_sums", "summed_days"):
        op.drop_table(table)
