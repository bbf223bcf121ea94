"""What the staff say to each other: messages of leads, and calls for help."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base


class Messages(Base):
    """`to_kind` operator, group or all; who it reached at that moment stands in the receipts."""
    __tablename__ = "messages"
    __table_args__ = (
        CheckConstraint("to_kind in ('operator', 'group', 'all')", name="to_kind"),
        Index(None, "by", "at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    by: Mapped[str]                 # operator id
    to_kind: Mapped[str]
    to_id: Mapped[str]              # "" for all
    text: Mapped[str]
    at: Mapped[datetime]


class MessageReceipts(Base):
    __tablename__ = "message_receipts"
    __table_args__ = (
        Index("ix_message_receipts_unseen", "operator", sqlite_where=text("seen_at is null"),
              postgresql_where=text("seen_at is null")),
        {"sqlite_with_rowid": False},
    )
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), primary_key=True)
    operator: Mapped[str] = mapped_column(primary_key=True)
    seen_at: Mapped[datetime | None]


class HelpCalls(Base):
    """An operator asks for help; at most one is open of each. `ended_at`: it is over."""
    __tablename__ = "help_calls"
    __table_args__ = (
        Index("ix_help_calls_open", "operator", unique=True,
              sqlite_where=text("ended_at is null"), postgresql_where=text("ended_at is null")),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    operator: Mapped[str]
    text: Mapped[str]
    call_id: Mapped[str | None]     # Asterisk's, of the call he was in
    at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None]
