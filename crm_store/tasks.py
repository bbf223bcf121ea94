"""Tasks: what somebody must do by when, for a client, for a request, or for neither."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, delete, insert, or_, select, update

from crm_store import audit, errors, keyset, timeline
from crm_store.base import JSON, Tx
from crm_store.tables.clients import Clients
from crm_store.tables.requests import Groups
from crm_store.tables.tasks import TaskEvents, TaskReminders, Tasks

CLOCK = "clock"             # the author of what only time has done
DUE_AT_ONCE = 200
ReminderKind = Literal["remind", "late"]


class AlreadyDone(errors.StoreError):
    """The task is done already."""


class NotDone(errors.StoreError):
    """The task is not done, so it cannot be reopened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """`remind`: minutes after `due_at`, before it negative. An operator, a group or both."""
    title: str
    due_at: datetime
    by: str
    at: datetime
    note: str = ""
    operator: str | None = None
    group: str | None = None
    remind: tuple[int, ...] = (0,)
    client_id: int | None = None
    request_id: int | None = None
    interaction_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRow:
    """A task as it stands. `told_at`: its last reminder; `late_at`: when the lead was told."""
    id: int
    title: str
    note: str
    client_id: int | None
    client_name: str | None
    request_id: int | None
    interaction_id: int | None
    operator: str | None
    group: str | None
    group_name: str | None
    due_at: datetime
    remind: tuple[int, ...]
    made_by: str
    made_at: datetime
    done_at: datetime | None
    told_at: datetime | None
    late_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent:
    """`operator`, `group`, `due_at`: as they were afterwards."""
    kind: str                       # made done reopened handed_over moved reminded late
    operator: str | None
    group: str | None
    due_at: datetime
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Told:
    """What came due of one task: a reminder, its falling late, or both."""
    task: TaskRow
    is_reminder: bool
    is_late: bool


@dataclass(frozen=True, slots=True)
class Sight:
    """What one person sees: his own, those he gave, his groups'."""
    operator: str
    groups: Collection[str] = field(default=())


def plan(due_at: datetime, remind: Sequence[int], now: datetime) -> list[tuple[str, datetime]]:
    """(kind, moment) of what is still to be told: reminders ahead, and once the lateness."""
    moments = {due_at + timedelta(minutes=count) for count in remind}
    ahead = [("remind", at) for at in sorted(moments) if at > now]
    return [*ahead, ("late", due_at)]


# ── doing ────────────────────────────────────────────────────────────────────────────────────
async def make(tx: Tx, new: NewTask) -> TaskRow:
    """Raises `Conflict`: no such group, client, request or interaction, or nobody to do it."""
    task_id = int(await tx.scalar(insert(Tasks).values(
        title=new.title, note=new.note, client_id=new.client_id, request_id=new.request_id,
        interaction_id=new.interaction_id, operator=new.operator, group_id=new.group,
        due_at=new.due_at, remind=list(new.remind), made_by=new.by, made_at=new.at,
    ).returning(Tasks.id)))
    await _plan_anew(tx, task_id, new.due_at, new.remind, new.at)
    return await _told(tx, task_id, "made", by=new.by, at=new.at)


async def finish(tx: Tx, task_id: int, *, by: str, at: datetime, note: str = "") -> TaskRow:
    """It is done. Raises `NotFound`, `AlreadyDone`."""
    await _open(tx, task_id)
    await tx.run(update(Tasks).where(Tasks.id == task_id).values(done_at=at))
    await tx.run(delete(TaskReminders).where(TaskReminders.task_id == task_id))
    return await _told(tx, task_id, "done", by=by, at=at, note=note)


async def reopen(tx: Tx, task_id: int, *, by: str, at: datetime, note: str = "") -> TaskRow:
    """Not done after all; reminders ahead are told again. Raises `NotFound`, `NotDone`."""
    row = await _locked(tx, task_id)
    if row.done_at is None:
        raise NotDone(f"task {task_id}")
    await tx.run(update(Tasks).where(Tasks.id == task_id).values(done_at=None, late_at=None))
    await _plan_anew(tx, task_id, row.due_at, row.remind, at)
    return await _told(tx, task_id, "reopened", by=by, at=at, note=note)


async def hand_over(
    tx: Tx, task_id: int, *, operator: str | None, group: str | None, by: str, at: datetime,
    note: str = "",
) -> TaskRow:
    """To another operator, group or both. Raises `NotFound`, `AlreadyDone`, `Conflict`."""
    await _open(tx, task_id)
    await tx.run(update(Tasks).where(Tasks.id == task_id)
                 .values(operator=operator, group_id=group))
    return await _told(tx, task_id, "handed_over", by=by, at=at, note=note)


