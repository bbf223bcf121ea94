"""What somebody must do by when, and when he is to be reminded of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from crm_store.base import Base, Json

_IN_A_CONTACT = text("interaction_id is not null")


class Tasks(Base):
    """An operator, a group or both answer for it; `done_at` closes it.

    `remind` is when to remind, in minutes after `due_at` (before it: negative). `told_at` is when
    its last reminder was told, `late_at` when the lead was told.
    """
    __tablename__ = "tasks"
    __table_args__ = (
        CheckConstraint("operator is not null or group_id is not null", name="somebody"),
        Index(None, "due_at", "id", sqlite_where=text("done_at is null"),
              postgresql_where=text("done_at is null")),
        Index(None, "operator", "done_at"),
        Index(None, "group_id", "done_at"),
        Index(None, "client_id"),
        Index(None, "request_id"),
        Index(None, "interaction_id", sqlite_where=_IN_A_CONTACT,
              postgresql_where=_IN_A_CONTACT),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    client_id: Mapped[int | None] = mapped_column(ForeignKey("clients.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("requests.id"))
    interaction_id: Mapped[int | None] = mapped_column(ForeignKey("interactions.id"))
    operator: Mapped[str | None]                            # operator id
    group_id: Mapped[str | None] = mapped_column(ForeignKey("groups.id"))
    due_at: Mapped[datetime]
    remind: Mapped[list[Any]] = mapped_column(Json)
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]


class TaskReminders(Base):
    """A moment at which somebody is to be told; there are none of tasks that are done.

    A row is told once: `told_at` is set in the transaction that finds it due. Kind `late` is for
    the lead, at the moment the task falls late.
    """
    __tablename__ = "task_reminders"
    __table_args__ = (
        Index(None, "due_at", sqlite_where=text("told_at is null"),
              postgresql_where=text("told_at is null")),
        Index(None, "task_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str]                                       # remind, late
    due_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class TaskEvents(Base):
    """Everything that happened to a task, with author and time."""
    __tablename__ = "task_events"
    __table_args__ = (Index(None, "task_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    kind: Mapped[str]               # made done reopened handed_over moved reminded late
    operator: Mapped[str | None]    # who answers for it afterwards
    group_id: Mapped[str | None]
    due_at: Mapped[datetime]        # as it is afterwards
    note: Mapped[str] = mapped_column(default="")
    by: Mapped[str]
    at: Mapped[datetime]
