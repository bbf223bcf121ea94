"""Clients: who may be calling, the card, finding and making them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm_store.base import JSON, Tx
from crm_store.cards import Account, Card, Meter, PhoneLink, card
from crm_store.search import Hit, search

__all__ = ["Account", "Candidate", "Card", "Hit", "Meter", "PhoneLink", "Reason", "by_account",
           "candidates", "card", "create", "link_phone", "search"]

ClientKind = Literal["person", "organisation"]
ReasonKind = Literal["confirmed", "called", "source", "primary"]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a client may be the one who calls.

    confirmed: by at · called: times last_at · source: source · primary: {}
    """
    kind: ReasonKind
    facts: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`trust` is 0..100, the list is sorted by it."""
    client_id: int
    name: str
    kind: str
    reasons: tuple[Reason, ...]
    trust: int


async def candidates(tx: Tx, e164: str, *, limit: int = 9) -> list[Candidate]:
    """The clients who may be at this number, likeliest first."""
    raise NotImplementedError


async def create(
    tx: Tx, *, name: str, kind: ClientKind = "person", number: str | None = None, by: str,
    at: datetime, language: str | None = None, time_zone: str | None = None,
    source: str = "operator",
) -> int:
    """A new client, with a number (E.164) if one is known; his id."""
    raise NotImplementedError


async def link_phone(
    tx: Tx, client_id: int, e164: str, *, source: str, by: str, at: datetime,
    confirmed: bool = False, original: str | None = None, is_primary: bool = False,
) -> None:
    """Say that the client may be reached there; again with `confirmed` to say who vouches."""
    raise NotImplementedError


async def by_account(tx: Tx, account_number: str) -> int | None:
    """The client of an account, for the menu."""
    raise NotImplementedError