async def reschedule(
    tx: Tx, task_id: int, *, due_at: datetime, by: str, at: datetime,
    remind: Sequence[int] | None = None, note: str = "",
) -> TaskRow:
    """To another date; reminders go with it (None: the same ones), and lateness begins anew.

    Raises `NotFound`, `AlreadyDone`.
    """
    row = await _open(tx, task_id)
    wanted = tuple(row.remind if remind is None else remind)
    await tx.run(update(Tasks).where(Tasks.id == task_id).values(
        due_at=due_at, remind=list(wanted), told_at=None, late_at=None))
    await _plan_anew(tx, task_id, due_at, wanted, at)
    return await _told(tx, task_id, "moved", by=by, at=at, note=note)


async def tell_due(tx: Tx, now: datetime, *, limit: int = DUE_AT_ONCE) -> list[Told]:
    """What is to be told now; it counts as told with this transaction, and never comes again."""
    due = (select(TaskReminders.id).where(TaskReminders.told_at.is_(None),
                                          TaskReminders.due_at <= now)
           .order_by(TaskReminders.due_at, TaskReminders.id).limit(limit)
           .with_for_update(skip_locked=True))
    rows = await tx.all(update(TaskReminders).where(TaskReminders.id.in_(due))
                        .values(told_at=now)
                        .returning(TaskReminders.task_id, TaskReminders.kind))
    kinds: dict[int, set[str]] = {}
    for row in rows:
        kinds.setdefault(row.task_id, set()).add(row.kind)
    return [await _mark(tx, task_id, kinds[task_id], now) for task_id in sorted(kinds)]


async def next_due_at(tx: Tx) -> datetime | None:
    """When the next reminder is to be told."""
    at: datetime | None = await tx.scalar(
        select(TaskReminders.due_at).where(TaskReminders.told_at.is_(None))
        .order_by(TaskReminders.due_at).limit(1))
    return at


async def _mark(tx: Tx, task_id: int, kinds: set[str], now: datetime) -> Told:
    at = {"remind": "told_at", "late": "late_at"}
    await tx.run(update(Tasks).where(Tasks.id == task_id)
                 .values({at[kind]: now for kind in kinds}))
    for kind, event in (("remind", "reminded"), ("late", "late")):
        if kind in kinds:
            await _note_event(tx, await one(tx, task_id), event, CLOCK, now, "")
    return Told(await one(tx, task_id), "remind" in kinds, "late" in kinds)


# ── reading ──────────────────────────────────────────────────────────────────────────────────
async def one(tx: Tx, task_id: int) -> TaskRow:
    """Raises `NotFound`."""
    row = await tx.first(_tasks().where(Tasks.id == task_id))
    if row is None:
        raise errors.NotFound(f"task {task_id}")
    return _row(row)


async def still_open(tx: Tx, limit: int) -> list[TaskRow]:
    """The most urgent of all open tasks."""
    rows = await tx.all(_tasks().where(Tasks.done_at.is_(None))
                        .order_by(Tasks.due_at, Tasks.id).limit(limit))
    return [_row(row) for row in rows]


