"""How many questions of a script were answered in a contact: its line in the timeline says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Whole

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("interactions", sa.Column("scripted", Whole))


def downgrade() -> None:
    op.drop_column("interactions", "scripted")
