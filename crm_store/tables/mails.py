"""Mails, in and out, and the files that came with them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Bytewise, Json

_WAITS = text("state = 'queued'")


class Mails(Base):
    """`message_id` is the mail's own name, ours or the sender's; `thread` that of the first one.

    `state`: `filed` belongs to a request, `queued` waits for somebody to say whose it is and what,
    `sent` is ours, `left` needs no answer. `why`: what the rules saw in it.
    """
    __tablename__ = "mails"
    __table_args__ = (
        CheckConstraint("direction in ('in', 'out')", name="direction"),
        Index(None, "request_id", "id"),
        Index(None, "client_id"),
        Index(None, "thread"),
        Index(None, "sender", "at"),
        Index("ix_mails_queued", "at", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    direction: Mapped[str]
    message_id: Mapped[str] = mapped_column(Bytewise, unique=True)
    thread: Mapped[str] = mapped_column(Bytewise)
    sender: Mapped[str] = mapped_column(Bytewise)           # address, lower case
    sender_name: Mapped[str]
    recipient: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]                                       # cleaned; "" when it had none
    state: Mapped[str]
    why: Mapped[list[Any]] = mapped_column(Json)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    by: Mapped[str]                                         # who wrote ours
    at: Mapped[datetime]


class MailFiles(Base):
    """A file that came with a mail: `file` is its name below our folder, never its own; none:
    it was not kept, `why` says the reason."""
    __tablename__ = "mail_files"
    __table_args__ = (Index(None, "mail_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mail_id: Mapped[int] = mapped_column(ForeignKey("mails.id"))
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]
    file: Mapped[str | None]
    why: Mapped[str]
