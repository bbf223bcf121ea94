"""Small writes that share a commit: what makes a write durable costs more than the write.

While one group is brought to the disk the next one gathers; nobody waits for a clock. A write is
acknowledged when its group is durable. The first to come leads: his task runs the others' work
and hands on when his own is done. Work may be run again, when another of its group failed or the
leader was cancelled, so it does nothing but write.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias, TypeVar

from crm_store.base import Tx

T = TypeVar("T")
Work: TypeAlias = Callable[[Tx], Awaitable[Any]]
_LONGEST_S = 0.03           # of work in a group: with the commit, nobody waits 50 ms for others


class _Write:
    def __init__(self, work: Work) -> None:
        self.work = work
        self.told: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def done(self, value: Any) -> None:
        if not self.told.done():
            self.told.set_result(value)

    def failed(self, problem: Exception) -> None:
        if not self.told.done():
            self.told.set_exception(problem)


class Grouping:
    """`begin` opens a transaction that commits when its block ends."""

    def __init__(self, begin: Callable[[], AbstractAsyncContextManager[Tx]]) -> None:
        self._begin = begin
        self._waiting: deque[_Write] = deque()
        self._turn = asyncio.Lock()

    async def write(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """What `work` gave, once it is durable; what it raised, and then it has left nothing."""
        mine = _Write(work)
        self._waiting.append(mine)
        try:
            async with self._turn:
                while not mine.told.done():
                    await self._next_group()
        except asyncio.CancelledError:
            mine.told.cancel()
            raise
        made: T = mine.told.result()
        return made

    async def _next_group(self) -> None:
        taken: list[_Write] = []
        try:
            values = await self._together(taken)
        except asyncio.CancelledError:
            self._waiting.extendleft(reversed(taken))       # nothing of it is there
            raise
        except Exception as exc:        # noqa: BLE001  whoever asked is told
            problem = exc
        else:
            for one, value in zip(taken, values, strict=True):
                one.done(value)
            return
        await self._one_by_one(taken, problem)      # out there: one's error is no other's context

    async def _together(self, taken: list[_Write]) -> list[Any]:
        values: list[Any] = []
        async with self._begin() as tx:
            until = asyncio.get_running_loop().time() + _LONGEST_S
            while self._waiting and asyncio.get_running_loop().time() < until:
                one = self._waiting.popleft()
                if one.told.cancelled():
                    continue
                taken.append(one)
                values.append(await one.work(tx))
        return values

    async def _one_by_one(self, taken: list[_Write], problem: Exception) -> None:
        """One of them failed, or the commit: each for itself, so that it is only who failed."""
        if len(taken) == 1:
            taken[0].failed(problem)
            return
        while taken:
            try:
                async with self._begin() as tx:
                    value = await taken[0].work(tx)
            except asyncio.CancelledError:
                self._waiting.extendleft(reversed(taken))
                raise
            except Exception as exc:    # noqa: BLE001  whoever asked is told
                taken.pop(0).failed(exc)
            else:
                taken.pop(0).done(value)
