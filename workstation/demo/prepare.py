"""Before anything runs: database, sample clients, debtors' list, both Asterisks."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Sequence
from pathlib import Path

from crm_store import debtors, sample
from crm_store.store import Store
from workstation.settings import Settings

CLIENTS = 2_000
LISTED_DEBTORS = 50
CALLERS_KNOWN = 400
Say = Callable[[str], None]


async def fill_store(settings: Settings, say: Say) -> Sequence[str]:
    """Tables, sample clients when there are none, `debtors.csv`; numbers that callers show."""
    store = Store(settings.store_url)
    try:
        await store.migrate()
        if not await _has_clients(store):
            say(f"making {CLIENTS:,} sample clients …")
            await sample.generate(store, clients=CLIENTS, seed=1, names=settings.company.language,
                                  now=dt.datetime.now(dt.UTC), region=settings.company.region)
        async with store.read() as tx:
            listed = await debtors.debtors(tx, limit=LISTED_DEBTORS)
            numbers = await debtors.client_numbers(tx, limit=CALLERS_KNOWN)
    finally:
        await store.close()
    write_debtors(settings.data_dir / "debtors.csv", listed)
    return numbers


async def _has_clients(store: Store) -> bool:
    async with store.read() as tx:
        return bool(await debtors.client_numbers(tx, limit=1))


def write_debtors(path: Path, listed: Sequence[debtors.Debtor]) -> None:
    """The list a collector would be handed: one debtor a row, the sum in major units."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("account", "name", "phone", "debt", "currency"))
        for debtor in listed:
            amount = f"{debtor.amount_minor // 100}.{debtor.amount_minor % 100:02d}"
            rows.writerow((debtor.account, debtor.name, debtor.e164, amount, debtor.currency))
