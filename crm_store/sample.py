"""A made-up company: clients, bills and history from a seed, the same every time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from crm_store.store import Store

Progress = Callable[[int, int], None]       # clients done, of how many


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
    """Add `clients` sample clients. The same arguments on an empty base give the same rows."""
    raise NotImplementedError
