"""Pairs that may be one client, merges that can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Json, Utc, Whole

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STANDING = sa.text("undone_at is null")


def upgrade() -> None:
    _merges()
    _merge_rows()
    _pairs()
    _runs()


def downgrade() -> None:
    for table in ("duplicate_runs", "duplicate_pairs", "merge_rows", "merges"):
        op.drop_table(table)


def _merges() -> None:
    op.create_table(
        "merges",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("kept_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("absorbed_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("newest", Json, nullable=False),
        sa.Column("undone_at", Utc()),
        sa.Column("undone_by", sa.Text()),
        sa.CheckConstraint("kept_id <> absorbed_id", name=op.f("ck_merges_two")),
    )
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"])
    op.create_index("ix_merges_absorbed_id", "merges", ["absorbed_id"])
    op.create_index("ix_merges_standing", "merges", ["absorbed_id"], unique=True,
                    sqlite_where=_STANDING, postgresql_where=_STANDING)


def _merge_rows() -> None:
    op.create_table(
        "merge_rows",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("merge_id", Whole, sa.ForeignKey("merges.id"), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("key", Json, nullable=False),
        sa.Column("before", Json, nullable=False),
        sa.Column("after", Json, nullable=False),
        sa.CheckConstraint("deed in ('moved', 'displaced', 'changed')",
                           name=op.f("ck_merge_rows_deed")),
    )
    op.create_index("ix_merge_rows_merge_id_id", "merge_rows", ["merge_id", "id"])


def _pairs() -> None:
    op.create_table(
        "duplicate_pairs",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("low_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("high_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("score", Whole, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        sa.Column("found_at", Utc(), nullable=False),
        sa.Column("not_before", Utc()),
        sa.Column("decided_by", sa.Text()),
        sa.Column("decided_at", Utc()),
        sa.Column("merge_id", Whole, sa.ForeignKey("merges.id")),
        sa.CheckConstraint("low_id < high_id", name=op.f("ck_duplicate_pairs_order")),
        sa.CheckConstraint("state in ('open', 'same', 'different')",
                           name=op.f("ck_duplicate_pairs_state")),
        sa.UniqueConstraint("low_id", "high_id", name=op.f("uq_duplicate_pairs_low_id_high_id")),
    )
    op.create_index("ix_duplicate_pairs_high_id", "duplicate_pairs", ["high_id"])
    op.create_index("ix_duplicate_pairs_merge_id", "duplicate_pairs", ["merge_id"])
    op.create_index("ix_duplicate_pairs_state_score_id", "duplicate_pairs",
                    ["state", "score", "id"])


def _runs() -> None:
    op.create_table(
        "duplicate_runs",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc()),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("counts", Json, nullable=False),
    )
