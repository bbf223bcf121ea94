"""On which campaigns' lists a client is, to say why he was or was not called."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from crm_store.base import Tx
from crm_store.tables.campaigns import CampaignEntries, Campaigns

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Listed:
    entry: int
    campaign: str
    campaign_state: str
    state: str


async def entries(tx: Tx, client_id: int) -> list[Listed]:
    """The newest lists first."""
    rows = await tx.all(
        select(CampaignEntries.id, Campaigns.name, Campaigns.state, CampaignEntries.state)
        .join(Campaigns, Campaigns.id == CampaignEntries.campaign_id)
        .where(CampaignEntries.client_id == client_id)
        .order_by(CampaignEntries.id.desc()).limit(SHOWN))
    return [Listed(*row) for row in rows]
