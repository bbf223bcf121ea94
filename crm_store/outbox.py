"""What is to be sent to the world: written with the fact it tells of, sent after the commit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update

from crm_store import errors
from crm_store.base import JSON, Tx
from crm_store.tables.outbox import Outbox, Webhooks


@dataclass(frozen=True, slots=True)
class Parcel:
    id: int
    kind: str                       # mail webhook
    request_id: int | None
    payload: dict[str, Any]
    tries: int                      # this one counts


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    id: int
    url: str
    secret: str
    events: list[str]
    made_by: str
    made_at: datetime


async def put(tx: Tx, kind: str, payload: Mapping[str, JSON], *, at: datetime,
              request_id: int | None = None) -> None:
    await tx.run(insert(Outbox).values(
        kind=kind, request_id=request_id, payload=dict(payload), made_at=at, due_at=at, tries=0))


async def take(tx: Tx, now: datetime, lease: timedelta, *, limit: int = 20) -> list[Parcel]:
    """What is due; nobody else takes it before the lease is over."""
    due = (select(Outbox.id).where(Outbox.done_at.is_(None), Outbox.dead_at.is_(None),
                                   Outbox.due_at <= now)
           .order_by(Outbox.due_at, Outbox.id).limit(limit).with_for_update(skip_locked=True))
    rows = await tx.all(
        update(Outbox).where(Outbox.id.in_(due))
        .values(due_at=now + lease, tries=Outbox.tries + 1)
        .returning(Outbox.id, Outbox.kind, Outbox.request_id, Outbox.payload, Outbox.tries))
    return sorted((Parcel(row.id, row.kind, row.request_id, row.payload, row.tries)
                   for row in rows), key=lambda one: one.id)


async def next_due_at(tx: Tx) -> datetime | None:
    at: datetime | None = await tx.scalar(
        select(Outbox.due_at).where(Outbox.done_at.is_(None), Outbox.dead_at.is_(None))
        .order_by(Outbox.due_at).limit(1))
    return at


async def sent(tx: Tx, parcel: int, at: datetime) -> None:
    """It arrived; what it held is not kept."""
    await tx.run(update(Outbox).where(Outbox.id == parcel)
                 .values(done_at=at, error=None, payload={}))


async def failed(tx: Tx, parcel: int, error: str, *, again_at: datetime | None,
                 now: datetime) -> None:
    """Tried again then, or given up."""
    gone = {"dead_at": now} if again_at is None else {"due_at": again_at}
    await tx.run(update(Outbox).where(Outbox.id == parcel).values(error=error[:500], **gone))


# ── who asked to be told ─────────────────────────────────────────────────────────────────────
async def add_webhook(tx: Tx, *, url: str, secret: str, events: Sequence[str], by: str,
                      at: datetime) -> int:
    return int(await tx.scalar(insert(Webhooks).values(
        url=url, secret=secret, events=list(events), made_by=by, made_at=at)
        .returning(Webhooks.id)))


async def end_webhook(tx: Tx, webhook: int, at: datetime) -> None:
    """Raises `NotFound`."""
    done = await tx.run(update(Webhooks).where(Webhooks.id == webhook,
                                               Webhooks.ended_at.is_(None)).values(ended_at=at))
    if not done.rowcount:
        raise errors.NotFound(f"webhook {webhook}")


async def webhooks(tx: Tx) -> list[Webhook]:
    rows = await tx.all(
        select(Webhooks.id, Webhooks.url, Webhooks.secret, Webhooks.events, Webhooks.made_by,
               Webhooks.made_at)
        .where(Webhooks.ended_at.is_(None)).order_by(Webhooks.id))
    return [Webhook(**row._mapping) for row in rows]


async def secret_of(tx: Tx, webhook: int) -> tuple[str, str] | None:
    """(url, secret), as long as it stands."""
    row = await tx.first(select(Webhooks.url, Webhooks.secret)
                         .where(Webhooks.id == webhook, Webhooks.ended_at.is_(None)))
    return None if row is None else (row.url, row.secret)


async def tell(tx: Tx, event: str, facts: Mapping[str, JSON], *, at: datetime,
               request_id: int | None = None) -> None:
    """To every program that asked for it, by a parcel each."""
    for one in await webhooks(tx):
        if event in one.events or "*" in one.events:
            await put(tx, "webhook", {"webhook": one.id, "event": event, "facts": dict(facts)},
                      at=at, request_id=request_id)
