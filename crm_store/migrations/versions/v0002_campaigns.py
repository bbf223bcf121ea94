"""Campaigns: frozen lists, their ledger, attempts, suppressions and promises."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_store.base import Bytewise, Json, Utc, Whole

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_ENTRY_STATE = (
    "state in ('not_tried', 'waiting_until', 'being_tried', 'reached_in_person', "
    "'reached_another', 'promised', 'paid', 'refused', 'disputed', 'wrong_number', 'exhausted', "
    "'not_callable', 'withdrawn')"
)
_ATTEMPT_STATE = "state in ('intent', 'dialling', 'answered', 'talking', 'settled', 'void')"
_OPEN = sa.text("state in ('intent', 'dialling', 'answered', 'talking')")


def upgrade() -> None:
    _campaigns()
    _campaign_entries()
    _campaign_events()
    _suppressions()
    _attempts()
    _entry_events()
    _entry_numbers()
    _promises()
    _freeze_lists()


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger campaign_list_is_frozen on campaign_entries")
        op.execute("drop function campaign_list_is_frozen")
    for table in (
        "promises",
        "entry_numbers",
        "entry_events",
        "attempts",
        "suppressions",
        "campaign_events",
        "campaign_entries",
        "campaigns",
    ):
        op.drop_table(table)


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pacing", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("law", Json, nullable=False),
        sa.Column("caller_id", sa.Text()),
        sa.Column("ring_s", Whole, nullable=False),
        sa.Column("priority", Whole, nullable=False),
        sa.Column("lines_max", Whole, nullable=False),
        sa.Column("retry_plan", Json, nullable=False),
        sa.Column("size", Whole),
        sa.Column("frozen_at", Utc()),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("started_at", Utc()),
        sa.Column("ended_at", Utc()),
        sa.Column("end_reason", sa.Text()),
        sa.Column("step_why", sa.Text()),
        sa.Column("step_facts", Json),
        sa.Column("step_at", Utc()),
        sa.CheckConstraint(
            "(size is null) = (frozen_at is null)",
            name=op.f("ck_campaigns_frozen")),
        sa.CheckConstraint(
            "state = 'draft' or size is not null",
            name=op.f("ck_campaigns_list_before_start")),
        sa.CheckConstraint(
            "state in ('draft', 'running', 'paused', 'ended')",
            name=op.f("ck_campaigns_state")),
        sa.UniqueConstraint("name", name="uq_campaigns_name"),
    )
    op.create_index("ix_campaigns_state", "campaigns", ["state"])


def _campaign_entries() -> None:
    op.create_table(
        "campaign_entries",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("campaign_id", Whole, sa.ForeignKey("campaigns.id"), nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("debt_minor", Whole),
        sa.Column("currency", sa.Text()),
        sa.Column("zones", Json, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("until_at", Utc()),
        sa.Column("claimed_by", sa.Text()),
        sa.Column("claimed_until", Utc()),
        sa.Column("stop_because", sa.Text()),
        sa.CheckConstraint(
            "(claimed_by is null) = (claimed_until is null)",
            name=op.f("ck_campaign_entries_claim")),
        sa.CheckConstraint(_ENTRY_STATE, name=op.f("ck_campaign_entries_state")),
        sa.CheckConstraint(
            "(state = 'waiting_until') = (until_at is not null)",
            name=op.f("ck_campaign_entries_until")),
        sa.UniqueConstraint(
            "campaign_id", "client_id",
            name="uq_campaign_entries_campaign_id_client_id"),
    )
    op.create_index(
        "ix_campaign_entries_campaign_id_state_until_at", "campaign_entries",
        ["campaign_id", "state", "until_at"])
    op.create_index("ix_campaign_entries_client_id", "campaign_entries", ["client_id"])


def _campaign_events() -> None:
    op.create_table(
        "campaign_events",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("campaign_id", Whole, sa.ForeignKey("campaigns.id"), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
    )
    op.create_index("ix_campaign_events_campaign_id_id", "campaign_events", ["campaign_id", "id"])


def _suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id")),
        sa.Column("e164", Bytewise),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("lifted_at", Utc()),
        sa.Column("lifted_by", sa.Text()),
        sa.CheckConstraint(
            "client_id is not null or e164 is not null",
            name=op.f("ck_suppressions_whom")),
    )
    op.create_index("ix_suppressions_client_id", "suppressions", ["client_id"])
    op.create_index("ix_suppressions_e164", "suppressions", ["e164"])


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("entry_id", Whole, sa.ForeignKey("campaign_entries.id"), nullable=False),
        sa.Column("ordinal", Whole, nullable=False),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("e164", Bytewise, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("channel_id", sa.Text(), nullable=False),
        sa.Column("dialler", sa.Text(), nullable=False),
        sa.Column("lease_until", Utc(), nullable=False),
        sa.Column("decision", Json, nullable=False),
        sa.Column("intent_at", Utc(), nullable=False),
        sa.Column("dialling_at", Utc()),
        *(sa.Column(name, Utc()) for name in ("answered_at", "talking_at", "ended_at")),
        sa.Column("status", sa.Text()),
        sa.Column("cause", Whole),
        sa.Column("miss", sa.Text()),
        sa.Column("call_id", sa.Text()),
        sa.Column("operator", sa.Text()),
        sa.Column("disposition", sa.Text()),
        sa.Column("disposed_by", sa.Text()),
        sa.Column("disposed_at", Utc()),
        sa.CheckConstraint(
            "(state in ('intent', 'void')) = (dialling_at is null)",
            name=op.f("ck_attempts_dialled")),
        sa.CheckConstraint(_ATTEMPT_STATE, name=op.f("ck_attempts_state")),
        sa.CheckConstraint(
            "state <> 'talking' or talking_at is not null",
            name=op.f("ck_attempts_talking")),
        sa.UniqueConstraint("channel_id", name="uq_attempts_channel_id"),
        sa.UniqueConstraint("entry_id", "ordinal", name="uq_attempts_entry_id_ordinal"),
    )
    _index_attempts()


def _index_attempts() -> None:
    op.create_index("ix_attempts_call_id", "attempts", ["call_id"])
    op.create_index("ix_attempts_client_id_dialling_at", "attempts", ["client_id", "dialling_at"])
    op.create_index("ix_attempts_e164_dialling_at", "attempts", ["e164", "dialling_at"])
    op.create_index(
        "ix_attempts_open_client", "attempts", ["client_id"], unique=True,
        sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ix_attempts_open_entry", "attempts", ["entry_id"], unique=True,
        sqlite_where=_OPEN, postgresql_where=_OPEN)
    op.create_index(
        "ix_attempts_open_number", "attempts", ["e164"], unique=True,
        sqlite_where=_OPEN, postgresql_where=_OPEN)


def _entry_events() -> None:
    op.create_table(
        "entry_events",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("entry_id", Whole, sa.ForeignKey("campaign_entries.id"), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("happening", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("facts", Json, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
    )
    op.create_index("ix_entry_events_entry_id_id", "entry_events", ["entry_id", "id"])


def _entry_numbers() -> None:
    op.create_table(
        "entry_numbers",
        sa.Column("entry_id", Whole, sa.ForeignKey("campaign_entries.id"), primary_key=True),
        sa.Column("e164", Bytewise, primary_key=True),
        sa.Column("place", Whole, nullable=False),
        sa.Column("dead_why", sa.Text()),
        sa.UniqueConstraint("entry_id", "place", name="uq_entry_numbers_entry_id_place"),
        sqlite_with_rowid=False,
    )


def _promises() -> None:
    op.create_table(
        "promises",
        sa.Column("id", Whole, primary_key=True),
        sa.Column("client_id", Whole, sa.ForeignKey("clients.id"), nullable=False),
        sa.Column("attempt_id", Whole, sa.ForeignKey("attempts.id")),
        sa.Column("amount_minor", Whole, nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_promises_amount")),
        sa.CheckConstraint("state in ('open', 'kept', 'broken')", name=op.f("ck_promises_state")),
    )
    op.create_index("ix_promises_client_id_state", "promises", ["client_id", "state"])


def _freeze_lists() -> None:
    """A started campaign's list neither grows nor shrinks: with one state per row, the states
    add up to its size whatever a program does."""
    statements = _POSTGRES if op.get_bind().dialect.name == "postgresql" else _SQLITE
    for statement in statements:
        op.execute(statement)


_SQLITE = (
    """create trigger campaign_list_is_frozen_insert before insert on campaign_entries
    when (select frozen_at from campaigns where id = new.campaign_id) is not null
    begin select raise(abort, 'the list of this campaign is frozen'); end""",
    """create trigger campaign_list_is_frozen_delete before delete on campaign_entries
    when (select frozen_at from campaigns where id = old.campaign_id) is not null
    begin select raise(abort, 'the list of this campaign is frozen'); end""",
)
_POSTGRES = (
    """create function campaign_list_is_frozen() returns trigger language plpgsql as $$
    begin
        if (select frozen_at from campaigns
            where id = coalesce(new.campaign_id, old.campaign_id)) is not null then
            raise exception 'the list of this campaign is frozen'
                using errcode = 'integrity_constraint_violation';
        end if;
        if tg_op = 'DELETE' then return old; end if;
        return new;
    end $$""",
    """create trigger campaign_list_is_frozen before insert or delete on campaign_entries
    for each row execute function campaign_list_is_frozen()""",
)
