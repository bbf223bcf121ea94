"""Requests beside each other: of one matter, in one operator's hands, and whose they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select

from crm_store import requests
from crm_store.base import Tx
from crm_store.requests import RequestRow
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.requests import RequestEvents, Requests

_LIKELY = 20


@dataclass(frozen=True, slots=True)
class Held:
    """How many open requests of a kind somebody has in hand, or is offered."""
    operator: str
    type: str
    stage: str
    channel: str
    count: int


async def same_matter(
    tx: Tx, *, type: str, client_id: int | None, contact: str | None,  # noqa: A002
    since: datetime, fields: Mapping[str, str],
) -> RequestRow | None:
    """The oldest open request of this client (or sender) about the same: `fields` are equal where
    both know them."""
    if client_id is None and not contact:
        return None
    whose = (Requests.client_id == client_id if client_id is not None
             else (Requests.client_id.is_(None) & (Requests.contact == contact)))
    rows = await tx.all(
        select(Requests.id, Requests.form)
        .where(whose, Requests.type == type, Requests.closed_at.is_(None),
               Requests.joined_to.is_(None), Requests.filed_at >= since)
        .order_by(Requests.filed_at, Requests.id).limit(_LIKELY))
    for row in rows:
        if all(not value or not row.form.get(name) or row.form[name] == value
               for name, value in fields.items()):
            return await requests.one(tx, row.id)
    return None


async def joined(tx: Tx, request_id: int) -> list[int]:
    """The requests that go on as this one."""
    rows = await tx.all(select(Requests.id).where(Requests.joined_to == request_id)
                        .order_by(Requests.id))
    return [row.id for row in rows]


async def stage_before(tx: Tx, request_id: int) -> str:
    """Where it was when it was joined to another."""
    row = await tx.first(
        select(RequestEvents.from_stage)
        .where(RequestEvents.request_id == request_id, RequestEvents.kind == "joined")
        .order_by(RequestEvents.id.desc()).limit(1))
    return row.from_stage or "" if row is not None else ""


async def offered_before(tx: Tx, request_id: int, since: datetime) -> set[str]:
    """Operators it was offered to since then; the event's note says whom."""
    rows = await tx.all(
        select(RequestEvents.note)
        .where(RequestEvents.request_id == request_id, RequestEvents.kind == "offered",
               RequestEvents.at >= since))
    return {row.note for row in rows}


async def held(tx: Tx, operators: Collection[str]) -> list[Held]:
    """What these operators have in hand."""
    wanted = sorted(operators)
    whose = func.coalesce(Requests.responsible, Requests.offered_to)
    rows = await tx.all(
        select(whose.label("operator"), Requests.type, Requests.stage, Requests.channel,
               func.count().label("count"))
        .where(Requests.closed_at.is_(None),
               or_(Requests.responsible.in_(wanted), Requests.offered_to.in_(wanted)))
        .group_by(whose, Requests.type, Requests.stage, Requests.channel))
    return [Held(row.operator, row.type, row.stage, row.channel, row[4]) for row in rows]


async def kind_and_places(tx: Tx, client_id: int) -> tuple[str, tuple[str, ...]]:
    """What the client is, and the towns where he is or is supplied."""
    kind = await tx.scalar(select(Clients.kind).where(Clients.id == client_id))
    supplied = (select(Addresses.city).join(Accounts, Accounts.address_id == Addresses.id)
                .where(Accounts.client_id == client_id))
    own = (select(Addresses.city)
           .join(ClientAddresses, ClientAddresses.address_id == Addresses.id)
           .where(ClientAddresses.client_id == client_id))
    rows = await tx.all(supplied.union(own))
    return kind or "", tuple(sorted(row.city for row in rows))


async def email_of(tx: Tx, client_id: int) -> str | None:
    """Where he reads mail: his first address."""
    address: str | None = await tx.scalar(
        select(ClientEmails.email).where(ClientEmails.client_id == client_id)
        .order_by(ClientEmails.is_primary.desc(), ClientEmails.trust.desc(), ClientEmails.email)
        .limit(1))
    return address


async def by_email(tx: Tx, address: str) -> list[int]:
    """The clients who read mail there."""
    rows = await tx.all(
        select(ClientEmails.client_id).join(Clients, Clients.id == ClientEmails.client_id)
        .where(ClientEmails.email == address.lower(), Clients.merged_into.is_(None))
        .order_by(ClientEmails.client_id).limit(_LIKELY))
    return [row.client_id for row in rows]


async def by_phone(tx: Tx, e164: str) -> list[int]:
    """The clients who may be at this number."""
    rows = await tx.all(
        select(ClientPhones.client_id).join(Clients, Clients.id == ClientPhones.client_id)
        .where(ClientPhones.e164 == e164, Clients.merged_into.is_(None))
        .order_by(ClientPhones.client_id).limit(_LIKELY))
    return [row.client_id for row in rows]


async def by_account(tx: Tx, number: str) -> int | None:
    """Whose account this is."""
    found: int | None = await tx.scalar(
        select(Accounts.client_id).where(Accounts.number == number))
    return found
