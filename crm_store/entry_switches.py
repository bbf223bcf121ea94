"""Numbers that callers dial, closed by a person at once, with his reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm_store import audit
from crm_store.base import Tx, insert_into
from crm_store.tables.waiting import EntrySwitches

ALL = ""


@dataclass(frozen=True, slots=True)
class Closed:
    """`entry` "": all numbers."""
    entry: str
    reason: str
    by: str
    at: datetime


async def switch(
    tx: Tx, entry: str, *, is_closed: bool, reason: str, by: str, at: datetime,
) -> None:
    new = insert_into(tx.dialect, EntrySwitches).values(
        entry=entry, is_closed=is_closed, reason=reason, by=by, at=at)
    await tx.run(new.on_conflict_do_update(index_elements=["entry"], set_={
        "is_closed": is_closed, "reason": reason, "by": by, "at": at}))
    await audit.record(tx, by=by, at=at, what="entry.closed" if is_closed else "entry.opened",
                       facts={"entry": entry or "all", "reason": reason})


async def closed(tx: Tx) -> Mapping[str, Closed]:
    """What is closed by hand now, by entry."""
    rows = await tx.all(select(
        EntrySwitches.entry, EntrySwitches.reason, EntrySwitches.by, EntrySwitches.at)
        .where(EntrySwitches.is_closed))
    return {row.entry: Closed(*row) for row in rows}


async def of(tx: Tx, entry: str) -> Closed | None:
    """Of this number, or of all."""
    found = await closed(tx)
    return found.get(entry) or found.get(ALL)
