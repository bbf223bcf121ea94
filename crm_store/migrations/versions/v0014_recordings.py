"""Recordings of contacts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_IS_OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    op.add_column("interactions", sa.Column("recorded", Whole))
    op.create_table(
        "recordings",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id"), nullable=False),
        sa.Column("leg", Bytewise, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc()),
        sa.Column("file", sa.Text()),
        sa.Column("channels", Whole, nullable=False),
        sa.Column("rate", Whole),
        sa.Column("seconds", sa.Double()),
        sa.Column("size", Whole),
        sa.Column("marks", Json, nullable=False),
        sa.Column("peaks", sa.Text()),
        sa.UniqueConstraint("leg", name="uq_recordings_leg"),
        sa.CheckConstraint("state in ('open', 'kept', 'gone')", name="ck_recordings_state"),
        sa.CheckConstraint("(state = 'kept') = (file is not null)", name="ck_recordings_file"),
    )
    op.create_index("ix_recordings_interaction_id", "recordings", ["interaction_id"])
    op.create_index("ix_recordings_started_at", "recordings", ["started_at"])
    op.create_index("ix_recordings_open", "recordings", ["id"],
                    sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)


def downgrade() -> None:
    op.drop_table("recordings")
    op.drop_column("interactions", "recorded")
