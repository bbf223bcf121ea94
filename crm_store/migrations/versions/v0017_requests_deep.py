"""Requests with alarms and channels; mails, documents, what is sent out and who is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_IS_OPEN, _IS_JOINED = sa.text("closed_at is null"), sa.text("joined_to is not null")
_IS_UNTOLD, _IS_QUEUED = sa.text("told_at is null"), sa.text("state = 'queued'")
_WAITS = sa.text("done_at is null and dead_at is null")
_MOMENTS = ("stage_at", "since_at", "late_at", "reaction_at", "offered_until")


def upgrade() -> None:
    _requests()
    _request_alarms()
    _documents()
    _outbox()
    _webhooks()
    _mails()
    _mail_files()


def downgrade() -> None:
    for table in ("mail_files", "mails", "webhooks", "outbox", "documents", "request_alarms"):
        op.drop_table(table)
    op.drop_index("ix_requests_joined_to", "requests")
    op.drop_index("ix_requests_open", "requests")
    for column in ("contact", "joined_to", "offered_to", *reversed(_MOMENTS), "channel"):
        op.drop_column("requests", column)


def _requests() -> None:
    op.add_column("requests", sa.Column("channel", sa.Text(), nullable=False,
                                        server_default=sa.text("'desk'")))
    for name in _MOMENTS:
        op.add_column("requests", sa.Column(name, Utc()))
    op.add_column("requests", sa.Column("offered_to", sa.Text()))
    op.add_column("requests", sa.Column("joined_to", Whole))
    op.add_column("requests", sa.Column("contact", sa.Text()))
    op.create_index("ix_requests_open", "requests", ["deadline_at", "id"],
                    sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN)
    op.create_index("ix_requests_joined_to", "requests", ["joined_to"],
                    sqlite_where=_IS_JOINED, postgresql_where=_IS_JOINED)


def _request_alarms() -> None:
    op.create_table(
        "request_alarms",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("request_id", Whole, sa.ForeignKey("requests.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("told_at", Utc()),
    )
    op.create_index("ix_request_alarms_due_at", "request_alarms", ["due_at"],
                    sqlite_where=_IS_UNTOLD, postgresql_where=_IS_UNTOLD)
    op.create_index("ix_request_alarms_request_id", "request_alarms", ["request_id"])


def _documents() -> None:
    op.create_table(
        "documents",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("request_id", Whole, sa.ForeignKey("requests.id"), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
    )
    op.create_index("ix_documents_request_id", "documents", ["request_id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("request_id", Whole, sa.ForeignKey("requests.id")),
        sa.Column("payload", Json, nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("tries", Whole, nullable=False),
        sa.Column("done_at", Utc()),
        sa.Column("dead_at", Utc()),
        sa.Column("error", sa.Text()),
    )
    op.create_index("ix_outbox_due", "outbox", ["due_at", "id"], sqlite_where=_WAITS,
                    postgresql_where=_WAITS)
    op.create_index("ix_outbox_request_id", "outbox", ["request_id"])


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", Json, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.Column("ended_at", Utc()),
    )


def _mails() -> None:
    texts = ("sender_name", "recipient", "subject", "text", "html", "state")
    op.create_table(
        "mails",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("message_id", Bytewise, nullable=False),
        sa.Column("thread", Bytewise, nullable=False),
        sa.Column("sender", Bytewise, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.Column("why", Json, nullable=False),
        sa.Column("request_id", Whole, sa.ForeignKey("requests.id")),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.UniqueConstraint("message_id", name="uq_mails_message_id"),
        sa.CheckConstraint("direction in ('in', 'out')", name="ck_mails_direction"),
    )
    op.create_index("ix_mails_request_id_id", "mails", ["request_id", "id"])
    op.create_index("ix_mails_client_id", "mails", ["client_id"])
    op.create_index("ix_mails_thread", "mails", ["thread"])
    op.create_index("ix_mails_sender_at", "mails", ["sender", "at"])
    op.create_index("ix_mails_queued", "mails", ["at"], sqlite_where=_IS_QUEUED,
                    postgresql_where=_IS_QUEUED)


def _mail_files() -> None:
    op.create_table(
        "mail_files",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("mail_id", Whole, sa.ForeignKey("mails.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size", Whole, nullable=False),
        sa.Column("file", sa.Text()),
        sa.Column("why", sa.Text(), nullable=False),
    )
    op.create_index("ix_mail_files_mail_id", "mail_files", ["mail_id"])
