"""Everybody's figures of today, counted at most twice a minute, and his own beside the team's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from statistics import median

from crm_store import day_figures
from crm_store.day_figures import Figures
from crm_store.store import Store
from workstation.protocol.team import DayView, FiguresView
from workstation.views import moment

FRESH_FOR = timedelta(seconds=30)
NOTHING = Figures(0, 0.0, 0.0, 0.0)


@dataclass
class DayFigures:
    """What was counted last; whoever asks meanwhile waits for the same count."""
    _counted: Mapping[str, Figures] = field(default_factory=dict)
    _at: datetime | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, store: Store, clock: Callable[[], datetime],
                   zone: object) -> tuple[Mapping[str, Figures], datetime]:
        async with self._turn:
            now = clock()
            if self._at is None or not self._at <= now < self._at + FRESH_FOR:
                day = datetime.combine(now.astimezone(zone).date(), time(), zone)  # type: ignore[arg-type]
                async with store.read() as tx:
                    self._counted = await day_figures.since(tx, day)
                self._at = now
            return self._counted, self._at


def view(counted: Mapping[str, Figures], operator: str, team: Iterable[str],
         at: datetime) -> DayView:
    """`team`: the operators he is compared with, himself among them or not."""
    mine = counted.get(operator, NOTHING)
    busy = [counted[one] for one in {*team, operator} if one in counted]
    return DayView(
        mine=_figures([mine]), team=_figures(busy), people=len(busy),
        talked_s=round(mine.talked_s, 1), at=moment(at))


def _figures(of: list[Figures]) -> FiguresView:
    """The medians; of one, his own."""
    def middle(part: Callable[[Figures], float]) -> float:
        return round(median(map(part, of)), 1) if of else 0.0
    return FiguresView(calls=middle(lambda one: one.calls),
                       handling_s=middle(lambda one: one.handling_s),
                       wrap_up_s=middle(lambda one: one.wrap_up_s))
