"""What a card holds beyond names and numbers, and who changed it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json


class ClientEmails(Base):
    """Where a client reads mail: many-to-many like numbers, with source and trust (0..100)."""
    __tablename__ = "client_emails"
    __table_args__ = (
        CheckConstraint("trust between 0 and 100", name="trust"),
        Index(None, "client_id"),
        {"sqlite_with_rowid": False},
    )
    email: Mapped[str] = mapped_column(Bytewise, primary_key=True)      # lower case
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    original: Mapped[str]                   # as it was written when the link was made
    is_primary: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str | None]
    source: Mapped[str]
    trust: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]


class ClientAddresses(Base):
    """Where a client lives, sits or gets post; where he is supplied stands with his accounts."""
    __tablename__ = "client_addresses"
    __table_args__ = (
        CheckConstraint("trust between 0 and 100", name="trust"),
        UniqueConstraint("client_id", "address_id"),
        Index(None, "address_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"))
    is_primary: Mapped[bool] = mapped_column(default=False)
    label: Mapped[str | None]               # home, post, legal, work, or as somebody typed it
    source: Mapped[str]
    trust: Mapped[int]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]


class ClientRelations(Base):
    """`client_id` calls for `other_id` as his `role`: son, bookkeeper, tenant, or free words."""
    __tablename__ = "client_relations"
    __table_args__ = (
        CheckConstraint("client_id <> other_id", name="two"),
        CheckConstraint("trust between 0 and 100", name="trust"),
        UniqueConstraint("client_id", "other_id", "role"),
        Index(None, "other_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    other_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    role: Mapped[str]
    note: Mapped[str | None]
    source: Mapped[str]
    trust: Mapped[int]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    confirmed_at: Mapped[datetime | None]
    confirmed_by: Mapped[str | None]


class Consents(Base):
    """A consent given or withdrawn: an event each time, the latest of its kind counts."""
    __tablename__ = "consents"
    __table_args__ = (Index(None, "client_id", "kind", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    kind: Mapped[str]                       # calls, messages, mail, recording, data, sharing
    is_given: Mapped[bool]
    channel: Mapped[str]                    # how it reached us: phone, paper, web, mail, import
    note: Mapped[str | None]
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    by: Mapped[str]
    at: Mapped[datetime]


class ClientChanges(Base):
    """One field of a client changed by somebody; `version` is the one this change made."""
    __tablename__ = "client_changes"
    __table_args__ = (Index(None, "client_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"))
    version: Mapped[int]
    field: Mapped[str]
    before: Mapped[Any | None] = mapped_column(Json)
    after: Mapped[Any | None] = mapped_column(Json)
    by: Mapped[str]
    at: Mapped[datetime]


class CustomFields(Base):
    """A field an administrator defined; its values stand in `clients.custom` by `key`."""
    __tablename__ = "custom_fields"
    __table_args__ = (CheckConstraint(
        "kind in ('text', 'number', 'date', 'choice', 'money', 'reference')", name="kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Bytewise, unique=True)
    label: Mapped[str]
    kind: Mapped[str]
    choices: Mapped[list[str]] = mapped_column(Json, default=list)
    currency: Mapped[str | None]            # of money, where none is written beside the sum
    refers_to: Mapped[str | None]           # client, account, request
    is_searchable: Mapped[bool] = mapped_column(default=True)
    is_sensitive: Mapped[bool] = mapped_column(default=False)   # hidden until identity is ticked
    place: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    retired_at: Mapped[datetime | None]


class CustomWords(Base):
    """The folded words of custom values: search is a range over this key."""
    __tablename__ = "custom_words"
    __table_args__ = (Index(None, "client_id"), {"sqlite_with_rowid": False})
    word: Mapped[str] = mapped_column(Bytewise, primary_key=True)
    field_id: Mapped[int] = mapped_column(ForeignKey("custom_fields.id"), primary_key=True)
    client_id: Mapped[int] = mapped_column(ForeignKey("clients.id"), primary_key=True)
