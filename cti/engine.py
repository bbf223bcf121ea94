"""One Asterisk followed: link, tape, floor and feed, wired."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from gzip import BadGzipFile
from itertools import islice
from pathlib import Path

from cti import probe, snapshot
from cti.ami import Account, Heard, Session, connect
from cti.apart import ALONE, Apart
from cti.commands import Commands
from cti.errors import CommandRefused, CommandTimedOut, CtiError, LinkDown, LoginRefused
from cti.feed import Fed, Feed
from cti.floor import Floor
from cti.retelling import FAULTS, QuietPoint, QuietPoints, changes_of, fold, is_quiet_point
from cti.tape import PART_BYTES, Headers, Record, Tape, TapePosition, read

FIRST_PAUSE_S = 0.25            # between two tries to connect; doubled up to …
LONGEST_PAUSE_S = 1.0           # the floor is right within 2 s of the link
LIVED_S = 5.0                   # a link that lasted so long was one
REFUSED_PAUSE_S = 30.0          # a wrong password: do not hammer at it
BOOT_LIMIT_S = 60.0             # from login to FullyBooted
DOUBT_PAUSE_S = 5.0             # between two snapshots asked because something was odd
TIDY_EVERY_S = 3600.0
RESTORE_CHUNK = 500             # records of tape between two breaths of the loop

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class LinkPlan:
    """Where Asterisk is and who we are there; `operators` maps interface → operator id."""
    pbx: str
    host: str
    port: int
    observer_secret: str = field(repr=False)
    control_secret: str = field(repr=False)
    system_name: str | None     # None: events are not checked for it
    tape_dir: Path
    tape_keep_days: int = 30
    tape_part_bytes: int = PART_BYTES
    operators: Mapping[str, str] = field(default_factory=dict)
    apart: Apart = ALONE        # from the other Asterisks of the installation


class Engine:
    """`floor` is read-only for others; subscribe to `feed` before `run`."""

    def __init__(self, plan: LinkPlan, *, clock: Callable[[], float] = time.time) -> None:
        self.floor = Floor(plan.pbx, plan.apart)
        self.feed = Feed()
        self.commands = Commands(lambda: self._control)
        self.apart, self.operators = plan.apart, plan.operators
        self._plan = plan
        self._clock = clock
        self.journalled: TapePosition | None = None     # all before it is stored; set before run
        self._tape = Tape(plan.tape_dir, plan.pbx, keep_days=plan.tape_keep_days,
                          part_bytes=plan.tape_part_bytes)
        self._quiet = QuietPoints(plan.tape_dir, plan.pbx)
        self._start: QuietPoint | None = None   # where the floor was restored from
        self._control: Session | None = None
        self._is_up = False
        self._fault: str | None = None      # of ours, while interpreting
        self._link_fault: str | None = None
        self._tape_fault: str | None = None     # what of the tape could not be read
        self._rights_fault: str | None = None
        self._has_tried_rights = False
        self._watching: Session | None = None
        self._is_odd = False                # something was not believed since a snapshot began
        self._booted = asyncio.Event()
        self._doubt = asyncio.Event()

    async def run(self) -> None:
        """Restore the floor from the tape, connect, compare, follow; for ever. Cancel to stop."""
        await self._restore()
        self._mark("DesklineStarted", Operator=[
            f"{interface}={operator}" for interface, operator in self._plan.operators.items()])
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._keep_linked(), name=f"{self._plan.pbx}: link")
                tasks.create_task(self._keep_tidy(), name=f"{self._plan.pbx}: tape")
        finally:
            self._tape.close()

    def link_is_up(self) -> bool:
        """Both manager sessions are logged in and the floor was compared with Asterisk."""
        return self._is_up

    def may_dial(self) -> bool:
        """The link is up, and our accounts were refused what they must not do."""
        return self._is_up and self._has_tried_rights and self._rights_fault is None

    def lag_s(self) -> float:
        """How old the newest event was when it was read."""
        return self._watching.lag_s if self._watching is not None else 0.0

    def trouble(self) -> str | None:
        """One sentence for the supervisor when something needs a look (tape not written …)."""
        return (self._tape.trouble or self._link_fault or self._rights_fault
                or self._tape_fault or self._fault)

    def retell(self, since: TapePosition | None) -> Iterator[Fed]:
        """The changes after `since` again, from the tape: for a subscriber that lost some.

        None: all that was restored and told since. Blocking while it reads, raises OSError; take
        it in chunks. The floor is not touched.
        """
        start = self._quiet.before(since) if since is not None else None
        return self._retold(start or self._start or self._today(), since)

    def _retold(self, start: QuietPoint, since: TapePosition | None) -> Iterator[Fed]:
        floor = Floor(self._plan.pbx, self._plan.apart)
        start.set_up(floor, self._plan.operators)
        for position, changes in fold(floor, self._taped(start.position, is_again=True)):
            if changes and (since is None or position > since):
                yield Fed(position, changes, 0, restored=True)

    # the link

    async def _keep_linked(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            before = self._clock()
            error = await self._follow_once()
            if self._clock() - before > LIVED_S:
                pause_s = FIRST_PAUSE_S
            if self._link_fault != f"{error}":
                log.warning("%s; trying again", error, extra={"action": "link_lost"})
            self._link_fault = f"{error}"
            await asyncio.sleep(REFUSED_PAUSE_S if isinstance(error, LoginRefused) else pause_s)
            pause_s = min(LONGEST_PAUSE_S, pause_s * 2)

    async def _follow_once(self) -> CtiError:
        """Until the link is lost, and why."""
        error: CtiError = LinkDown("the link ended")
        try:
            await self._follow()
        except* CtiError as group:
            error = _first(group)
        finally:
            self._control = None
            if self._is_up:
                self._is_up = False
                self._mark("DesklineLinkLost")
        return error

    async def _follow(self) -> None:
        plan = self._plan
        self._booted.clear()
        observer = Account(host=plan.host, port=plan.port, name="observer",
                           secret=plan.observer_secret, system_name=plan.system_name)
        control = Account(host=plan.host, port=plan.port, name="control",
                          secret=plan.control_secret, wants_events=False)
        async with AsyncExitStack() as stack:
            # The one that hears is last: what is said before the lists meets an old floor.
            commanding = await stack.enter_async_context(connect(control))
            watching = await stack.enter_async_context(connect(observer, self._hear))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(watching.watch(), name="observer: watch")
                tasks.create_task(commanding.watch(), name="control: watch")
                self._watching = watching
                await self._come_up(watching)
                self._control = commanding
                await self._try_rights(watching, commanding)
                await self._compare_in_doubt(watching)

    async def _come_up(self, watching: Session) -> None:
        try:
            async with asyncio.timeout(BOOT_LIMIT_S):
                await self._booted.wait()
        except TimeoutError as error:
            raise LinkDown("Asterisk does not come up") from error
        await self._compare(watching)
        self._is_up = True
        self._link_fault = None
        log.info("The floor follows Asterisk %s", self._plan.pbx, extra={"action": "link_up"})

    async def _try_rights(self, watching: Session, commanding: Session) -> None:
        """After the floor is right: dialling waits for it, nothing else does."""
        fault = None
        for session in (watching, commanding):
            try:
                mighty = await probe.too_mighty(session, may_call=session is commanding)
            except CommandTimedOut as error:
                raise LinkDown(f"Asterisk does not tell our rights: {error}") from error
            if mighty:
                fault = probe.in_words(session.account.name, mighty)
        if fault is not None and fault != self._rights_fault:
            log.error("%s", fault, extra={"action": "rights"})
        self._rights_fault, self._has_tried_rights = fault, True

    async def _compare(self, watching: Session) -> None:
        self._is_odd = False
        self._mark("DesklineSnapshotBegin")
        try:
            await snapshot.ask(watching)
        except (CommandRefused, CommandTimedOut) as error:
            raise LinkDown(f"Asterisk does not tell what is live: {error}") from error
        self._mark("DesklineSnapshotEnd", **({"Doubt": "yes"} if self._is_odd else {}))

    async def _compare_in_doubt(self, watching: Session) -> None:
        """A message that was not believed may have swallowed a true one: ask what is so."""
        while True:
            self._doubt.clear()
            await self._doubt.wait()
            await asyncio.sleep(DOUBT_PAUSE_S)
            await self._compare(watching)

    # the path of every message

    def _hear(self, heard: Sequence[Heard]) -> None:
        """Tape, parse, floor, feed: for the messages of one packet, in order."""
        at = self._now()
        records = [Record(at, self._plan.pbx, one.headers, one.quarantined) for one in heard]
        positions = self._tape.append(records)
        for one, record, position in zip(heard, records, positions, strict=True):
            if one.quarantined is not None:
                log.warning("A message from Asterisk was set aside: %s", one.quarantined,
                            extra={"action": "quarantined"})
                self._is_odd = True
                self._doubt.set()
                continue
            if one.headers.get("Event") == "FullyBooted":
                self._booted.set()
            self._interpret(record, position, one.received_ns)
        if positions and is_quiet_point(self.floor):
            self._quiet.note(positions[-1], self.floor, at)

    def _interpret(self, record: Record, position: TapePosition, received_ns: int) -> None:
        """A fault of ours in one message must not stop the floor; it must be seen."""
        try:
            changes = changes_of(self.floor, record)
        except FAULTS as error:
            self._fault = f"an event was not understood ({type(error).__name__})"
            log.exception("An event was not understood, at %s", position,
                          extra={"action": "event_failed"})
            return
        if changes:
            self.feed.publish(Fed(position, changes, received_ns))

    def _mark(self, name: str, **headers: str | list[str]) -> None:
        """Our own line on the tape, so that a replay knows what the live run knew."""
        line: Headers = {"Event": name, **headers}
        record = Record(self._now(), self._plan.pbx, line)
        position = self._tape.append([record])[0]
        self._interpret(record, position, time.monotonic_ns())

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    # the tape

    async def _restore(self) -> None:
        """Fold the tape since it was last quiet, at most two days of it, a chunk at a time."""
        found = await asyncio.to_thread(self._quiet.for_start, self.journalled)
        start = self._start = found or self._today()
        start.set_up(self.floor, self._plan.operators)
        told = fold(self.floor, self._taped(start.position))
        for chunk in iter(lambda: list(islice(told, RESTORE_CHUNK)), []):
            for position, changes in chunk:
                if changes:
                    self.feed.publish(Fed(position, changes, 0, restored=True))
            await asyncio.sleep(0)

    def _taped(
        self, since: TapePosition, *, is_again: bool = False,
    ) -> Iterator[tuple[TapePosition, Record]]:
        """A damaged day is told and passed over; who reads `again` may try that once more."""

        def note(day: str, error: Exception) -> None:
            self._tape_fault = f"the tape of {day} cannot be read to its end: {error}"
            if is_again and isinstance(error, OSError) and not isinstance(error, BadGzipFile):
                raise error

        return read(self._plan.tape_dir, self._plan.pbx, since, note)

    def _today(self) -> QuietPoint:
        return QuietPoint(TapePosition(f"{self._now().date()}", 0))

    async def _keep_tidy(self) -> None:
        """Once an hour, and when a part of the tape is closed."""
        is_due = asyncio.Event()
        self._tape.closed = is_due.set
        while True:
            is_due.clear()
            try:
                await asyncio.to_thread(self._tape.tidy_up, self._now().date())
            except OSError as error:
                log.warning("Old tapes were not packed: %s", error, extra={"action": "tape"})
            with suppress(TimeoutError):
                async with asyncio.timeout(TIDY_EVERY_S):
                    await is_due.wait()


def _first(group: BaseExceptionGroup[CtiError]) -> CtiError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
