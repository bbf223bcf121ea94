"""Cards that operators hold before a call: what their screens show of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from crm_store.base import Tx
from crm_store.tables.campaigns import IS_OPEN, Attempts, CampaignEntries, Campaigns
from crm_store.tables.clients import Clients


@dataclass(frozen=True, slots=True)
class DialCard:
    attempt: int
    operator: str
    campaign: str
    client_id: int
    client_name: str
    e164: str
    debt_minor: int | None
    currency: str | None
    tries: int              # dials before this one
    last: str | None        # what came of the last of them
    since: datetime
    until: datetime
    is_asked: bool          # he pressed the key; his phone is about to ring


_BEFORE = aliased(Attempts)
_TRIES = select(func.count()).where(
    _BEFORE.entry_id == Attempts.entry_id, _BEFORE.dialling_at.is_not(None)).scalar_subquery()
_LAST = select(func.coalesce(_BEFORE.miss, _BEFORE.disposition)).where(
    _BEFORE.entry_id == Attempts.entry_id, _BEFORE.dialling_at.is_not(None),
).order_by(_BEFORE.ordinal.desc()).limit(1).scalar_subquery()
# Over the partial index of open attempts: a handful of rows, however large the base.
HELD = select(
    Attempts.id, Attempts.held_by, Campaigns.name.label("campaign"), Attempts.client_id,
    Clients.name.label("client_name"), Attempts.e164, CampaignEntries.debt_minor,
    CampaignEntries.currency, _TRIES.label("tries"), _LAST.label("last"), Attempts.intent_at,
    Attempts.lease_until, Attempts.status,
).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id,
       ).join(Campaigns, Campaigns.id == CampaignEntries.campaign_id,
              ).join(Clients, Clients.id == Attempts.client_id,
                     ).where(IS_OPEN, Attempts.state == "intent", Attempts.held_by.is_not(None))


async def held(tx: Tx) -> list[DialCard]:
    """Every card on somebody's screen, the oldest first."""
    rows = await tx.all(HELD)
    return sorted((DialCard(
        row.id, row.held_by, row.campaign, row.client_id, row.client_name, row.e164,
        row.debt_minor, row.currency, int(row.tries), row.last, row.intent_at, row.lease_until,
        row.status is not None) for row in rows), key=lambda card: card.attempt)
