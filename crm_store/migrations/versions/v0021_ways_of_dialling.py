"""Cards before the call, messages without an operator, answering machines, lists by conditions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Json

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now nobody held a card, and nobody asked whether a machine answered."""
    op.add_column("attempts", sa.Column("held_by", sa.Text()))
    op.add_column("attempts", sa.Column("machine", sa.Text()))
    op.add_column("campaigns", sa.Column("menu", sa.Text()))
    op.add_column("campaigns", sa.Column("machines", sa.Text(), nullable=False,
                                         server_default="off"))
    op.add_column("campaigns", sa.Column("selection", Json))


def downgrade() -> None:
    op.drop_column("campaigns", "selection")
    op.drop_column("campaigns", "machines")
    op.drop_column("campaigns", "menu")
    op.drop_column("attempts", "machine")
    op.drop_column("attempts", "held_by")
