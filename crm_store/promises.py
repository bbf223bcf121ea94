"""Promises to pay as rows: those open, those of a client, what was paid since; counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, insert, select, update

from crm_store import timeline
from crm_store.base import Tx
from crm_store.billing import payment_item
from crm_store.tables.billing import Accounts, Payments
from crm_store.tables.campaigns import Attempts, CampaignEntries, Promises
from crm_store.tables.clients import Clients


@dataclass(frozen=True, slots=True)
class StoredPromise:
    id: int
    client_id: int
    attempt_id: int | None
    amount_minor: int
    currency: str
    due_on: date
    state: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Paid:
    amount_minor: int
    currency: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Broken:
    """One for the list of those to be called about it."""
    client_id: int
    client_name: str
    amount_minor: int
    currency: str
    due_on: date
    by: str


_ROW = select(Promises.id, Promises.client_id, Promises.attempt_id, Promises.amount_minor,
              Promises.currency, Promises.due_on, Promises.state, Promises.by, Promises.at)


async def with_open_ones(tx: Tx, *, due_before: date) -> list[int]:
    """Clients whose open promise has passed its day."""
    rows = await tx.all(select(Promises.client_id).where(
        Promises.state == "open", Promises.due_on < due_before).distinct())
    return [row.client_id for row in rows]


async def of_client(tx: Tx, client_id: int) -> list[StoredPromise]:
    """By their day; kept and broken ones too."""
    rows = await tx.all(_ROW.where(Promises.client_id == client_id).order_by(
        Promises.due_on, Promises.id))
    return [StoredPromise(*row) for row in rows]


async def paid(tx: Tx, client_id: int, *, since: datetime) -> list[Paid]:
    rows = await tx.all(select(
        Payments.amount_minor, Payments.currency, Payments.paid_at,
    ).join(Accounts, Accounts.id == Payments.account_id).where(
        Accounts.client_id == client_id, Payments.paid_at >= since).order_by(Payments.paid_at))
    return [Paid(*row) for row in rows]


async def settle(tx: Tx, promise: StoredPromise, state: str) -> bool:
    """Open → kept or broken, broken → kept; once. The timeline tells it."""
    result = await tx.run(update(Promises).where(
        Promises.id == promise.id, Promises.state == promise.state).values(state=state))
    if result.rowcount != 1:
        return False
    await timeline.put(tx, promise.client_id, promise.at, "promise", promise.id, {
        "amount_minor": promise.amount_minor, "currency": promise.currency,
        "due_on": promise.due_on.isoformat(), "state": state, "by": promise.by})
    return True


async def entry_of(tx: Tx, promise: StoredPromise) -> int | None:
    """The entry on whose attempt it was given."""
    if promise.attempt_id is None:
        return None
    found = await tx.scalar(select(Attempts.entry_id).where(Attempts.id == promise.attempt_id))
    return None if found is None else int(found)


async def broken(tx: Tx, *, limit: int = 1_000) -> list[Broken]:
    """The newest first."""
    rows = await tx.all(select(
        Promises.client_id, Clients.name, Promises.amount_minor, Promises.currency,
        Promises.due_on, Promises.by,
    ).join(Clients, Clients.id == Promises.client_id).where(Promises.state == "broken").order_by(
        Promises.due_on.desc(), Promises.id.desc()).limit(limit))
    return [Broken(*row) for row in rows]


async def broken_of(tx: Tx, campaign_id: int, *, limit: int) -> list[Broken]:
    """Of one campaign's dials; the newest first."""
    rows = await tx.all(select(
        Promises.client_id, Clients.name, Promises.amount_minor, Promises.currency,
        Promises.due_on, Promises.by,
    ).join(Clients, Clients.id == Promises.client_id,
           ).join(Attempts, Attempts.id == Promises.attempt_id).join(
        CampaignEntries, CampaignEntries.id == Attempts.entry_id,
    ).where(CampaignEntries.campaign_id == campaign_id, Promises.state == "broken").order_by(
        Promises.due_on.desc(), Promises.id.desc()).limit(limit))
    return [Broken(*row) for row in rows]


async def counts(tx: Tx, campaign_id: int) -> list[tuple[str, str, int, int]]:
    """Of a campaign: by whom, state, how many, their sum."""
    rows = await tx.all(select(
        Promises.by, Promises.state, func.count().label("number"),
        func.sum(Promises.amount_minor).label("amount"),
    ).join(Attempts, Attempts.id == Promises.attempt_id).join(
        CampaignEntries, CampaignEntries.id == Attempts.entry_id,
    ).where(CampaignEntries.campaign_id == campaign_id).group_by(
        Promises.by, Promises.state).order_by(Promises.by, Promises.state))
    return [(row.by, row.state, int(row.number), int(row.amount)) for row in rows]


async def take_payment(
    tx: Tx, account_number: str, amount_minor: int, currency: str, *, paid_at: datetime,
    method: str, reference: str,
) -> int | None:
    """A payment as it comes in; None: the account is unknown, or this reference is known."""
    account = await tx.first(select(Accounts.id, Accounts.client_id).where(
        Accounts.number == account_number))
    if account is None or await _is_known(tx, [account.id], reference):
        return None
    result = await tx.run(insert(Payments).values(
        account_id=account.id, amount_minor=amount_minor, currency=currency, paid_at=paid_at,
        method=method, reference=reference).returning(Payments.id))
    payment = int(result.scalar_one())
    await timeline.put(tx, account.client_id, paid_at, "payment", payment, payment_item(
        account=account_number, amount_minor=amount_minor, currency=currency, method=method))
    return payment


async def _is_known(tx: Tx, accounts: Collection[int], reference: str) -> bool:
    return await tx.scalar(select(Payments.id).where(
        Payments.account_id.in_(accounts), Payments.reference == reference).limit(1)) is not None