async def page(
    tx: Tx, *, visible_to: Sight | None, operator: str | None = None, group: str | None = None,
    client_id: int | None = None, request_id: int | None = None, late_at: datetime | None = None,
    done: bool = False, cursor: str | None = None, limit: int = 50,
) -> tuple[list[TaskRow], str | None]:
    """Open ones by due date; done ones, the latest first; and the next page's cursor.

    `visible_to` None sees all; `late_at`: only those late at that moment. Raises `BadCursor`.
    """
    wanted = _tasks().where(*_filters(visible_to, operator, group, client_id, request_id))
    if late_at is not None:
        wanted = wanted.where(Tasks.due_at < late_at)
    if done:
        wanted = wanted.where(Tasks.done_at.is_not(None), *_after_done(cursor))
        wanted = wanted.order_by(Tasks.done_at.desc(), Tasks.id.desc())
    else:
        wanted = wanted.where(Tasks.done_at.is_(None), *_after_due(cursor))
        wanted = wanted.order_by(Tasks.due_at, Tasks.id)
    rows = await tx.all(wanted.limit(limit + 1))
    found = [_row(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return found, None
    last = found[-1]
    return found, keyset.written((last.done_at if done else None) or last.due_at, last.id)


async def events(tx: Tx, task_id: int) -> list[TaskEvent]:
    """In order."""
    rows = await tx.all(
        select(TaskEvents.kind, TaskEvents.operator, TaskEvents.group_id.label("group"),
               TaskEvents.due_at, TaskEvents.note, TaskEvents.by, TaskEvents.at)
        .where(TaskEvents.task_id == task_id).order_by(TaskEvents.id))
    return [TaskEvent(**row._mapping) for row in rows]


def task_item(row: TaskRow) -> dict[str, JSON]:
    """What the timeline tells about a task; see `TimelineItem`."""
    return {
        "task_id": row.id, "title": row.title, "operator": row.operator, "group": row.group,
        "due_at": row.due_at.isoformat(), "by": row.made_by,
        "done_at": row.done_at.isoformat() if row.done_at else None,
    }


# ── parts ────────────────────────────────────────────────────────────────────────────────────
def _filters(
    sight: Sight | None, operator: str | None, group: str | None, client_id: int | None,
    request_id: int | None,
) -> list[ColumnElement[bool]]:
    wanted = {Tasks.operator: operator, Tasks.group_id: group, Tasks.client_id: client_id,
              Tasks.request_id: request_id}
    found: list[ColumnElement[bool]] = [
        column == value for column, value in wanted.items() if value is not None]
    if sight is not None:
        found.append(or_(Tasks.operator == sight.operator, Tasks.made_by == sight.operator,
                         Tasks.group_id.in_(sorted(sight.groups))))
    return found


def _after_due(cursor: str | None) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    at, last = keyset.read(cursor)
    return [or_(Tasks.due_at > at, and_(Tasks.due_at == at, Tasks.id > last))]


def _after_done(cursor: str | None) -> list[ColumnElement[bool]]:
    if cursor is None:
        return []
    at, last = keyset.read(cursor)
    return [or_(Tasks.done_at < at, and_(Tasks.done_at == at, Tasks.id < last))]


async def _plan_anew(
    tx: Tx, task_id: int, due_at: datetime, remind: Sequence[int], now: datetime
) -> None:
    await tx.run(delete(TaskReminders).where(TaskReminders.task_id == task_id))
    await tx.run(insert(TaskReminders), [
        {"task_id": task_id, "kind": kind, "due_at": at, "told_at": None}
        for kind, at in plan(due_at, remind, now)])


async def _told(
    tx: Tx, task_id: int, kind: str, *, by: str, at: datetime, note: str = ""
) -> TaskRow:
    """The row as it is now, after history, timeline and audit have been told."""
    row = await one(tx, task_id)
    await _note_event(tx, row, kind, by, at, note)
    if row.client_id is not None:
        await timeline.put(tx, row.client_id, row.made_at, "task", row.id, task_item(row))
    await audit.record(tx, by=by, at=at, what=f"task.{kind}", client_id=row.client_id,
                       facts={"task_id": row.id})
    return row


async def _note_event(
    tx: Tx, row: TaskRow, kind: str, by: str, at: datetime, note: str
) -> None:
    await tx.run(insert(TaskEvents).values(
        task_id=row.id, kind=kind, operator=row.operator, group_id=row.group, due_at=row.due_at,
        note=note, by=by, at=at))


async def _open(tx: Tx, task_id: int) -> Any:
    row = await _locked(tx, task_id)
    if row.done_at is not None:
        raise AlreadyDone(f"task {task_id}")
    return row


async def _locked(tx: Tx, task_id: int) -> Any:
    """What it was before the change; the row is ours until commit."""
    row = await tx.first(select(Tasks.done_at, Tasks.due_at, Tasks.remind)
                         .where(Tasks.id == task_id).with_for_update())
    if row is None:
        raise errors.NotFound(f"task {task_id}")
    return row


def _row(row: Any) -> TaskRow:
    values = dict(row._mapping)
    return TaskRow(**(values | {"remind": tuple(values["remind"])}))


def _tasks() -> Select[*tuple[Any, ...]]:
    return (
        select(Tasks.id, Tasks.title, Tasks.note, Tasks.client_id,
               Clients.name.label("client_name"), Tasks.request_id, Tasks.interaction_id,
               Tasks.operator, Tasks.group_id.label("group"), Groups.name.label("group_name"),
               Tasks.due_at, Tasks.remind, Tasks.made_by, Tasks.made_at, Tasks.done_at,
               Tasks.told_at, Tasks.late_at)
        .outerjoin(Groups, Groups.id == Tasks.group_id)
        .outerjoin(Clients, Clients.id == Tasks.client_id))
