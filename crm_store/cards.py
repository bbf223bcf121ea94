"""The client's card: everything that does not belong to the timeline, in a few statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from crm_store.base import Tx


@dataclass(frozen=True, slots=True)
class PhoneLink:
    e164: str
    kind: str                       # mobile, fixed, unknown
    is_primary: bool
    label: str | None
    source: str
    trust: int                      # 0..100
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class Meter:
    """`last_reading` is in `unit`."""
    id: int
    number: str
    resource: str
    unit: str
    last_reading: float | None
    last_reading_on: date | None


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
    phones: tuple[PhoneLink, ...]   # primary first
    accounts: tuple[Account, ...]
    debt_minor: int
    currency: str | None
    oldest_debt_on: date | None
    identity_confirmed_at: datetime | None      # the latest time somebody ticked it
    merged_into: int | None


async def card(tx: Tx, client_id: int) -> Card:
    """The card. Raises `NotFound`."""
    raise NotImplementedError
