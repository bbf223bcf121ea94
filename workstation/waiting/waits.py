"""How long callers wait: followed on the floor, for each queue its own recent past."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cti.changes import (
    CallEnded,
    CallLeftQueue,
    CallQueued,
    Change,
    SegmentClosed,
)
from cti.feed import Subscription
from cti.views import FloorView
from workstation import unforeseen
from workstation.waiting.expecting import Past

CALL_BACK = "deskline-cb-"      # what the ids of calls begin with that we make to who asked


@dataclass(slots=True)
class Waits:
    """One writer: `take`. `arrived`: when those came who are there once more, called back or
    returned, by call."""
    pasts: dict[str, Past] = field(default_factory=lambda: defaultdict(Past))
    arrived: dict[str, datetime] = field(default_factory=dict)
    _places: dict[str, tuple[str, int]] = field(default_factory=dict)   # call → queue, place

    def take(self, change: Change, floor: FloorView) -> None:
        match change:
            case CallQueued(call=call, queue=queue, position=position):
                if self._places.get(call, ("", 0))[0] != queue:
                    self._places[call] = queue, position
            case CallLeftQueue(call=call, queue=queue, reason="answered", waited_s=waited_s):
                place = self._places.pop(call, (queue, 0))[1]
                if place and not call.startswith(CALL_BACK):
                    self.pasts[queue].note(change.at, place, waited_s)
            case SegmentClosed(kind="talk", call=call, started_at=started_at, who=str()):
                known = floor.calls.get(call)
                if known is not None and known.queue:
                    self.pasts[known.queue].talked_s.append(
                        (change.at - started_at).total_seconds())
            case CallEnded(call=call):
                self._places.pop(call, None)
                self.arrived.pop(call, None)

    def line(self, floor: FloorView, queue: str) -> list[datetime]:
        """When those came who wait on the line."""
        known = floor.queues.get(queue)
        return [self.arrived.get(one.call, one.since) for one in known.waiting] if known else []


def free(floor: FloorView, queue: str) -> int:
    return _in_state(floor, queue, ("ready",))


def talking(floor: FloorView, queue: str) -> int:
    return _in_state(floor, queue, ("talking", "offered", "wrap_up"))


def signed_in(floor: FloorView, queue: str) -> int:
    return _in_state(floor, queue, ("ready", "talking", "offered", "wrap_up"))


def _in_state(floor: FloorView, queue: str, states: Iterable[str]) -> int:
    return sum(queue in one.queues and one.state in states for one in floor.operators.values())


async def run(waits: Waits, floor: FloorView, subscription: Subscription) -> None:
    """For ever; cancel to stop."""
    with subscription:
        async for fed in subscription.told(lambda: None):
            for change in fed.changes if not fed.restored else ():
                with unforeseen.logged("waits"):
                    waits.take(change, floor)
            await asyncio.sleep(0)
