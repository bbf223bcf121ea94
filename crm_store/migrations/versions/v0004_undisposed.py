"""Talks that wait for an outcome are found without reading every attempt ever made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_UNDISPOSED = sa.text("state = 'settled' and miss is null and disposition is null")


def upgrade() -> None:
    op.create_index("ix_attempts_undisposed", "attempts", ["entry_id"],
                    sqlite_where=_UNDISPOSED, postgresql_where=_UNDISPOSED)


def downgrade() -> None:
    op.drop_index("ix_attempts_undisposed", "attempts")
