"""News of people who are still to be dialled: they paid, called, complained, dispute, or must
not be called. By whatever door the row came in, it is found here by its number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from crm_store.base import Tx
from crm_store.tables.billing import Accounts, Payments
from crm_store.tables.campaigns import CampaignEntries, Campaigns, Suppressions
from crm_store.tables.contacts import Interactions
from crm_store.tables.requests import Requests

_OPEN = CampaignEntries.state.in_(("not_tried", "waiting_until", "being_tried"))
_LIVING = Campaigns.state.in_(("running", "paused"))
CALLED_WITHIN = timedelta(hours=1)      # an incoming call may be given its client afterwards
_REQUESTS: Mapping[str, str] = {"complaint": "complaint", "meter_dispute": "dispute",
                                "invoice_correction": "dispute"}


@dataclass(frozen=True, slots=True)
class Marks:
    """The last row of each kind that was looked at."""

    payment: int = 0
    request: int = 0
    suppression: int = 0


@dataclass(frozen=True, slots=True)
class News:
    client_id: int
    because: str        # payment, incoming_call, complaint, dispute, suppression


async def marks(tx: Tx) -> Marks:
    """Where the rows end now."""
    return Marks(*[int(await tx.scalar(select(func.coalesce(func.max(column), 0))))
                   for column in (Payments.id, Requests.id, Suppressions.id)])


async def news(tx: Tx, since: Marks, *, now: datetime) -> list[News]:
    """Of people with an open entry whose list was frozen before; the weightiest reason first."""
    found = [News(row.client_id, "suppression") for row in await tx.all(_suppressed(since))]
    found += [News(row.client_id, "payment") for row in await tx.all(_paid(since))]
    found += [News(row.client_id, _REQUESTS[row.type]) for row in await tx.all(_asked(since))]
    found += [News(row.client_id, "incoming_call") for row in await tx.all(_called(now))]
    return found


async def paid_since(tx: Tx, since: Marks) -> list[int]:
    """Clients with payments beyond the mark, whoever they are: their promises may be kept."""
    rows = await tx.all(select(Accounts.client_id).join(
        Payments, Payments.account_id == Accounts.id,
    ).where(Payments.id > since.payment).distinct())
    return [row.client_id for row in rows]


def _waiting_entry(
    client: InstrumentedAttribute[Any], at: InstrumentedAttribute[Any],
) -> ColumnElement[bool]:
    return select(CampaignEntries.id).join(Campaigns).where(
        CampaignEntries.client_id == client, _OPEN, _LIVING, Campaigns.frozen_at <= at,
        CampaignEntries.stop_because.is_(None),
    ).exists()


def _paid(since: Marks) -> Select[Any]:
    return select(Accounts.client_id).join(Payments, Payments.account_id == Accounts.id).where(
        Payments.id > since.payment,
        _waiting_entry(Accounts.client_id, Payments.paid_at)).distinct()


def _asked(since: Marks) -> Select[*tuple[Any, ...]]:
    return select(Requests.client_id, Requests.type).where(
        Requests.id > since.request, Requests.type.in_(_REQUESTS),
        _waiting_entry(Requests.client_id, Requests.filed_at)).distinct()


def _suppressed(since: Marks) -> Select[Any]:
    return select(Suppressions.client_id).where(
        Suppressions.id > since.suppression, Suppressions.lifted_at.is_(None),
        _waiting_entry(Suppressions.client_id, Suppressions.at)).distinct()


def _called(now: datetime) -> Select[Any]:
    return select(Interactions.client_id).where(
        Interactions.started_at >= now - CALLED_WITHIN, Interactions.direction == "in",
        Interactions.answered_at.is_not(None), Interactions.absorbed_into.is_(None),
        _waiting_entry(Interactions.client_id, Interactions.started_at)).distinct()


async def anybody_waits(tx: Tx) -> bool:
    """Whether any list is being worked through at all."""
    return await tx.scalar(select(Campaigns.id).where(or_(
        Campaigns.state == "running", Campaigns.state == "paused")).limit(1)) is not None
