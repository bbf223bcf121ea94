"""The journal: every call becomes an interaction, without anybody typing.

It may never lose anything: what the database refuses for now is tried again, for ever, and what
the engine restored from the tape is written again (upserts by call id, so that is harmless).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import Protocol, TypeAlias, cast

import structlog

from crm_store import claims, clients, gaps, interactions
from crm_store.base import Tx
from crm_store.errors import (
    Busy,
    Conflict,
    Full,
    NotFound,
    NotMigrated,
    StoreError,
    TimedOut,
    Unreachable,
)
from crm_store.interactions import CallFacts
from crm_store.store import Store
from cti.changes import AttemptSettled, CallChange, CallEnded, CallsMerged, Change
from cti.errors import Overrun
from cti.feed import Fed, Subscription
from cti.tape import TapePosition
from workstation import records, unforeseen
from workstation.regions import Regions

log = structlog.get_logger()

BATCH = 200                 # events written in one commit when we are behind
GATHER_S = 0.05             # what happens within it is one commit; nobody waits for the journal
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.2, 10.0
PASSING = (Busy, Full, NotMigrated, TimedOut, Unreachable)     # tried again, for ever
REFUSED = (Conflict, NotFound)                                 # will be refused again
UNKNOWN_TRIES = 3           # what fails for another reason
PLACE_EVERY_S = 60.0
REREAD = 2_000              # events of the tape written at once
REREAD_TRIES = 5            # of a tape that cannot be read, before going on without
REMEMBERED = 20_000         # ids of calls, the newest

Step: TypeAlias = "CallFacts | CallsMerged"
Retell = Callable[[TapePosition | None], Iterator[Fed]]     # as `Engine.retell`


class Interactions(Protocol):
    """Where calls become interactions."""
    def guess(self, call: str, client_id: int) -> None: ...
    async def interaction(self, call: str) -> int: ...
    async def wait_for(self, call: str) -> int: ...


class Journals:
    """Several as one; `of` says whose a call is."""

    def __init__(self, of: Callable[[str], Interactions]) -> None:
        self._of = of

    def guess(self, call: str, client_id: int) -> None:
        self._of(call).guess(call, client_id)

    async def interaction(self, call: str) -> int:
        return await self._of(call).interaction(call)

    async def wait_for(self, call: str) -> int:
        return await self._of(call).wait_for(call)


class Journal:
    """`retell` tells again what we were too slow to be told. With `pbx` each commit says how far
    that Asterisk's tape is written: a later process goes on from there."""

    def __init__(self, store: Store, regions: Regions, retell: Retell | None = None,
                 pbx: str = "") -> None:
        self._pbx = pbx
        self._noted_at = time.monotonic()       # the place on the tape, without calls
        self._store = store
        self._regions = regions
        self._retell = retell
        self._read_to: TapePosition | None = None
        self._reread_to: TapePosition | None = None     # what was told up to here is written
        self._facts: dict[str, CallFacts] = {}
        self._attempts: dict[str, int] = {}
        self._guesses: dict[str, int] = {}
        self._ids: OrderedDict[str, int] = OrderedDict()
        self._written = asyncio.Event()
        self.is_writing = False
        self.failing = ""       # why the newest write has not succeeded yet, or ""

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop."""
        with subscription:
            while True:
                batch: list[Change] = []
                try:
                    self._take(await anext(aiter(subscription)), batch)
                    await asyncio.sleep(GATHER_S)
                    for _ in range(min(subscription.behind(), BATCH)):
                        self._take(await anext(aiter(subscription)), batch)
                except Overrun:
                    log.warning("the journal fell too far behind and reads the tape again")
                    with unforeseen.logged("journal: reading the tape again"):
                        await self._reread()
                with unforeseen.logged("journal"):
                    await self.write(batch, self._read_to)

    def _take(self, fed: Fed, batch: list[Change]) -> None:
        if self._reread_to is None or fed.position > self._reread_to:
            batch += fed.changes
            self._read_to = fed.position

    def guess(self, call: str, client_id: int) -> None:
        """Whom the machine takes for the caller; written with the call's next change."""
        if call in self._facts or call not in self._ids:    # not over yet
            self._guesses[call] = client_id

    async def interaction(self, call: str) -> int:
        """The interaction of a call: remembered, else of long ago and stored, else as soon as it
        is stored; the caller sets the time limit."""
        if call not in self._ids:
            async with self._store.read() as tx:
                stored = await interactions.by_call(tx, call)
            if stored is not None:
                return stored.id
        return await self.wait_for(call)

    async def wait_for(self, call: str) -> int:
        """The interaction of a call as soon as it is stored; the caller sets the time limit."""
        while (found := self._ids.get(call)) is None:
            await self._written.wait()
        return found

    async def _reread(self) -> None:
        """What was dropped is on the tape: it is told again from where we were."""
        for tries in range(1, REREAD_TRIES + 1):
            try:
                await self._write_retold()
            except OSError as exc:
                self.failing = f"the tape cannot be read: {exc}"
                log.warning("the journal cannot read the tape again", error=str(exc), tries=tries)
                await asyncio.sleep(min(FIRST_PAUSE_S * 4 ** tries, LONGEST_PAUSE_S))
            else:
                break
        self.failing, self._reread_to = "", self._read_to

    async def _write_retold(self) -> None:
        if self._retell is None:
            return
        retold = self._retell(self._read_to)
        while piece := await asyncio.to_thread(list, islice(retold, REREAD)):
            await self.write((change for fed in piece for change in fed.changes),
                             piece[-1].position)
            self._read_to = piece[-1].position

    async def write(
        self, changes: Iterable[Change], up_to: TapePosition | None = None,
    ) -> None:
        """Write, trying again until it is done; `up_to` is the place after the newest of them."""
        steps = self._steps(changes)
        if not steps:
            await self._note_place(up_to)
            return
        self.is_writing = True
        try:
            await self._until_written(steps, up_to)
        finally:
            self.failing, self.is_writing = "", False
        written, self._written = self._written, asyncio.Event()
        written.set()

    async def _note_place(self, up_to: TapePosition | None) -> None:
        """While nobody calls the place moves as well, now and then: a start need not read a
        quiet week."""
        now = time.monotonic()
        if up_to is None or now - self._noted_at < PLACE_EVERY_S:
            return
        self._noted_at = now
        if (error := await self._try([], up_to)) is not None:
            log.info("the place on the tape was not noted", error=str(error))

    async def _until_written(self, steps: Sequence[Step], up_to: TapePosition | None) -> None:
        """All in one commit; one by one when something in them is refused, or fails and fails:
        then the place is not noted, and comes with the next batch."""
        tries, pause_s = 0, FIRST_PAUSE_S
        while (error := await self._try(steps, up_to)) is not None:
            tries += not isinstance(error, PASSING)
            if isinstance(error, REFUSED) or tries >= UNKNOWN_TRIES:
                log.warning("a batch is refused; writing one by one", steps=len(steps))
                for step in steps:
                    await self._write_one(step)
                return
            pause_s = await self._pause(error, pause_s)

    async def _write_one(self, step: Step) -> None:
        """The call itself is never lost, whatever client or attempt it is said to belong to;
        only what the database refuses for good is dropped."""
        tries, pause_s = 0, FIRST_PAUSE_S
        while (error := await self._try([step])) is not None:
            bare = _bare(step)
            if isinstance(error, REFUSED) and bare != step:
                log.warning("an interaction names what is not there; it is kept without",
                            call=_call_of(step), error=type(error).__name__)
                step = bare
                continue
            tries += not isinstance(error, PASSING)
            if isinstance(error, REFUSED) or tries >= UNKNOWN_TRIES:
                log.error("one interaction could not be written", call=_call_of(step),
                          error=type(error).__name__)
                return
            pause_s = await self._pause(error, pause_s)

    async def _try(
        self, steps: Sequence[Step], up_to: TapePosition | None = None,
    ) -> Exception | None:
        """Why they were not written."""
        try:
            await self._commit(steps, up_to)
        except StoreError as exc:
            return exc
        except Exception as exc:
            log.exception("the journal failed for a reason nobody foresaw")
            return exc
        return None

    async def _pause(self, error: Exception, pause_s: float) -> float:
        """Wait before the next try; how long to wait after it."""
        self.failing = str(error) if isinstance(error, PASSING) else type(error).__name__
        log.warning("the journal cannot write and tries again", error=self.failing,
                    again_in_s=pause_s)
        await asyncio.sleep(pause_s)
        return min(pause_s * 2, LONGEST_PAUSE_S)

    def _steps(self, changes: Iterable[Change]) -> list[Step]:
        """What to write, in order: each touched call once, calls that merge just before it."""
        touched: dict[str, CallFacts] = {}
        steps: list[Step] = []
        ended: list[str] = []
        for change in changes:
            if isinstance(change, AttemptSettled):
                if change.call in self._facts:
                    self._attempts[change.call] = change.attempt
                continue
            if not isinstance(change, CallChange):
                continue
            with unforeseen.logged("journal: gathering", call=change.call):
                touched[change.call] = self._gather(change)
            if isinstance(change, CallsMerged):
                steps += [*touched.values(), change]
                touched.clear()
                ended.append(change.absorbed)
            if isinstance(change, CallEnded):
                ended.append(change.call)
        steps += touched.values()
        for call in ended:
            self._facts.pop(call, None)
            self._attempts.pop(call, None)
            self._guesses.pop(call, None)
        return steps

    def _gather(self, change: CallChange) -> CallFacts:
        facts = self._facts.get(change.call) or records.begin(change, self._regions)
        facts = records.note(facts, change, self._regions.company)
        if facts.attempt is None and change.call in self._attempts:
            facts = replace(facts, attempt=self._attempts[change.call])
        if facts.client_id is None and change.call in self._guesses:
            facts = replace(facts, client_id=self._guesses[change.call])
        self._facts[change.call] = facts
        return facts

    async def _commit(self, steps: Sequence[Step], up_to: TapePosition | None) -> None:
        async def work(tx: Tx) -> dict[str, int]:
            ids: dict[str, int] = {}
            if up_to is not None and up_to.day and self._pbx:
                await gaps.note_place(tx, self._pbx, up_to.day, up_to.offset)
            for is_call, some in groupby(steps, lambda step: isinstance(step, CallFacts)):
                if is_call:
                    await _upsert(tx, cast("Iterator[CallFacts]", some), ids)
                else:
                    await self._merge(tx, cast("Iterator[CallsMerged]", some), ids)
            return ids

        self._ids.update(await self._store.write(work))
        while len(self._ids) > REMEMBERED:
            self._ids.popitem(last=False)

    async def _merge(self, tx: Tx, merged: Iterable[CallsMerged], ids: dict[str, int]) -> None:
        for step in merged:
            await interactions.absorb(tx, step.kept, step.absorbed)
            if step.kept in ids or step.kept in self._ids:
                ids[step.absorbed] = ids.get(step.kept) or self._ids[step.kept]


