"""One Asterisk followed: link, tape, floor and feed, wired."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from cti import snapshot
from cti.ami import Account, Heard, Session, connect
from cti.commands import Commands
from cti.errors import CommandRefused, CommandTimedOut, CtiError, LinkDown, LoginRefused
from cti.feed import Fed, Feed
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import Headers, Record, Tape, TapePosition, read

FIRST_PAUSE_S = 0.25            # between two tries to connect; doubled up to …
LONGEST_PAUSE_S = 5.0
REFUSED_PAUSE_S = 30.0          # a wrong password: do not hammer at it
BOOT_LIMIT_S = 60.0             # from login to FullyBooted
DOUBT_PAUSE_S = 5.0             # between two snapshots asked because something was odd
TIDY_EVERY_S = 3600.0
RESTORE_CHUNK = 500             # records of tape between two breaths of the loop
QUIET_AGE_S = 300.0             # a quiet point is used once it is as old as this

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
    operators: Mapping[str, str] = field(default_factory=dict)


class Engine:
    """`floor` is read-only for others; subscribe to `feed` before `run`."""

    def __init__(self, plan: LinkPlan, *, clock: Callable[[], float] = time.time) -> None:
        self.floor = Floor(plan.pbx)
        self.feed = Feed()
        self.commands = Commands(lambda: self._control)
        self._plan = plan
        self._clock = clock
        self._tape = Tape(plan.tape_dir, plan.pbx, keep_days=plan.tape_keep_days)
        self._quiet = QuietPoints(plan.tape_dir / f"{plan.pbx}.quiet")
        self._control: Session | None = None
        self._is_up = False
        self._fault: str | None = None      # of ours, while interpreting
        self._link_fault: str | None = None
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

    def trouble(self) -> str | None:
        """One sentence for the supervisor when something needs a look (tape not written …)."""
        return self._tape.trouble or self._link_fault or self._fault

    def retell(self, since: TapePosition) -> Iterator[Fed]:
        """The changes after `since` again, from the tape: for a subscriber that lost some.

        Blocking while it reads; take it in chunks. The floor is not touched.
        """
        quiet = self._quiet.load()
        start = quiet if quiet is not None and quiet <= since else TapePosition(since.day, 0)
        floor = Floor(self._plan.pbx)
        for position, record in read(self._plan.tape_dir, self._plan.pbx, start):
            event = None if record.quarantined else parse(record.at, record.headers)
            changes = apply(floor, event) if event is not None else ()
            if changes and position > since:
                yield Fed(position, changes, 0, restored=True)

    # the link

    async def _keep_linked(self) -> None:
        pause_s = FIRST_PAUSE_S
        while True:
            before = self._clock()
            error = await self._follow_once()
            if self._clock() - before > LONGEST_PAUSE_S:
                pause_s = FIRST_PAUSE_S
            self._link_fault = f"{error}"
            log.warning("%s; trying again", error, extra={"action": "link_lost"})
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
            watching = await stack.enter_async_context(connect(observer, self._hear))
            commanding = await stack.enter_async_context(connect(control))
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(watching.watch(), name="observer: watch")
                tasks.create_task(commanding.watch(), name="control: watch")
                await self._come_up(watching)
                self._control = commanding
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

    async def _compare(self, watching: Session) -> None:
        self._mark("DesklineSnapshotBegin")
        try:
            await snapshot.ask(watching)
        except (CommandRefused, CommandTimedOut) as error:
            raise LinkDown(f"Asterisk does not tell what is live: {error}") from error
        self._mark("DesklineSnapshotEnd")

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
                self._doubt.set()
                continue
            if one.headers.get("Event") == "FullyBooted":
                self._booted.set()
            self._interpret(record, position, one.received_ns, is_restored=False)
        if positions and self.floor.is_quiet():
            self._quiet.note(positions[-1], at)

    def _interpret(
        self, record: Record, position: TapePosition, received_ns: int, *, is_restored: bool,
    ) -> None:
        """A fault of ours in one message must not stop the floor; it must be seen."""
        try:
            event = parse(record.at, record.headers)
            changes = apply(self.floor, event) if event is not None else ()
        except (LookupError, ValueError, TypeError, AttributeError) as error:
            self._fault = f"an event was not understood ({type(error).__name__})"
            log.exception("An event was not understood, at %s", position,
                          extra={"action": "event_failed"})
            return
        if changes:
            self.feed.publish(Fed(position, changes, received_ns, is_restored))

    def _mark(self, name: str, **headers: list[str]) -> None:
        """Our own line on the tape, so that a replay knows what the live run knew."""
        line: Headers = {"Event": name, **headers}
        record = Record(self._now(), self._plan.pbx, line)
        position = self._tape.append([record])[0]
        self._interpret(record, position, time.monotonic_ns(), is_restored=False)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._clock(), UTC)

    # the tape

    async def _restore(self) -> None:
        """Fold the tape since it was last quiet, at most since yesterday, a chunk at a time."""
        yesterday = TapePosition(f"{self._now().date() - timedelta(days=1)}", 0)
        since = max(self._quiet.load() or yesterday, yesterday)
        tape = read(self._plan.tape_dir, self._plan.pbx, since)
        for chunk in iter(lambda: list(islice(tape, RESTORE_CHUNK)), []):
            for position, record in chunk:
                if record.quarantined is None:
                    self._interpret(record, position, 0, is_restored=True)
            await asyncio.sleep(0)

    async def _keep_tidy(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self._tape.tidy_up, self._now().date())
            except OSError as error:
                log.warning("Old tapes were not packed: %s", error, extra={"action": "tape"})
            await asyncio.sleep(TIDY_EVERY_S)


def _first(group: BaseExceptionGroup[CtiError]) -> CtiError:
    error = group.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error


class QuietPoints:
    """Where on the tape the floor was empty: folding may begin there.

    The point in use is always some minutes old, so that a journal that was killed right after a
    call's end sees that call again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._next: tuple[TapePosition, datetime] | None = None

    def note(self, position: TapePosition, at: datetime) -> None:
        if self._next is None:
            self._next = (position, at)
        elif (at - self._next[1]).total_seconds() >= QUIET_AGE_S:
            self._write(self._next[0])
            self._next = (position, at)

    def load(self) -> TapePosition | None:
        """The newest point in use; None: fold all there is."""
        try:
            picture = json.loads(self._path.read_text())
            return TapePosition(str(picture["day"]), int(picture["offset"]))
        except (OSError, ValueError, LookupError, TypeError):
            return None

    def _write(self, position: TapePosition) -> None:
        growing = self._path.with_suffix(".quiet.new")
        try:
            growing.write_text(json.dumps({"day": position.day, "offset": position.offset}))
            growing.replace(self._path)
        except OSError as error:
            log.warning("The quiet point was not kept: %s", error, extra={"action": "tape"})
