"""The pairs of two clients who become one: what was decided about either holds for both."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, update

from crm_store import moving
from crm_store.base import Base, Tx
from crm_store.tables.duplicates import DuplicatePairs

_PAIRS = Base.metadata.tables["duplicate_pairs"]


async def join(
    tx: Tx, merge_id: int, *, kept: int, absorbed: int, by: str, at: datetime,
) -> None:
    """The pair itself is decided. Others of the absorbed client are asked of the kept one;
    "not the same" as either is not the same as both."""
    await _decide(tx, kept, absorbed, "same", by=by, at=at)
    mine = {_other(row, kept): row for row in await _of(tx, kept)}
    for row in await _of(tx, absorbed):
        other = _other(row, absorbed)
        if other == kept or row["state"] == "same":
            continue
        found = mine.get(other)
        if found is None:
            low, high = sorted((kept, other))
            told = {name: value for name, value in row.items() if name != "id"}
            await tx.run(insert(_PAIRS).values(
                told | {"low_id": low, "high_id": high, "merge_id": merge_id}))
        elif row["state"] == "different" and found["state"] == "open":
            await moving.change(tx, merge_id, _PAIRS, "id", (found["id"],), found, {
                name: row[name] for name in ("state", "decided_by", "decided_at")})


async def part(
    tx: Tx, merge_id: int, *, kept: int, absorbed: int, by: str, at: datetime,
) -> None:
    """Parting says that they are not the same. Pairs that only the merge made go, unless
    somebody decided about them since."""
    await _decide(tx, kept, absorbed, "different", by=by, at=at)
    made = await tx.all(select(_PAIRS).where(_PAIRS.c.merge_id == merge_id))
    its = {row.id: row._mapping for row in made}
    asked = {_other(row, absorbed): row for row in await _of(tx, absorbed)}
    gone = [pair_id for pair_id, row in its.items()
            if (same := asked.get(_other(row, kept))) and same["state"] == row["state"]]
    if gone:
        await tx.run(delete(_PAIRS).where(_PAIRS.c.id.in_(gone)))
    await tx.run(update(_PAIRS).where(_PAIRS.c.merge_id == merge_id).values(merge_id=None))


async def _of(tx: Tx, client_id: int) -> list[dict[str, Any]]:
    rows = await tx.all(select(_PAIRS).where(or_(
        _PAIRS.c.low_id == client_id, _PAIRS.c.high_id == client_id)).order_by(_PAIRS.c.id))
    return [dict(row._mapping) for row in rows]


def _other(row: Any, client_id: int) -> int:
    return int(row["high_id"] if row["low_id"] == client_id else row["low_id"])


async def _decide(
    tx: Tx, one: int, other: int, state: str, *, by: str, at: datetime,
) -> None:
    """A pair that no search found is written down too: what a person decided is kept."""
    low, high = sorted((one, other))
    new = tx.insert(DuplicatePairs).values(
        low_id=low, high_id=high, score=0, reasons=[], state=state, found_by="person",
        found_at=at, decided_by=by, decided_at=at)
    await tx.run(new.on_conflict_do_update(
        index_elements=["low_id", "high_id"],
        set_={"state": state, "decided_by": by, "decided_at": at, "not_before": None}))
