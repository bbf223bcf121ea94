"""People who sign in, and their sessions. Operator state is not here: Asterisk knows it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json


class People(Base):
    __tablename__ = "people"
    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    operator_id: Mapped[str | None] = mapped_column(unique=True)    # his extension
    roles: Mapped[list[str]] = mapped_column(Json)
    groups: Mapped[list[str]] = mapped_column(Json)                 # groups.id
    language: Mapped[str | None]
    password_hash: Mapped[str | None]                               # argon2; None: cannot sign in
    pin_hash: Mapped[str | None]            # argon2 of the keyed PIN; None: not by a desk phone
    own_keys: Mapped[dict[str, str] | None] = mapped_column(Json)   # action → key, where changed
    is_active: Mapped[bool] = mapped_column(default=True)
    source: Mapped[str]                                             # see `crm_store.staff`


class Sessions(Base):
    """`token_hash` is the SHA-256 of what the cookie holds: the table alone opens no door."""
    __tablename__ = "sessions"
    __table_args__ = (Index(None, "person_id"), Index(None, "expires_at"))
    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    csrf: Mapped[str]
    opened_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    opened_from: Mapped[str | None]         # peer address and user agent, clipped
