"""Thresholds of the floor as leads saved them, and when figures were past them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from crm_store import audit, errors
from crm_store.base import Tx
from crm_store.tables.floor import ThresholdCrossings, ThresholdSets

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Saved:
    version: int
    rules: list[dict[str, Any]]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Crossing:
    queue: str
    figure: str
    level: str
    bound: float
    at: datetime
    ended_at: datetime | None = None


async def newest(tx: Tx) -> Saved | None:
    """None: nobody saved any yet."""
    row = await tx.first(select(ThresholdSets.id, ThresholdSets.rules, ThresholdSets.by,
                                ThresholdSets.at).order_by(ThresholdSets.id.desc()).limit(1))
    return None if row is None else Saved(*row)


async def save(tx: Tx, rules: Sequence[dict[str, Any]], *, upon: int, by: str,
               at: datetime) -> int:
    """A new set in place of version `upon`. Raises `Stale` when another came between
    (`Conflict`, when it did at the same moment)."""
    before = await newest(tx)
    version = before.version if before is not None else 0
    if version != upon:
        raise errors.Stale(version)
    saved = int((await tx.run(insert(ThresholdSets).values(
        rules=list(rules), upon=upon, by=by, at=at).returning(ThresholdSets.id))).scalar_one())
    await audit.record(tx, by=by, at=at, what="thresholds.saved", facts={
        "version": saved, "before": version, "thresholds": len(rules)})
    return saved


async def crossed(tx: Tx, one: Crossing) -> None:
    """It began; what stood of the same figure until now is over."""
    await better(tx, one.queue, one.figure, at=one.at)
    await tx.run(insert(ThresholdCrossings).values(
        queue=one.queue, figure=one.figure, level=one.level, bound=one.bound, at=one.at))


async def better(tx: Tx, queue: str, figure: str, *, at: datetime) -> None:
    await tx.run(update(ThresholdCrossings).where(
        ThresholdCrossings.queue == queue, ThresholdCrossings.figure == figure,
        ThresholdCrossings.ended_at.is_(None)).values(ended_at=at))


async def close_before(tx: Tx, at: datetime) -> None:
    """After a start: nobody looked meanwhile."""
    await tx.run(update(ThresholdCrossings).where(
        ThresholdCrossings.ended_at.is_(None), ThresholdCrossings.at < at).values(ended_at=at))


async def since(tx: Tx, at: datetime) -> list[Crossing]:
    """Those that began after `at` or still stand, the newest first."""
    rows = await tx.all(
        select(ThresholdCrossings.queue, ThresholdCrossings.figure, ThresholdCrossings.level,
               ThresholdCrossings.bound, ThresholdCrossings.at, ThresholdCrossings.ended_at)
        .where(or_(ThresholdCrossings.at >= at, ThresholdCrossings.ended_at.is_(None)))
        .order_by(ThresholdCrossings.at.desc(), ThresholdCrossings.id.desc()).limit(SHOWN))
    return [Crossing(*row) for row in rows]
