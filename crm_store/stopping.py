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
CALLS_LOOKED_AT = 200_000               # of a base of millions, the newest at the first look
_REQUESTS: Mapping[str, str] = {"complaint": "complaint", "meter_dispute": "dispute",
                                "invoice_correction": "dispute"}


@dataclass(frozen=True, slots=True)
class Marks:
    """The last row of each kind that was looked at; of calls, the first that may be news."""

    payment: int = 0
    request: int = 0
    suppression: int = 0
    call: int = 0


@dataclass(frozen=True, slots=True)
class News:
    client_id: int
    because: str        # payment, incoming_call, complaint, dispute, suppression


async def marks(tx: Tx, before: Marks | None = None, *, now: datetime) -> Marks:
    """Where the rows end now; calls of the last hour may still be given their client."""
    payment, request, suppression, call = [
        int(await tx.scalar(select(func.coalesce(func.max(column), 0))))
        for column in (Payments.id, Requests.id, Suppressions.id, Interactions.id)]
    begin = before.call if before is not None else max(0, call - CALLS_LOOKED_AT)
    first = await tx.scalar(select(Interactions.id).where(
        Interactions.id >= begin, Interactions.started_at >= now - CALLED_WITHIN,
    ).order_by(Interactions.id).limit(1))
    return Marks(payment, request, suppression, call if first is None else int(first))


async def news(tx: Tx, since: Marks | None, *, now: datetime, call: int) -> list[News]:
    """Of people with an open entry whose list was frozen before; the weightiest reason first.

    `since` None: whatever happened since the lists were frozen, by way of the lists: the rows of
    years are not read. `call`: see `Marks`. Nobody sorts or counts what is not there: one row a
    person and reason is made of many here.
    """
    asked = [(_suppressed(since or Marks()), "suppression"),
             (_paid(since) if since else PAID_AT_ALL, "payment"),
             (_asked(since) if since else ASKED_AT_ALL, ""), (_called(call, now), "incoming_call")]
    found: dict[News, None] = {}
    for statement, because in asked:
        for row in await tx.all(statement):
            found[News(row.client_id, because or _REQUESTS[row.type])] = None
    return list(found)


async def paid_since(tx: Tx, since: Marks) -> list[int]:
    """Clients with payments beyond the mark, whoever they are: their promises may be kept."""
    rows = await tx.all(select(Accounts.client_id).join(
        Payments, Payments.account_id == Accounts.id,
    ).where(Payments.id > since.payment))
    return list(dict.fromkeys(row.client_id for row in rows))


def _waiting_entry(
    client: InstrumentedAttribute[Any], at: InstrumentedAttribute[Any],
) -> ColumnElement[bool]:
    return select(CampaignEntries.id).join(Campaigns).where(
        CampaignEntries.client_id == client, _OPEN, _LIVING, Campaigns.frozen_at <= at,
        CampaignEntries.stop_because.is_(None),
    ).exists()


def _paid(since: Marks) -> Select[Any]:
    return select(Accounts.client_id).join(Payments, Payments.account_id == Accounts.id).where(
        Payments.id > since.payment, _waiting_entry(Accounts.client_id, Payments.paid_at))


def _asked(since: Marks) -> Select[*tuple[Any, ...]]:
    return select(Requests.client_id, Requests.type).where(
        Requests.id > since.request, Requests.type.in_(_REQUESTS),
        _waiting_entry(Requests.client_id, Requests.filed_at))


_LISTED = select(CampaignEntries.client_id).join(
    Campaigns, Campaigns.id == CampaignEntries.campaign_id,
).where(_OPEN, _LIVING, CampaignEntries.stop_because.is_(None))
PAID_AT_ALL = _LISTED.join(Accounts, Accounts.client_id == CampaignEntries.client_id).join(
    Payments, Payments.account_id == Accounts.id).where(Payments.paid_at >= Campaigns.frozen_at)
ASKED_AT_ALL = _LISTED.add_columns(Requests.type).join(
    Requests, Requests.client_id == CampaignEntries.client_id,
).where(Requests.type.in_(_REQUESTS), Requests.filed_at >= Campaigns.frozen_at)


def _suppressed(since: Marks) -> Select[Any]:
    return select(Suppressions.client_id).where(
        Suppressions.id > since.suppression, Suppressions.lifted_at.is_(None),
        _waiting_entry(Suppressions.client_id, Suppressions.at))


def _called(first: int, now: datetime) -> Select[Any]:
    """By id, not by time: in a base of millions no index goes by time alone."""
    return select(Interactions.client_id).where(
        Interactions.id >= first, Interactions.started_at >= now - CALLED_WITHIN,
        Interactions.direction == "in",
        Interactions.answered_at.is_not(None), Interactions.absorbed_into.is_(None),
        _waiting_entry(Interactions.client_id, Interactions.started_at))


async def anybody_waits(tx: Tx) -> bool:
    """Whether any list is being worked through at all."""
    return await tx.scalar(select(Campaigns.id).where(or_(
        Campaigns.state == "running", Campaigns.state == "paused")).limit(1)) is not None
