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
from cti.floor import Floor
from workstation.conversations import Conversations
from workstation.settings import Settings
from workstation.views import moment

log = structlog.get_logger()
REASON = "wrap_up"
EXTENSION = timedelta(seconds=60)
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
    def __init__(self, settings: Settings, floor: Floor, commands: Commands,
                 conversations: Conversations, clock: Callable[[], datetime]) -> None:
        self._seconds = {queue.id: queue.wrap_up_s for queue in settings.queue}
        self._usual_s = settings.queue[0].wrap_up_s
        self._pause_reasons = frozenset(settings.pause_reasons)
        self._floor = floor
        self._commands = commands
        self._conversations = conversations
        self._clock = clock
        self._counting: dict[str, Counting] = {}
        self._wishes: dict[str, Wish] = {}

    async def run(self) -> None:
        """Expire what is over; for ever."""
        while True:
            await asyncio.sleep(_TICK_S)
            now = self._clock()
            for operator, counting in list(self._counting.items()):
                if counting.until <= now:
                    await self._expire(operator, counting)

    async def begin(self, operator: str, call: str, queue: str | None) -> datetime | None:
        """Until when, or None where no time is given for it."""
        seconds = self._seconds.get(queue or "", self._usual_s)
        if seconds <= 0:
            return None
        now = self._clock()
        live = self._floor.operators.get(operator)
        if live is not None and live.reason in self._pause_reasons:
            self._wishes.setdefault(operator, Wish(True, live.reason))
        until = now + timedelta(seconds=seconds)
        self._counting[operator] = Counting(call, until, now)
        await self._set(operator, Wish(True, REASON))
        return until

    def resume(self, operator: str, call: str, since: datetime) -> datetime:
        """Take up a wrap-up that Asterisk still holds after our restart."""
        until = max(since + timedelta(seconds=self._usual_s), self._clock())
        self._counting[operator] = Counting(call, until, since)
        return until

    def extend(self, operator: str, call: str) -> datetime | None:
        """A minute more, from now or from the end; None when none is counting for that call."""
        counting = self._counting.get(operator)
        if counting is None or counting.call != call:
            return None
        until = max(counting.until, self._clock()) + EXTENSION
        self._counting[operator] = replace(counting, until=until)
        return until

    def counting(self, operator: str) -> Counting | None:
        return self._counting.get(operator)

    def wish(self, operator: str, wish: Wish) -> None:
        """What he wants afterwards; said while he talks."""
        self._wishes[operator] = wish

    async def finish(self, operator: str, wish: Wish | None = None) -> None:
        """End it now and set the state wanted: `wish`, else what he asked for, else ready."""
        self._counting.pop(operator, None)
        asked = self._wishes.pop(operator, None)
        await self._set(operator, wish or asked or Wish())

    def forget(self, operator: str) -> None:
        """He chose another state himself."""
        self._counting.pop(operator, None)
        self._wishes.pop(operator, None)

    async def _expire(self, operator: str, counting: Counting) -> None:
        self._conversations.change(operator, counting.call, wrap_up_until=None)
        wish = self._wishes.get(operator, Wish())
        if await self._set(operator, wish):
            self.forget(operator)
            return
        self._counting[operator] = replace(counting, until=self._clock() + _AGAIN_AFTER)

    async def _set(self, operator: str, wish: Wish) -> bool:
        """Whether Asterisk took it; an operator who is in no queue has nothing to set."""
        live = self._floor.operators.get(operator)
        if live is None or live.interface is None or not live.queues:
            return True
        try:
            await self._commands.pause_member(live.interface, paused=wish.paused,
                                              reason=wish.reason)
        except CtiError as exc:
            log.warning("an operator's state could not be set", operator=operator,
                        paused=wish.paused, reason=wish.reason, error=str(exc))
            return False
        return True


def shown(until: datetime | None) -> str | None:
    return None if until is None else moment(until)
