"""Answers to scripts and proposals; messages and calls for help among the staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Utc, Whole

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_UNSEEN, _OPEN = sa.text("seen_at is null"), sa.text("ended_at is null")


def upgrade() -> None:
    _guidance()
    _messages()
    op.create_table(
        "help_calls",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text()),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("answered_by", sa.Text()),
        sa.Column("answered_at", Utc()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("ended_at", Utc()),
    )
    op.create_index("ix_help_calls_open", "help_calls", ["operator"], unique=True,
                    sqlite_where=_OPEN, postgresql_where=_OPEN)


def _guidance() -> None:
    op.create_table(
        "script_answers",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id"), nullable=False),
        sa.Column("script", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_script_answers_interaction_id_id", "script_answers",
                    ["interaction_id", "id"])
    op.create_table(
        "proposal_answers",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("until_at", Utc()),
        sa.Column("why", sa.Text()),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("answer in ('accepted', 'refused', 'later')",
                           name="ck_proposal_answers_answer"),
    )
    op.create_index("ix_proposal_answers_client_id_id", "proposal_answers", ["client_id", "id"])


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("to_kind", sa.Text(), nullable=False),
        sa.Column("to_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("to_kind in ('operator', 'group', 'all')", name="ck_messages_to_kind"),
    )
    op.create_index("ix_messages_by_at", "messages", ["by", "at"])
    op.create_table(
        "message_receipts",
        sa.Column("message_id", Whole, sa.ForeignKey("messages.id"), primary_key=True),
        sa.Column("operator", sa.Text(), primary_key=True),
        sa.Column("seen_at", Utc()),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_receipts_unseen", "message_receipts", ["operator"],
                    sqlite_where=_UNSEEN, postgresql_where=_UNSEEN)


def downgrade() -> None:
    for table in ("help_calls", "message_receipts", "messages", "proposal_answers",
                  "script_answers"):
        op.drop_table(table)
