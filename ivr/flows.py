"""What the menu looks up and writes down for a caller, each within its time.

A base that does not answer in time is `Failed`, and the menu takes such a caller to a person. A
statement that is late is left to end by itself, within the store's own limit.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

from crm_store import entry_switches, menu_contacts, phones
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.store import Store
from ivr import enquiries_line, enquiries_meters, enquiries_money, enquiries_who, moments
from ivr.enquiry import Answer, Asker, Caller, LookUp
from ivr.hours import Hours, Switched, Verdict
from ivr.hours import at as opening_at
from ivr.tasks import Failed, Found, Heard

LOOK_UP_LIMIT_S = 1.5
SWITCH_LIMIT_S = 0.3    # whether it was closed by hand: without an answer the calendar counts
SPARED_S = 5.0          # so long after it was late only menus ask the base
# What menus may branch on, and by whom it is found.
FACTS: Mapping[str, str] = {
    "client": "client_by_number, client_by_account, client_by_pin: known, unproven",
    "standing": "billing: owes, credit, clear",
    "payment": "billing: known, none",
    "meter": "first_meter, next_meter: known",
    "meters": "first_meter, next_meter: one, more, last",
    "last_reading": "first_meter, next_meter: known, none",
    "reading": "check_reading: lower, much",
    "request": "last_request: open, closed, none",
    "promise": "check_promise: made, late",
    "place": "place_in_line: next, later, unknown",
    "wait": "place_in_line: known, unknown",
    "moment": "place_in_line: before (he joins), while (he waits), key (he pressed 1)",
    "call_back": "place_in_line: yes, no: whether it is offered",
    "overflow": "place_in_line: call_back, message, none",
}
LOOK_UPS: Mapping[str, LookUp] = {
    "client_by_number": enquiries_who.client_by_number,
    "client_by_account": enquiries_who.client_by_account,
    "client_by_pin": enquiries_who.client_by_pin,
    "billing": enquiries_money.billing,
    "check_promise": enquiries_money.check_promise,
    "keep_promise": enquiries_money.keep_promise,
    "first_meter": enquiries_meters.first_meter,
    "next_meter": enquiries_meters.next_meter,
    "check_reading": enquiries_meters.check_reading,
    "keep_reading": enquiries_meters.keep_reading,
    "last_request": enquiries_who.last_request,
    "place_in_line": enquiries_line.nobody_waits,
    "note_incident": enquiries_who.note_incident,
    "own_number": enquiries_line.own_number,
    "other_number": enquiries_line.other_number,
    "keep_call_back": enquiries_line.keep_call_back,
    "drop_call_back": enquiries_line.drop_call_back,
}
# Those that write: in a transaction of their own, which a trial takes back.
WRITES = frozenset(("client_by_account", "client_by_pin", "keep_promise", "keep_reading",
                    "keep_call_back", "drop_call_back", "note_incident"))
__all__ = ["FACTS", "LOOK_UPS", "Answer", "Caller", "Enquiries"]
Result = TypeVar("Result")

log = logging.getLogger(__name__)


class Enquiries:
    """The base as menus ask it. Enter it with `async with`. A trial writes nothing."""

    def __init__(
        self, store: Store, *, region: str, time_zone: ZoneInfo, office: str = "",
        hours: Mapping[str, Hours] | None = None, limit_s: float = LOOK_UP_LIMIT_S,
        is_trial: bool = False, clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._region = region
        self._zone = time_zone
        self._office = office
        self._hours = dict(hours or {}) or {"": Hours(zone=time_zone)}
        self._limit_s = limit_s
        self._is_trial = is_trial
        self._clock = clock
        self._tasks = asyncio.TaskGroup()
        self._running: set[asyncio.Task[Any]] = set()
        self._late_until = 0.0

    async def __aenter__(self) -> Self:
        await self._tasks.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._running:
            task.cancel()
        await self._tasks.__aexit__(None, None, None)

    def caller(self, number: str | None, region: str = "", entry: str = "") -> Caller:
        """`number` as the telephone side gave it: hostile text, or None where it is hidden.

        `region` is that of the entry he dialled; empty: the company's.
        """
        return Caller(phones.normalise(number, region=region or self._region).e164, entry=entry)

    def hours_of(self, entry: str) -> Hours:
        """Of a number that is no entry of ours: those of the first."""
        return self._hours.get(entry) or next(iter(self._hours.values()))

    async def opening(self, caller: Caller) -> tuple[Verdict, Hours, datetime]:
        """Whether the number he dialled is open now. What was switched by hand is in the base:
        without one the calendar counts."""
        hours, now = self.hours_of(caller.entry), self._clock()
        switched = await self._in_time(
            self._reading(lambda tx: entry_switches.of(tx, caller.entry)), "open",
            SWITCH_LIMIT_S)
        by_hand = Switched(switched.reason, switched.by) if switched is not None else None
        return opening_at(hours, now, by_hand), hours, now

    async def find(self, what: str, caller: Caller, digits: str = "") -> Answer:
        """`what` is one of LOOK_UPS; never raises, never takes longer than the limit."""
        asker = Asker(caller, digits, self._clock(), self._zone, self._region)
        return await self._in_time(self._find(what, asker), what) or Answer(Failed())

    async def learn(self, fact: str, caller: Caller) -> Heard:
        """A fact of this moment; never raises, never takes longer than the limit."""
        if (known := moments.of(fact, self._clock(), self.hours_of(caller.entry))) is not None:
            return Found({fact: known})
        if fact == "office":
            return Found({fact: "yes" if self._office else "no"})
        value = await self._in_time(
            self._reading(lambda tx: moments.asked(tx, fact, caller)), fact)
        return Failed() if value is None else Found({fact: value})

    def moment(self, entry: str) -> dict[str, str]:
        """What the clock and the calendar say now to callers of this number."""
        hours, now = self.hours_of(entry), self._clock()
        return {name: moments.of(name, now, hours) or "" for name in moments.OF_CLOCK}

    async def asked(
        self, work: Callable[[Tx, datetime], Awaitable[Result]], *, what: str, limit_s: float,
    ) -> Result | None:
        """Something else of the base, at this local time; None: it failed, was too late, or the
        base was late a moment ago."""
        if time.monotonic() < self._late_until:
            return None
        now = self._clock().astimezone(self._zone)
        return await self._in_time(self._reading(lambda tx: work(tx, now)), what, limit_s)

    async def kept(
        self, work: Callable[[Tx, datetime], Awaitable[None]], *, what: str, limit_s: float,
    ) -> None:
        """Something to write down; what is too late is written later, or logged as lost."""
        if not self._is_trial and time.monotonic() >= self._late_until:
            await self._in_time(self._writing(lambda tx: work(tx, self._clock())), what, limit_s)

    async def keep_answer(self, call: str, menu: str, question: str, answer: int) -> None:
        """Of a survey; one that cannot be kept is lost, and logged."""
        if call and not self._is_trial:
            await self._in_time(self._writing(lambda tx: menu_contacts.answer(
                tx, call_id=call, menu=menu, question=question, answer=answer,
                at=self._clock())), "survey")

    async def keep_message(self, call: str, sound: str, group: str) -> None:
        """The sound is there already; without a row it is found as a stray."""
        if not self._is_trial:
            await self._in_time(self._writing(lambda tx: menu_contacts.leave_message(
                tx, call_id=call, sound=sound, group=group, at=self._clock())), "voicemail")

    async def _find(self, what: str, asker: Asker) -> Answer:
        async def work(tx: Tx) -> Answer:
            return await LOOK_UPS[what](tx, asker)
        return await (self._writing(work) if what in WRITES else self._reading(work))

    async def _reading(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        async with self._store.read() as tx:
            return await work(tx)

    async def _writing(self, work: Callable[[Tx], Awaitable[Result]]) -> Result:
        async with self._store.begin(keep=not self._is_trial) as tx:
            return await work(tx)

    async def _in_time(
        self, work: Coroutine[Any, Any, Result], what: str, limit_s: float | None = None,
    ) -> Result | None:
        """None: it failed or was too late, which is logged."""
        task = self._tasks.create_task(self._tried(work, what), name=f"menu {what}")
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({task}, timeout=limit_s or self._limit_s)
        if done:
            return task.result()
        self._late_until = time.monotonic() + SPARED_S
        log.error("The base did not answer the menu in time.",
                  extra={"action": "menu_look_up_late", "what": what})
        return None

    @staticmethod
    async def _tried(work: Coroutine[Any, Any, Result], what: str) -> Result | None:
        try:
            return await work
        except StoreError as exc:
            log.error("The menu could not look something up: %s", exc,     # noqa: TRY400 - no bug
                      extra={"action": "menu_look_up_failed", "what": what})
        except Exception:
            log.exception("A look-up of the menu failed for a reason nobody foresaw.",
                          extra={"action": "menu_look_up_failed", "what": what})
        return None
