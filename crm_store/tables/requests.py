"""Things clients want done."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_IN_A_CONTACT = text("interaction_id is not null")
_IS_OPEN, _IS_JOINED = text("closed_at is null"), text("joined_to is not null")
_IS_UNTOLD = text("told_at is null")


class Groups(Base):
    """Who can be responsible for requests."""
    __tablename__ = "groups"
    id: Mapped[str] = mapped_column(primary_key=True)       # slug
    name: Mapped[str]


class Requests(Base):
    """`id` is the request's number. There is always a responsible group and a deadline.

    `deadline_at` is that of its stage, in which it is since `stage_at`; the whole one's counts
    from `since_at`: when it was filed, or reopened. `late_at`: when the lead was told. Until
    somebody of the group has taken it, which he must by `reaction_at`, it is `offered_to` one
    operator after the other. `joined_to`: it is one matter with that one, which goes on for both.
    `contact`: where to answer who is no client yet.
    """
    __tablename__ = "requests"
    __table_args__ = (
        Index(None, "group_id", "closed_at", "deadline_at"),
        Index(None, "responsible", "closed_at"),
        Index(None, "client_id"),
        Index(None, "interaction_id", sqlite_where=_IN_A_CONTACT,
              postgresql_where=_IN_A_CONTACT),
        Index(None, "account_id"),
        Index("ix_requests_open", "deadline_at", "id", sqlite_where=_IS_OPEN,
              postgresql_where=_IS_OPEN),
        Index(None, "joined_to", sqlite_where=_IS_JOINED, postgresql_where=_IS_JOINED),
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
    channel: Mapped[str] = mapped_column(default="desk", server_default=text("'desk'"))
    stage_at: Mapped[datetime | None]
    since_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    reaction_at: Mapped[datetime | None]
    offered_to: Mapped[str | None]                          # operator id
    offered_until: Mapped[datetime | None]
    joined_to: Mapped[int | None]                           # requests.id
    contact: Mapped[str | None]


class RequestAlarms(Base):
    """A moment at which something must be told or asked about a request; told once, in the
    transaction that finds it due. An open request always has one of kind `late`."""
    __tablename__ = "request_alarms"
    __table_args__ = (
        Index(None, "due_at", sqlite_where=_IS_UNTOLD, postgresql_where=_IS_UNTOLD),
        Index(None, "request_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    kind: Mapped[str]                                       # remind late reaction offer
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class RequestEvents(Base):
    """Everything that happened to a request, with author and time."""
    __tablename__ = "request_events"
    __table_args__ = (Index(None, "request_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    kind: Mapped[str]       # filed moved assigned offered late reopened joined … see requests.py
    from_stage: Mapped[str | None]
    to_stage: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    at: Mapped[datetime]


class Documents(Base):
    """What was made of a template for a request, as it was then."""
    __tablename__ = "documents"
    __table_args__ = (Index(None, "request_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"))
    template: Mapped[str]
    title: Mapped[str]
    html: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
