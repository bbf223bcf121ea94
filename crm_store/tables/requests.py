"""Things clients want done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_IN_A_CONTACT = text("interaction_id is not null")


class Groups(Base):
    """Who can be responsible for requests."""
    __tablename__ = "groups"
    id: Mapped[str] = mapped_column(primary_key=True)       # slug
    name: Mapped[str]


class Requests(Base):
    """`id` is the request's number. There is always a responsible group and a deadline."""
    __tablename__ = "requests"
    __table_args__ = (
        Index(None, "group_id", "closed_at", "deadline_at"),
        Index(None, "responsible", "closed_at"),
        Index(None, "client_id"),
        Index(None, "interaction_id", sqlite_where=_IN_A_CONTACT,
              postgresql_where=_IN_A_CONTACT),
        Index(None, "account_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    stage: Mapped[str]
    group_id: Mapped[str] = mapped_column(ForeignKey("groups.id"))
    responsible: Mapped[str | None]                         # operator id
    deadline_at: Mapped[datetime]
    form: Mapped[dict[str, Any]] = mapped_column(Json)
    filed_by: Mapped[str]
    filed_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class RequestEvents(Base):
    """Everything that happened to a request, with author and time."""
    __tablename__ = "request_events"
    __table_args__ = (Index(None, "request_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    kind: Mapped[str]               # filed, moved, assigned
    from_stage: Mapped[str | None]
    to_stage: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    at: Mapped[datetime]
