"""Ended contacts as reports count them: with the operators' own parts of each, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select

from crm_store.base import Tx
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions, Segments

OF_OPERATORS = ("talk", "hold", "wrap_up")
REPEATED_WITHIN = timedelta(days=1)
PAGE = 2_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """Of an operator (`who`) in a contact; `kind` is one of OF_OPERATORS."""
    kind: str
    who: str
    started_at: datetime
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContact:
    """`is_repeated`: the same number was in contact within REPEATED_WITHIN before."""
    id: int
    started_at: datetime
    direction: str
    number: str | None
    client_id: int | None
    client_name: str | None
    queue: str | None
    operator: str | None
    outcome: str | None
    disposition: str | None
    is_answered: bool
    waited_s: float
    talked_s: float
    held_s: float
    is_repeated: bool = False
    stretches: tuple[Stretch, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """`since` to `until` (excluded) bound the beginning; None means "whatever"."""
    since: datetime
    until: datetime
    queue: str | None = None
    operator: str | None = None     # who answered last
    direction: str | None = None


async def page(
    tx: Tx, chosen: Chosen, *, before: tuple[datetime, int] | None = None, limit: int = PAGE,
) -> list[ReportContact]:
    """The newest first; `before` is the last one's beginning and id of the page before."""
    rows = await tx.all(_statement(chosen, before, limit))
    if not rows:
        return []
    stretches = await _stretches(tx, [row.id for row in rows])
    came_before = await _came_before(tx, rows)
    return [replace(_contact(row), stretches=tuple(stretches.get(row.id, ())),
                    is_repeated=row.id in came_before) for row in rows]


async def all_of(tx: Tx, chosen: Chosen) -> list[ReportContact]:
    """For a day or so."""
    found: list[ReportContact] = []
    before: tuple[datetime, int] | None = None
    while part := await page(tx, chosen, before=before):
        found += part
        if len(part) < PAGE:
            break
        before = (part[-1].started_at, part[-1].id)
    return found


def _statement(chosen: Chosen, before: tuple[datetime, int] | None, limit: int) -> Any:
    one = Interactions
    conditions = [one.started_at >= chosen.since, one.started_at < chosen.until,
                  one.absorbed_into.is_(None), one.ended_at.is_not(None), one.channel == "call"]
    conditions += [getattr(one, name) == value for name in ("queue", "operator", "direction")
                   if (value := getattr(chosen, name)) is not None]
    if before is not None:
        at, last = before
        conditions.append(or_(one.started_at < at, and_(one.started_at == at, one.id < last)))
    return select(
        one.id, one.started_at, one.direction, one.number, one.client_id,
        Clients.name.label("client_name"), one.queue, one.operator, one.outcome,
        one.disposition, one.answered_at, one.waited_s, one.talked_s, one.held_s,
    ).outerjoin(Clients, Clients.id == one.client_id).where(*conditions).order_by(
        one.started_at.desc(), one.id.desc()).limit(limit)


def _contact(row: Any) -> ReportContact:
    return ReportContact(
        id=row.id, started_at=row.started_at, direction=row.direction, number=row.number,
        client_id=row.client_id, client_name=row.client_name, queue=row.queue,
        operator=row.operator, outcome=row.outcome, disposition=row.disposition,
        is_answered=row.answered_at is not None and row.operator is not None,
        waited_s=row.waited_s or 0.0, talked_s=row.talked_s or 0.0, held_s=row.held_s or 0.0)


async def _stretches(tx: Tx, ids: Sequence[int]) -> dict[int, list[Stretch]]:
    found: dict[int, list[Stretch]] = {}
    for start in range(0, len(ids), 500):
        rows = await tx.all(
            select(Segments.interaction_id, Segments.kind, Segments.who, Segments.started_at,
                   Segments.ended_at)
            .where(Segments.interaction_id.in_(ids[start:start + 500]),
                   Segments.kind.in_(OF_OPERATORS), Segments.who != "",
                   Segments.ended_at.is_not(None))
            .order_by(Segments.interaction_id, Segments.started_at))
        for row in rows:
            lasted = (row.ended_at - row.started_at).total_seconds()
            found.setdefault(row.interaction_id, []).append(
                Stretch(row.kind, row.who, row.started_at, max(0.0, lasted)))
    return found


async def _came_before(tx: Tx, rows: Sequence[Any]) -> set[int]:
    """Those whose number was in contact shortly before."""
    numbers = sorted({row.number for row in rows if row.number})
    if not numbers:
        return set()
    first = min(row.started_at for row in rows) - REPEATED_WITHIN
    last = max(row.started_at for row in rows)
    moments: dict[str, list[datetime]] = {}
    for start in range(0, len(numbers), 500):
        found = await tx.all(
            select(Interactions.number, Interactions.started_at)
            .where(Interactions.number.in_(numbers[start:start + 500]),
                   Interactions.absorbed_into.is_(None),
                   Interactions.started_at >= first, Interactions.started_at <= last))
        for row in found:
            moments.setdefault(row.number, []).append(row.started_at)
    return {row.id for row in rows if row.number and any(
        row.started_at - REPEATED_WITHIN <= at < row.started_at for at in moments[row.number])}


async def first_day(tx: Tx) -> datetime | None:
    """When the oldest contact began."""
    found: datetime | None = await tx.scalar(select(func.min(Interactions.started_at)))
    return found
