"""A made-up company: clients, bills and history from a seed, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Literal

from crm_store.requests import ensure_groups
from crm_store.sample.bills import add_account
from crm_store.sample.history import add_contacts, add_request
from crm_store.sample.people import add_client
from crm_store.sample.rows import Rows, last_ids, move_sequences
from crm_store.sample.words import GROUPS
from crm_store.store import Store
from crm_store.tables.billing import (
    Accounts,
    Debts,
    InvoiceCorrections,
    Invoices,
    Meters,
    Payments,
    Readings,
)
from crm_store.tables.clients import Clients, Phones
from crm_store.tables.contacts import Interactions
from crm_store.tables.requests import Requests

Progress = Callable[[int, int], None]       # clients done, of how many
_CHUNK = 250
_DEBTOR_SHARE = 0.3
_DEBTORS_AT_LEAST = 80      # a small base must still feed a campaign


@dataclass(frozen=True, slots=True)
class SampleReport:
    """How many rows of each kind were written."""
    clients: int
    phones: int
    shared_phones: int
    accounts: int
    meters: int
    readings: int
    invoices: int
    corrections: int
    payments: int
    debtors: int
    interactions: int
    requests: int


async def generate(
    store: Store, *, clients: int = 2000, seed: int = 1, names: Literal["en", "ru"] = "en",
    now: datetime, region: str = "RU", progress: Progress | None = None,
) -> SampleReport:
    """Add `clients` sample clients. The same arguments on an empty base give the same rows.

    Numbers are Russian ones; `region` must be "RU" (others come with other data).
    """
    if region != "RU":
        raise ValueError(f"there are no sample numbers for {region} yet")
    async with store.begin() as tx:
        await ensure_groups(tx, GROUPS[names])
        rows = Rows(await last_ids(tx))
    for start in range(0, clients, _CHUNK):
        end = min(start + _CHUNK, clients)
        for index in range(start, end):
            _add(rows, index, seed=seed, names=names, now=now)
        async with store.begin() as tx:
            await rows.write(tx)
        if progress:
            progress(end, clients)
    async with store.begin() as tx:
        await move_sequences(tx)
    return _report(rows)


def _add(rows: Rows, index: int, *, seed: int, names: str, now: datetime) -> None:
    """Everything about one client, from a seed of his own: any part of a base can be remade."""
    rng = Random(f"{seed}:{index}")    # nosec B311  made-up data
    is_debtor = index < _DEBTORS_AT_LEAST or rng.random() < _DEBTOR_SHARE
    client = add_client(rows, rng, rows.next_id(Clients), names=names, now=now,
                        has_neighbour=index > 0)
    account = add_account(rows, rng, client, names=names, now=now, is_debtor=is_debtor)
    if rng.random() < 0.1:
        add_account(rows, rng, client, names=names, now=now, is_debtor=False)
    add_contacts(rows, rng, client, names=names, now=now, is_debtor=is_debtor)
    add_request(rows, rng, client, account, now=now)


def _report(rows: Rows) -> SampleReport:
    counts = rows.counts
    return SampleReport(
        clients=counts[Clients], phones=counts[Phones], shared_phones=rows.shared_phones,
        accounts=counts[Accounts], meters=counts[Meters], readings=counts[Readings],
        invoices=counts[Invoices], corrections=counts[InvoiceCorrections],
        payments=counts[Payments], debtors=counts[Debts], interactions=counts[Interactions],
        requests=counts[Requests])
