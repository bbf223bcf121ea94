"""Stored interactions page by page, newest first, for the API and reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select

from crm_store import keyset
from crm_store.base import Tx
from crm_store.contacts import COLUMNS, Interaction
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """None means "whatever". `since` and `until` bound `started_at`, `until` excluded."""
    number: str | None = None
    operator: str | None = None
    queue: str | None = None
    client_id: int | None = None
    call_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One queue's, or one operator's, contacts since a moment."""
    queue: str | None
    operator: str | None
    outcome: str | None
    contacts: int
    talked_s: float
    waits_s: tuple[float, ...]      # of the answered ones


async def since(tx: Tx, at: datetime) -> list[Figures]:
    """What the day's figures are made of, by queue, operator and outcome."""
    rows = await tx.all(
        select(Interactions.queue, Interactions.operator, Interactions.outcome,
               Interactions.waited_s, Interactions.talked_s, Interactions.answered_at)
        .where(Interactions.started_at >= at, Interactions.absorbed_into.is_(None)))
    found: dict[tuple[str | None, str | None, str | None], list[tuple[float, float]]] = {}
    for row in rows:
        outcome = "answered" if row.answered_at is not None and row.operator else row.outcome
        found.setdefault((row.queue, row.operator, outcome), []).append(
            (row.waited_s or 0.0, row.talked_s or 0.0))
    return [Figures(queue, operator, outcome, len(times), sum(talk for _, talk in times),
                    tuple(wait for wait, _ in times))
            for (queue, operator, outcome), times in found.items()]


async def page(
    tx: Tx, wanted: Wanted, *, cursor: str | None = None, limit: int = 50
) -> tuple[list[Interaction], str | None]:
    """One page and the cursor of the next one, None on the last. Raises `BadCursor`."""
    statement = select(*COLUMNS, Clients.name.label("client_name")).outerjoin(
        Clients, Clients.id == Interactions.client_id).where(Interactions.absorbed_into.is_(None))
    for name in ("number", "operator", "queue", "client_id", "call_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Interactions, name) == value)
    if wanted.since is not None:
        statement = statement.where(Interactions.started_at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(Interactions.started_at < wanted.until)
    if cursor is not None:
        at, last = keyset.read(cursor)
        statement = statement.where(or_(
            Interactions.started_at < at,
            and_(Interactions.started_at == at, Interactions.id < last)))
    rows = await tx.all(statement.order_by(
        Interactions.started_at.desc(), Interactions.id.desc()).limit(limit + 1))
    found = [_interaction(dict(row._mapping)) for row in rows[:limit]]
    last_one = found[-1] if len(rows) > limit else None
    return found, keyset.written(last_one.started_at, last_one.id) if last_one else None


def _interaction(facts: dict[str, object]) -> Interaction:
    known = Interaction.__dataclass_fields__
    kept = {name: value for name, value in facts.items() if name in known}
    kept["menu_path"] = tuple(facts["menu_path"] or ())  # type: ignore[arg-type]
    return Interaction(**kept)  # type: ignore[arg-type]
