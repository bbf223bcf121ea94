"""Recordings that are over: made into files, found again after a crash, let go when it is time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from crm_store import audit, interactions, recordings
from crm_store.recordings import Gone, Recording, Sound
from crm_store.store import Store
from cti.apart import ALONE, Apart
from cti.pbx.render_recording import INCOMING
from workstation.recording_files import Sources, finish, stem_of, written_below
from workstation.unforeseen import logged

log = structlog.get_logger()
SCAN_AFTER_S, SCAN_EVERY_S = 20.0, 600.0
STILL_S = 60.0              # a file that grew within it is still being written
STRAY = timedelta(days=1)   # sound that no row knows: nobody said that it might be
SETTLE_S, SETTLE_TRIES, STILL_TRIES = 0.25, 40, 10
CLOSE_S = 0.1               # a frame or two may be on their way when a call ends
CUT_S = 3.0                 # so much less than should be there is worth a word
ROOM_EVERY_S = 5.0
AT_ONCE = 200


class Finisher:
    """`folder` holds what can be heard; Asterisk writes into `folder/new`. `tell` puts a notice
    on the leads' screens."""

    def __init__(self, store: Store, folder: Path, *, min_free_mb: int,
                 clock: Callable[[], datetime], tell: Callable[[str], None],
                 apart: Apart = ALONE) -> None:
        self._store = store
        self._folder = folder
        self._written = folder / "new"
        self._apart = apart
        self._min_free = min_free_mb * 1_000_000
        self._clock = clock
        self._tell = tell
        self._has_room = True
        self._looked_at: datetime | None = None

    async def run(self, is_live: Callable[[str], bool]) -> None:
        """For ever: what a crash left is finished. Cancel to stop."""
        await asyncio.sleep(SCAN_AFTER_S)
        while True:
            with logged("recordings: what was left"):
                await self.scan(is_live)
            await asyncio.sleep(SCAN_EVERY_S)

    def has_room(self) -> bool:
        """Whether the disk has place for more; the leads are told when it has none."""
        now = self._clock()
        if self._looked_at is None or (now - self._looked_at).total_seconds() >= ROOM_EVERY_S:
            self._looked_at, before = now, self._has_room
            try:
                self._has_room = shutil.disk_usage(self._folder).free >= self._min_free
            except OSError as exc:
                log.warning("the folder of recordings cannot be looked at", error=str(exc))
                self._has_room = False
            if before and not self._has_room:
                log.error("nothing is recorded: the disk is full", folder=str(self._folder))
                self._tell("recording_disk_full")
        return self._has_room

    def forget(self, leg: str) -> None:
        """Nothing of it was to sound."""
        try:
            Sources.of(self._written, leg).remove()
        except OSError as exc:
            log.warning("a recording's file could not be removed", leg=leg, error=str(exc))

    async def finish(self, leg: str, *, ended_at: datetime) -> None:
        """Make the file of a recording that is over; what cannot be done now the scan does."""
        async with self._store.read() as tx:
            row = await recordings.of_leg(tx, leg)
        if row is None or row.state != "open":
            return
        sources = Sources.of(self._written, leg)
        await self._until_written(sources, (ended_at - row.started_at).total_seconds())
        try:
            await self._finish(row, sources, ended_at)
        except OSError as exc:
            log.warning("a recording could not be finished", recording=row.id, error=str(exc))
            self._tell("recording_not_finished")

    async def _until_written(self, sources: Sources, seconds: float) -> None:
        """Asterisk writes two seconds at a time, and closes a moment after it told of the end."""
        before, still = -1.0, 0
        for _ in range(SETTLE_TRIES):
            found = await asyncio.to_thread(sources.written_s)
            still = still + 1 if found == before else 0
            if found >= seconds - CLOSE_S or still >= STILL_TRIES:
                return
            before = found
            await asyncio.sleep(SETTLE_S)

    async def _finish(self, row: Recording, sources: Sources, ended_at: datetime) -> None:
        if await self._is_refused(row):
            await self._let_go(row, sources, "refused")
            return
        name = f"{row.started_at.astimezone(UTC):%Y/%m/%d}/{row.id}.wav"
        there_s = await asyncio.to_thread(sources.seconds)
        sound = await asyncio.to_thread(finish, sources, self._folder, name, row.marks)
        if sound is None:
            await self._let_go(row, sources, "lost" if not there_s else "empty")
            return
        is_cut = there_s < (ended_at - row.started_at).total_seconds() - CUT_S
        await self._keep(row, sound, ended_at, is_cut=is_cut)
        await asyncio.to_thread(sources.remove)

    async def _keep(self, row: Recording, sound: Sound, ended_at: datetime, *,
                    is_cut: bool) -> None:
        began_at = row.started_at + timedelta(seconds=row.marks[0][0])
        async with self._store.begin() as tx:
            await recordings.keep(tx, row.id, sound, started_at=began_at, ended_at=ended_at,
                                  why="cut_short" if is_cut else "")
        if is_cut:
            log.error("a recording lacks its end", recording=row.id, seconds=sound.seconds)
            self._tell("recording_cut_short")

    async def _is_refused(self, row: Recording) -> bool:
        """By him whose contact it turned out to be."""
        async with self._store.read() as tx:
            contact = await interactions.one(tx, row.interaction_id)
            return contact.client_id is not None and await recordings.is_refused(
                tx, [contact.client_id])

    async def _let_go(self, row: Recording, sources: Sources, why: Gone) -> None:
        await asyncio.to_thread(sources.remove)
        async with self._store.begin() as tx:
            await recordings.let_go(tx, [row.id], why)
        log.info("a recording was let go", recording=row.id, why=why)

    # ── after a crash ────────────────────────────────────────────────────────────────────────
    async def scan(self, is_live: Callable[[str], bool]) -> None:
        """Rows whose sound was never finished, and sound that has no row."""
        async with self._store.read() as tx:
            rows = [row for row in await recordings.open_ones(tx) if self._apart.is_of(row.leg)]
        now = self._clock().timestamp()
        for row in rows:
            sources = Sources.of(self._written, row.leg)
            written_at = await asyncio.to_thread(sources.written_at)
            if is_live(row.leg) or now - written_at < STILL_S:
                continue
            ended_at = row.started_at + timedelta(seconds=sources.seconds())
            with logged("recordings: finishing what was left", recording=row.id):
                await self._finish(row, sources, ended_at)
        known = {row.leg for row in rows}
        await asyncio.to_thread(self._remove_strays, known, is_live, now)

    def _remove_strays(self, known: set[str], is_live: Callable[[str], bool],
                       now: float) -> None:
        for path in written_below(self._folder, self._apart).glob(f"*{INCOMING}"):
            leg = self._apart.marked(stem_of(path))
            sources = Sources.of(self._written, leg)
            if leg in known or is_live(leg) or (
                    now - sources.written_at() < STRAY.total_seconds()):
                continue
            log.warning("sound that belongs to no contact was removed", leg=leg)
            sources.remove()


