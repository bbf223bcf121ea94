"""Debtors: clients with an open debt, as a list that a campaign or a rehearsal can use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select, true
from sqlalchemy.orm import InstrumentedAttribute

from crm_store.base import Tx
from crm_store.tables.billing import Accounts, Debts
from crm_store.tables.clients import ClientPhones, Clients

SAMPLED = 10_000        # clients of a base too big to be read whole


@dataclass(frozen=True, slots=True)
class Debtor:
    """One account in debt; `amount_minor` is above zero. `e164` is the client's primary phone."""
    client_id: int
    name: str
    account: str
    e164: str
    amount_minor: int
    currency: str
    since_on: date


async def debtors(tx: Tx, *, limit: int) -> list[Debtor]:
    """The largest debts first; one account a client, only those with a primary phone. Of a big
    base, the largest of some thousands."""
    some = await _some(tx, Debts.client_id)
    largest = (
        select(Debts.client_id, func.max(Debts.amount_minor).label("amount")).where(some)
        .group_by(Debts.client_id).subquery())
    rows = await tx.all(
        select(Debts.client_id, Clients.name, Accounts.number, ClientPhones.e164,
               Debts.amount_minor, Debts.currency, Debts.since_on)
        .join(largest, and_(largest.c.client_id == Debts.client_id,
                            largest.c.amount == Debts.amount_minor))
        .join(Clients, Clients.id == Debts.client_id)
        .join(Accounts, Accounts.id == Debts.account_id)
        .join(ClientPhones, and_(ClientPhones.client_id == Debts.client_id,
                                 ClientPhones.is_primary))
        .where(some, Clients.merged_into.is_(None))
        .order_by(Debts.amount_minor.desc(), Debts.client_id).limit(limit))
    return [Debtor(row.client_id, row.name, row.number, row.e164, row.amount_minor,
                   row.currency, row.since_on) for row in rows]


async def client_numbers(tx: Tx, *, limit: int) -> Sequence[str]:
    """Some numbers that clients call from, in no meaningful order: who rehearses shows them."""
    some = await _some(tx, ClientPhones.client_id)
    rows = await tx.all(
        select(ClientPhones.e164).where(some, ClientPhones.is_primary)
        .order_by(func.substr(ClientPhones.e164, -4), ClientPhones.e164).limit(limit))
    return [row.e164 for row in rows]


async def _some(tx: Tx, client_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """All clients of a small base; of a big one some thousands, from everywhere in it."""
    last = int(await tx.scalar(select(func.max(Clients.id))) or 0)
    if last <= SAMPLED:
        return true()
    return client_id.in_([1 + last * place // SAMPLED for place in range(SAMPLED)])
