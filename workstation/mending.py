"""Gaps of the link: each is written down, and its calls are told from Asterisk's own records.

A call of a gap is mended when it is over: what the tape lost sight of gets its true end, what
nobody saw is there at all, marked as reconstructed. What Asterisk has not written yet, or is
still going on, is looked for again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from crm_store import gaps, mending
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.gaps import GapRow
from crm_store.interactions import CallFacts
from crm_store.mending import StoredCall
from crm_store.store import Store
from cti import lost_calls, own_records
from cti.apart import ALONE, Apart
from cti.changes import Change, LinkLost, LinkRestored
from cti.feed import Subscription
from cti.own_records import RecordFiles
from cti.reconstruction import Reconstructed, deaths_in, reconstruct
from workstation import unforeseen
from workstation.gathering import Gathered
from workstation.journal import with_client
from workstation.regions import Regions
from workstation.splicing import UNNOTICED, spliced

log = structlog.get_logger()

WRITTEN_S = 2.0             # Asterisk and the journal have written what was before
AGAIN_S = (3.0, 5.0, 10.0, 20.0, 30.0)      # between two looks; the last one goes on
GIVEN_UP = timedelta(hours=24)  # after the gap: what is unknown then stays so
READ_BACK = timedelta(minutes=15)
READ_BACK_AT_MOST = timedelta(hours=48)
LOST = "lost_sight"

Moments = Sequence[datetime | None]
Settle = Callable[[Tx, Change], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class MendingPlan:
    """`operators`: interface → operator id; `opened_at`: since when this process is there."""
    pbx: str
    files: RecordFiles
    operators: Mapping[str, str]
    regions: Regions
    opened_at: datetime
    apart: Apart = ALONE


class Mending:
    """`settle` is told the changes of mended calls, for the dialler's attempts."""

    def __init__(self, store: Store, plan: MendingPlan, clock: Callable[[], datetime],
                 settle: Settle) -> None:
        self.gaps: dict[datetime, GapRow] = {}      # by their beginning, as stored
        self.times_mended = 0                       # rises when calls were written
        self._store, self._plan, self._clock, self._settle = store, plan, clock, settle
        self._lost_at: datetime | None = None
        self._due = asyncio.Event()

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(subscription), name="mending: follow")
            tasks.create_task(self._mend_for_ever(), name="mending: mend")

    async def _follow(self, subscription: Subscription) -> None:
        with subscription:
            # gaps are rare, and the next start tells them again
            async for fed in subscription.told():
                for change in fed.changes:
                    if isinstance(change, LinkLost | LinkRestored):
                        with unforeseen.logged("mending: a gap"):
                            await self._note(change)

    async def _note(self, change: LinkLost | LinkRestored) -> None:
        if isinstance(change, LinkLost):
            self._lost_at = change.at
            await self._write(since=change.at, until=None, why="link")
            return
        if change.gap_from >= change.at:
            return              # the very first start
        why: gaps.Why = "asterisk" if change.restarted else "link"
        was_cut = self._lost_at == change.gap_from and change.gap_from >= self._plan.opened_at
        if not was_cut and not change.restarted:
            why = "server"
        await self._write(since=change.gap_from, until=change.at, why=why,
                          calls_lost=change.calls_lost, calls_found=change.calls_found)
        self._due.set()

    async def _write(self, *, since: datetime, until: datetime | None, why: gaps.Why,
                     calls_lost: int = 0, calls_found: int = 0) -> None:
        async def work(tx: Tx) -> GapRow:
            return await gaps.write(tx, pbx=self._plan.pbx, since=since, until=until, why=why,
                                    calls_lost=calls_lost, calls_found=calls_found)
        row = await self._patiently(work)
        self.gaps[row.since] = row

    async def _patiently(self, work: Callable[[Tx], Awaitable[GapRow]]) -> GapRow:
        """A gap is not forgotten because the base is away for a while."""
        while True:
            try:
                return await self._store.write(work)
            except StoreError as exc:
                log.warning("a gap could not be written yet", error=str(exc))
                await asyncio.sleep(AGAIN_S[0])

    # its calls

    async def _mend_for_ever(self) -> None:
        tries = 0
        while True:
            await asyncio.sleep(WRITTEN_S)
            left = True
            with unforeseen.logged("mending"):
                left = await self._mend_all()
            pause_s = AGAIN_S[min(tries, len(AGAIN_S) - 1)] if left else None
            tries = tries + 1 if left else 0
            try:
                async with asyncio.timeout(pause_s):
                    await self._due.wait()
            except TimeoutError:
                continue
            self._due.clear()

    async def _mend_all(self) -> bool:
        """Whether something is left to look for."""
        try:
            async with self._store.read() as tx:
                todo = await gaps.unsettled(tx, self._plan.pbx)
            for gap in todo:
                self.gaps[gap.since] = await self._mend(gap, [one.since for one in todo])
        except (StoreError, OSError) as exc:
            log.warning("calls of a gap could not be mended yet", error=str(exc))
            return True
        return any(self.gaps[gap.since].settled_at is None for gap in todo)

    async def _mend(self, gap: GapRow, lost_at: list[datetime]) -> GapRow:
        until = gap.until or self._clock()
        lost = await self._lost_in(gap.since, until)
        told = await asyncio.to_thread(self._told, gap.since, until, lost, lost_at)
        gathered = Gathered(self._plan.regions)
        gathered.take(told.changes)
        mended = await self._write_calls(gap, until, gathered, told)
        unknown = len(set(lost) - set(gathered.whole()) - set(gathered.kept))
        going_on = len(told.live)
        is_over = not unknown and not going_on
        if not self._plan.files.there() or self._clock() - until > GIVEN_UP:
            is_over = True
        if mended:
            self.times_mended += 1
            log.info("calls of a gap were told from Asterisk's own records", calls=mended,
                     since=gap.since.isoformat(), unknown=unknown, going_on=going_on)
        async with self._store.begin() as tx:
            return await gaps.note_mended(
                tx, gap.id, mended=mended, unknown=unknown,
                settled_at=self._clock() if is_over else None)

    async def _lost_in(self, since: datetime, until: datetime) -> list[str]:
        async with self._store.read() as tx:
            return await mending.without_end(tx, self._plan.pbx, since - READ_BACK_AT_MOST,
                                             until, ended_since=since - UNNOTICED)

    def _told(self, since: datetime, until: datetime, lost: list[str],
              lost_at: list[datetime]) -> Reconstructed:
        """Blocking. Calls are read from their beginnings."""
        back, own_ids = since - READ_BACK, [self._plan.apart.bare(call) for call in lost]
        while True:
            own = own_records.read(self._plan.files, back)
            rows = lost_calls.concerned(own.rows, since - UNNOTICED, until, own_ids)
            begun = lost_calls.begun_before(rows)
            if begun is None or back <= since - READ_BACK_AT_MOST:
                break
            back = max(min(begun - READ_BACK, back - 4 * READ_BACK), since - READ_BACK_AT_MOST)
        return reconstruct(
            lost_calls.whole(rows), own.log, pbx=self._plan.pbx, operators=self._plan.operators,
            deaths=deaths_in(own.rows, own.log, lost_at), apart=self._plan.apart)

    async def _write_calls(self, gap: GapRow, until: datetime, gathered: Gathered,
                           told: Reconstructed) -> int:
        calls = gathered.whole()
        async with self._store.read() as tx:
            known = await mending.stored(tx, [*calls, *gathered.kept])
        mended = 0
        for call, facts in calls.items():
            seen = known.get(call)
            if not _is_wanted(seen, facts, gap.since, until):
                continue
            whole = spliced(seen.facts if seen is not None else None, facts, gap.since)
            async with self._store.begin() as tx:
                whole = await with_client(tx, whole)
                await mending.rewrite(tx, whole, absorbed=gathered.parts_of(call),
                                      reconstructed=True)
            with unforeseen.logged("mending: an attempt", call=call):
                await self._settle_attempt({call, *gathered.parts_of(call)}, told)
            mended += 1
        return mended

    async def _settle_attempt(self, calls: set[str], told: Reconstructed) -> None:
        """Where it was left open; what is settled stays settled."""
        async with self._store.begin() as tx:
            for change in told.changes:
                if getattr(change, "call", None) in calls:
                    await self._settle(tx, change)


