"""What was answered to confirm an identity, or that it was not; contacts nobody answered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Json

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_UNREACHED = sa.text("direction = 'out' and answered_at is null and disposition is null"
                     " and operator is not null and absorbed_into is null")
_IN_A_CONTACT = sa.text("interaction_id is not null")


def upgrade() -> None:
    """Whatever was stored until now was a tick."""
    op.add_column("identity_confirmations", sa.Column(
        "is_confirmed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("identity_confirmations", sa.Column("answered", Json))
    op.create_index("ix_interactions_unreached", "interactions", ["operator", "started_at"],
                    sqlite_where=_UNREACHED, postgresql_where=_UNREACHED)
    op.create_index("ix_tasks_interaction_id", "tasks", ["interaction_id"],
                    sqlite_where=_IN_A_CONTACT, postgresql_where=_IN_A_CONTACT)


def downgrade() -> None:
    op.drop_index("ix_tasks_interaction_id", "tasks")
    op.drop_index("ix_interactions_unreached", "interactions")
    op.drop_column("identity_confirmations", "answered")
    op.drop_column("identity_confirmations", "is_confirmed")
