"""Numbers closed by hand, call-backs and their dials, incidents and who called about them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Utc, Whole

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_UNSETTLED, _UNENDED = sa.text("settled_at is null"), sa.text("ended_at is null")


def upgrade() -> None:
    op.create_table(
        "entry_switches",
        sa.Column("entry", Bytewise, primary_key=True),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    _callbacks()
    _incidents()


def _callbacks() -> None:
    op.create_table(
        "callbacks",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("number", Bytewise, nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("call_id", Bytewise),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("arrived_at", Utc(), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("tries", Whole, nullable=False),
        sa.Column("not_before", Utc()),
        sa.Column("settled_at", Utc()),
    )
    op.create_index("ux_callbacks_open", "callbacks", ["number"], unique=True,
                    sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
    op.create_index("ix_callbacks_line", "callbacks", ["arrived_at"],
                    sqlite_where=_UNSETTLED, postgresql_where=_UNSETTLED)
    op.create_index("ix_callbacks_client_id", "callbacks", ["client_id"])
    op.create_index("ix_callbacks_settled_at", "callbacks", ["settled_at"])
    op.create_table(
        "callback_dials",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("callback_id", Whole, sa.ForeignKey("callbacks.id"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("claimed_at", Utc()),
        sa.Column("ended_at", Utc()),
        sa.Column("outcome", sa.Text(), nullable=False),
    )
    op.create_index("ix_callback_dials_callback_id", "callback_dials", ["callback_id"])
    op.create_index("ix_callback_dials_open", "callback_dials", ["id"],
                    sqlite_where=_UNENDED, postgresql_where=_UNENDED)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("proposed_at", Utc(), nullable=False),
        sa.Column("opened_at", Utc()),
        sa.Column("opened_by", sa.Text()),
        sa.Column("ended_at", Utc()),
        sa.Column("ended_by", sa.Text()),
    )
    op.create_index("ix_incidents_undecided", "incidents", ["id"],
                    sqlite_where=_UNENDED, postgresql_where=_UNENDED)
    op.create_table(
        "incident_callers",
        sa.Column("incident_id", Whole, sa.ForeignKey("incidents.id"), primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("number", Bytewise),
        sa.Column("call_id", Bytewise),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("told_at", Utc()),
        sa.Column("told_by", sa.Text()),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_incident_callers_client_id", "incident_callers", ["client_id"])


def downgrade() -> None:
    for table in ("incident_callers", "incidents", "callback_dials", "callbacks",
                  "entry_switches"):
        op.drop_table(table)
