"""The first tables: clients, billing, contacts, requests, staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    for make in _TABLES:
        make()


def downgrade() -> None:
    for make in reversed(_TABLES):
        op.drop_table(make.__name__[1:])


def _addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("city", sa.Text(), nullable=False),
        sa.Column("street", sa.Text(), nullable=False),
        sa.Column("house", sa.Text(), nullable=False),
        sa.Column("flat", sa.Text()),
        sa.Column("search_key", sa.Text(), nullable=False),
    )


def _clients() -> None:
    op.create_table(
        "clients",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search_key", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("time_zone", sa.Text()),
        sa.Column("flags", Json, nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Text()),
        sa.Column("merged_into", Whole, sa.ForeignKey("clients.id")),
        sa.Column("version", Whole, nullable=False),
        sa.CheckConstraint("kind in ('person', 'organisation')", name="kind"),
    )
    op.create_index("ix_clients_merged_into", "clients", ["merged_into"])


def _groups() -> None:
    op.create_table("groups",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False))


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("login", sa.Text(), unique=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("operator_id", sa.Text(), unique=True),
        sa.Column("roles", Json, nullable=False),
        sa.Column("groups", Json, nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("password_hash", sa.Text()),
        sa.Column("is_active", sa.Boolean(), nullable=False),
    )


def _phones() -> None:
    op.create_table("phones",
        sa.Column("e164", Bytewise, primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reversed", Bytewise, nullable=False),
        sqlite_with_rowid=False)
    op.create_index("ix_phones_reversed", "phones", ["reversed"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("number", Bytewise, unique=True, nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("address_id", Whole, sa.ForeignKey("addresses.id")),
        sa.Column("balance_minor", Whole, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("balance_at", Utc(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date()),
    )
    op.create_index("ix_accounts_client_id", "accounts", ["client_id"])


def _client_phones() -> None:
    op.create_table(
        "client_phones",
        sa.Column("e164", Bytewise, sa.ForeignKey("phones.e164"), primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("original", sa.Text(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("label", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("trust", Whole, nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("confirmed_at", Utc()),
        sa.Column("confirmed_by", sa.Text()),
        sa.CheckConstraint("trust between 0 and 100", name="trust"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_client_phones_client_id", "client_phones", ["client_id"])


def _client_words() -> None:
    op.create_table("client_words",
        sa.Column("word", Bytewise, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sqlite_with_rowid=False)
    op.create_index("ix_client_words_client_id", "client_words", ["client_id"])


def _interactions() -> None:
    op.create_table(
        "interactions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("call_id", Bytewise, unique=True),
        sa.Column("pbx", sa.Text()),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("number", Bytewise),
        *(sa.Column(name, sa.Text()) for name in ("dialled", "entry", "queue", "operator")),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("client_is_chosen", sa.Boolean(), nullable=False),
        sa.Column("campaign_entry", Whole),
        sa.Column("attempt", Whole),
        sa.Column("menu_path", Json),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("answered_at", Utc()),
        sa.Column("ended_at", Utc()),
        sa.Column("outcome", sa.Text()),
        sa.Column("cause", Whole),
        sa.Column("ended_by", sa.Text()),
        *(sa.Column(name, sa.Double()) for name in ("waited_s", "talked_s", "held_s")),
        sa.Column("absorbed_into", Whole, sa.ForeignKey("interactions.id")),
        *(sa.Column(name, sa.Text()) for name in ("disposition", "note", "disposed_by")),
        sa.Column("disposed_at", Utc()),
        sa.CheckConstraint("direction in ('in', 'out', 'internal')", name="direction"),
    )
    op.create_index("ix_interactions_client_id_started_at", "interactions",
                    ["client_id", "started_at"])
    op.create_index("ix_interactions_number_started_at", "interactions", ["number", "started_at"])
    op.create_index("ix_interactions_started_at", "interactions", ["started_at"])
    is_open = sa.text("disposition is null and answered_at is not null and absorbed_into is null")
    op.create_index("ix_interactions_undisposed", "interactions", ["operator"],
                    sqlite_where=is_open, postgresql_where=is_open)


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.Text(), primary_key=True),
        sa.Column("person_id", Whole, sa.ForeignKey("people.id"), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("opened_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("opened_from", sa.Text()),
    )
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_index("ix_sessions_person_id", "sessions", ["person_id"])


def _timeline() -> None:
    op.create_table("timeline",
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), primary_key=True),
        sa.Column("at", Utc(), primary_key=True),
        sa.Column("kind", Bytewise, primary_key=True),
        sa.Column("ref", Whole, primary_key=True),
        sa.Column("facts", Json, nullable=False),
        sqlite_with_rowid=False)


def _client_choices() -> None:
    op.create_table(
        "client_choices",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id"), nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_client_choices_interaction_id", "client_choices", ["interaction_id"])


def _debts() -> None:
    op.create_table(
        "debts",
        sa.Column("account_id", Whole, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("as_of", Utc(), nullable=False),
    )
    op.create_index("ix_debts_client_id", "debts", ["client_id"])


def _dispositions() -> None:
    op.create_table(
        "dispositions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id"), nullable=False),
        sa.Column("outcome_id", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_dispositions_interaction_id_id", "dispositions", ["interaction_id", "id"])


def _drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id"), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("version", Whole, nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("updated_at", Utc(), nullable=False),
        sa.Column("finished_at", Utc()),
        sa.UniqueConstraint("interaction_id", "operator"),
    )
    op.create_index("ix_drafts_operator_finished_at", "drafts", ["operator", "finished_at"])


def _identity_confirmations() -> None:
    op.create_table(
        "identity_confirmations",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("e164", sa.Text()),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_identity_confirmations_client_id_at", "identity_confirmations",
                    ["client_id", "at"])


def _invoices() -> None:
    op.create_table(
        "invoices",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("account_id", Whole, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("number", Bytewise, unique=True, nullable=False),
        sa.Column("period_on", sa.Date(), nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
    )
    op.create_index("ix_invoices_account_id_issued_at", "invoices", ["account_id", "issued_at"])


def _meters() -> None:
    op.create_table(
        "meters",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("account_id", Whole, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("number", Bytewise, unique=True, nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("installed_on", sa.Date()),
    )
    op.create_index("ix_meters_account_id", "meters", ["account_id"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_notes_client_id_at", "notes", ["client_id", "at"])


def _payments() -> None:
    op.create_table(
        "payments",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("account_id", Whole, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("paid_at", Utc(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text()),
    )
    op.create_index("ix_payments_account_id_paid_at", "payments", ["account_id", "paid_at"])


def _requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("account_id", Whole, sa.ForeignKey("accounts.id")),
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id")),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Text(), sa.ForeignKey("groups.id"), nullable=False),
        sa.Column("responsible", sa.Text()),
        sa.Column("deadline_at", Utc(), nullable=False),
        sa.Column("form", Json, nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("filed_at", Utc(), nullable=False),
        sa.Column("closed_at", Utc()),
    )
    op.create_index("ix_requests_client_id", "requests", ["client_id"])
    op.create_index("ix_requests_group_id_closed_at_deadline_at", "requests",
                    ["group_id", "closed_at", "deadline_at"])
    op.create_index("ix_requests_responsible_closed_at", "requests", ["responsible", "closed_at"])


def _segments() -> None:
    op.create_table("segments",
        sa.Column("interaction_id", Whole, sa.ForeignKey("interactions.id"), primary_key=True),
        sa.Column("started_at", Utc(), primary_key=True),
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("who", sa.Text(), primary_key=True),
        sa.Column("ended_at", Utc()),
        sqlite_with_rowid=False)


def _invoice_corrections() -> None:
    op.create_table(
        "invoice_corrections",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("invoice_id", Whole, sa.ForeignKey("invoices.id"), nullable=False),
        sa.Column("delta_minor", Whole, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("issued_at", Utc(), nullable=False),
    )
    op.create_index("ix_invoice_corrections_invoice_id", "invoice_corrections", ["invoice_id"])


def _readings() -> None:
    op.create_table(
        "readings",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("meter_id", Whole, sa.ForeignKey("meters.id"), nullable=False),
        sa.Column("value_milli", Whole, nullable=False),
        sa.Column("read_at", Utc(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text()),
    )
    op.create_index("ix_readings_meter_id_read_at", "readings", ["meter_id", "read_at"])


def _request_events() -> None:
    op.create_table(
        "request_events",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("request_id", Whole, sa.ForeignKey("requests.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("from_stage", sa.Text()),
        sa.Column("to_stage", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
    )
    op.create_index("ix_request_events_request_id_id", "request_events", ["request_id", "id"])


_TABLES = (
    _addresses, _clients, _groups, _people, _phones, _accounts, _client_phones, _client_words,
    _interactions, _sessions, _timeline, _client_choices, _debts, _dispositions, _drafts,
    _identity_confirmations, _invoices, _meters, _notes, _payments, _requests, _segments,
    _invoice_corrections, _readings, _request_events,
)
