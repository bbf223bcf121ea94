"""Rows collected for one chunk of sample clients, and the ids they get."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from crm_store.base import JSON, Base, Tx
from crm_store.naming import know
from crm_store.tables.billing import (
    Accounts,
    Addresses,
    Debts,
    InvoiceCorrections,
    Invoices,
    Meters,
    Payments,
    Readings,
)
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Dispositions, Interactions, Notes, Segments, Timeline
from crm_store.tables.requests import RequestEvents, Requests
from crm_store.tables.search import AddressWords, ClientWords

# In an order that foreign keys allow.
_NUMBERED = (Clients, Addresses, Accounts, Meters, Readings, Invoices, InvoiceCorrections,
             Payments, Interactions, Dispositions, Notes, Requests, RequestEvents)
_ORDER: tuple[type[Base], ...] = (
    Clients, ClientWords, Phones, ClientPhones, Addresses, AddressWords, Accounts, Debts, Meters,
    Readings, Invoices, InvoiceCorrections, Payments, Interactions, Segments, Dispositions, Notes,
    Requests, RequestEvents, Timeline)
_CHUNK = 1_000


class Rows:
    """Rows not yet written, and how many there were of each table."""

    def __init__(self, last_ids: dict[type[Base], int]) -> None:
        self._last = last_ids
        self._rows: dict[type[Base], list[dict[str, Any]]] = {table: [] for table in _ORDER}
        self.counts: Counter[type[Base]] = Counter()
        self.shared_phones = 0
        self.last_number = ""

    def next_id(self, table: type[Base]) -> int:
        self._last[table] += 1
        return self._last[table]

    def add(self, table: type[Base], row: dict[str, Any]) -> None:
        self._rows[table].append(row)

    def tell(self, client_id: int, at: datetime, kind: str, ref: int, facts: dict[str, JSON]
             ) -> None:
        """The timeline's row of what was just added."""
        self.add(Timeline, {"client_id": client_id, "at": at, "kind": kind, "ref": ref,
                            "facts": facts})

    async def write(self, tx: Tx) -> None:
        """Write and forget what was collected."""
        await know(tx, {row["word"] for table in (ClientWords, AddressWords)
                        for row in self._rows[table]})
        self._rows[Timeline].sort(key=lambda row: (row["client_id"], row["at"]))
        for table, rows in self._rows.items():
            for start in range(0, len(rows), _CHUNK):
                await tx.insert_all(table, rows[start:start + _CHUNK])
            self.counts[table] += len(rows)
            rows.clear()


async def last_ids(tx: Tx) -> dict[type[Base], int]:
    """The highest id of each table: where the sample goes on."""
    return {table: await tx.scalar(select(func.coalesce(func.max(table.id), 0)))
            for table in _NUMBERED}


async def move_sequences(tx: Tx) -> None:
    """PostgreSQL's own counters do not see ids that were given: set them behind ours."""
    if tx.dialect != "postgresql":
        return
    for table in _NUMBERED:
        behind = select(func.coalesce(func.max(table.id), 0) + 1).scalar_subquery()
        counter = func.pg_get_serial_sequence(table.__tablename__, "id")
        await tx.run(select(func.setval(counter, behind, False)))
