"""What a base of millions needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_IS_ABSORBED = sa.text("absorbed_into is not null")
_IN_A_CONTACT = sa.text("interaction_id is not null")
_NOT_ABSORBED, _NOT_A_CALL = sa.text("absorbed_into is null"), sa.text("kind <> 'call'")
_OF_CONTACTS = ("notes", "identity_confirmations", "requests")


def upgrade() -> None:
    op.drop_index("ix_interactions_number_started_at", "interactions")
    op.create_index("ix_interactions_number_contacts", "interactions",
                    ["number", "started_at", "client_id"],
                    sqlite_where=_NOT_ABSORBED, postgresql_where=_NOT_ABSORBED)
    op.create_index("ix_timeline_rare", "timeline", ["client_id", "kind", "at", "ref"],
                    sqlite_where=_NOT_A_CALL, postgresql_where=_NOT_A_CALL)
    # Joining two calls, and erasing one, asks each of these who belongs to a contact.
    op.create_index("ix_interactions_absorbed_into", "interactions", ["absorbed_into"],
                    sqlite_where=_IS_ABSORBED, postgresql_where=_IS_ABSORBED)
    for table in _OF_CONTACTS:
        op.create_index(f"ix_{table}_interaction_id", table, ["interaction_id"],
                        sqlite_where=_IN_A_CONTACT, postgresql_where=_IN_A_CONTACT)


def downgrade() -> None:
    for table in _OF_CONTACTS:
        op.drop_index(f"ix_{table}_interaction_id", table)
    op.drop_index("ix_interactions_absorbed_into", "interactions")
    op.drop_index("ix_timeline_rare", "timeline")
    op.drop_index("ix_interactions_number_contacts", "interactions")
    op.create_index("ix_interactions_number_started_at", "interactions",
                    ["number", "started_at"])
