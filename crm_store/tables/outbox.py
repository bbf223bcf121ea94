"""What is to be sent to the world, and who asked to be told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_WAITS = text("done_at is null and dead_at is null")


class Outbox(Base):
    """A mail or a post that was promised with a commit. Tried until `done_at` or `dead_at`."""
    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_due", "due_at", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
        Index(None, "request_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]                                       # mail webhook
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]                                # tried again then
    tries: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    error: Mapped[str | None]


class Webhooks(Base):
    """A program elsewhere that is told of `events`; what it is sent is signed with `secret`."""
    __tablename__ = "webhooks"
    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]
    events: Mapped[list[Any]] = mapped_column(Json)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