async def _upsert(tx: Tx, calls: Iterable[CallFacts], ids: dict[str, int]) -> None:
    found = [await with_client(tx, facts) for facts in calls]
    written = await interactions.upsert_calls(tx, found)
    ids.update(zip((facts.call_id for facts in found), written, strict=True))


def _bare(step: Step) -> Step:
    """The call itself is never lost, whatever client or attempt it is said to belong to."""
    if isinstance(step, CallsMerged):
        return step
    return replace(step, client_id=None, campaign_entry=None, attempt=None)


def _call_of(step: Step) -> str:
    return step.absorbed if isinstance(step, CallsMerged) else step.call_id


async def with_client(tx: Tx, facts: CallFacts) -> CallFacts:
    """The machine's guess of the client: whom an attempt was meant for, else, at the call's end,
    the only client who has its number."""
    if facts.client_id is not None:
        return facts
    if facts.attempt is not None:
        return await _of_attempt(tx, facts, facts.attempt)
    if facts.ended_at is None or not (facts.number or "").startswith("+"):
        return facts
    found = await clients.candidates(tx, facts.number or "")
    return replace(facts, client_id=clients.likeliest(found))


async def _of_attempt(tx: Tx, facts: CallFacts, attempt: int) -> CallFacts:
    try:
        row = await claims.get(tx, attempt)
    except NotFound:
        return facts
    return replace(facts, client_id=row.client_id, campaign_entry=row.entry_id, number=row.e164)
