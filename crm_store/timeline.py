"""The client's one stream: everything that happened, newest first, page by page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeVar

from crm_store.base import JSON, Tx

TimelineKind = Literal[
    "attempt", "call", "correction", "invoice", "note", "payment", "promise", "reading", "request",
]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place after a page's last row. `str(cursor)` travels; `Cursor.parse` reads it."""
    at: datetime
    kind: str
    ref: int

    def __str__(self) -> str:
        raise NotImplementedError

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """Raises `BadCursor`."""
        raise NotImplementedError


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
    raise NotImplementedError


async def remove(tx: Tx, client_id: int, at: datetime, kind: TimelineKind, ref: int) -> None:
    """Take a row out, for instance before it is put under another client."""
    raise NotImplementedError


async def page(
    tx: Tx, client_id: int, *, before: Cursor | None = None, limit: int = 30,
    kinds: Collection[str] = (),
) -> Page[TimelineItem]:
    """One page, newest first; `kinds` filters, empty means all."""
    raise NotImplementedError
