"""What a wall screen shows ○: figures of queues and how many operators are in which state.

Nobody signs in at a wall. It reads by a link of its own, which leads can take back; it learns no
names and numbers, unless an administrator permitted that who waits is shown.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence

from workstation.protocol.floor import WallQueueView
from workstation.protocol.views import OperatorView, QueueView


class Walls:
    """The screens that are open now, so that a link taken back ends them at once."""

    def __init__(self) -> None:
        self._open: dict[int, set[asyncio.Event]] = {}
        self.is_closing = False     # the server stops: the screens are to come back

    def join(self, link: int) -> asyncio.Event:
        over = asyncio.Event()
        self._open.setdefault(link, set()).add(over)
        return over

    def leave(self, link: int, over: asyncio.Event) -> None:
        mine = self._open.get(link, set())
        mine.discard(over)
        if not mine:
            self._open.pop(link, None)

    def end_all(self) -> None:
        self.is_closing = True
        for link in self._open:
            self.end(link)

    def end(self, link: int) -> None:
        for over in self._open.get(link, ()):
            over.set()


def queues(views: Iterable[QueueView], chosen: Sequence[str], *,
           shows_callers: bool) -> list[WallQueueView]:
    return [_queue(view, shows_callers=shows_callers)
            for view in sorted(views, key=lambda view: view.name)
            if not chosen or view.id in chosen]


def _queue(view: QueueView, *, shows_callers: bool) -> WallQueueView:
    finished = view.answered_today + view.abandoned_today
    return WallQueueView(
        id=view.id, name=view.name, waiting=len(view.waiting),
        longest_since=view.waiting[0].since if view.waiting else None,
        level=view.in_time_today / finished if finished else None, level_s=view.service_level_s,
        answered=view.answered_today, abandoned=view.abandoned_today, ready=view.ready,
        talking=view.talking, signed_in=view.signed_in, alarms=view.alarms,
        callers=view.waiting[:3] if shows_callers else [])


def states(operators: Iterable[OperatorView], chosen: Sequence[str]) -> dict[str, int]:
    """How many are in which state; offline ones are not counted."""
    counted = Counter(one.state for one in operators if one.state != "offline" and (
        not chosen or set(chosen) & set(one.queues)))
    return dict(sorted(counted.items()))
