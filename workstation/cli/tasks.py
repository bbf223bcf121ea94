"""`deskline tasks`: what somebody must do by when."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from crm_store import requests as stored_requests
from crm_store import tasks
from crm_store.errors import StoreError
from crm_store.store import Store
from crm_store.tasks import TaskRow
from workstation.actions.tasks import due_of, groups_of, note_of, reminders_of, title_of, whose
from workstation.cli.options import Failure, json_option, print_json, with_settings
from workstation.errors import Refused
from workstation.requests import kinds
from workstation.settings import Settings
from workstation.terminal.clean import clean

T = TypeVar("T")
AUTHOR = "command line"
_AHEAD = re.compile(r"\+(\d{1,5})(m|h|d)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_DUE_HELP = "2026-11-30T14:00+03:00, '2026-11-30 14:00' in the company's time, +30m, +4h or +2d."


@click.group()
def command() -> None:
    """What somebody must do by when: list, add, done, reopen, hand-over, move, show."""


@command.command("list")
@click.option("--operator", metavar="ID", help="Only what this operator answers for.")
@click.option("--group", metavar="ID", help="Only this group's.")
@click.option("--client", "client_id", type=click.IntRange(1), help="Only about this client.")
@click.option("--request", "request_id", type=click.IntRange(1), help="Only of this request.")
@click.option("--late", is_flag=True, help="Only what is late.")
@click.option("--done", is_flag=True, help="Those that are done, the latest first.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@json_option
@with_settings
def list_command(settings: Settings, operator: str | None, group: str | None,
                 client_id: int | None, request_id: int | None, late: bool, done: bool,
                 limit: int, as_json: bool) -> None:
    """Open tasks by their date."""
    async def read(store: Store) -> list[TaskRow]:
        async with store.read() as tx:
            rows, _ = await tasks.page(
                tx, visible_to=None, operator=operator, group=group, client_id=client_id,
                request_id=request_id, late_at=_now() if late else None, done=done, limit=limit)
        return rows
    rows = _run(settings, read)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    for row in rows:
        click.echo(_line(row, settings))
    click.echo(f"{len(rows)} {'task' if len(rows) == 1 else 'tasks'}"
               f"{' (more with --limit)' if len(rows) == limit else ''}")


@command.command("add")
@click.argument("title")
@click.option("--due", required=True, help=_DUE_HELP)
@click.option("--operator", metavar="ID")
@click.option("--group", metavar="ID")
@click.option("--client", "client_id", type=click.IntRange(1))
@click.option("--request", "request_id", type=click.IntRange(1))
@click.option("--note", default="")
@click.option("--remind", "remind", multiple=True, type=int, default=(0,), show_default=True,
              help="Minutes after the date, before it negative; may be given several times.")
@json_option
@with_settings
def add_command(settings: Settings, title: str, due: str, operator: str | None,
                group: str | None, client_id: int | None, request_id: int | None, note: str,
                remind: tuple[int, ...], as_json: bool) -> None:
    """Make the task TITLE for an operator or a group."""
    async def make(store: Store) -> TaskRow:
        to, team = whose(settings, kinds.load(), operator, group)
        now = _now()
        new = tasks.NewTask(
            title=title_of(title), note=note_of(note), operator=to, group=team,
            due_at=_due(due, now, settings), remind=reminders_of(remind), by=AUTHOR, at=now,
            client_id=client_id, request_id=request_id)
        async with store.begin() as tx:
            await stored_requests.ensure_groups(tx, {
                name: name.replace("_", " ").capitalize()
                for name in sorted(groups_of(settings, kinds.load()))})
            return await tasks.make(tx, new)
    _tell(_run(settings, make), settings, as_json=as_json)


@command.command("done")
@click.argument("task", type=click.IntRange(1))
@click.option("--note", default="")
@json_option
@with_settings
def done_command(settings: Settings, task: int, note: str, as_json: bool) -> None:
    """The task number TASK is done."""
    async def finish(store: Store) -> TaskRow:
        async with store.begin() as tx:
            return await tasks.finish(tx, task, by=AUTHOR, at=_now(), note=note_of(note))
    _tell(_run(settings, finish), settings, as_json=as_json)


@command.command("reopen")
@click.argument("task", type=click.IntRange(1))
@click.option("--note", default="")
@json_option
@with_settings
def reopen_command(settings: Settings, task: int, note: str, as_json: bool) -> None:
    """TASK is not done after all."""
    async def again(store: Store) -> TaskRow:
        async with store.begin() as tx:
            return await tasks.reopen(tx, task, by=AUTHOR, at=_now(), note=note_of(note))
    _tell(_run(settings, again), settings, as_json=as_json)


@command.command("hand-over")
@click.argument("task", type=click.IntRange(1))
@click.option("--operator", metavar="ID")
@click.option("--group", metavar="ID")
@click.option("--note", default="")
@json_option
@with_settings
def hand_over_command(settings: Settings, task: int, operator: str | None, group: str | None,
                      note: str, as_json: bool) -> None:
    """TASK goes to another operator or group."""
    async def hand(store: Store) -> TaskRow:
        to, team = whose(settings, kinds.load(), operator, group)
        async with store.begin() as tx:
            return await tasks.hand_over(tx, task, operator=to, group=team, by=AUTHOR, at=_now(),
                                         note=note_of(note))
    _tell(_run(settings, hand), settings, as_json=as_json)


@command.command("move")
@click.argument("task", type=click.IntRange(1))
@click.option("--due", required=True, help=_DUE_HELP)
@click.option("--note", default="")
@json_option
@with_settings
def move_command(settings: Settings, task: int, due: str, note: str, as_json: bool) -> None:
    """TASK gets another date; its reminders go with it."""
    async def move(store: Store) -> TaskRow:
        now = _now()
        async with store.begin() as tx:
            return await tasks.reschedule(tx, task, due_at=_due(due, now, settings), by=AUTHOR,
                                          at=now, note=note_of(note))
    _tell(_run(settings, move), settings, as_json=as_json)


@command.command("show")
@click.argument("task", type=click.IntRange(1))
@json_option
@with_settings
def show_command(settings: Settings, task: int, as_json: bool) -> None:
    """TASK with all that happened to it."""
    async def read(store: Store) -> tuple[TaskRow, list[tasks.TaskEvent]]:
        async with store.read() as tx:
            return await tasks.one(tx, task), await tasks.events(tx, task)
    row, events = _run(settings, read)
    if as_json:
        print_json({**asdict(row), "events": [asdict(event) for event in events]})
        return
    click.echo(_line(row, settings))
    if row.note:
        click.echo(f"    {clean(row.note)}")
    for event in events:
        whom = event.operator or event.group or ""
        click.echo(f"    {_moment(event.at, settings)}  {event.kind.replace('_', ' '):12} "
                   f"by {event.by}, for {whom}, due {_moment(event.due_at, settings)}"
                   f"{': ' + clean(event.note) if event.note else ''}")


def _tell(row: TaskRow, settings: Settings, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(row))
    else:
        click.echo(_line(row, settings))


def _line(row: TaskRow, settings: Settings) -> str:
    whom = " ".join(filter(None, (row.operator, row.group)))
    late = "  LATE" if row.done_at is None and row.due_at < _now() else ""
    about = f"  ({row.client_name}, client {row.client_id})" if row.client_id else ""
    done = f"  done {_moment(row.done_at, settings)}" if row.done_at else ""
    return clean(f"{row.id:>6}  {_moment(row.due_at, settings)}  {whom:12}  {row.title}"
                 f"{about}{done}{late}")


def _moment(at: dt.datetime, settings: Settings) -> str:
    return f"{at.astimezone(ZoneInfo(settings.company.time_zone)):%Y-%m-%d %H:%M}"


def _due(text: str, now: dt.datetime, settings: Settings) -> dt.datetime:
    """Raises Refused."""
    if found := _AHEAD.fullmatch(text.strip()):
        return due_of((now + dt.timedelta(**{_UNITS[found[2]]: int(found[1])})).isoformat(), now)
    try:
        at = dt.datetime.fromisoformat(text.strip())
    except ValueError as exc:
        raise Refused("no_date", "This is no date and time.", text[:40]) from exc
    if at.tzinfo is None:
        at = at.replace(tzinfo=ZoneInfo(settings.company.time_zone))
    return due_of(at.isoformat(), now)


def _run(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async def within() -> T:
        store = Store(settings.store_url)
        try:
            return await work(store)
        finally:
            await store.close()
    try:
        return asyncio.run(within())
    except Refused as exc:
        raise Failure(f"{exc.title} ({exc.detail})" if exc.detail else exc.title) from exc
    except StoreError as exc:
        raise Failure(str(exc)) from exc


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
