"""Keeps the sums of closed days: of the last year by itself, of others when asked for."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from crm_store import report_contacts, report_sums
from crm_store.errors import StoreError
from crm_store.report_contacts import Chosen
from crm_store.store import Store
from workstation.reports.counting import day_bounds, sums_of
from workstation.settings import Queue
from workstation.unforeseen import logged

FIRST_AFTER_S = 60.0    # after a start others have more to do
AGAIN_S = 3_600.0
KEPT_DAYS = 400
REST = 4.0              # it rests so many times as long as it worked: a fifth of a core at most

log = structlog.get_logger()


class Summing:
    def __init__(self, store: Store, zone: ZoneInfo, queues: Mapping[str, Queue],
                 clock: Callable[[], datetime]) -> None:
        self._store = store
        self._zone = zone
        self._queues = queues
        self._clock = clock

    async def run(self) -> None:
        """For ever; cancel to stop."""
        await asyncio.sleep(FIRST_AFTER_S)
        while True:
            with logged("summing closed days"):
                try:
                    await self.catch_up()
                except StoreError as exc:
                    log.warning("closed days are not summed", error=str(exc))
            await asyncio.sleep(AGAIN_S)

    def last_closed(self) -> date:
        """Yesterday, or the day before while calls of midnight may still go on."""
        safely = self._clock() - timedelta(hours=6)
        return safely.astimezone(self._zone).date() - timedelta(days=1)

    async def catch_up(self) -> int:
        """Sum what is not, the newest day first; how many days."""
        last = self.last_closed()
        async with self._store.read() as tx:
            began = await report_contacts.first_day(tx)
        if began is None:
            return 0
        first = max(began.astimezone(self._zone).date(), last - timedelta(days=KEPT_DAYS))
        return await self.sum_between(first, last)

    async def sum_between(self, first: date, last: date, *, rests: bool = True) -> int:
        """Those of the days whose sums do not stand; the last of them may not be open."""
        last = min(last, self.last_closed())
        async with self._store.read() as tx:
            standing = await report_sums.summed(tx, first, last)
        missing = [on for on in days(first, last) if on not in standing]
        for on in reversed(missing):
            began = time.monotonic()
            await self.sum_day(on)
            if rests:
                await asyncio.sleep(REST * (time.monotonic() - began))
        return len(missing)

    async def sum_day(self, on: date) -> bool:
        """False: a contact of that day changed meanwhile; another time."""
        since, until = day_bounds(on, self._zone)
        async with self._store.begin() as tx:
            await report_sums.begin(tx, on)
        async with self._store.read() as tx:
            contacts = await report_contacts.all_of(tx, Chosen(since=since, until=until))
        sums = sums_of(contacts, self._zone, self._queues)
        async with self._store.begin() as tx:
            return await report_sums.put(
                tx, on, since, until, quarters=sums.quarters, operators=sums.operators,
                outcomes=sums.outcomes, at=self._clock())


def days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
