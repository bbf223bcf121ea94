"""Wrap-up is a fact on the server: counted down here, whatever screens are open.

It begins when an operator's leg of an answered call ends: his queue membership is paused with the
reason `wrap_up`. It ends when he finishes or the time is over; an unfinished conversation then
stays in his list, its draft untouched.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from cti.commands import Commands
from cti.errors import CtiError
from cti.views import FloorView
from workstation import unforeseen
from workstation.conversations import Conversations
from workstation.settings import Settings

log = structlog.get_logger()
REASON = "wrap_up"
CALLS_REMEMBERED = 5_000
_TICK_S = 0.5
_AGAIN_AFTER = timedelta(seconds=5)     # a state that Asterisk did not take is asked for again


@dataclass(frozen=True, slots=True)
class Wish:
    """The state an operator wants after wrap-up."""
    paused: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counting:
    call: str
    until: datetime
    began_at: datetime


class WrapUp:
    def __init__(self, settings: Settings, floor: FloorView, commands: Callable[[str], Commands],
                 conversations: Conversations, clock: Callable[[], datetime]) -> None:
        self._seconds = {queue.id: queue.wrap_up_s for queue in settings.queue}
        self._usual_s = settings.queue[0].wrap_up_s
        self._extension = timedelta(seconds=settings.wrap_up.extension_s)
        self._extensions = settings.wrap_up.extensions
        self._extended: dict[tuple[str, str], int] = {}     # (operator, call) → how often
        self._pause_reasons = frozenset(settings.pause_reasons)
        self._floor = floor
        self._commands = commands
        self._conversations = conversations
        self._clock = clock
        self._counting: dict[str, Counting] = {}
        self._wishes: dict[str, Wish] = {}
        self._turns: dict[str, asyncio.Lock] = {}
        self._expiring: set[str] = set()

    async def run(self) -> None:
        """Expire what is over, each operator's in a task of his own; for ever."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                await asyncio.sleep(_TICK_S)
                now = self._clock()
                for operator, counting in self._counting.items():
                    if counting.until <= now and operator not in self._expiring:
                        self._expiring.add(operator)
                        tasks.create_task(self._expire(operator, counting))

    def begin(self, operator: str, call: str, queue: str | None) -> Counting | None:
        """Count from now; None where no time is given for it. `hold` then pauses him."""
        seconds = self._seconds.get(queue or "", self._usual_s)
        if seconds <= 0:
            return None
        now = self._clock()
        live = self._floor.operators.get(operator)
        if live is not None and live.reason in self._pause_reasons:
            self._wishes.setdefault(operator, Wish(True, live.reason))
        counting = Counting(call, now + timedelta(seconds=seconds), now)
        self._counting[operator] = counting
        return counting

    async def hold(self, operator: str, counting: Counting) -> None:
        """Pause him for this wrap-up, unless it is over or another one by now."""
        async with self._turn(operator):
            now = self._counting.get(operator)
            if now is not None and (now.call, now.began_at) == (counting.call, counting.began_at):
                await self._set(operator, Wish(True, REASON))

    def resume(self, operator: str, call: str, since: datetime) -> datetime:
        """Take up a wrap-up that Asterisk still holds after our restart."""
        until = max(since + timedelta(seconds=self._usual_s), self._clock())
        self._counting[operator] = Counting(call, until, since)
        return until

    def extend(self, operator: str, call: str) -> datetime | None:
        """More time, from now or from the end; None when none is counting for that call."""
        counting = self._counting.get(operator)
        if counting is None or counting.call != call:
            return None
        until = max(counting.until, self._clock()) + self._extension
        self._note_extended(operator, call)
        self._counting[operator] = replace(counting, until=until)
        return until

    def begin_again(self, operator: str, call: str) -> Counting | None:
        """More time for a call whose time is over; `hold` then pauses him. None when another call
        is counted, or has him."""
        live = self._floor.operators.get(operator)
        is_busy = live is not None and live.state in ("offered", "talking")
        if operator in self._counting or is_busy:
            return None
        if live is not None and live.reason in self._pause_reasons:
            self._wishes.setdefault(operator, Wish(True, live.reason))
        now = self._clock()
        counting = self._counting[operator] = Counting(call, now + self._extension, now)
        self._note_extended(operator, call)
        return counting

    def left(self, operator: str, call: str) -> int:
        """How often this contact's wrap-up may still be prolonged."""
        return max(0, self._extensions - self._extended.get((operator, call), 0))

    def _note_extended(self, operator: str, call: str) -> None:
        self._extended[operator, call] = self._extended.get((operator, call), 0) + 1
        while len(self._extended) > CALLS_REMEMBERED:
            del self._extended[next(iter(self._extended))]

    def counting(self, operator: str) -> Counting | None:
        return self._counting.get(operator)

    def wish(self, operator: str, wish: Wish) -> None:
        """What he wants afterwards; said while he talks."""
        self._wishes[operator] = wish

    async def finish(self, operator: str, wish: Wish | None = None) -> None:
        """End it now and set the state wanted: `wish`, else what he asked for, else ready.

        What Asterisk does not take is asked for again, so that nobody stays paused for ever.
        """
        counting = self._counting.pop(operator, None)
        asked = self._wishes.pop(operator, None)
        wanted = wish or asked or Wish()
        async with self._turn(operator):
            if await self._set(operator, wanted) or operator in self._counting:
                return
        now = self._clock()
        self._wishes[operator] = wanted
        self._counting[operator] = Counting(
            counting.call if counting else "", now + _AGAIN_AFTER, now)

    async def want(self, operator: str, wish: Wish) -> None:
        """A state for now: after the wrap-up or the call where there is one, else at once."""
        live = self._floor.operators.get(operator)
        is_busy = live is not None and live.state in ("offered", "talking")
        if is_busy or operator in self._counting:
            self._wishes[operator] = wish
            return
        await self.finish(operator, wish)

    def forget(self, operator: str) -> None:
        """He chose another state himself."""
        self._counting.pop(operator, None)
        self._wishes.pop(operator, None)

    async def _expire(self, operator: str, counting: Counting) -> None:
        """A newer call's count, begun while Asterisk was asked, stays."""
        try:
            with unforeseen.logged("wrap-up", operator=operator):
                self._conversations.change(operator, counting.call, wrap_up_until=None)
                async with self._turn(operator):
                    if self._counting.get(operator) is not counting:
                        return
                    is_set = await self._set(operator, self._wishes.get(operator, Wish()))
                now = self._counting.get(operator)
                if now is not counting:
                    if now is not None:
                        await self.hold(operator, now)
                elif is_set:
                    self.forget(operator)
                else:
                    self._counting[operator] = replace(
                        counting, until=self._clock() + _AGAIN_AFTER)
        finally:
            self._expiring.discard(operator)

    def _turn(self, operator: str) -> asyncio.Lock:
        """What is asked of Asterisk for one operator is asked in order."""
        return self._turns.setdefault(operator, asyncio.Lock())

    async def _set(self, operator: str, wish: Wish) -> bool:
        """Whether Asterisk took it; an operator who is in no queue has nothing to set."""
        live = self._floor.operators.get(operator)
        if live is None or live.interface is None or not live.queues:
            return True
        try:
            await self._commands(operator).pause_member(
                live.interface, paused=wish.paused, reason=wish.reason)
        except CtiError as exc:
            log.warning("an operator's state could not be set", operator=operator,
                        paused=wish.paused, reason=wish.reason, error=str(exc))
            return False
        return True
