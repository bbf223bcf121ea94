"""What must be known before somebody dials a number by hand."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from crm_store.base import Tx
from crm_store.tables.campaigns import CampaignEntries, Campaigns
from crm_store.tables.clients import ClientPhones, Clients

SHOWN = 9


@dataclass(frozen=True, slots=True)
class Running:
    """A running campaign on whose list a client is."""
    queue: str
    law: tuple[str, ...]
    zones: tuple[str, ...]


async def owners(tx: Tx, e164: str) -> list[tuple[int, str]]:
    """Who has this number, the most trusted first: id and name."""
    rows = await tx.all(
        select(Clients.id, Clients.name).join(ClientPhones, ClientPhones.client_id == Clients.id)
        .where(ClientPhones.e164 == e164, Clients.merged_into.is_(None))
        .order_by(ClientPhones.trust.desc(), Clients.id).limit(SHOWN))
    return [(row.id, row.name) for row in rows]


async def running(tx: Tx, client_id: int) -> list[Running]:
    rows = await tx.all(
        select(Campaigns.queue, Campaigns.law, CampaignEntries.zones)
        .join(CampaignEntries, CampaignEntries.campaign_id == Campaigns.id)
        .where(CampaignEntries.client_id == client_id, Campaigns.state == "running"))
    return [Running(row.queue, tuple(row.law), tuple(row.zones)) for row in rows]


async def shown_by_campaign(tx: Tx, name: str) -> str | None:
    """The number that a campaign shows, where it has one of its own."""
    found: str | None = await tx.scalar(
        select(Campaigns.caller_id).where(Campaigns.name == name))
    return found
