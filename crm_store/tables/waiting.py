"""Callers who wait: numbers closed by hand, call-backs with their dials, incidents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise

# As conditions of statements too: written out, or no engine uses the partial indexes.
OPEN_CALLBACK = text("callbacks.settled_at is null")
OPEN_DIAL = text("callback_dials.ended_at is null")
UNDECIDED = text("incidents.ended_at is null")
_UNSETTLED, _UNENDED = text("settled_at is null"), text("ended_at is null")


class EntrySwitches(Base):
    """A number that callers dial, closed by a person at once; "" is all of them."""
    __tablename__ = "entry_switches"
    entry: Mapped[str] = mapped_column(Bytewise, primary_key=True)      # its digits
    is_closed: Mapped[bool]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class Callbacks(Base):
    """A person's place in line that he does not wait in: one while it is open (`settled_at` is
    null), with the moment at which he came. `state`: waiting, dialling, served, withdrawn,
    exhausted; `why` is a code."""
    __tablename__ = "callbacks"
    __table_args__ = (
        Index("ux_callbacks_open", "number", unique=True, sqlite_where=_UNSETTLED,
              postgresql_where=_UNSETTLED),
        Index("ix_callbacks_line", "arrived_at", sqlite_where=_UNSETTLED,
              postgresql_where=_UNSETTLED),
        Index(None, "client_id"),
        Index(None, "settled_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    queue: Mapped[str]
    entry: Mapped[str]
    number: Mapped[str] = mapped_column(Bytewise)           # E.164
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    call_id: Mapped[str | None] = mapped_column(Bytewise)   # in which he asked for it
    source: Mapped[str]             # queue, closed, web
    language: Mapped[str]
    arrived_at: Mapped[datetime]
    asked_at: Mapped[datetime]
    state: Mapped[str]
    why: Mapped[str]
    tries: Mapped[int]
    not_before: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]


class CallbackDials(Base):
    """One dial of a call-back, written before it is dialled and claimed before the trunk is:
    intent, dialling, answered, missed, void."""
    __tablename__ = "callback_dials"
    __table_args__ = (
        Index(None, "callback_id"),
        Index("ix_callback_dials_open", "id", sqlite_where=_UNENDED, postgresql_where=_UNENDED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    callback_id: Mapped[int] = mapped_column(ForeignKey("callbacks.id"))
    state: Mapped[str]
    at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str]


class Incidents(Base):
    """Something is out in a street: proposed by who calls, open once a lead says so."""
    __tablename__ = "incidents"
    __table_args__ = (
        Index("ix_incidents_undecided", "id", sqlite_where=_UNENDED, postgresql_where=_UNENDED),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]
    street: Mapped[str]
    state: Mapped[str]              # proposed, open, ended, dismissed
    note: Mapped[str]
    proposed_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class IncidentCallers(Base):
    """A client who called because of it; `told_at`: when he was told that it is over, and how."""
    __tablename__ = "incident_callers"
    __table_args__ = (Index(None, "client_id"), {"sqlite_with_rowid": False})
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    number: Mapped[str | None] = mapped_column(Bytewise)
    call_id: Mapped[str | None] = mapped_column(Bytewise)
    at: Mapped[datetime]
    told_at: Mapped[datetime | None]
    told_by: Mapped[str | None]     # mail, person
