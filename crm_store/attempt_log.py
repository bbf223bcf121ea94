"""Attempts as they were dialled, for whoever checks them again; nothing is judged here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from crm_store.base import Tx
from crm_store.tables.campaigns import Attempts, CampaignEntries, Campaigns, Suppressions


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedAttempt:
    id: int
    campaign_id: int
    law: tuple[str, ...]
    client_id: int
    e164: str
    zones: tuple[str, ...]
    dialling_at: datetime
    answered_at: datetime | None
    talking_at: datetime | None
    ended_at: datetime | None
    miss: str | None
    forbidden_since: datetime | None


_FORBIDDEN = select(func.min(Suppressions.at)).where(
    or_(Suppressions.client_id == Attempts.client_id, Suppressions.e164 == Attempts.e164),
    Suppressions.at <= Attempts.dialling_at,
    or_(Suppressions.lifted_at.is_(None), Suppressions.lifted_at > Attempts.dialling_at),
).correlate(Attempts).scalar_subquery()


async def dialled(
    tx: Tx, *, since: datetime, after: int = 0, limit: int = 5_000,
) -> list[LoggedAttempt]:
    """By id, those behind `after`."""
    rows = await tx.all(select(
        Attempts.id, CampaignEntries.campaign_id, Campaigns.law, Attempts.client_id,
        Attempts.e164, CampaignEntries.zones, Attempts.dialling_at, Attempts.answered_at,
        Attempts.talking_at, Attempts.ended_at, Attempts.miss,
        _FORBIDDEN.label("forbidden_since"),
    ).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id).join(
        Campaigns, Campaigns.id == CampaignEntries.campaign_id,
    ).where(and_(Attempts.id > after, Attempts.dialling_at >= since)).order_by(
        Attempts.id).limit(limit))
    return [LoggedAttempt(**{**row._mapping, "law": tuple(row.law), "zones": tuple(row.zones)})
            for row in rows]
