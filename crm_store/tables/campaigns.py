"""Campaigns: frozen lists, the ledger of their entries, attempts, and what forbids a call.

Partial unique indexes state the law of dialling: one open attempt per entry, per person and per
number, whoever dials and on whatever campaign.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json

CAMPAIGN_STATES = ("draft", "running", "paused", "ended")
ENTRY_STATES = (
    "not_tried", "waiting_until", "being_tried", "reached_in_person", "reached_another",
    "promised", "paid", "refused", "disputed", "wrong_number", "exhausted", "not_callable",
    "withdrawn",
)
OPEN_ATTEMPTS = ("intent", "dialling", "answered", "talking")
ATTEMPT_STATES = (*OPEN_ATTEMPTS, "settled", "void")


def _among(column: str, values: tuple[str, ...]) -> str:
    return f"{column} in ({', '.join(repr(value) for value in values)})"


_OPEN = text(_among("state", OPEN_ATTEMPTS))
_UNDISPOSED = text("state = 'settled' and miss is null and disposition is null")
# The same as conditions of statements: written out, or no engine uses the partial indexes.
IS_OPEN = text(_among("attempts.state", OPEN_ATTEMPTS))
IS_UNDISPOSED = text(
    "attempts.state = 'settled' and attempts.miss is null and attempts.disposition is null")


class Campaigns(Base):
    """The plan. `size` is the number of entries from the moment the list was frozen.

    `step_why … step_at` are the dialler's last decision: why it dials, or does not.
    """
    __tablename__ = "campaigns"
    __table_args__ = (
        CheckConstraint(_among("state", CAMPAIGN_STATES), name="state"),
        CheckConstraint("(size is null) = (frozen_at is null)", name="frozen"),
        CheckConstraint("state = 'draft' or size is not null", name="list_before_start"),
        Index(None, "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    pacing: Mapped[str]
    queue: Mapped[str]
    law: Mapped[list[str]] = mapped_column(Json)            # rule ids, all of which apply
    caller_id: Mapped[str | None]
    ring_s: Mapped[int]
    priority: Mapped[int]                                   # smaller dials first
    lines_max: Mapped[int]
    retry_plan: Mapped[dict[str, Any]] = mapped_column(Json)
    menu: Mapped[str | None]            # what is said, where no operator is
    machines: Mapped[str] = mapped_column(default="off", server_default=text("'off'"))
    selection: Mapped[list[Any] | None] = mapped_column(Json)   # the conditions of its list
    size: Mapped[int | None]
    frozen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    step_why: Mapped[str | None]
    step_facts: Mapped[dict[str, Any] | None] = mapped_column(Json)
    step_at: Mapped[datetime | None]


class CampaignEvents(Base):
    """Who started, paused or stopped a campaign, and when."""
    __tablename__ = "campaign_events"
    __table_args__ = (Index(None, "campaign_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    at: Mapped[datetime]
    by: Mapped[str]
    what: Mapped[str]


class CampaignEntries(Base):
    """One client on one list, in exactly one state; `until_at` exactly while it is waiting."""
    __tablename__ = "campaign_entries"
    __table_args__ = (
        UniqueConstraint("campaign_id", "client_id"),
        CheckConstraint(_among("state", ENTRY_STATES), name="state"),
        CheckConstraint("(state = 'waiting_until') = (until_at is not null)", name="until"),
        CheckConstraint("(claimed_by is null) = (claimed_until is null)", name="claim"),
        Index(None, "campaign_id", "state", "until_at"),
        Index(None, "client_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    debt_minor: Mapped[int | None]
    currency: Mapped[str | None]
    zones: Mapped[list[str]] = mapped_column(Json)          # every IANA zone he may be in
    state: Mapped[str]
    since: Mapped[datetime]
    why: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    until_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None]                          # the dialler's lease
    claimed_until: Mapped[datetime | None]
    stop_because: Mapped[str | None]    # told while a call was ringing: no further attempt


class EntryNumbers(Base):
    """The numbers of an entry in the order of trust; `dead_why` ends a number, not the entry."""
    __tablename__ = "entry_numbers"
    __table_args__ = (
        UniqueConstraint("entry_id", "place"),
        {"sqlite_with_rowid": False},
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("campaign_entries.id"), primary_key=True)
    e164: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    place: Mapped[int]
    dead_why: Mapped[str | None]


class EntryEvents(Base):
    """Every step of every entry: the ledger can be told again from these."""
    __tablename__ = "entry_events"
    __table_args__ = (Index(None, "entry_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("campaign_entries.id"))
    at: Mapped[datetime]
    happening: Mapped[str]
    state: Mapped[str]
    why: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    by: Mapped[str]


class Attempts(Base):
    """One dial. `intent` is committed before anything is asked of Asterisk; the gate makes it
    `dialling`; what never passed the gate is `void` and was never dialled."""
    __tablename__ = "attempts"
    __table_args__ = (
        UniqueConstraint("entry_id", "ordinal"),
        CheckConstraint(_among("state", ATTEMPT_STATES), name="state"),
        CheckConstraint("(state in ('intent', 'void')) = (dialling_at is null)", name="dialled"),
        CheckConstraint("state <> 'talking' or talking_at is not null", name="talking"),
        Index("ix_attempts_open_entry", "entry_id", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_attempts_open_client", "client_id", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_attempts_open_number", "e164", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_attempts_undisposed", "entry_id",
              sqlite_where=_UNDISPOSED, postgresql_where=_UNDISPOSED),
        Index(None, "client_id", "dialling_at"),
        Index(None, "e164", "dialling_at"),
        Index(None, "call_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("campaign_entries.id"))
    ordinal: Mapped[int]
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    e164: Mapped[str] = mapped_column(Bytewise)
    state: Mapped[str]
    channel_id: Mapped[str] = mapped_column(unique=True)    # ours, told to Asterisk
    dialler: Mapped[str]
    lease_until: Mapped[datetime]       # an intent not claimed by then is void
    decision: Mapped[dict[str, Any]] = mapped_column(Json)  # the law's verdict and its inputs
    intent_at: Mapped[datetime]
    dialling_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    talking_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    status: Mapped[str | None]          # DIALSTATUS, DROPPED, ENDED, or why it is void
    cause: Mapped[int | None]           # Q.850
    miss: Mapped[str | None]            # why it became no conversation
    call_id: Mapped[str | None]
    operator: Mapped[str | None]
    disposition: Mapped[str | None]
    disposed_by: Mapped[str | None]
    disposed_at: Mapped[datetime | None]
    held_by: Mapped[str | None]         # on whose screen its card is, and who dials it
    machine: Mapped[str | None]         # what listening to who answered found


class Suppressions(Base):
    """Do-not-call marks on a person or a number; lifted, never deleted."""
    __tablename__ = "suppressions"
    __table_args__ = (
        CheckConstraint("client_id is not null or e164 is not null", name="whom"),
        Index(None, "client_id"),
        Index(None, "e164"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    e164: Mapped[str | None] = mapped_column(Bytewise)
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[str | None]


class Promises(Base):
    """Promise to pay: sum and day; kept or broken is found from payments."""
    __tablename__ = "promises"
    __table_args__ = (
        CheckConstraint("state in ('open', 'kept', 'broken')", name="state"),
        CheckConstraint("amount_minor > 0", name="amount"),
        Index(None, "client_id", "state"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"))
    amount_minor: Mapped[int]
    currency: Mapped[str]
    due_on: Mapped[date]
    state: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
