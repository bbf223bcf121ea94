"""Who of the client base a campaign's list is made of: conditions over every field, as SQL.

All conditions hold together. Each is `field`, `op`, `value`; a custom field is `custom.KEY`.
Sums are minor units, ages whole days. The base is read by client id, so that a list of a million
is made in steps and a count ends when its time is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from sqlalchemy import ColumnElement, Select, and_, cast, func, or_, select
from sqlalchemy.types import Float, String

from crm_store.base import JSON, Tx
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters, Payments
from crm_store.tables.campaigns import Attempts, Promises
from crm_store.tables.client_facts import ClientAddresses
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.contacts import Timeline

Op = Literal["at_least", "at_most", "is", "is_not", "contains", "known", "unknown"]
OPS: tuple[str, ...] = get_args(Op)
CONTACTS = ("call", "attempt", "mail", "request")      # of the timeline: somebody spoke with him


class SelectionInvalid(Exception):
    """A condition cannot be read; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Condition:
    field: str
    op: str
    value: str | int | float | None = None

    def as_json(self) -> dict[str, JSON]:
        return {"field": self.field, "op": self.op, "value": self.value}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One client of a page of the list-to-be."""
    client_id: int
    debt_minor: int | None
    currency: str | None
    time_zone: str | None


_Made = Callable[[Condition, datetime], ColumnElement[bool]]
_DEBT = (select(func.sum(Debts.amount_minor)).where(Debts.client_id == Clients.id)
         .correlate(Clients).scalar_subquery())
_CURRENCY = (select(func.min(Debts.currency)).where(Debts.client_id == Clients.id)
             .correlate(Clients).scalar_subquery())


# ── conditions of each field ─────────────────────────────────────────────────────────────────
def _number(condition: Condition) -> int:
    value = condition.value
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**15:
        raise SelectionInvalid(f"{condition.field}: {value!r} is no number")
    return int(value)


def _text(condition: Condition) -> str:
    value = condition.value
    if not isinstance(value, str) or not value.strip() or len(value) > 200:
        raise SelectionInvalid(f"{condition.field}: say which")
    return value.strip()


def _wrong(condition: Condition) -> SelectionInvalid:
    return SelectionInvalid(f"{condition.field} cannot be compared by {condition.op!r}")


def _debt(condition: Condition, now: datetime) -> ColumnElement[bool]:
    sums = select(Debts.client_id).where(Debts.amount_minor > 0).group_by(Debts.client_id)
    total = func.sum(Debts.amount_minor)
    match condition.op:
        case "at_least":
            return Clients.id.in_(sums.having(total >= _number(condition)))
        case "at_most":
            return Clients.id.in_(sums.having(total <= _number(condition)))
        case "known":
            return Clients.id.in_(select(Debts.client_id).where(Debts.amount_minor > 0))
        case "unknown":
            return Clients.id.not_in(select(Debts.client_id).where(Debts.amount_minor > 0))
    raise _wrong(condition)


def _debt_age(condition: Condition, now: datetime) -> ColumnElement[bool]:
    """Days since its oldest part fell due."""
    day = (now - timedelta(days=_number(condition))).date()
    owed = select(Debts.client_id).where(Debts.amount_minor > 0)
    match condition.op:
        case "at_least":
            return Clients.id.in_(owed.where(Debts.since_on <= day))
        case "at_most":
            return Clients.id.not_in(owed.where(Debts.since_on < day)) & Clients.id.in_(owed)
    raise _wrong(condition)


def _plain(column: Any) -> _Made:
    def made(condition: Condition, now: datetime) -> ColumnElement[bool]:
        match condition.op:
            case "is":
                return _bool(column == _text(condition))
            case "is_not":
                return or_(column != _text(condition), column.is_(None))
            case "contains":
                return _bool(column.contains(_text(condition), autoescape=True))
            case "known":
                return _bool(column.is_not(None))
            case "unknown":
                return _bool(column.is_(None))
        raise _wrong(condition)
    return made


def _bool(clause: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = clause
    return found


def _listed(column: Any) -> _Made:
    """One of the words in a JSON list: flags, tags."""
    def made(condition: Condition, now: datetime) -> ColumnElement[bool]:
        has = _bool(cast(column, String).contains(f'"{_text(condition)}"', autoescape=True))
        if condition.op == "is":
            return has
        if condition.op == "is_not":
            return ~has
        raise _wrong(condition)
    return made


def _among(column: Any, clients: Select[Any]) -> _Made:
    """Something of his, in a table of its own."""
    def made(condition: Condition, now: datetime) -> ColumnElement[bool]:
        match condition.op:
            case "is":
                return Clients.id.in_(clients.where(column == _text(condition)))
            case "is_not":
                return Clients.id.not_in(clients.where(column == _text(condition)))
            case "contains":
                return Clients.id.in_(clients.where(
                    column.contains(_text(condition), autoescape=True)))
            case "known":
                return Clients.id.in_(clients)
            case "unknown":
                return Clients.id.not_in(clients)
        raise _wrong(condition)
    return made


def _days_ago(clients: Callable[[datetime], Select[Any]], anything: Select[Any]) -> _Made:
    """At least so many days ago (or never); at most so many."""
    def made(condition: Condition, now: datetime) -> ColumnElement[bool]:
        match condition.op:
            case "at_least":
                return Clients.id.not_in(clients(now - timedelta(days=_number(condition))))
            case "at_most":
                return Clients.id.in_(clients(now - timedelta(days=_number(condition))))
            case "known":
                return Clients.id.in_(anything)
            case "unknown":
                return Clients.id.not_in(anything)
        raise _wrong(condition)
    return made


_AT = (select(ClientAddresses.client_id)
       .join(Addresses, Addresses.id == ClientAddresses.address_id))
_SUPPLIED = select(Accounts.client_id).join(Addresses, Addresses.id == Accounts.address_id)
_METERED = select(Accounts.client_id).join(Meters, Meters.account_id == Accounts.id)
_PAID = select(Accounts.client_id).join(Payments, Payments.account_id == Accounts.id)
_MET = select(Timeline.client_id).where(Timeline.kind.in_(CONTACTS))
FIELDS: Mapping[str, _Made] = {
    "debt": _debt,
    "debt_age": _debt_age,
    "city": _among(Addresses.city, _SUPPLIED),
    "lives_in": _among(Addresses.city, _AT),
    "street": _among(Addresses.street, _SUPPLIED),
    "meter": _among(Meters.resource, _METERED),
    "account": _among(Accounts.number, select(Accounts.client_id)),
    "last_contact": _days_ago(lambda since: _MET.where(Timeline.at > since), _MET),
    "last_payment": _days_ago(lambda since: _PAID.where(Payments.paid_at > since), _PAID),
    "last_attempt": _days_ago(
        lambda since: select(Attempts.client_id).where(Attempts.dialling_at > since),
        select(Attempts.client_id).where(Attempts.dialling_at.is_not(None))),
    "promise": _among(Promises.state, select(Promises.client_id)),
    "phone": _among(ClientPhones.e164, select(ClientPhones.client_id)),
    "kind": _plain(Clients.kind),
    "name": _plain(Clients.name),
    "language": _plain(Clients.language),
    "time_zone": _plain(Clients.time_zone),
    "source": _plain(Clients.source),
    "flag": _listed(Clients.flags),
    "tag": _listed(Clients.tags),
}


def _custom(condition: Condition, kinds: Mapping[str, str]) -> ColumnElement[bool]:
    """A field that an administrator defined; `kinds` are those in use."""
    key = condition.field.removeprefix("custom.")
    if key not in kinds:
        raise SelectionInvalid(f"there is no field {key[:40]!r}")
    value = Clients.custom[key].as_string()
    if condition.op in ("at_least", "at_most") and kinds[key] != "date":
        path = (key, "amount_minor") if kinds[key] == "money" else key
        number = cast(Clients.custom[path].as_string(), Float)
        asked = _number(condition)
        return and_(value.is_not(None), _bool(
            number >= asked if condition.op == "at_least" else number <= asked))
    if condition.op == "at_least":
        return _bool(value >= _text(condition))
    if condition.op == "at_most":
        return _bool(value <= _text(condition))
    return _plain(value)(condition, datetime.now(UTC))


def clause(conditions: Sequence[Condition], kinds: Mapping[str, str],
           now: datetime) -> ColumnElement[bool]:
    """Raises SelectionInvalid."""
    parts: list[ColumnElement[bool]] = [Clients.merged_into.is_(None)]
    for one in conditions:
        if one.op not in OPS:
            raise SelectionInvalid(f"{one.op[:40]!r} is no comparison")
        if one.field.startswith("custom."):
            parts.append(_custom(one, kinds))
        elif one.field in FIELDS:
            parts.append(FIELDS[one.field](one, now))
        else:
            raise SelectionInvalid(f"there is no field {one.field[:40]!r}")
    return and_(*parts)


async def count(tx: Tx, conditions: Sequence[Condition], kinds: Mapping[str, str],
                now: datetime) -> int:
    return int(await tx.scalar(select(func.count()).select_from(Clients).where(
        clause(conditions, kinds, now))))


async def page(tx: Tx, conditions: Sequence[Condition], kinds: Mapping[str, str],
               now: datetime, *, after: int, limit: int) -> list[Chosen]:
    """By client id."""
    rows = await tx.all(select(
        Clients.id, _DEBT.label("debt"), _CURRENCY.label("currency"), Clients.time_zone,
    ).where(clause(conditions, kinds, now), Clients.id > after).order_by(Clients.id).limit(limit))
    return [Chosen(row.id, None if row.debt is None else int(row.debt), row.currency,
                   row.time_zone) for row in rows]


async def owed(tx: Tx, client_ids: Sequence[int]) -> list[Chosen]:
    rows = await tx.all(select(
        Clients.id, _DEBT.label("debt"), _CURRENCY.label("currency"), Clients.time_zone,
    ).where(Clients.id.in_(client_ids)))
    return [Chosen(row.id, None if row.debt is None else int(row.debt), row.currency,
                   row.time_zone) for row in rows]
