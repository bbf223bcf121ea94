"""Where routing sent a call and why; versions of other texts than menus."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now the texts were all menus'."""
    for table in ("menu_versions", "menu_uses"):
        op.add_column(table, sa.Column("kind", Bytewise, nullable=False,
                                       server_default=sa.text("'menu'")))
    op.create_table(
        "call_routes",
        sa.Column("call_id", Bytewise, nullable=False),
        sa.Column("client_id", Whole, nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("priority", Whole, nullable=False),
        sa.Column("operator", sa.Text(), nullable=True),
        sa.Column("level", Whole, nullable=True),
        sa.Column("version", Whole, nullable=True),
        sa.Column("facts", Json, nullable=False),
        sa.Column("reasons", Json, nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["clients.id"],
                                name="fk_call_routes_client_id_clients"),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_routes"))
    op.create_index("ix_call_routes_at", "call_routes", ["at"])
    op.create_index("ix_call_routes_client_id", "call_routes", ["client_id"])


def downgrade() -> None:
    op.drop_table("call_routes")
    for table in ("menu_uses", "menu_versions"):
        op.drop_column(table, "kind")
