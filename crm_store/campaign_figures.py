"""Figures of a campaign over time, for the screen that steers it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from crm_store.base import Tx
from crm_store.tables.campaigns import Attempts, CampaignEntries, EntryEvents

_REACHED = ("reached_in_person", "promised", "paid", "refused", "disputed")


async def tried(tx: Tx, campaign_id: int) -> int:
    """People who were dialled once at least."""
    return int(await tx.scalar(select(func.count(Attempts.entry_id.distinct())).join(
        CampaignEntries, CampaignEntries.id == Attempts.entry_id,
    ).where(CampaignEntries.campaign_id == campaign_id, Attempts.dialling_at.is_not(None))))


async def first_tries(tx: Tx, campaign_id: int) -> list[datetime]:
    """When each person was dialled for the first time, in order."""
    rows = await tx.all(select(func.min(Attempts.dialling_at).label("at")).join(
        CampaignEntries, CampaignEntries.id == Attempts.entry_id,
    ).where(CampaignEntries.campaign_id == campaign_id, Attempts.dialling_at.is_not(None),
            ).group_by(Attempts.entry_id))
    return sorted(row.at for row in rows)


async def first_reached(tx: Tx, campaign_id: int) -> list[datetime]:
    """When each person was reached for the first time, in order."""
    rows = await tx.all(select(func.min(EntryEvents.at).label("at")).join(
        CampaignEntries, CampaignEntries.id == EntryEvents.entry_id,
    ).where(CampaignEntries.campaign_id == campaign_id, EntryEvents.state.in_(_REACHED),
            ).group_by(EntryEvents.entry_id))
    return sorted(row.at for row in rows)


async def sample(tx: Tx, campaign_id: int, *, size: int) -> tuple[int, list[int]]:
    """How many entries there are, and up to `size` of them spread evenly over the list."""
    row = (await tx.run(select(
        func.count(), func.min(CampaignEntries.id), func.max(CampaignEntries.id),
    ).where(CampaignEntries.campaign_id == campaign_id))).one()
    if not row[0]:
        return 0, []
    step = max(1, (row[2] - row[1] + 1) // size)
    found = await tx.all(select(CampaignEntries.id).where(
        CampaignEntries.campaign_id == campaign_id,
        (CampaignEntries.id - row[1]) % step == 0).order_by(CampaignEntries.id).limit(size))
    return int(row[0]), [item.id for item in found]
