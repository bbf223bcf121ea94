"""Gaps of the link to Asterisk, as people are told of them; and how far its tape was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, case, func, or_, select, update

from crm_store.base import Tx, insert_into
from crm_store.prepared import Prepared
from crm_store.tables.gaps import Gaps, JournalPlaces

Why = Literal["link", "server", "asterisk"]     # it was cut, we were not there, it was not there


@dataclass(frozen=True, slots=True, kw_only=True)
class GapRow:
    """`until` None: it is open. `settled_at` None: its calls are still looked for."""
    id: int
    pbx: str
    since: datetime
    until: datetime | None
    why: Why
    calls_lost: int
    calls_found: int
    mended: int
    unknown: int
    settled_at: datetime | None


async def write(
    tx: Tx, *, pbx: str, since: datetime, until: datetime | None, why: Why, calls_lost: int = 0,
    calls_found: int = 0,
) -> GapRow:
    """The gap that began then; told again, it learns its end and what the floor knew of it."""
    new = tx.insert(Gaps).values(
        pbx=pbx, since_at=since, until_at=until, why=why, calls_lost=calls_lost,
        calls_found=calls_found, mended=0, unknown=0)
    said = new.excluded
    statement = new.on_conflict_do_update(index_elements=["pbx", "since_at"], set_={
        "until_at": func.coalesce(Gaps.until_at, said.until_at),
        "why": case((Gaps.until_at.is_(None), said.why), else_=Gaps.why),
        "calls_lost": case((Gaps.until_at.is_(None), said.calls_lost), else_=Gaps.calls_lost),
        "calls_found": case((Gaps.until_at.is_(None), said.calls_found),
                            else_=Gaps.calls_found)})
    return _gap((await tx.run(statement.returning(*_columns()))).one())


async def note_mended(
    tx: Tx, gap: int, *, mended: int, unknown: int, settled_at: datetime | None,
) -> GapRow:
    """`mended`: how many calls more were told from Asterisk's own records."""
    return _gap((await tx.run(
        update(Gaps).where(Gaps.id == gap)
        .values(mended=Gaps.mended + mended, unknown=unknown, settled_at=settled_at)
        .returning(*_columns()))).one())


async def unsettled(tx: Tx, pbx: str) -> list[GapRow]:
    """Those that are over and whose calls are still looked for, the oldest first."""
    return [_gap(row) for row in await tx.all(
        select(*_columns()).where(Gaps.pbx == pbx, Gaps.until_at.is_not(None),
                                  Gaps.settled_at.is_(None)).order_by(Gaps.since_at))]


async def between(
    tx: Tx, since: datetime, until: datetime, *, limit: int = 500,
) -> list[GapRow]:
    """Those that reach into this stretch, the newest first."""
    return [_gap(row) for row in await tx.all(
        select(*_columns()).where(and_(
            Gaps.since_at < until, or_(Gaps.until_at.is_(None), Gaps.until_at > since)))
        .order_by(Gaps.since_at.desc()).limit(limit))]


async def place(tx: Tx, pbx: str) -> tuple[str, int] | None:
    """Up to where the tape is in the base: its part, and the byte in it."""
    row = await tx.first(select(JournalPlaces.day, JournalPlaces.offset)
                         .where(JournalPlaces.pbx == pbx))
    return None if row is None else (row.day, row.offset)


async def note_place(tx: Tx, pbx: str, day: str, offset: int) -> None:
    row = {"pbx": pbx, "day": day, "offset": offset}
    await tx.trip(lambda ask: ask.each(_PLACE, [row]))


def _noting(dialect: str) -> Any:
    new = insert_into(dialect, JournalPlaces)
    return new.on_conflict_do_update(
        index_elements=["pbx"], set_={"day": new.excluded.day, "offset": new.excluded.offset})


def _columns() -> Sequence[Any]:
    return (Gaps.id, Gaps.pbx, Gaps.since_at, Gaps.until_at, Gaps.why, Gaps.calls_lost,
            Gaps.calls_found, Gaps.mended, Gaps.unknown, Gaps.settled_at)


def _gap(row: Any) -> GapRow:
    return GapRow(
        id=row.id, pbx=row.pbx, since=row.since_at, until=row.until_at, why=row.why,
        calls_lost=row.calls_lost, calls_found=row.calls_found, mended=row.mended,
        unknown=row.unknown, settled_at=row.settled_at)


_PLACE = Prepared(_noting, keys=("pbx", "day", "offset"))
