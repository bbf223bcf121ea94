"""How long a client is with us and when we last heard of him: what rules look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select

from crm_store.base import Tx, Utc, Whole
from crm_store.prepared import Prepared
from crm_store.tables.billing import Accounts, Payments
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions

RECENT = timedelta(days=30)
_NO_CONTACT = 0     # no row has this id


@dataclass(frozen=True, slots=True)
class Measures:
    """`contacted_at`: the answered contact before this one; `recent`: all of 30 days, this one
    among them."""
    since_on: date | None
    paid_at: datetime | None
    contacted_at: datetime | None
    recent: int


async def of_client(tx: Tx, client_id: int, *, now: datetime,
                    besides: int | None = None) -> Measures:
    """In one trip; `besides` is the contact that goes on."""
    his = {"client_id": client_id}
    opened, made, paid, before, recent = await tx.fetch_each(
        (_OPENED, his), (_MADE, his), (_PAID, his),
        (_BEFORE, his | {"besides": besides or _NO_CONTACT}),
        (_RECENT, his | {"at": now - RECENT}))
    first = opened[0].opened_on if opened else None
    if first is None and made:
        first = made[0].created_at.date()
    return Measures(first, paid[0].paid_at if paid else None,
                    before[0].started_at if before else None, int(recent[0].count))


_HIS = bindparam("client_id", type_=Whole)
_OPENED = Prepared(
    select(func.min(Accounts.opened_on, type_=Accounts.opened_on.type).label("opened_on"))
    .where(Accounts.client_id == _HIS))
_MADE = Prepared(select(Clients.created_at).where(Clients.id == _HIS))
_LAST_PAID = (
    select(func.max(Payments.paid_at, type_=Utc())).where(Payments.account_id == Accounts.id)
    .correlate(Accounts).scalar_subquery())
_PAID = Prepared(
    select(_LAST_PAID.label("paid_at")).where(Accounts.client_id == _HIS)
    .order_by(_LAST_PAID.desc().nulls_last()).limit(1))
_OF_HIM = Interactions.client_id == _HIS, Interactions.absorbed_into.is_(None)
_BEFORE = Prepared(
    select(Interactions.started_at)
    .where(*_OF_HIM, Interactions.answered_at.is_not(None),
           Interactions.id != bindparam("besides", type_=Whole))
    .order_by(Interactions.started_at.desc()).limit(1))
_RECENT = Prepared(
    select(func.count().label("count"))
    .where(*_OF_HIM, Interactions.started_at >= bindparam("at", type_=Utc)))
