"""The sums of closed days, written whole and read by period. What is not summed is named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Date, bindparam, delete, func, insert, select, update

from crm_store.base import Base, Tx
from crm_store.prepared import Ask, Prepared
from crm_store.tables.reports import OperatorSums, OutcomeSums, QuarterSums, SummedDays

Row: TypeAlias = Mapping[str, Any]
_QUARTER_KEYS = ("at", "queue", "direction")
_OPERATOR_KEYS = ("on", "operator", "queue", "direction")
_FORGET = Prepared(delete(SummedDays).where(
    SummedDays.on >= bindparam("first", type_=Date),
    SummedDays.on <= bindparam("last", type_=Date)))
_OUTCOME_KEYS = ("on", "queue", "direction", "outcome", "disposition")


def columns(table: type[Base], keys: Sequence[str]) -> tuple[str, ...]:
    """The parts that a table sums, in its order."""
    return tuple(one.name for one in table.__table__.columns if one.name not in keys)


QUARTER_PARTS = columns(QuarterSums, _QUARTER_KEYS)
OPERATOR_PARTS = columns(OperatorSums, _OPERATOR_KEYS)


async def begin(tx: Tx, on: date) -> None:
    """The day's contacts are about to be read; whoever changes one until `put` undoes this."""
    await forget(tx, [on])
    await tx.run(insert(SummedDays).values(on=on, summed_at=None))


async def put(
    tx: Tx, on: date, since: datetime, until: datetime, *, quarters: Iterable[Row],
    operators: Iterable[Row], outcomes: Iterable[Row], at: datetime,
) -> bool:
    """A day's sums in place of what stood; `since` to `until` (excluded) is the day. False, and
    nothing is written: a contact of the day changed since `begin`."""
    begun = await tx.run(update(SummedDays).where(
        SummedDays.on == on, SummedDays.summed_at.is_(None)).values(summed_at=at))
    if begun.rowcount != 1:
        return False
    await tx.run(delete(QuarterSums).where(QuarterSums.at >= since, QuarterSums.at < until))
    await tx.run(delete(OperatorSums).where(OperatorSums.on == on))
    await tx.run(delete(OutcomeSums).where(OutcomeSums.on == on))
    await _insert(tx, QuarterSums, quarters)
    await _insert(tx, OperatorSums, operators)
    await _insert(tx, OutcomeSums, outcomes)
    return True


async def _insert(tx: Tx, table: type[Base], rows: Iterable[Row]) -> None:
    found = list(rows)
    if found:
        await tx.run(insert(table), found)


async def forget(tx: Tx, days: Sequence[date]) -> None:
    """Contacts of these days changed: their sums no longer stand."""
    if days:
        await tx.run(delete(SummedDays).where(SummedDays.on.in_(days)))


async def forget_near(tx: Tx, at: datetime) -> None:
    """A contact that began then changed."""
    await tx.trip(lambda ask: forget_now(ask, at))


def forget_now(ask: Ask, at: datetime) -> None:
    """`forget_near` within a trip; whatever the company's zone makes of its day."""
    on, side = at.date(), timedelta(days=1)
    ask.each(_FORGET, [{"first": on - side, "last": on + side}])


async def summed(tx: Tx, first: date, last: date) -> set[date]:
    """The days from `first` to `last` (included) whose sums stand."""
    return set((await tx.run(select(SummedDays.on).where(
        SummedDays.on >= first, SummedDays.on <= last,
        SummedDays.summed_at.is_not(None)))).scalars())


async def quarters(
    tx: Tx, since: datetime, until: datetime, *, queue: str | None, direction: str | None,
) -> list[Row]:
    """One row for each quarter of an hour in which something was, of forgotten days too."""
    parts = [func.sum(getattr(QuarterSums, name)).label(name) for name in QUARTER_PARTS]
    statement = select(QuarterSums.at, *parts).where(
        QuarterSums.at >= since, QuarterSums.at < until)
    for name, value in (("queue", queue), ("direction", direction)):
        if value is not None:
            statement = statement.where(getattr(QuarterSums, name) == value)
    return _rows(await tx.all(statement.group_by(QuarterSums.at).order_by(QuarterSums.at)))


async def operators(
    tx: Tx, first: date, last: date, *, queue: str | None, direction: str | None,
) -> list[Row]:
    parts = [func.sum(getattr(OperatorSums, name)).label(name) for name in OPERATOR_PARTS]
    statement = select(OperatorSums.operator, *parts)
    return _rows(await tx.all(_of(OperatorSums, statement, first, last, queue, direction)
                              .group_by(OperatorSums.operator)))


async def outcomes(
    tx: Tx, first: date, last: date, *, queue: str | None, direction: str | None,
) -> list[Row]:
    statement = select(OutcomeSums.outcome, OutcomeSums.disposition,
                       func.sum(OutcomeSums.contacts).label("contacts"))
    return _rows(await tx.all(_of(OutcomeSums, statement, first, last, queue, direction)
                              .group_by(OutcomeSums.outcome, OutcomeSums.disposition)))


def _of(table: Any, statement: Any, first: date, last: date, queue: str | None,
        direction: str | None) -> Any:
    """Of the days whose sums stand."""
    standing = select(SummedDays.on).where(SummedDays.summed_at.is_not(None))
    chosen = statement.where(table.on >= first, table.on <= last, table.on.in_(standing))
    if queue is not None:
        chosen = chosen.where(table.queue == queue)
    return chosen if direction is None else chosen.where(table.direction == direction)


def _rows(found: Iterable[Any]) -> list[Row]:
    return [{name: int(value) if hasattr(value, "as_integer_ratio") else value
             for name, value in row._mapping.items()} for row in found]