def _is_wanted(seen: StoredCall | None, told: CallFacts, since: datetime,
               until: datetime) -> bool:
    """Whether Asterisk's records know better than the base: it was not seen, or not all of it."""
    if seen is None:
        return True
    if seen.reconstructed:
        return False
    if seen.facts.outcome in (None, LOST):
        return True
    ended_at = told.ended_at or until
    return told.started_at <= until and ended_at >= since and (
        seen.kept != told.call_id or _differs(seen.facts, told))


def _differs(seen: CallFacts, told: CallFacts) -> bool:
    """In what the gap can have hidden; holds and menus CEL does not know."""
    one, other = (seen.outcome, seen.operator), (told.outcome, told.operator)
    mine, theirs = _course(seen), _course(told)
    return one != other or list(mine) != list(theirs) or _apart(
        (seen.started_at, seen.answered_at, seen.ended_at, *mine.values()),
        (told.started_at, told.answered_at, told.ended_at, *theirs.values()))


def _course(facts: CallFacts) -> dict[tuple[int, str, str | None], datetime]:
    """What followed what, with whom, and since when."""
    shown: dict[tuple[int, str, str | None], datetime] = {}
    last: tuple[str, str | None] | None = None
    for part in facts.segments:
        kind = "talk" if part.kind == "hold" else part.kind
        one = (kind, None if kind == "menu" else part.who)
        if one != last:
            shown[len(shown), *one] = part.started_at
        last = one
    return shown


def _apart(seen: Moments, told: Moments) -> bool:
    return any((one is None) != (other is None) or (
        one is not None and other is not None and abs(one - other) > timedelta(seconds=0.5))
        for one, other in zip(seen, told, strict=True))
