"""Thresholds of the floor, when they were crossed, and links of wall screens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Json, Utc, Whole

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at is null")


def upgrade() -> None:
    op.create_table(
        "threshold_sets",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("upon", Whole, nullable=False),
        sa.Column("rules", Json, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.UniqueConstraint("upon", name="uq_threshold_sets_upon"),
    )
    op.create_table(
        "threshold_crossings",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("bound", sa.Double(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("ended_at", Utc()),
        sa.CheckConstraint("level in ('amber', 'red')", name="ck_threshold_crossings_level"),
    )
    op.create_index("ix_threshold_crossings_at", "threshold_crossings", ["at"])
    op.create_index("ix_threshold_crossings_open", "threshold_crossings", ["queue", "figure"],
                    sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_table(
        "wall_links",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("token_hash", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("queues", Json, nullable=False),
        sa.Column("shows_callers", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("seen_at", Utc()),
        sa.Column("revoked_by", sa.Text()),
        sa.Column("revoked_at", Utc()),
    )
    op.create_index("ix_wall_links_token_hash", "wall_links", ["token_hash"], unique=True)


def downgrade() -> None:
    for table in ("wall_links", "threshold_crossings", "threshold_sets"):
        op.drop_table(table)
