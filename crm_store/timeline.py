"""The client's one stream: everything that happened, newest first, page by page."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from sqlalchemy import delete, literal, select, tuple_

from crm_store import errors
from crm_store.base import JSON, Tx, Utc
from crm_store.tables.contacts import Timeline

TimelineKind = Literal[
    "attempt", "call", "correction", "invoice", "note", "payment", "promise", "reading", "request",
]
Item = TypeVar("Item")
_CURSOR = re.compile(r"^[0-9T:.+-]{32}~[a-z]{1,20}~[0-9]{1,18}$")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a page's last row. `str(cursor)` travels; `Cursor.parse` reads it."""
    at: datetime
    kind: str
    ref: int

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='microseconds')}~{self.kind}~{self.ref}"

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises `BadCursor`."""
        if not _CURSOR.match(text):
            raise errors.BadCursor
        at, kind, ref = text.split("~")
        try:
            return cls(datetime.fromisoformat(at), kind, int(ref))
        except ValueError as exc:
            raise errors.BadCursor from exc


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One thing that happened. `key` is `kind:ref`, unique and stable; `facts` is JSON-ready.

    call: interaction_id call_id direction number queue operator outcome disposition note
        disposed_by waited_s talked_s ended_at campaign_entry menu_path
    invoice: number account period_on amount_minor currency due_on corrected (bool)
    correction: invoice account delta_minor amount_minor (the new sum) currency reason
    payment: account amount_minor currency method · reading: meter resource unit value source
    request: request_id type stage group responsible deadline_at closed_at filed_by
    note: text by · attempt, promise: written by campaigns
    """
    kind: str
    at: datetime
    key: str
    facts: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """`next` is None on the last page."""
    items: tuple[Item, ...]
    next: Cursor | None


async def put(
    tx: Tx, client_id: int, at: datetime, kind: TimelineKind, ref: int, facts: dict[str, JSON]
) -> None:
    """Write or rewrite one row. Call it in the transaction that writes the source row."""
    new = tx.insert(Timeline).values(client_id=client_id, at=at, kind=kind, ref=ref, facts=facts)
    await tx.run(new.on_conflict_do_update(
        index_elements=["client_id", "at", "kind", "ref"], set_={"facts": new.excluded.facts}))


async def remove(tx: Tx, client_id: int, at: datetime, kind: TimelineKind, ref: int) -> None:
    """Take a row out, for instance before it is put under another client."""
    await tx.run(delete(Timeline).where(
        Timeline.client_id == client_id, Timeline.at == at, Timeline.kind == kind,
        Timeline.ref == ref))


async def page(
    tx: Tx, client_id: int, *, before: Cursor | None = None, limit: int = 30,
    kinds: Collection[str] = (),
) -> Page[TimelineItem]:
    """One page, newest first; `kinds` filters, empty means all."""
    wanted = select(Timeline.at, Timeline.kind, Timeline.ref, Timeline.facts).where(
        Timeline.client_id == client_id)
    if before:
        wanted = wanted.where(
            tuple_(Timeline.at, Timeline.kind, Timeline.ref)
            < tuple_(literal(before.at, Utc), literal(before.kind), literal(before.ref)))
    if kinds:
        wanted = wanted.where(Timeline.kind.in_(sorted(kinds)))
    rows = await tx.all(wanted.order_by(
        Timeline.at.desc(), Timeline.kind.desc(), Timeline.ref.desc()).limit(limit + 1))
    shown = rows[:limit]
    is_last = len(rows) <= limit or not shown
    return Page(
        items=tuple(TimelineItem(kind, at, f"{kind}:{ref}", facts)
                    for at, kind, ref, facts in shown),
        next=None if is_last else Cursor(shown[-1].at, shown[-1].kind, shown[-1].ref))
