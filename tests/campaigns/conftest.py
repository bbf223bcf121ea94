"""Stores that watch the ledger at every commit, and campaigns to run on them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from campaigns import ledger, steering
from campaigns.retries import Miss, RetryPlan
from crm_store import campaigns as rows
from crm_store import clients
from crm_store.base import Tx
from crm_store.store import Store
from tests.campaigns.exchange import START

SOON = RetryPlan({miss: (4, 8) for miss in Miss if miss is not Miss.INVALID}, max_attempts=3,
                 call_later_s=10)


class Killed(BaseException):
    """kill -9, between two statements."""


class WatchedStore(Store):
    """Sums every ledger after each commit. `kill_in`: die around that many commits from now.

    An even count dies before the commit (nothing is written), an odd one right after it.
    """

    commits = 0
    kill_in: int | None = None

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        dies = self._countdown()
        async with super().begin() as tx:
            yield tx
            if dies and self.commits % 2 == 0:
                raise Killed
        self.commits += 1
        await self._add_up()
        if dies:
            raise Killed

    def _countdown(self) -> bool:
        if self.kill_in is None:
            return False
        self.kill_in -= 1
        if self.kill_in > 0:
            return False
        self.kill_in = None
        return True

    async def _add_up(self) -> None:
        """Raises DoesNotAddUp."""
        async with self.read() as tx:
            for campaign in await rows.listing(tx):
                await ledger.coverage_of(tx, campaign.id)


@pytest.fixture
async def watched(store_url: str) -> AsyncIterator[WatchedStore]:
    base = WatchedStore(store_url)
    yield base
    await base.close()


async def make_campaign(
    store: Store, numbers: Sequence[Sequence[str]], *, law: Sequence[str] = ("rehearsal",),
    plan: RetryPlan = SOON, zones: Sequence[str] = ("Europe/Moscow",), name: str = "run",
    start: bool = True, ring_s: int = 30,
) -> int:
    """A campaign with one new client per item of `numbers`, each with those numbers."""
    async with store.begin() as tx:
        campaign_id = await steering.create(
            tx, name, queue="collection", by="test", at=START, law=law, plan=plan,
            ring_s=ring_s)
        for index, owned in enumerate(numbers):
            client_id = await clients.create(
                tx, name=f"Debtor {name} {index}", number=owned[0] if owned else None, by="test",
                at=START)
            entry_id = await rows.add_entry(
                tx, campaign_id, client_id, zones=zones, debt_minor=100_00, currency="RUB",
                at=START, by="test")
            for e164 in owned:
                await rows.add_number(tx, entry_id, e164)
        if start:
            await steering.start(tx, campaign_id, by="test", at=START)
    return campaign_id
