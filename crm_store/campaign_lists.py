"""A campaign's list while it grows, and each later addition: many rows with few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update

from crm_store.base import JSON, Tx
from crm_store.tables.campaigns import CampaignEntries, Campaigns, EntryEvents, EntryNumbers
from crm_store.tables.clients import ClientPhones


@dataclass(frozen=True, slots=True)
class Listed:
    client_id: int
    debt_minor: int | None
    currency: str | None
    zones: tuple[str, ...]
    numbers: tuple[str, ...]        # in the order of trust


async def numbers_of(tx: Tx, client_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """E.164 in the order of trust, the primary one first."""
    rows = await tx.all(select(ClientPhones.client_id, ClientPhones.e164).where(
        ClientPhones.client_id.in_(client_ids),
    ).order_by(ClientPhones.client_id, ClientPhones.is_primary.desc(),
               ClientPhones.trust.desc(), ClientPhones.e164))
    found: dict[int, tuple[str, ...]] = {}
    for row in rows:
        found[row.client_id] = (*found.get(row.client_id, ()), row.e164)
    return found


async def listed_among(tx: Tx, campaign_id: int, client_ids: Sequence[int]) -> set[int]:
    """Who is on the list already."""
    rows = await tx.all(select(CampaignEntries.client_id).where(
        CampaignEntries.campaign_id == campaign_id, CampaignEntries.client_id.in_(client_ids)))
    return {row.client_id for row in rows}


async def add(tx: Tx, campaign_id: int, people: Sequence[Listed], *, at: datetime, by: str,
              facts: Mapping[str, JSON] | None = None) -> list[int]:
    """Entries `not_tried`, with their numbers; nobody of them may be on the list. Their ids."""
    if not people:
        return []
    result = await tx.run(insert(CampaignEntries).values([{
        "campaign_id": campaign_id, "client_id": one.client_id, "debt_minor": one.debt_minor,
        "currency": one.currency, "zones": list(one.zones), "state": "not_tried", "since": at,
        "why": "on_the_list", "facts": dict(facts or {})} for one in people],
    ).returning(CampaignEntries.id, CampaignEntries.client_id))
    ids = {row.client_id: row.id for row in result}
    await tx.run(insert(EntryEvents).values([{
        "entry_id": ids[one.client_id], "at": at, "happening": "listed", "state": "not_tried",
        "why": "on_the_list", "facts": dict(facts or {}), "by": by} for one in people]))
    numbers = [{"entry_id": ids[one.client_id], "e164": e164, "place": place}
               for one in people for place, e164 in enumerate(dict.fromkeys(one.numbers), 1)]
    if numbers:
        await tx.run(insert(EntryNumbers).values(numbers))
    return list(ids.values())


async def grow(tx: Tx, campaign_id: int, by: int) -> None:
    """A frozen list takes so many more: before they are added, in the same transaction."""
    await tx.run(update(Campaigns).where(
        Campaigns.id == campaign_id, Campaigns.size.is_not(None),
    ).values(size=Campaigns.size + by))


async def keep_selection(tx: Tx, campaign_id: int, conditions: Sequence[JSON]) -> None:
    await tx.run(update(Campaigns).where(Campaigns.id == campaign_id).values(
        selection=list(conditions)))


async def size(tx: Tx, campaign_id: int) -> int:
    return int(await tx.scalar(select(func.count()).where(
        CampaignEntries.campaign_id == campaign_id)))
