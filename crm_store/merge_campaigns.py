"""Campaign entries when two clients become one: nobody is called twice because of it.

On one list both stay, each on his own entry, so that the ledger still adds up; the absorbed
client's entry is withdrawn if it was open, and the kept one's if the absorbed one was reached.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from crm_store import moving
from crm_store.base import Base, Tx
from crm_store.tables.campaigns import IS_OPEN, Attempts, CampaignEntries, EntryEvents

_ENTRIES = Base.metadata.tables["campaign_entries"]
_OPEN = ("not_tried", "waiting_until")
_REACHED = ("reached_in_person", "promised", "paid", "refused", "disputed")


async def lock(tx: Tx, client_ids: Collection[int]) -> None:
    """The entries of these clients, as the dialler locks them: it waits for us, or we for it."""
    await tx.run(select(CampaignEntries.id).where(CampaignEntries.client_id.in_(client_ids))
                 .order_by(CampaignEntries.id).with_for_update())


async def is_being_called(tx: Tx, client_ids: Collection[int]) -> bool:
    """A call of a campaign is prepared, rings, is spoken, or waits for its outcome."""
    attempt = await tx.scalar(select(Attempts.id).where(
        Attempts.client_id.in_(client_ids), IS_OPEN).limit(1))
    entry = await tx.scalar(select(CampaignEntries.id).where(
        CampaignEntries.client_id.in_(client_ids),
        CampaignEntries.state == "being_tried").limit(1))
    return attempt is not None or entry is not None


async def join(
    tx: Tx, merge_id: int, *, kept: int, absorbed: int, by: str, at: datetime,
) -> None:
    """Entries on lists where only the absorbed client stands go over; on others see above."""
    theirs = await _entries(tx, absorbed)
    mine = {row["campaign_id"]: row for row in await _entries(tx, kept)}
    alone = [row["id"] for row in theirs if row["campaign_id"] not in mine]
    await moving.note(tx, merge_id, [
        moving.entry(_ENTRIES, "client_id", "moved", (entry_id,)) for entry_id in alone])
    if alone:
        await tx.run(update(_ENTRIES).where(_ENTRIES.c.id.in_(alone)).values(client_id=kept))
    for row in theirs:
        other = mine.get(row["campaign_id"])
        if other is None:
            continue
        if row["state"] in _OPEN:
            await _withdraw(tx, merge_id, row, by=by, at=at)
        elif row["state"] in _REACHED and other["state"] in _OPEN:
            await _withdraw(tx, merge_id, other, by=by, at=at)


async def _entries(tx: Tx, client_id: int) -> list[dict[str, Any]]:
    rows = await tx.all(select(_ENTRIES).where(_ENTRIES.c.client_id == client_id)
                        .order_by(_ENTRIES.c.id))
    return [dict(row._mapping) for row in rows]


async def _withdraw(
    tx: Tx, merge_id: int, row: dict[str, Any], *, by: str, at: datetime,
) -> None:
    await moving.change(tx, merge_id, _ENTRIES, "client_id", (row["id"],), row, {
        "state": "withdrawn", "since": at, "why": "merged", "facts": {"merge": merge_id},
        "until_at": None, "claimed_by": None, "claimed_until": None})
    await _tell(tx, row["id"], "stopped", "withdrawn", {"merge": merge_id}, by=by, at=at)


async def part(
    tx: Tx, merge_id: int, entry_id: int, before: dict[str, Any], *, by: str, at: datetime,
) -> None:
    """An entry that this merge withdrew goes on where it was; who was moved since stays."""
    row = await tx.first(select(_ENTRIES.c.state, _ENTRIES.c.why, _ENTRIES.c.facts).where(
        _ENTRIES.c.id == entry_id).with_for_update())
    if row is None or (row.state, row.why) != ("withdrawn", "merged") \
            or row.facts.get("merge") != merge_id:
        return
    values = moving.was(_ENTRIES, before)
    await tx.run(update(_ENTRIES).where(_ENTRIES.c.id == entry_id).values(**values))
    happening = "postponed" if values["state"] == "waiting_until" else "given_back"
    await _tell(tx, entry_id, happening, values["state"], {"merge": merge_id}, by=by, at=at)


async def _tell(
    tx: Tx, entry_id: int, happening: str, state: str, facts: dict[str, Any], *, by: str,
    at: datetime,
) -> None:
    await tx.run(insert(EntryEvents).values(
        entry_id=entry_id, at=at, happening=happening, state=state,
        why="merged" if state == "withdrawn" else "unmerged", facts=facts, by=by))
