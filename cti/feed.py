"""Every change, in order, to bounded subscribers; who is too slow is told, once."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol

from cti.changes import Change
from cti.errors import Overrun
from cti.tape import TapePosition


@dataclass(frozen=True, slots=True)
class Fed:
    """What one event changed. `position` is where the tape goes on after that event.

    `received_ns` is `time.monotonic_ns()` when its bytes came in (0 when read from the tape).
    `restored` is true while the engine folds the tape on start: the journal writes these again
    (upserts), screens and pops skip them.
    """
    position: TapePosition
    changes: tuple[Change, ...]
    received_ns: int
    restored: bool = False


class Droppable(Protocol):
    def drop(self, subscription: Subscription) -> None: ...


class Subscription:
    """An endless async iterator of `Fed`; use it as a context manager so that it is dropped.

    Raises `Overrun` once when the subscriber fell `limit` behind; what was queued is gone, and
    iteration goes on with what comes next.
    """

    def __init__(self, feed: Droppable, name: str, limit: int,
                 of: tuple[type[Change], ...] = ()) -> None:
        self.name = name
        self._of = of
        self._feed: Droppable = feed
        self._limit = limit
        self._queue: deque[Fed] = deque()
        self._arrived = asyncio.Event()
        self._is_overrun = False

    def __enter__(self) -> Subscription:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[Fed]:
        return self

    async def __anext__(self) -> Fed:
        while not self._queue and not self._is_overrun:
            self._arrived.clear()
            await self._arrived.wait()
        if self._is_overrun:
            self._is_overrun = False
            self._queue.clear()
            raise Overrun(self.name)
        return self._queue.popleft()

    def waiting(self) -> list[Fed]:
        """What came meanwhile, taken at once."""
        taken = [] if self._is_overrun else list(self._queue)
        if taken:
            self._queue.clear()
        return taken

    async def told(self, missed: Callable[[], object] = lambda: None) -> AsyncIterator[Fed]:
        """For those who go on without what they have not read: `missed` is called then."""
        while True:
            try:
                fed = await anext(self)
            except Overrun:
                missed()
                continue
            yield fed

    def put(self, fed: Fed) -> None:
        if self._of and not any(isinstance(change, self._of) for change in fed.changes):
            return
        if len(self._queue) >= self._limit:
            self._queue.clear()
            self._is_overrun = True
        self._queue.append(fed)
        self._arrived.set()

    def behind(self) -> int:
        """How many wait to be read."""
        return len(self._queue)

    def close(self) -> None:
        self._feed.drop(self)


class Feed:
    def __init__(self) -> None:
        self._subscriptions: list[Subscription] = []

    def subscribe(self, name: str, *, limit: int = 10_000,
                  of: tuple[type[Change], ...] = ()) -> Subscription:
        """From now on; subscribe before `Engine.run` to see what is restored as well. With `of`
        only what holds such a change, whole: nobody else is woken."""
        return self.take_on(Subscription(self, name, limit, of))

    def take_on(self, subscription: Subscription) -> Subscription:
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, fed: Fed) -> None:
        for subscription in self._subscriptions:
            subscription.put(fed)

    def drop(self, subscription: Subscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)


class MergedFeed:
    """Several feeds as one, in the order they speak; a place is only one on its own tape."""

    def __init__(self, feeds: Sequence[Feed]) -> None:
        self._feeds = tuple(feeds)

    def subscribe(self, name: str, *, limit: int = 10_000,
                  of: tuple[type[Change], ...] = ()) -> Subscription:
        subscription = Subscription(self, name, limit, of)
        for feed in self._feeds:
            feed.take_on(subscription)
        return subscription

    def drop(self, subscription: Subscription) -> None:
        for feed in self._feeds:
            feed.drop(subscription)
