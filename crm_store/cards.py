"""The client's card: everything that does not belong to the timeline, in a few statements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import bindparam, func, select

from crm_store import custom_fields, errors
from crm_store.base import Tx, Utc, Whole
from crm_store.belongings import (
    BELONGINGS,
    AddressLink,
    EmailLink,
    LatestConsent,
    PhoneLink,
    Relation,
    sorted_out,
)
from crm_store.custom_values import Field, Value
from crm_store.prepared import Asked, Prepared
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters, Readings
from crm_store.tables.clients import Clients, IdentityConfirmations

Debt: TypeAlias = tuple[int, str, date]     # minor units, currency, since when


@dataclass(frozen=True, slots=True)
class CustomValue:
    """A defined field and this client's value, None where he has none."""
    field: Field
    value: Value


@dataclass(frozen=True, slots=True)
class Meter:
    """`last_reading` is in `unit`."""
    id: int
    number: str
    resource: str
    unit: str
    last_reading: float | None
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Account:
    """`balance_minor` below zero: the client owes."""
    id: int
    number: str
    address: str | None
    meters: tuple[Meter, ...]
    balance_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class Card:
    """`debt_minor` sums the debts in `currency` (that of the largest debt, else of an account)."""
    client_id: int
    kind: str
    name: str
    language: str | None
    time_zone: str | None
    flags: tuple[str, ...]
    tags: tuple[str, ...]
    source: str
    version: int                    # what an edit is made upon
    phones: tuple[PhoneLink, ...]   # the preferred first, so mail and addresses
    emails: tuple[EmailLink, ...]
    addresses: tuple[AddressLink, ...]
    relations: tuple[Relation, ...]
    consents: tuple[LatestConsent, ...]
    custom: tuple[CustomValue, ...]     # every field that is defined, in its order
    accounts: tuple[Account, ...]
    debt_minor: int
    currency: str | None
    oldest_debt_on: date | None
    identity_confirmed_at: datetime | None      # the latest time somebody ticked it
    merged_into: int | None


async def card(tx: Tx, client_id: int) -> Card:
    """The card. Raises `NotFound`."""
    shown = card_made(await tx.fetch_each(*card_asked(client_id)))
    if shown is None:
        raise errors.NotFound(f"client {client_id}")
    return shown


def card_asked(client_id: int) -> tuple[Asked, ...]:
    """What to ask for a card, together with anything else; `card_made` makes it of the rows."""
    whose = {"client_id": client_id}
    return ((_CLIENT, whose), (BELONGINGS, whose), (_ACCOUNTS, whose), (_METERS, whose),
            (custom_fields.DEFINED, {}))


def card_made(fetched: Sequence[list[Any]]) -> Card | None:
    found, belongings, accounts, meters, fields = fetched
    if not found:
        return None
    client, held, has = found[0], _accounts(accounts, meters), sorted_out(belongings)
    debt_minor, currency, oldest = _sum(
        [(row.amount_minor, row.debt_currency, row.since_on) for row in accounts
         if row.amount_minor])
    return Card(
        client_id=client.id, kind=client.kind, name=client.name, language=client.language,
        time_zone=client.time_zone, flags=tuple(client.flags), tags=tuple(client.tags),
        source=client.source, version=client.version, phones=has.phones, emails=has.emails,
        addresses=has.addresses, relations=has.relations, consents=has.consents,
        custom=_custom(fields, client.custom), accounts=held, debt_minor=debt_minor,
        currency=currency or next((account.currency for account in held), None),
        oldest_debt_on=oldest, identity_confirmed_at=client.identity_confirmed_at,
        merged_into=client.merged_into)


def _custom(rows: list[Any], values: Mapping[str, Value]) -> tuple[CustomValue, ...]:
    fields = [custom_fields.of_row(row) for row in rows]
    return tuple(CustomValue(field, values.get(field.key)) for field in fields)


def _accounts(rows: list[Any], meter_rows: list[Any]) -> tuple[Account, ...]:
    meters: dict[int, list[Meter]] = {}
    for row in meter_rows:
        value: int | None = row.value_milli
        read_at: datetime | None = row.read_at
        meters.setdefault(row.account_id, []).append(Meter(
            row.id, row.number, row.resource, row.unit,
            None if value is None else value / 1000, read_at))
    return tuple(
        Account(row.id, row.number, _address(row.city, row.street, row.house, row.flat),
                tuple(meters.get(row.id, ())), row.balance_minor, row.currency)
        for row in rows)


def _address(*parts: str | None) -> str | None:
    return ", ".join(part for part in parts if part) or None


def _sum(debts: list[Debt]) -> tuple[int, str | None, date | None]:
    """Sums of different currencies are not added: the largest debt's currency is shown."""
    if not debts:
        return 0, None, None
    currency = max(debts)[1]
    shown = [debt for debt in debts if debt[1] == currency]
    return sum(debt[0] for debt in shown), currency, min(debt[2] for debt in shown)


_CONFIRMED_AT = (
    select(func.max(IdentityConfirmations.at, type_=Utc()))
    .where(IdentityConfirmations.client_id == Clients.id, IdentityConfirmations.is_confirmed)
    .scalar_subquery().label("identity_confirmed_at"))
_LAST_READING = (
    select(Readings.id).where(Readings.meter_id == Meters.id)
    .order_by(Readings.read_at.desc(), Readings.id.desc()).limit(1)
    .correlate(Meters).scalar_subquery())
_WHOSE = bindparam("client_id", type_=Whole)
_CLIENT = Prepared(
    select(Clients.id, Clients.kind, Clients.name, Clients.language, Clients.time_zone,
           Clients.flags, Clients.tags, Clients.source, Clients.version, Clients.custom,
           Clients.merged_into, _CONFIRMED_AT)
    .where(Clients.id == _WHOSE))
_ACCOUNTS = Prepared(
    select(Accounts.id, Accounts.number, Accounts.balance_minor, Accounts.currency,
           Addresses.city, Addresses.street, Addresses.house, Addresses.flat,
           Debts.amount_minor, Debts.currency.label("debt_currency"), Debts.since_on)
    .outerjoin(Addresses, Addresses.id == Accounts.address_id)
    .outerjoin(Debts, Debts.account_id == Accounts.id)
    .where(Accounts.client_id == _WHOSE).order_by(Accounts.number))
_METERS = Prepared(
    select(Meters.account_id, Meters.id, Meters.number, Meters.resource, Meters.unit,
           Readings.value_milli, Readings.read_at)
    .join(Accounts, Accounts.id == Meters.account_id)
    .outerjoin(Readings, Readings.id == _LAST_READING)
    .where(Accounts.client_id == _WHOSE).order_by(Meters.number))
