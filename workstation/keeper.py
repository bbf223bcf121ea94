"""Once a day: what is too old goes, erasings that were broken off are finished, the audit's
chain is walked, and each dial is checked against the law again. The last verdict is kept for the
administrators' page."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import structlog

from campaigns import night
from crm_store import audit, audit_reading, call_routes
from crm_store.audit_reading import Verdict
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation import anchors, privacy
from workstation.settings import Settings, anchors_file, letters_folder, recordings_folder
from workstation.unforeseen import logged

log = structlog.get_logger()
SYSTEM = "system"
AGAIN_S = 3_600.0       # after a failure
ROUTES_KEPT = timedelta(days=180)       # decisions of routing, with what was known of callers


class Keeper:
    def __init__(self, store: Store, settings: Settings, secret: bytes,
                 clock: Callable[[], datetime]) -> None:
        self._store = store
        self._settings = settings
        self._key = privacy.number_key(secret)
        self._clock = clock
        self._zone = ZoneInfo(settings.company.time_zone)
        self._checking = asyncio.Lock()
        self._asked, self._answered = asyncio.Event(), asyncio.Event()
        self.verdict: Verdict | None = None
        self.checked_at: datetime | None = None

    async def run(self) -> None:
        """For ever; cancel to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._daily(), name="daily jobs")
            tasks.create_task(self._on_demand(), name="audit: verify")

    async def _daily(self) -> None:
        while True:
            with logged("the daily jobs"):
                await self._until(self.next_at(self._clock()))
                await self.work()

    async def _on_demand(self) -> None:
        while True:
            await self._asked.wait()
            self._asked.clear()
            with logged("walking the audit's chain"):
                await self.verify()
            self._answered.set()

    async def verified(self) -> None:
        """Ask for a walk and wait for its end; it goes on when nobody waits any more."""
        self._answered.clear()
        self._asked.set()
        await self._answered.wait()

    def next_at(self, now: datetime) -> datetime:
        """The next time the company's clock says so."""
        wanted = time.fromisoformat(self._settings.retention.at)
        local = now.astimezone(self._zone)
        at = datetime.combine(local.date(), wanted, self._zone)
        return at if at > local else datetime.combine(
            local.date() + timedelta(days=1), wanted, self._zone)

    async def _until(self, at: datetime) -> None:
        """In short sleeps: a machine that slept wakes up late, not a day later."""
        while (left_s := (at - self._clock()).total_seconds()) > 0:  # noqa: ASYNC110 - a clock
            await asyncio.sleep(min(left_s, 60.0))

    async def work(self) -> None:
        now = self._clock()
        try:
            async with self._store.begin() as tx:
                await call_routes.forget(tx, now - ROUTES_KEPT)
            finished = await privacy.finish_erasings(self._store, key=self._key, at=now,
                                                     recorded=recordings_folder(self._settings),
                                                     letters=letters_folder(self._settings))
            done, tapes = await privacy.retain(self._store, self._settings, key=self._key,
                                               by=SYSTEM, now=now)
            verdict = await self.verify()
            await self.check_dials(now)
        except (StoreError, OSError) as exc:
            log.warning("the daily jobs failed", error=str(exc))
            await asyncio.sleep(AGAIN_S)
            return
        log.info("the daily jobs are done", erasings_finished=finished, tapes=len(tapes.files),
                 rows={one.kind: one.rows for one in done if one.rows})
        if verdict.broken is not None:
            log.error("the audit's chain is broken", place=verdict.broken.place,
                      fault=verdict.broken.fault)

    async def check_dials(self, now: datetime) -> night.Pass:
        """Yesterday's attempts against the law once more; what is found is in the audit."""
        async with self._store.read() as tx:
            done = await night.check(tx, since=now - timedelta(days=1), zone=self._zone)
        async with self._store.begin() as tx:
            await audit.record(tx, by=SYSTEM, at=now, what="campaign.law_checked", facts={
                "attempts": done.attempts, "findings": len(done.findings)})
        for one in done.findings:
            log.error("an attempt was against the law", attempt=one.attempt_id,
                      campaign=one.campaign_id, rule=one.rule, what=one.what)
        return done

    async def verify(self) -> Verdict:
        """Walk the chain; one at a time."""
        noted = await asyncio.to_thread(anchors.read, anchors_file(self._settings))
        async with self._checking, self._store.read() as tx:
            verdict = await audit_reading.verify(tx, anchors=noted)
        self.verdict, self.checked_at = verdict, self._clock()
        return verdict
