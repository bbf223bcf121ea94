"""The thresholds in use and which figures are past them: the wallboard asks at each beat."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

import msgspec
import structlog

from crm_store import thresholds as stored
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.store import Store
from crm_store.thresholds import Crossing
from workstation import thresholds, unforeseen
from workstation.protocol.floor import Figure, ThresholdView
from workstation.protocol.views import AlarmView, QueueView
from workstation.threshold_settings import Threshold
from workstation.thresholds import Standing

log = structlog.get_logger()
AGAIN_S = 2.0
UNWRITTEN = 2_000       # crossings that wait for the database at most; more are only logged
Key: TypeAlias = tuple[str, Figure]


@dataclass(frozen=True, slots=True)
class Better:
    queue: str
    figure: str
    at: datetime


@dataclass
class Alarms:
    rules: tuple[ThresholdView, ...] = ()
    version: int = 0            # of the rules; 0: the settings'
    standing: dict[Key, Standing] = field(default_factory=dict)
    unwritten: asyncio.Queue[Crossing | Better] = field(
        default_factory=lambda: asyncio.Queue(UNWRITTEN))

    def use(self, rules: Sequence[ThresholdView], version: int) -> None:
        self.rules, self.version = tuple(rules), version

    def dressed(self, views: Iterable[tuple[str, QueueView]], now: datetime,
                zone: ZoneInfo) -> Iterator[tuple[str, QueueView]]:
        """The queues with what is amber or red of them now."""
        local = now.astimezone(zone)
        for queue, view in views:
            alarms = [alarm for figure in thresholds.FIGURES
                      if (alarm := self._look(view, figure, now, local)) is not None]
            yield queue, msgspec.structs.replace(view, alarms=alarms) if alarms else view

    def _look(self, view: QueueView, figure: Figure, now: datetime,
              local: datetime) -> AlarmView | None:
        rule = thresholds.in_force(self.rules, view.id, figure, local)
        before = self.standing.get((view.id, figure))
        if rule is None:
            self._stands(view.id, figure, None, 0, now)
            return None
        level = thresholds.level_of(rule, thresholds.value(figure, view, now))
        stands = thresholds.step(before, level, now)
        alarm = None if stands is None else thresholds.alarm(rule, stands)
        self._stands(view.id, figure, stands, alarm.bound if alarm is not None else 0, now)
        return alarm

    def _stands(self, queue: str, figure: Figure, stands: Standing | None, bound: float,
                now: datetime) -> None:
        before = self.standing.pop((queue, figure), None)
        if stands is not None:
            self.standing[queue, figure] = stands
        if before is not None and stands is None:
            self._tell(Better(queue, figure, now))
        elif stands is not None and (before is None or before.since != stands.since):
            self._tell(Crossing(queue, figure, stands.level, bound, stands.since))

    def _tell(self, news: Crossing | Better) -> None:
        log.info("a threshold was crossed" if isinstance(news, Crossing)
                 else "a figure is better again", queue=news.queue, figure=news.figure)
        try:
            self.unwritten.put_nowait(news)
        except asyncio.QueueFull:
            log.warning("a crossing of a threshold was not stored", queue=news.queue)


def of_settings(chosen: Iterable[Threshold]) -> Alarms:
    return Alarms(tuple(msgspec.convert(one.model_dump(), ThresholdView) for one in chosen))


async def run(alarms: Alarms, store: Store, opened_at: datetime) -> None:
    """What was saved counts from now on; crossings are written as they come. For ever; cancel to
    stop."""
    await _surely(store, lambda tx: _begin(tx, alarms, opened_at))
    while True:
        news = await alarms.unwritten.get()
        with unforeseen.logged("crossings of thresholds"):
            await _surely(store, partial(_write, news))


async def _begin(tx: Tx, alarms: Alarms, opened_at: datetime) -> None:
    """Nobody looked while we were not there: what stood then is over."""
    await stored.close_before(tx, opened_at)
    saved = await stored.newest(tx)
    if saved is not None:
        alarms.use(msgspec.convert(saved.rules, list[ThresholdView]), saved.version)


async def _write(news: Crossing | Better, tx: Tx) -> None:
    if isinstance(news, Crossing):
        await stored.crossed(tx, news)
    else:
        await stored.better(tx, news.queue, news.figure, at=news.at)


async def _surely(store: Store, work: Callable[[Tx], Awaitable[None]]) -> None:
    """As soon as the database takes it."""
    while True:
        try:
            await store.write(work)
        except StoreError as exc:
            log.warning("thresholds: the database does not answer", error=str(exc))
            await asyncio.sleep(AGAIN_S)
        else:
            return
