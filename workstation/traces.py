"""Views of cards, written down beside the work: nobody waits for it, one commit for many.

What is changed or taken away is recorded in its own transaction and is as durable as the deed.
A view is written a quarter of a second later at most, and not lost while the store is away: the
bounded list is kept and tried again. The same task chains what anybody recorded, and now and
then notes the chain's head outside the database.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from crm_store import audit, audit_reading
from crm_store.audit import Deed
from crm_store.base import JSON
from crm_store.errors import StoreError
from crm_store.store import Store
from workstation import unforeseen
from workstation.anchors import Anchors
from workstation.policy import Person
from workstation.protocol import ConversationView

log = structlog.get_logger()
SEEN = "client.seen"
OF_CALLS = frozenset({"call", "conversation"})    # ways to a card that a call gave him
TOGETHER_S = 0.25           # views of so long go into one commit
SEAL_S = 2.0
AGAIN_S = 1.0               # after the store refused
UNWRITTEN_LIMIT = 100_000   # beyond it cards are no longer opened: a view must leave a trace
REMEMBERED = 50_000
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class TracesFull(Exception):
    """No further card is shown: what was seen could not be written for too long."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Cards that somebody opened by himself."""
    hour: int
    day: int


class Traces:
    def __init__(self, store: Store, anchors: Anchors, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._anchors = anchors
        self._clock = clock
        self._unwritten: deque[Deed] = deque()
        self._opened: dict[str, deque[tuple[datetime, int]]] = {}   # by → when, whom
        self._popped: dict[tuple[str, str, int], None] = {}
        self._wake = asyncio.Event()
        self._writing = asyncio.Lock()

    # ── what is told ─────────────────────────────────────────────────────────────────────────
    def opened(self, person: Person, client_id: int, via: str, reason: str = "") -> None:
        """He opened a card; one of his own call's does not count. Raises TracesFull."""
        by, now = name_of(person), self._clock()
        facts: dict[str, JSON] = {"via": via}
        if reason:
            facts["reason"] = reason
        self._add(Deed(by=by, at=now, what=SEEN, client_id=client_id, facts=facts))
        if via not in OF_CALLS:
            self._opened.setdefault(by, deque()).append((now, client_id))

    def follow(self, view: ConversationView) -> None:
        """A conversation changed: its card is on a screen."""
        if view.card is not None:
            self.popped(view.operator, view.call, view.card.client_id)

    def popped(self, operator: str, call: str, client_id: int) -> None:
        """A card came with a call; once for a call, however often it is drawn."""
        key = (operator, call, client_id)
        if key in self._popped:
            return
        self._popped[key] = None
        if len(self._popped) > REMEMBERED:
            del self._popped[next(iter(self._popped))]
        deed = Deed(by=operator, at=self._clock(), what=SEEN, client_id=client_id,
                    facts={"via": "call", "call": call})
        try:
            self._add(deed)
        except TracesFull:      # a call is served all the same
            log.warning("who saw a card could not be written down", operator=operator)

    def has_open(self, person: Person, client_id: int, within: timedelta) -> bool:
        """Whether he opened this card lately."""
        since = self._clock() - within
        return any(at > since and whom == client_id
                   for at, whom in self._opened.get(name_of(person), ()))

    def count(self, person: Person) -> Counted:
        now = self._clock()
        kept = self._opened.get(name_of(person), deque())
        while kept and kept[0][0] <= now - DAY:
            kept.popleft()
        return Counted(sum(at > now - HOUR for at, _ in kept), len(kept))

    def limited(self, person: Person, hour: int, day: int) -> None:
        """He wanted to open more cards than he may."""
        with contextlib.suppress(TracesFull):
            self._add(Deed(by=name_of(person), at=self._clock(), what="client.limit",
                           facts={"hour": hour, "day": day}))

    def hour(self) -> str:
        return self._clock().strftime("%Y-%m-%dT%H")

    def note(self, deed: Deed) -> None:
        """Something that happened in any case."""
        try:
            self._add(deed)
        except TracesFull:
            log.warning("a deed could not be written down", what=deed.what, by=deed.by)

    def _add(self, deed: Deed) -> None:
        if len(self._unwritten) >= UNWRITTEN_LIMIT:
            raise TracesFull
        self._unwritten.append(deed)
        self._wake.set()

    # ── writing ──────────────────────────────────────────────────────────────────────────────
    async def run(self) -> None:
        """For ever; cancel to stop: what was seen until then is still written."""
        with unforeseen.logged("the audit"):
            await self.recall()
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._write_on(), name="audit: write")
                tasks.create_task(self._seal_on(), name="audit: seal")
        finally:
            await self._finish()

    async def recall(self) -> None:
        """Who opened how many cards since yesterday; limits outlive a restart."""
        async with self._store.read() as tx:
            rows = await audit_reading.views_since(tx, SEEN, self._clock() - DAY)
        for by, at, client_id, via in rows:
            if via not in OF_CALLS:
                self._opened.setdefault(by, deque()).append((at, client_id or 0))

    async def _write_on(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(TOGETHER_S)
            self._wake.clear()
            with unforeseen.logged("the audit"):
                await self.write()

    async def write(self) -> None:
        """Everything seen so far, in one transaction."""
        async with self._writing:
            await self._write_all()

    async def _write_all(self) -> None:
        deeds = list(self._unwritten)
        if not deeds:
            return
        try:
            async with self._store.begin() as tx:
                await audit.record_all(tx, deeds)
        except StoreError as exc:
            log.warning("who saw what could not be written yet", error=str(exc),
                        waiting=len(deeds))
            await asyncio.sleep(AGAIN_S)
            self._wake.set()
            return
        for _ in deeds:
            self._unwritten.popleft()

    async def _seal_on(self) -> None:
        while True:
            with unforeseen.logged("the audit"):
                await self.seal()
            await asyncio.sleep(SEAL_S)

    async def seal(self) -> None:
        """Chain what anybody recorded; asked by reading, so that an idle server writes nothing."""
        try:
            while await self._seal_some():
                continue
        except StoreError as exc:
            log.warning("the audit could not be chained", error=str(exc))

    async def _seal_some(self) -> bool:
        async with self._store.read() as tx:
            if not await audit.is_waiting(tx):
                return False
        async with self._store.begin() as tx:
            sealed = await audit.seal(tx)
            place, digest = await audit.head(tx)
        await asyncio.to_thread(self._anchors.note, place, digest.hex(), self._clock())
        return sealed == audit.SEALED_AT_ONCE

    async def _finish(self) -> None:
        try:
            async with asyncio.timeout(5.0):
                await self.write()
                await self.seal()
        except (StoreError, TimeoutError) as exc:
            log.warning("who saw what last was not written", error=type(exc).__name__)


def name_of(person: Person) -> str:
    """As rows know him: his operator id, or the login of who has no phone."""
    return person.operator or person.login
