"""The PIN by which somebody signs in on a desk phone, hashed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("pin_hash", sa.Text()))


def downgrade() -> None:
    op.drop_column("people", "pin_hash")
