"""The client's one stream: everything that happened, newest first, page by page."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar, get_args

from sqlalchemy import (
    ColumnElement,
    Select,
    TextClause,
    bindparam,
    delete,
    select,
    tuple_,
    union_all,
)

from crm_store import errors
from crm_store.base import JSON, Bytewise, Tx, Utc, Whole, insert_into
from crm_store.prepared import Asked, Prepared
from crm_store.tables.contacts import IS_RARE, Timeline

TimelineKind = Literal[
    "attempt", "call", "change", "consent", "correction", "invoice", "mail", "merge", "note",
    "payment", "promise", "proposal", "reading", "request", "task", "web",
]
KINDS: frozenset[str] = frozenset(get_args(TimelineKind))
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
        disposed_by waited_s talked_s ended_at campaign_entry menu_path; recorded, lines,
        scripted (how many answers to a script) where there are
    invoice: number account period_on amount_minor currency due_on corrected (bool)
    correction: invoice account delta_minor amount_minor (the new sum) currency reason
    payment: account amount_minor currency method · reading: meter resource unit value source
    request: request_id type stage group responsible deadline_at closed_at filed_by
    task: task_id title operator group due_at done_at by
    mail, web: direction subject text by · note: text by
    merge: merge_id kept_id absorbed_id absorbed_name undone_at by · change: fields by
    proposal: proposal titles answer until_at interaction_id by
    consent: kind given channel by · attempt, promise: written by campaigns
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


_IS_BEFORE = tuple_(Timeline.at, Timeline.kind, Timeline.ref) < tuple_(
    bindparam("at", type_=Utc), bindparam("kind", type_=Bytewise), bindparam("ref", type_=Whole))


def _page(*conditions: ColumnElement[bool] | TextClause) -> Select[*tuple[Any, ...]]:
    return (
        select(Timeline.at, Timeline.kind, Timeline.ref, Timeline.facts)
        .where(Timeline.client_id == bindparam("client_id", type_=Whole), *conditions)
        .order_by(Timeline.at.desc(), Timeline.kind.desc(), Timeline.ref.desc())
        .limit(bindparam("count", type_=Whole)))


_FIRST_PAGE, _NEXT_PAGE = Prepared(_page()), Prepared(_page(_IS_BEFORE))


@lru_cache(maxsize=256)
def _filtered(kinds: tuple[str, ...], *, is_next: bool) -> Prepared:
    """A page's worth of each kind, merged: calls from the client's own range, where they lie
    close together, everything else from the index of the rarer kinds."""
    before: list[ColumnElement[bool]] = [_IS_BEFORE] if is_next else []
    pages = [
        _page(Timeline.kind == kind, *([] if kind == "call" else [IS_RARE]), *before).subquery()
        for kind in kinds]
    merged = union_all(*(select(*page.columns) for page in pages)).subquery()
    return Prepared(
        select(merged.c.at, merged.c.kind, merged.c.ref, merged.c.facts)
        .order_by(merged.c.at.desc(), merged.c.kind.desc(), merged.c.ref.desc())
        .limit(bindparam("count", type_=Whole)))


async def put(
    tx: Tx, client_id: int, at: datetime, kind: TimelineKind, ref: int, facts: dict[str, JSON]
) -> None:
    """Write or rewrite one row. Call it in the transaction that writes the source row."""
    await tx.fetch(PUT, client_id=client_id, at=at, kind=kind, ref=ref, facts=facts)


async def remove(tx: Tx, client_id: int, at: datetime, kind: TimelineKind, ref: int) -> None:
    """Take a row out, for instance before it is put under another client."""
    await tx.fetch(REMOVE, client_id=client_id, at=at, kind=kind, ref=ref)


def _put(dialect: str) -> Any:
    new = insert_into(dialect, Timeline)
    return new.on_conflict_do_update(
        index_elements=["client_id", "at", "kind", "ref"], set_={"facts": new.excluded.facts})


# Within a trip: values as of `put` and `remove`.
PUT = Prepared(_put, keys=("client_id", "at", "kind", "ref", "facts"))
REMOVE = Prepared(delete(Timeline).where(
    Timeline.client_id == bindparam("client_id", type_=Whole),
    Timeline.at == bindparam("at", type_=Utc), Timeline.kind == bindparam("kind", type_=Bytewise),
    Timeline.ref == bindparam("ref", type_=Whole)))


async def page(
    tx: Tx, client_id: int, *, before: Cursor | None = None, limit: int = 30,
    kinds: Collection[str] = (),
) -> Page[TimelineItem]:
    """One page, newest first; `kinds` filters, empty means all."""
    asked = page_asked(client_id, before=before, limit=limit, kinds=kinds)
    return page_made((await tx.fetch_each(asked))[0], limit)


def page_asked(
    client_id: int, *, before: Cursor | None = None, limit: int = 30, kinds: Collection[str] = ()
) -> Asked:
    """What to ask for a page; `page_made` makes it of the rows."""
    place: dict[str, Any] = {"client_id": client_id, "count": limit + 1}
    if before:
        place |= {"at": before.at, "kind": before.kind, "ref": before.ref}
    if kinds:
        return _filtered(tuple(sorted(set(kinds))), is_next=before is not None), place
    return (_NEXT_PAGE if before else _FIRST_PAGE), place


def page_made(rows: Sequence[Any], limit: int) -> Page[TimelineItem]:
    shown = rows[:limit]
    is_last = len(rows) <= limit or not shown
    return Page(
        items=tuple(TimelineItem(kind, at, f"{kind}:{ref}", facts)
                    for at, kind, ref, facts in shown),
        next=None if is_last else Cursor(shown[-1].at, shown[-1].kind, shown[-1].ref))
