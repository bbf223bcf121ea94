"""One source as it is asked: a time limit, so many at once, and left alone while it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from crm_store.sources import reading
from crm_store.sources.values import Asks, NoAnswer, NothingKnown, Refused, Said, SourcePlan

log = structlog.get_logger()
WAITING_LIMIT = 200         # questions waiting for their turn; more are told that it is busy


@dataclass(frozen=True, slots=True)
class Breaker:
    """How it went lately ○. `again_at`: not asked before, None when it may be asked."""
    failures: int = 0
    failing_since: datetime | None = None
    again_at: datetime | None = None
    why: str = ""

    def is_resting(self, now: datetime) -> bool:
        return self.again_at is not None and now < self.again_at

    def failed(self, now: datetime, why: str, *, limit: int, pause_s: float) -> Breaker:
        failures = self.failures + 1
        again_at = now + timedelta(seconds=pause_s) if failures >= limit else None
        return Breaker(failures, self.failing_since or now, again_at, why)

    def tried(self, now: datetime, pause_s: float) -> Breaker:
        """One question goes out after the pause; the others go on waiting for how it ends."""
        if self.again_at is None:
            return self
        return replace(self, again_at=now + timedelta(seconds=pause_s))


class Line:
    """`state` is for the screens and the doctor."""

    def __init__(self, plan: SourcePlan, source: Asks, clock: Callable[[], datetime]) -> None:
        self.plan = plan
        self.state = Breaker()
        self._source = source
        self._clock = clock
        self._turns = asyncio.Semaphore(plan.concurrency)
        self._waiting = 0

    async def ask(self, key: str) -> Said:
        """What it says. Raises NoAnswer, Refused, NothingKnown, within twice the time limit."""
        if self.state.is_resting(self._clock()):
            raise NoAnswer("resting", self.state.why)
        if self._waiting >= WAITING_LIMIT:
            raise NoAnswer("busy", "too many questions wait for it")
        self._waiting += 1
        try:
            async with asyncio.timeout(self.plan.limit_s):
                await self._turns.acquire()
        except TimeoutError as exc:
            raise NoAnswer("busy", "too many questions wait for it") from exc
        finally:
            self._waiting -= 1
        try:
            return await self._in_turn(key)
        finally:
            self._turns.release()

    async def close(self) -> None:
        await self._source.close()

    async def _in_turn(self, key: str) -> Said:
        self.state = self.state.tried(self._clock(), self.plan.pause_s)
        try:
            async with asyncio.timeout(self.plan.limit_s):
                found = await self._source.ask(key)
            said = reading.said(self.plan, found, key)
        except TimeoutError as exc:
            late = NoAnswer("timeout", f"no answer within {self.plan.limit_s:g} s")
            self._failed(late)
            raise late from exc
        except NoAnswer as exc:
            self._failed(exc)
            raise
        except (Refused, NothingKnown) as exc:
            self._works()       # it answers; that what it says is refused is said in the card
            log.info("a source's answer is not used", source=self.plan.id, reason=exc.reason)
            raise
        self._works()
        return said

    def _works(self) -> None:
        if self.state.failing_since is not None:
            log.info("a source answers again", source=self.plan.id)
        self.state = Breaker()

    def _failed(self, why: NoAnswer) -> None:
        if self.state.failing_since is None:
            log.warning("a source does not answer", source=self.plan.id, reason=why.reason)
        self.state = self.state.failed(self._clock(), str(why), limit=self.plan.failures,
                                       pause_s=self.plan.pause_s)
