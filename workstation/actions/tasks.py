"""Tasks: made in one step, done, reopened, handed over, moved to another date."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from crm_store import clients, requests, tasks
from crm_store.base import Tx
from crm_store.tasks import Sight, TaskRow
from workstation import views
from workstation.actions.conversations import interaction_of, own, show_client
from workstation.desk import Desk
from workstation.errors import NotThere, Refused
from workstation.policy import Person, sees
from workstation.protocol import (
    FinishTask,
    HandOverTask,
    ListTasks,
    MakeTask,
    ReopenTask,
    RescheduleTask,
    TaskEventView,
    TaskHistory,
    TaskView,
)
from workstation.requests.kinds import RequestType
from workstation.settings import Settings

SHOWN = 2_000           # open tasks on the screens at most, the most urgent
TITLE_LIMIT, NOTE_LIMIT = 200, 2_000
REMINDERS = 5
REMIND_WITHIN = 60 * 24 * 60        # minutes before or after
YEARS_AHEAD = timedelta(days=5 * 366)
JUST_NOW = timedelta(minutes=1)     # a date picked a moment ago is not in the past


# ── doing ────────────────────────────────────────────────────────────────────────────────────
async def make(desk: Desk, person: Person, args: MakeTask) -> dict[str, object]:
    now = desk.clock()
    conversation = None if args.conversation is None else own(desk, person, args.conversation)
    operator, group = whose(desk.settings, desk.kinds, args.operator, args.group,
                            person.operator)
    new = tasks.NewTask(
        title=title_of(args.title), note=note_of(args.note), operator=operator, group=group,
        due_at=due_of(args.due_at, now), remind=reminders_of(args.remind),
        by=person.operator or person.login, at=now, request_id=args.request_id,
        client_id=args.client_id or (conversation.client_id if conversation else None),
        interaction_id=await interaction_of(desk, conversation) if conversation else None)
    async def change(tx: Tx) -> TaskRow:
        return await tasks.make(tx, await _linked(tx, person, new))
    return await _changed(desk, person, change)


async def finish(desk: Desk, person: Person, args: FinishTask) -> dict[str, object]:
    async def change(tx: Tx) -> TaskRow:
        await _seen(desk, tx, person, args.id)
        return await tasks.finish(tx, args.id, by=_author(person), at=desk.clock(),
                                  note=note_of(args.note))
    return await _changed(desk, person, change)


async def reopen(desk: Desk, person: Person, args: ReopenTask) -> dict[str, object]:
    async def change(tx: Tx) -> TaskRow:
        await _seen(desk, tx, person, args.id)
        return await tasks.reopen(tx, args.id, by=_author(person), at=desk.clock(),
                                  note=note_of(args.note))
    return await _changed(desk, person, change)


async def hand_over(desk: Desk, person: Person, args: HandOverTask) -> dict[str, object]:
    operator, group = whose(desk.settings, desk.kinds, args.operator, args.group)

    async def change(tx: Tx) -> TaskRow:
        await _seen(desk, tx, person, args.id)
        return await tasks.hand_over(tx, args.id, operator=operator, group=group,
                                     by=_author(person), at=desk.clock(), note=note_of(args.note))
    return await _changed(desk, person, change)


async def reschedule(desk: Desk, person: Person, args: RescheduleTask) -> dict[str, object]:
    due_at = due_of(args.due_at, desk.clock())
    remind = None if args.remind is None else reminders_of(args.remind)

    async def change(tx: Tx) -> TaskRow:
        await _seen(desk, tx, person, args.id)
        return await tasks.reschedule(tx, args.id, due_at=due_at, remind=remind,
                                      by=_author(person), at=desk.clock(),
                                      note=note_of(args.note))
    return await _changed(desk, person, change)


async def _changed(desk: Desk, person: Person,
                   change: Callable[[Tx], Awaitable[TaskRow]]) -> dict[str, object]:
    """Stored and shown in one turn: a picture of all tasks never falls between the two."""
    async with desk.board_turns["tasks"]:
        try:
            async with desk.store.begin() as tx:
                row = await change(tx)
        except tasks.AlreadyDone as exc:
            raise Refused("task_done", "This task is done already.") from exc
        except tasks.NotDone as exc:
            raise Refused("task_not_done", "This task is not done.") from exc
        show(desk, row, person)
    await _refresh(desk, person, row)
    return {"task": view(desk, row)}


# ── reading ──────────────────────────────────────────────────────────────────────────────────
async def listing(desk: Desk, person: Person, args: ListTasks) -> dict[str, object]:
    """The most urgent; the API's list goes on from there by cursor."""
    shown, _ = await page(desk, person, args, cursor=None, limit=SHOWN)
    return {"tasks": shown}


async def page(desk: Desk, person: Person, args: ListTasks, *, cursor: str | None,
               limit: int) -> tuple[list[TaskView], str | None]:
    """Tasks that this person may see, and the cursor of the next page."""
    sight = None if person.oversees else Sight(person.operator or person.login, person.groups)
    operator = person.operator if args.of == "mine" else args.operator
    async with desk.store.read() as tx:
        rows, following = await tasks.page(
            tx, visible_to=sight, operator=operator, group=args.group, client_id=args.client_id,
            request_id=args.request_id, late_at=desk.clock() if args.late else None,
            done=args.done, cursor=cursor, limit=limit)
    return [view(desk, row) for row in rows], following


async def one(desk: Desk, person: Person, task_id: int) -> TaskView:
    async with desk.store.read() as tx:
        return view(desk, await _seen(desk, tx, person, task_id))


async def history(desk: Desk, person: Person, args: TaskHistory) -> dict[str, object]:
    async with desk.store.read() as tx:
        await _seen(desk, tx, person, args.id)
        found = await tasks.events(tx, args.id)
    return {"events": [_event(event) for event in found]}


