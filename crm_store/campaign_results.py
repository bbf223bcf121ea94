"""Every dial of a campaign with what came of it, for its results; and its list as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from crm_store.base import Tx
from crm_store.tables.billing import Accounts
from crm_store.tables.campaigns import Attempts, CampaignEntries, Promises
from crm_store.tables.clients import Clients, Phones


@dataclass(frozen=True, slots=True)
class Dialled:
    """One dial. `promised_minor` of the promises given in it; `kept` and `broken` count them."""
    id: int
    entry_id: int
    client_id: int
    e164: str
    kind: str               # of the number: mobile, fixed, … "" where nobody knows
    ordinal: int
    dialling_at: datetime
    answered_at: datetime | None
    talking_at: datetime | None
    ended_at: datetime | None
    miss: str | None
    disposition: str | None
    operator: str | None
    debt_minor: int | None
    currency: str | None
    call_id: str | None
    promised_minor: int = 0
    promises: int = 0
    kept: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class ListRow:
    account: str
    client_id: int
    client_name: str
    state: str
    why: str
    since: datetime
    until_at: datetime | None
    debt_minor: int | None
    currency: str | None
    dials: int


async def dials(tx: Tx, campaign_id: int) -> list[Dialled]:
    """Oldest first."""
    rows = await tx.all(select(
        Attempts.id, Attempts.entry_id, Attempts.client_id, Attempts.e164,
        func.coalesce(Phones.kind, "").label("kind"), Attempts.ordinal, Attempts.dialling_at,
        Attempts.answered_at, Attempts.talking_at, Attempts.ended_at, Attempts.miss,
        Attempts.disposition, Attempts.operator, CampaignEntries.debt_minor,
        CampaignEntries.currency, Attempts.call_id,
    ).join(CampaignEntries, CampaignEntries.id == Attempts.entry_id,
           ).join(Phones, Phones.e164 == Attempts.e164, isouter=True).where(
        CampaignEntries.campaign_id == campaign_id, Attempts.dialling_at.is_not(None)))
    given = await _promises(tx, campaign_id)
    made = [_dialled(row, given.get(row.id, {})) for row in rows]
    return sorted(made, key=lambda one: (one.dialling_at, one.id))


def _dialled(row: Any, given: Mapping[str, int]) -> Dialled:
    values: dict[str, Any] = {**row._mapping, **given}
    return Dialled(**values)


async def _promises(tx: Tx, campaign_id: int) -> dict[int, dict[str, int]]:
    rows = await tx.all(select(
        Promises.attempt_id, func.count().label("promises"),
        func.sum(Promises.amount_minor).label("promised_minor"),
        func.count().filter(Promises.state == "kept").label("kept"),
        func.count().filter(Promises.state == "broken").label("broken"),
    ).join(Attempts, Attempts.id == Promises.attempt_id).join(
        CampaignEntries, CampaignEntries.id == Attempts.entry_id,
    ).where(CampaignEntries.campaign_id == campaign_id).group_by(Promises.attempt_id))
    return {row.attempt_id: {"promises": int(row.promises), "kept": int(row.kept),
                             "promised_minor": int(row.promised_minor),
                             "broken": int(row.broken)} for row in rows}


async def names(tx: Tx, client_ids: Sequence[int]) -> dict[int, str]:
    rows = await tx.all(select(Clients.id, Clients.name).where(Clients.id.in_(client_ids)))
    return {row.id: row.name for row in rows}


async def list_page(tx: Tx, campaign_id: int, *, after: int, limit: int,
                    ) -> list[tuple[int, ListRow]]:
    """By entry id; an account of his, where he has one: what billing knows him by."""
    account = select(func.min(Accounts.number)).where(
        Accounts.client_id == CampaignEntries.client_id).scalar_subquery()
    made = select(func.count()).where(
        Attempts.entry_id == CampaignEntries.id, Attempts.dialling_at.is_not(None),
    ).scalar_subquery()
    rows = await tx.all(select(
        CampaignEntries.id, account.label("account"), CampaignEntries.client_id, Clients.name,
        CampaignEntries.state, CampaignEntries.why, CampaignEntries.since,
        CampaignEntries.until_at, CampaignEntries.debt_minor, CampaignEntries.currency,
        made.label("dials"),
    ).join(Clients, Clients.id == CampaignEntries.client_id).where(
        CampaignEntries.campaign_id == campaign_id, CampaignEntries.id > after,
    ).order_by(CampaignEntries.id).limit(limit))
    return [(row.id, ListRow(
        row.account or "", row.client_id, row.name, row.state, row.why, row.since, row.until_at,
        row.debt_minor, row.currency, int(row.dials))) for row in rows]
