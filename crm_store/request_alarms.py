"""When somebody must be told about a request: planned with every step, told once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import delete, insert, select, update

from crm_store.base import Tx
from crm_store.tables.requests import RequestAlarms, Requests

Alarms: TypeAlias = Sequence[tuple[str, datetime]]      # (remind late reaction offer, moment)
SWEPT_AT_ONCE = 500


async def plan(tx: Tx, request_id: int, alarms: Alarms, deadline_at: datetime | None) -> None:
    """These, and that of the deadline: an open request is never without one. No deadline: that
    it is late was told already."""
    wanted = list(alarms)
    if deadline_at is not None and all(kind != "late" for kind, _ in wanted):
        wanted.append(("late", deadline_at))
    if not wanted:
        return
    await tx.run(insert(RequestAlarms), [
        {"request_id": request_id, "kind": kind, "due_at": at, "told_at": None}
        for kind, at in wanted])


async def plan_anew(tx: Tx, request_id: int, alarms: Alarms,
                    deadline_at: datetime | None) -> None:
    await drop(tx, request_id, () if deadline_at is not None else ("remind", "reaction", "offer"))
    await plan(tx, request_id, alarms, deadline_at)


async def drop(tx: Tx, request_id: int, kinds: Collection[str] = ()) -> None:
    """Those of these kinds that are still to be told, or all of them."""
    wanted = delete(RequestAlarms).where(RequestAlarms.request_id == request_id)
    if kinds:
        wanted = wanted.where(RequestAlarms.kind.in_(sorted(kinds)),
                              RequestAlarms.told_at.is_(None))
    await tx.run(wanted)


async def set_one(tx: Tx, request_id: int, kind: str, at: datetime) -> None:
    """The only untold one of its kind."""
    await drop(tx, request_id, (kind,))
    await tx.run(insert(RequestAlarms).values(request_id=request_id, kind=kind, due_at=at))


async def take_due(tx: Tx, now: datetime) -> tuple[int, str] | None:
    """(request, kind) of the first that is due; told with this transaction, never again."""
    due = (select(RequestAlarms.id).where(RequestAlarms.told_at.is_(None),
                                          RequestAlarms.due_at <= now)
           .order_by(RequestAlarms.due_at, RequestAlarms.id).limit(1)
           .with_for_update(skip_locked=True))
    row = await tx.first(update(RequestAlarms).where(RequestAlarms.id.in_(due))
                         .values(told_at=now)
                         .returning(RequestAlarms.request_id, RequestAlarms.kind))
    return None if row is None else (row.request_id, row.kind)


async def put_off(tx: Tx, now: datetime, until: datetime) -> None:
    """The first that is due is told later: it cannot be told now, and others wait behind it."""
    due = (select(RequestAlarms.id).where(RequestAlarms.told_at.is_(None),
                                          RequestAlarms.due_at <= now)
           .order_by(RequestAlarms.due_at, RequestAlarms.id).limit(1))
    await tx.run(update(RequestAlarms).where(RequestAlarms.id.in_(due)).values(due_at=until))


async def next_due_at(tx: Tx) -> datetime | None:
    at: datetime | None = await tx.scalar(
        select(RequestAlarms.due_at).where(RequestAlarms.told_at.is_(None))
        .order_by(RequestAlarms.due_at).limit(1))
    return at


async def watch_unwatched(tx: Tx, now: datetime) -> int:
    """Open requests whose deadline lies ahead and nobody would tell of: those of older days, and
    those that were put in by the thousand. How many it were."""
    watched = select(RequestAlarms.id).where(RequestAlarms.request_id == Requests.id,
                                             RequestAlarms.kind == "late").exists()
    rows = await tx.all(
        select(Requests.id, Requests.deadline_at)
        .where(Requests.closed_at.is_(None), Requests.deadline_at > now, ~watched)
        .order_by(Requests.deadline_at).limit(SWEPT_AT_ONCE))
    if rows:
        await tx.run(insert(RequestAlarms), [
            {"request_id": row.id, "kind": "late", "due_at": row.deadline_at, "told_at": None}
            for row in rows])
    return len(rows)
