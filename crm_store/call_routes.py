"""What routing asks of a caller, and the decisions that it came to.

Asked while he waits: three short ranges of indexes for his number, four for his client.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, select

from crm_store.base import Bytewise, Tx, Utc, Whole
from crm_store.prepared import Prepared
from crm_store.tables.billing import Debts
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions
from crm_store.tables.menus import CallRoutes
from crm_store.tables.requests import Requests

LAST_TALK = timedelta(days=90)
RETURNS = timedelta(days=3)         # so long after a campaign's dial a call may be its answer
TODAY = timedelta(hours=24)
_MOST_CALLS = 100
_ALIKE = 5_000                      # decisions read at once

_CLIENT, _NUMBER = bindparam("client_id", type_=Whole), bindparam("e164", type_=Bytewise)
_SINCE = bindparam("since", type_=Utc())
_WHO = Prepared(select(Clients.kind, Clients.language, Clients.flags).where(
    Clients.id == _CLIENT))
_OWES = Prepared(select(
    func.sum(Debts.amount_minor, type_=Whole).label("amount"),
    func.min(Debts.since_on).label("since_on"),
).where(Debts.client_id == _CLIENT, Debts.amount_minor > 0))
_TALKED = (Interactions.operator.is_not(None), Interactions.answered_at.is_not(None),
           Interactions.absorbed_into.is_(None), Interactions.started_at > _SINCE)
_LAST_OF_CLIENT = Prepared(
    select(Interactions.operator, Interactions.started_at)
    .where(Interactions.client_id == _CLIENT, *_TALKED)
    .order_by(Interactions.started_at.desc()).limit(1))
_LAST_OF_NUMBER = Prepared(
    select(Interactions.operator, Interactions.started_at)
    .where(Interactions.number == _NUMBER, *_TALKED)
    .order_by(Interactions.started_at.desc()).limit(1))
_IN_HAND = Prepared(
    select(Requests.type, Requests.group_id, Requests.responsible)
    .where(Requests.client_id == _CLIENT, Requests.closed_at.is_(None))
    .order_by(Requests.id.desc()).limit(1))
_RECENT = Prepared(
    select(Interactions.call_id, Interactions.direction, Interactions.started_at,
           Interactions.answered_at, Interactions.operator, Interactions.attempt,
           Interactions.waited_s)
    .where(Interactions.number == _NUMBER, Interactions.started_at > _SINCE,
           Interactions.absorbed_into.is_(None))
    .order_by(Interactions.started_at.desc()).limit(_MOST_CALLS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Of whom routing asks. `call_id`: the call that is under way is none of his earlier ones."""
    number: str | None
    client_id: int | None
    call_id: str
    now: datetime
    today: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A decision as it is kept. `reasons` are mappings of rule, says, what, value, because."""
    call_id: str
    at: datetime
    queue: str
    priority: int
    operator: str | None
    level: int | None
    version: int | None
    facts: Mapping[str, str]
    reasons: Sequence[Mapping[str, Any]]
    client_id: int | None = None


async def facts_of(tx: Tx, asking: Asking) -> dict[str, str]:
    """By the names that rules ask for; what is not known is left out."""
    facts: dict[str, str] = {}
    if asking.number is not None:
        last, recent = await tx.fetch_each(
            (_LAST_OF_NUMBER, {"e164": asking.number, "since": asking.now - LAST_TALK}),
            (_RECENT, {"e164": asking.number, "since": asking.now - RETURNS}))
        facts |= _lately([row for row in recent if row.call_id != asking.call_id], asking.now)
        facts |= _last(last, asking.now)
    if asking.client_id is not None:
        whose = {"client_id": asking.client_id}
        who, owes, last, in_hand = await tx.fetch_each(
            (_WHO, whose), (_OWES, whose),
            (_LAST_OF_CLIENT, {**whose, "since": asking.now - LAST_TALK}), (_IN_HAND, whose))
        facts |= _card(who, owes, asking.today) | _last(last, asking.now) | _in_hand(in_hand)
    return facts


def _lately(recent: Sequence[Any], now: datetime) -> dict[str, str]:
    today = [row for row in recent if row.direction == "in" and row.started_at > now - TODAY]
    in_vain = sum(row.waited_s or 0.0 for row in today if row.answered_at is None)
    was_dialled = any(row.attempt is not None and row.operator is None for row in recent)
    return {"calls": str(len(today)), "waited": str(int(in_vain)),
            "campaign_return": "yes" if was_dialled else "no"}


def _last(rows: Sequence[Any], now: datetime) -> dict[str, str]:
    if not rows:
        return {}
    return {"last_operator": rows[0].operator,
            "last_days": str(max(0, (now - rows[0].started_at).days))}


def _card(who: Sequence[Any], owes: Sequence[Any], today: date) -> dict[str, str]:
    if not who:
        return {}
    facts = {"kind": who[0].kind, "debt": str((owes[0].amount or 0) // 100)}
    if owes[0].since_on is not None:
        facts["debt_days"] = str(max(0, (today - owes[0].since_on).days))
    return facts | {f"flag.{flag}": "yes" for flag in who[0].flags}


def _in_hand(rows: Sequence[Any]) -> dict[str, str]:
    if not rows:
        return {"request": "none"}
    facts = {"request": rows[0].type, "group": rows[0].group_id}
    return facts | ({"own_operator": rows[0].responsible} if rows[0].responsible else {})


async def keep(tx: Tx, route: Route) -> None:
    """Of a call that is routed twice the last decision counts."""
    values = {"call_id": route.call_id, "client_id": route.client_id, "at": route.at,
              "queue": route.queue, "priority": route.priority, "operator": route.operator,
              "level": route.level, "version": route.version, "facts": dict(route.facts),
              "reasons": [dict(reason) for reason in route.reasons]}
    new = tx.insert(CallRoutes).values(values)
    await tx.run(new.on_conflict_do_update(
        index_elements=["call_id"],
        set_={name: value for name, value in values.items() if name != "call_id"}))


async def of_call(tx: Tx, call_id: str) -> Route | None:
    rows = await tx.all(_kept().where(CallRoutes.call_id == call_id))
    return _route(rows[0]) if rows else None


async def of_interaction(tx: Tx, interaction_id: int) -> tuple[Route | None, str | None]:
    """The decision, and who talked with the caller in the end."""
    row = await tx.first(select(Interactions.call_id, Interactions.operator).where(
        Interactions.id == interaction_id))
    if row is None or row.call_id is None:
        return None, None
    return await of_call(tx, row.call_id), row.operator


async def kept(tx: Tx, since: datetime, until: datetime, *, most: int) -> list[Route]:
    """The decisions of a period, the newest first; at most `most` of them."""
    found: list[Route] = []
    while len(found) < most:
        rows = await tx.all(
            _kept().where(CallRoutes.at >= since, CallRoutes.at < until)
            .order_by(CallRoutes.at.desc(), CallRoutes.call_id.desc())
            .offset(len(found)).limit(min(_ALIKE, most - len(found))))
        found += [_route(row) for row in rows]
        if len(rows) < _ALIKE:
            break
    return found


async def forget(tx: Tx, before: datetime) -> int:
    """Older decisions go; how many."""
    return int((await tx.run(delete(CallRoutes).where(CallRoutes.at < before))).rowcount)


def _kept() -> Any:
    return select(CallRoutes.call_id, CallRoutes.at, CallRoutes.queue, CallRoutes.priority,
                  CallRoutes.operator, CallRoutes.level, CallRoutes.version, CallRoutes.facts,
                  CallRoutes.reasons, CallRoutes.client_id)


def _route(row: Any) -> Route:
    return Route(
        call_id=row.call_id, at=row.at, queue=row.queue, priority=row.priority,
        operator=row.operator, level=row.level, version=row.version, facts=row.facts,
        reasons=row.reasons, client_id=row.client_id)