# ── when it is time ──────────────────────────────────────────────────────────────────────────
async def retain(store: Store, folder: Path, keep_days: int, *, now: datetime, by: str,
                 dry_run: bool = False) -> int:
    """Let go what is older; how many. The fact stays, and the deed is in the audit."""
    before, found = now - timedelta(days=keep_days), 0
    while keep_days:
        async with store.read() as tx:
            rows = await recordings.older(tx, before, limit=1_000_000 if dry_run else AT_ONCE)
        if dry_run or not rows:
            return len(rows) if dry_run else found
        await remove(folder, rows)
        async with store.begin() as tx:
            await recordings.let_go(tx, [row.id for row in rows], "too_old")
            await audit.record(tx, by=by, at=now, what="retention.applied", facts={
                "kind": "recordings", "before": before.isoformat(), "rows": len(rows)})
        found += len(rows)
    return found


async def erase(store: Store, folder: Path, client_id: int) -> int:
    """The sound of one person goes; how many there were. Raises `NotFound`."""
    async with store.read() as tx:
        rows = await recordings.of_person(tx, client_id)
    await remove(folder, rows)
    for row in rows:
        await asyncio.to_thread(Sources.of(folder / "new", row.leg).remove)
    if rows:
        async with store.begin() as tx:
            await recordings.let_go(tx, [row.id for row in rows], "erased")
    return len(rows)


async def remove(folder: Path, rows: list[Recording]) -> None:
    """Files first: a row without its file is told so, a file without its row nobody finds."""
    def work() -> None:
        for row in rows:
            if row.file is not None:
                (folder / row.file).unlink(missing_ok=True)
    await asyncio.to_thread(work)



