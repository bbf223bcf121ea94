"""Keys a person chose, and how good the line of a contact was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Json

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("own_keys", Json))
    op.add_column("interactions", sa.Column("lines", Json))


def downgrade() -> None:
    op.drop_column("interactions", "lines")
    op.drop_column("people", "own_keys")
