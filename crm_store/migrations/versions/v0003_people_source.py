"""Where a person comes from: those of the settings go when the settings no longer name them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now, nobody was made but by the settings."""
    op.add_column("people", sa.Column("source", sa.Text(), nullable=False,
                                      server_default="settings"))


def downgrade() -> None:
    op.drop_column("people", "source")
