"""A whole base of millions, made up in minutes: `generate`.

The same company as `crm_store.sample`, in the proportions of the reference case (see `shape`) and
written past the store's own way in: rows as the store would have written them, which tests
compare, into a base that has no clients yet.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import select

from crm_store import errors
from crm_store.sample.bulk import into_postgres, into_sqlite
from crm_store.sample.bulk.making import Plan
from crm_store.sample.bulk.shape import CHUNK, MOST
from crm_store.sample.words import GROUPS
from crm_store.store import Store
from crm_store.tables.clients import Clients

__all__ = ["MOST", "NotEmpty", "generate"]

Progress = Callable[[int, int], None]       # clients done, of how many (the indexes count too)
_LAST_SHARE = 0.25                          # of the bar that the indexes get


class NotEmpty(errors.StoreError):
    """A whole base is made only where there are no clients yet."""


@dataclass(frozen=True, slots=True)
class _Bar:
    plan: Plan
    steps: int
    tell: Progress

    def done(self, step: int) -> None:
        """A chunk's number from 1, or less than 0: so many of the last steps."""
        last = int(self.plan.clients * _LAST_SHARE)
        total = self.plan.clients + last
        if step > 0:
            self.tell(min(step * CHUNK, self.plan.clients), total)
        else:
            self.tell(min(self.plan.clients + last * -step // self.steps, total), total)


async def generate(
    store: Store, *, clients: int, seed: int = 1, names: Literal["en", "ru"] = "en",
    now: datetime, progress: Progress | None = None,
) -> Counter[str]:
    """Rows written, by table. `store` must be migrated and used by nobody else meanwhile.

    The same arguments give the same rows. Raises `NotEmpty`, and the store's errors.
    """
    async with store.read() as tx:
        if await tx.scalar(select(Clients.id).limit(1)) is not None:
            raise NotEmpty
    await store.close()                     # it opens again when it is used again
    into = into_sqlite if store.url.get_backend_name() == "sqlite" else into_postgres
    plan = Plan(min(clients, MOST), seed, names, now)
    bar = _Bar(plan, into.steps(), progress or _nobody)
    return await asyncio.to_thread(_build, store, plan, bar)


def _build(store: Store, plan: Plan, bar: _Bar) -> Counter[str]:
    groups = GROUPS[plan.names]
    if store.url.get_backend_name() == "sqlite":
        return into_sqlite.build(Path(store.url.database or ""), plan, groups, bar.done)
    url = store.url.set(drivername="postgresql").render_as_string(hide_password=False)
    return into_postgres.build(url, plan, groups, bar.done)


def _nobody(done: int, of: int) -> None:
    """Nobody wants to know."""
