"""Reading the audit: page by page for people, and link by link to see whether it was touched."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, func, or_, select

from crm_store import keyset
from crm_store.audit import GENESIS, facts_hash, link
from crm_store.base import JSON, Tx
from crm_store.tables.audit import Audit, AuditCuts
from crm_store.tables.clients import Clients

Fault = Literal["row_missing", "row_changed", "facts_changed", "facts_missing", "cut_unknown",
                "end_missing", "anchor_differs"]
AT_ONCE = 2_000
ERASED, CUT = "person.erased", "audit.cut"      # what may explain that something is gone
_LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """None means "whatever". `what` is a deed, or an area with its point (`client.`).

    `since` and `until` bound `at`, `until` excluded.
    """
    by: str | None = None
    client_id: int | None = None
    what: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One deed as it is shown. `place` is None until it is chained; `facts` None: forgotten."""
    id: int
    at: datetime
    by: str
    what: str
    client_id: int | None
    client_name: str | None
    facts: dict[str, JSON] | None
    place: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first row that is not as it was: its place in the chain, and its id if it is there."""
    place: int
    row_id: int | None
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`rows` were checked up to place `head`; `waiting` are not chained yet."""
    rows: int
    begins_after: int
    head: int
    head_hash: str
    forgotten: int          # rows whose facts went with an erased person
    waiting: int
    broken: Broken | None


async def page(
    tx: Tx, wanted: Filter, *, cursor: str | None = None, limit: int = 50
) -> tuple[list[Entry], str | None]:
    """Newest first, and the cursor of the next page, None on the last. Raises `BadCursor`."""
    statement = select(
        Audit.id, Audit.at, Audit.by, Audit.what, Audit.client_id, Audit.facts, Audit.place,
        Clients.name.label("client_name"),
    ).outerjoin(Clients, Clients.id == Audit.client_id).where(*_conditions(wanted))
    if cursor is not None:
        at, last = keyset.read(cursor)
        statement = statement.where(or_(Audit.at < at, and_(Audit.at == at, Audit.id < last)))
    rows = await tx.all(statement.order_by(Audit.at.desc(), Audit.id.desc()).limit(limit + 1))
    found = [Entry(**(dict(row._mapping) | {"facts": row.facts and json.loads(row.facts)}))
             for row in rows[:limit]]
    more = len(rows) > limit
    return found, keyset.written(found[-1].at, found[-1].id) if more else None


def _conditions(wanted: Filter) -> list[Any]:
    found: list[Any] = []
    if wanted.by is not None:
        found.append(Audit.by == wanted.by)
    if wanted.client_id is not None:
        found.append(Audit.client_id == wanted.client_id)
    if wanted.what is not None and wanted.what.endswith("."):
        found += [Audit.what >= wanted.what, Audit.what < wanted.what + _LAST_SIGN]
    elif wanted.what is not None:
        found.append(Audit.what == wanted.what)
    if wanted.since is not None:
        found.append(Audit.at >= wanted.since)
    if wanted.until is not None:
        found.append(Audit.at < wanted.until)
    return found


async def kinds(tx: Tx) -> list[str]:
    """Every `what` there is; one short look into the index for each."""
    found: list[str] = []
    after = ""
    while True:
        following: str | None = await tx.scalar(
            select(func.min(Audit.what)).where(Audit.what > after))
        if following is None:
            return found
        found.append(following)
        after = following


async def views_since(
    tx: Tx, what: str, at: datetime
) -> list[tuple[str, datetime, int | None, str]]:
    """Who did it when to which client and by which way (`via`), oldest first."""
    rows = await tx.all(select(Audit.by, Audit.at, Audit.client_id, Audit.facts)
                        .where(Audit.what == what, Audit.at > at).order_by(Audit.at))
    return [(row.by, row.at, row.client_id,
             str(json.loads(row.facts).get("via", "")) if row.facts else "") for row in rows]


# ── verifying ────────────────────────────────────────────────────────────────────────────────
async def verify(
    tx: Tx, *, anchors: Mapping[int, str] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Verdict:
    """Walk the whole chain and stop at the first row that is not as it was.

    `anchors` are places and hashes noted outside the database: against them a chain shows that
    its end was cut off or that all of it was made anew. A row's facts may be missing only when
    its client was erased.
    """
    noted = dict(anchors or {})
    walk = _Walk(noted, await _erased(tx))
    broken = await _begin(tx, walk)
    while broken is None:
        rows = await tx.all(
            select(Audit.id, Audit.at, Audit.by, Audit.what, Audit.client_id, Audit.facts,
                   Audit.salt, Audit.facts_hash, Audit.place, Audit.hash)
            .where(Audit.place > walk.place).order_by(Audit.place).limit(AT_ONCE))
        if not rows:
            break
        broken = next((fault for row in rows if (fault := walk.step(row)) is not None), None)
        if progress is not None:
            progress(walk.rows)
    if broken is None and (beyond := [place for place in noted if place > walk.place]):
        broken = Broken(place=min(walk.place + 1, *beyond), row_id=None, fault="end_missing")
    waiting = await tx.scalar(select(func.count()).select_from(Audit).where(Audit.hash.is_(None)))
    return Verdict(rows=walk.rows, begins_after=walk.began, head=walk.place,
                   head_hash=walk.before.hex(), forgotten=walk.forgotten, waiting=int(waiting),
                   broken=broken)


async def _erased(tx: Tx) -> frozenset[int]:
    rows = await tx.all(select(Audit.client_id).where(Audit.what == ERASED).distinct())
    return frozenset(row.client_id for row in rows if row.client_id is not None)


async def _begin(tx: Tx, walk: _Walk) -> Broken | None:
    """Where the chain begins: at nothing, or behind a cut that the chain itself tells of."""
    cut = await tx.first(select(AuditCuts.place, AuditCuts.hash)
                         .order_by(AuditCuts.place.desc()).limit(1))
    if cut is None:
        return None
    told = await tx.all(select(Audit.facts).where(Audit.what == CUT))
    facts = [json.loads(row.facts) for row in told if row.facts]
    if {"place": cut.place, "hash": cut.hash.hex()} not in [
            {"place": fact.get("place"), "hash": fact.get("hash")} for fact in facts]:
        return Broken(place=cut.place, row_id=None, fault="cut_unknown")
    walk.place = walk.began = cut.place
    walk.before = cut.hash
    return None


class _Walk:
    """How far the chain has been followed."""

    def __init__(self, anchors: Mapping[int, str], erased: Collection[int]) -> None:
        self._anchors = anchors
        self._erased = erased
        self.place = self.began = self.rows = self.forgotten = 0
        self.before = GENESIS

    def step(self, row: Any) -> Broken | None:
        fault = self._fault(row)
        if fault is not None:
            place = self.place + 1 if fault == "row_missing" else row.place
            return Broken(place=place, fault=fault,
                          row_id=None if fault == "row_missing" else row.id)
        self.rows += 1
        self.place, self.before = row.place, row.hash
        return None

    def _fault(self, row: Any) -> Fault | None:
        if row.place != self.place + 1:
            return "row_missing"
        if link(self.before, place=row.place, row_id=row.id, at=row.at, by=row.by, what=row.what,
                client_id=row.client_id, facts_hash=row.facts_hash) != row.hash:
            return "row_changed"
        if self._anchors.get(row.place, row.hash.hex()) != row.hash.hex():
            return "anchor_differs"
        if row.facts is None:
            self.forgotten += 1
            return None if row.client_id in self._erased else "facts_missing"
        return None if facts_hash(row.facts, row.salt) == row.facts_hash else "facts_changed"