# ── on the screens ───────────────────────────────────────────────────────────────────────────
def view(desk: Desk, row: TaskRow) -> TaskView:
    is_open = row.done_at is None
    return TaskView(
        id=row.id, title=row.title, note=row.note, client_id=row.client_id,
        client_name=row.client_name or "", request_id=row.request_id, operator=row.operator,
        group=row.group, due_at=views.moment(row.due_at), remind=list(row.remind),
        made_by=row.made_by, made_at=views.moment(row.made_at),
        done_at=views.moment_or_none(row.done_at), late=is_open and row.due_at < desk.clock(),
        told_at=views.moment_or_none(row.told_at), late_at=views.moment_or_none(row.late_at),
        leads=leads(desk, row))


def leads(desk: Desk, row: TaskRow) -> list[str]:
    """Who is told when it is late: supervisors of the groups concerned, else all of them."""
    known = desk.operators.get(row.operator or "")
    groups = {row.group} if row.group else set(known.groups if known else ())
    supervisors = [one for one in desk.settings.operator if one.role == "supervisor"]
    theirs = [one.id for one in supervisors if groups & set(one.groups)]
    return theirs or [one.id for one in supervisors]


def show(desk: Desk, row: TaskRow, person: Person | None = None) -> None:
    """On the screens of those who may see it, on his own at once, until it is done."""
    shown = None if row.done_at else view(desk, row)
    desk.board.put("tasks", str(row.id), shown, first_to=person.operator if person else "")


async def show_all(desk: Desk) -> None:
    """All open tasks; at start and every minute, for lateness comes by itself."""
    async with desk.board_turns["tasks"]:
        async with desk.store.read() as tx:
            rows = await tasks.still_open(tx, SHOWN)
        desk.board.replace("tasks", [(str(row.id), view(desk, row)) for row in rows])


async def _refresh(desk: Desk, person: Person, row: TaskRow) -> None:
    """The task stands in the timeline of the conversations that show its client."""
    if row.client_id is None:
        return
    for shown in desk.conversations.of(person.operator):
        if shown.client_id == row.client_id:
            await show_client(desk, person, shown, shown.client_id, identity_is=shown.identity)


def _event(event: tasks.TaskEvent) -> TaskEventView:
    return TaskEventView(
        kind=event.kind, operator=event.operator, group=event.group,
        due_at=views.moment(event.due_at), note=event.note, by=event.by, at=views.moment(event.at))


# ── what is asked for, read ──────────────────────────────────────────────────────────────────
async def _seen(desk: Desk, tx: Tx, person: Person, task_id: int) -> TaskRow:
    """The task, if this person may see it. Raises NotThere."""
    row = await tasks.one(tx, task_id)
    if not sees(person, view(desk, row)):
        raise NotThere("task")
    return row


async def _linked(tx: Tx, person: Person, new: tasks.NewTask) -> tasks.NewTask:
    """Its request's client is its own; what it names must be there and be seen."""
    if new.request_id is not None:
        request = await requests.one(tx, new.request_id)
        if request.group not in person.groups and not person.oversees:
            raise NotThere("request")
        if new.client_id is None:
            return replace(new, client_id=request.client_id)
    if new.client_id is not None:
        await clients.card(tx, new.client_id)
    return new


def whose(settings: Settings, kinds: Mapping[str, RequestType], operator: str | None,
          group: str | None, mine: str = "") -> tuple[str | None, str | None]:
    """Who answers for it; nobody named: oneself. Raises Refused."""
    if operator is not None and operator not in {one.id for one in settings.operator}:
        raise Refused("unknown_operator", "There is no such operator.", operator[:40], 422)
    if group is not None and group not in groups_of(settings, kinds):
        raise Refused("unknown_group", "There is no such group.", group[:40], 422)
    if operator is None and group is None:
        if not mine:
            raise Refused("nobody", "Say who shall do it: an operator or a group.", "", 422)
        return mine, None
    return operator, group


def groups_of(settings: Settings, kinds: Mapping[str, RequestType]) -> set[str]:
    named = {group for operator in settings.operator for group in operator.groups}
    return named | {group for kind in kinds.values() for group in kind.groups}


def title_of(text: str) -> str:
    title = " ".join(text.split())
    if not 1 <= len(title) <= TITLE_LIMIT:
        raise Refused("title_missing", "Say what is to be done.", f"1 to {TITLE_LIMIT} letters",
                      422)
    return title


def note_of(text: str) -> str:
    if len(text) > NOTE_LIMIT:
        raise Refused("too_long", "This is too long to be kept.", f"{NOTE_LIMIT} letters", 422)
    return text.strip()


def due_of(text: str, now: datetime) -> datetime:
    """RFC 3339 with a zone, ahead of us. Raises Refused."""
    try:
        due_at = datetime.fromisoformat(text)
    except ValueError as exc:
        raise Refused("no_date", "This is no date and time.", text[:40], 422) from exc
    if due_at.tzinfo is None:
        raise Refused("no_date", "This is no date and time.", "it has no time zone", 422)
    if not now - JUST_NOW <= due_at <= now + YEARS_AHEAD:
        raise Refused("date_unusable", "The date must lie ahead, within five years.", text[:40],
                      422)
    return due_at


def reminders_of(minutes: Sequence[int]) -> tuple[int, ...]:
    wanted = tuple(sorted(set(minutes)))
    if len(wanted) > REMINDERS or any(abs(count) > REMIND_WITHIN for count in wanted):
        raise Refused("reminders_unusable", "These reminders are too many or too far away.",
                      f"{REMINDERS} at most, within 60 days of the date", 422)
    return wanted


def _author(person: Person) -> str:
    return person.operator or person.login
