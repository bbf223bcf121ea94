"""What the base knows about the rows of one chunk, and what a chunk shall write ○.

Ids below zero stand for rows that are not written yet: -1 is the first new one of its table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from crm_store.imports.parsing import ImportedRow
from crm_store.imports.phone_cells import Phone
from crm_store.imports.reasons import Reason


@dataclass(slots=True)
class Owing:
    """An open debt."""
    amount_minor: int
    since: date
    currency: str
    as_of: datetime


@dataclass(slots=True)
class KnownClient:
    """A client as he is now, the rows before this one included."""
    id: int
    name: str
    search_key: str
    version: int
    language: str | None = None
    time_zone: str | None = None
    tags: list[str] = field(default_factory=list)
    custom: dict[str, Any] = field(default_factory=dict)
    phones: set[str] = field(default_factory=set)
    emails: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)        # folded


@dataclass(slots=True)
class KnownAccount:
    id: int
    client_id: int
    number: str
    balance_minor: int
    currency: str
    debt: Owing | None


@dataclass(slots=True)
class Known:
    """`at_phone`, `at_email`: who is there already, lowest id first."""
    clients: dict[int, KnownClient] = field(default_factory=dict)
    accounts: dict[str, KnownAccount] = field(default_factory=dict)
    meters: dict[str, str] = field(default_factory=dict)        # number → account's number
    at_phone: dict[str, list[int]] = field(default_factory=dict)
    at_email: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """A record with what could be read of it; `row` is None where not even the cells are there."""
    number: int
    cells: tuple[str, ...]
    row: ImportedRow | None
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Suspect:
    """Somebody in the base who may be the one that a row would create."""
    client_id: int
    name: str
    why: str                # phone, email; or what crm_store.duplicates says


@dataclass(slots=True)
class Done:
    """The fate of one row. `did`: what it changes, see planning.py."""
    row: int
    outcome: str            # created, updated, unchanged
    client_id: int
    bumps: int = 0
    did: list[list[Any]] = field(default_factory=list)
    suspects: tuple[Suspect, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    row: int
    cells: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(slots=True)
class Work:
    """The rows of each table that a chunk writes, in the order of the file."""
    clients: list[dict[str, Any]] = field(default_factory=list)
    phones: list[tuple[int, Phone, bool]] = field(default_factory=list)     # client, is primary
    emails: list[tuple[int, str, bool]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    places: list[tuple[int, int]] = field(default_factory=list)             # client, address
    accounts: list[dict[str, Any]] = field(default_factory=list)
    balances: dict[int, int] = field(default_factory=dict)
    debts: dict[int, tuple[int, Owing | None]] = field(default_factory=dict)    # client, debt
    meters: list[dict[str, Any]] = field(default_factory=list)
    values: dict[int, dict[str, Any]] = field(default_factory=dict)         # of known clients
    changes: list[dict[str, Any]] = field(default_factory=list)             # client_changes
    done: list[Done] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
