"""What a base of millions needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NOT_ABSORBED, _NOT_A_CALL = sa.text("absorbed_into is null"), sa.text("kind <> 'call'")


def upgrade() -> None:
    op.drop_index("ix_interactions_number_started_at", "interactions")
    op.create_index("ix_interactions_number_contacts", "interactions",
                    ["number", "started_at", "client_id"],
                    sqlite_where=_NOT_ABSORBED, postgresql_where=_NOT_ABSORBED)
    op.create_index("ix_timeline_rare", "timeline", ["client_id", "kind", "at", "ref"],
                    sqlite_where=_NOT_A_CALL, postgresql_where=_NOT_A_CALL)


def downgrade() -> None:
    op.drop_index("ix_timeline_rare", "timeline")
    op.drop_index("ix_interactions_number_contacts", "interactions")
    op.create_index("ix_interactions_number_started_at", "interactions",
                    ["number", "started_at"])
