"""Clients, their numbers, and what is known about who they are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text, true
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json

_IN_A_CONTACT = text("interaction_id is not null")


class Clients(Base):
    """Persons and organisations. `search_key` is the folded name, see `folding.py`."""
    __tablename__ = "clients"
    __table_args__ = (
        CheckConstraint("kind in ('person', 'organisation')", name="kind"),
        Index(None, "merged_into"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    search_key: Mapped[str]
    language: Mapped[str | None]            # BCP 47
    time_zone: Mapped[str | None]           # IANA
    flags: Mapped[list[str]] = mapped_column(Json, default=list)    # vip, do_not_call, …
    tags: Mapped[list[str]] = mapped_column(Json, default=list)
    source: Mapped[str]                     # sample, import:…, operator, …
    created_at: Mapped[datetime]
    created_by: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    version: Mapped[int] = mapped_column(default=1)
    # custom_fields.key → value, see custom_fields.py
    custom: Mapped[dict[str, Any]] = mapped_column(Json, default=dict, server_default=text("'{}'"))


class Phones(Base):
    """Numbers, E.164 with `+`. `reversed` finds the last digits that people remember."""
    __tablename__ = "phones"
    __table_args__ = (Index(None, "reversed"), {"sqlite_with_rowid": False})
    e164: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    kind: Mapped[str]
    reversed: Mapped[str] = mapped_column(Bytewise)


class ClientPhones(Base):
    """Who may be at a number: many-to-many, each link with its source and trust (0..100).

    Keyed number first: candidates of a ringing number lie side by side.
    """
    __tablename__ = "client_phones"
    __table_args__ = (
        CheckConstraint("trust between 0 and 100", name="trust"),
        Index(None, "client_id"),
        {"sqlite_with_rowid": False},
    )
    e164: Mapped[str] = mapped_column(Bytewise, ForeignKey("phones.e164"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    original: Mapped[str]                   # as it was written when the link was made
    is_primary: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str | None]
    source: Mapped[str]
    trust: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]


class IdentityConfirmations(Base):
    """An operator ticked that the person is who the card says, or is not; a fact each time.

    `answered`: the kinds of the questions that were answered.
    """
    __tablename__ = "identity_confirmations"
    __table_args__ = (
        Index(None, "client_id", "at"),
        Index(None, "interaction_id", sqlite_where=_IN_A_CONTACT,
              postgresql_where=_IN_A_CONTACT),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    e164: Mapped[str | None]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    by: Mapped[str]
    at: Mapped[datetime]
    is_confirmed: Mapped[bool] = mapped_column(default=True, server_default=true())
    answered: Mapped[list[str] | None] = mapped_column(Json)


class ClientChoices(Base):
    """Whom an operator chose among the candidates; no client means "none of these"."""
    __tablename__ = "client_choices"
    __table_args__ = (Index(None, "interaction_id"), Index(None, "client_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    interaction_id: Mapped[int] = mapped_column(ForeignKey("interactions.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    by: Mapped[str]
    at: Mapped[datetime]
