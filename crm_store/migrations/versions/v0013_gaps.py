"""Gaps of the link, calls told from Asterisk's own records, places of the journal on its tape."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Utc, Whole

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interactions", sa.Column("reconstructed", sa.Boolean(), nullable=False,
                                            server_default=sa.false()))
    op.create_table(
        "gaps",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("since_at", Utc(), nullable=False),
        sa.Column("until_at", Utc()),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("calls_lost", Whole, nullable=False),
        sa.Column("calls_found", Whole, nullable=False),
        sa.Column("mended", Whole, nullable=False),
        sa.Column("unknown", Whole, nullable=False),
        sa.Column("settled_at", Utc()),
        sa.UniqueConstraint("pbx", "since_at", name="uq_gaps_pbx_since_at"),
        sa.CheckConstraint("why in ('link', 'server', 'asterisk')", name="ck_gaps_why"),
    )
    op.create_index("ix_gaps_since_at", "gaps", ["since_at"])
    op.create_table(
        "journal_places",
        sa.Column("pbx", sa.Text(), primary_key=True),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("offset", Whole, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("journal_places")
    op.drop_table("gaps")
    op.drop_column("interactions", "reconstructed")
