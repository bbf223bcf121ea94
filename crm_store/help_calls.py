"""Operators who ask their leads for help."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from crm_store import audit, errors
from crm_store.base import Tx
from crm_store.card_numbers import masked
from crm_store.tables.team import HelpCalls


@dataclass(frozen=True, slots=True)
class HelpCall:
    id: int
    operator: str
    text: str
    call_id: str | None
    at: datetime
    answered_by: str | None
    answered_at: datetime | None
    answer: str
    ended_at: datetime | None


async def ask(tx: Tx, operator: str, *, text: str, call_id: str | None,
              at: datetime) -> HelpCall:
    """One open call of each; asked again it stays, with the newer words."""
    open_one = await tx.first(select(*_ALL).where(
        HelpCalls.operator == operator, HelpCalls.ended_at.is_(None)))
    if open_one is None:
        row = (await tx.run(insert(HelpCalls).values(
            operator=operator, text=masked(text), call_id=call_id, at=at, answer="",
        ).returning(*_ALL))).one()
    else:
        row = (await tx.run(update(HelpCalls).where(HelpCalls.id == open_one.id).values(
            text=masked(text) or open_one.text, call_id=call_id).returning(*_ALL))).one()
    return HelpCall(*row)


async def answer(tx: Tx, help_id: int, *, by: str, text: str, at: datetime) -> HelpCall:
    """A lead answers; the first who does is named. Raises `NotFound` when it is over."""
    row = (await tx.run(
        update(HelpCalls).where(HelpCalls.id == help_id, HelpCalls.ended_at.is_(None),
                                HelpCalls.answered_at.is_(None))
        .values(answered_by=by, answered_at=at, answer=masked(text)).returning(*_ALL))).first()
    if row is None:
        raise errors.NotFound(f"help {help_id}")
    await audit.record(tx, by=by, at=at, what="help.answered",
                       facts={"operator": row.operator, "help": help_id})
    return HelpCall(*row)


async def end(tx: Tx, help_id: int, *, by: str, at: datetime) -> HelpCall:
    """By who asked, or by a lead. Raises `NotFound` when it is over already."""
    row = (await tx.run(
        update(HelpCalls).where(HelpCalls.id == help_id, HelpCalls.ended_at.is_(None))
        .values(ended_at=at).returning(*_ALL))).first()
    if row is None:
        raise errors.NotFound(f"help {help_id}")
    if by != row.operator:
        await audit.record(tx, by=by, at=at, what="help.ended",
                           facts={"operator": row.operator, "help": help_id})
    return HelpCall(*row)


async def open_ones(tx: Tx) -> list[HelpCall]:
    """The oldest first."""
    rows = await tx.all(select(*_ALL).where(HelpCalls.ended_at.is_(None))
                        .order_by(HelpCalls.at, HelpCalls.id))
    return [HelpCall(*row) for row in rows]


_ALL = (HelpCalls.id, HelpCalls.operator, HelpCalls.text, HelpCalls.call_id, HelpCalls.at,
        HelpCalls.answered_by, HelpCalls.answered_at, HelpCalls.answer, HelpCalls.ended_at)
