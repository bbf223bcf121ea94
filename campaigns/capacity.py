"""What the floor says to a campaign ○: ready operators, lines in flight, callers who wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from campaigns.pacing import Line, Reason, Step
from cti.calls import Call
from cti.operators import Operator
from cti.queues import Queue

WITH_AN_OPERATOR = frozenset({"ringing", "talking", "held"})
SETTLED_IN = timedelta(seconds=2)   # ready for so long: no wrap-up is still on its way


class FloorView(Protocol):
    """What is live now: `cti.floor.Floor`, or a rehearsal's own."""

    @property
    def calls(self) -> Mapping[str, Call]: ...
    @property
    def operators(self) -> Mapping[str, Operator]: ...
    @property
    def queues(self) -> Mapping[str, Queue]: ...


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An attempt that is not settled: which campaign and queue it belongs to."""

    attempt: int
    campaign: int
    queue: str
    may_need_operator: bool     # not yet talking, as far as the store knows
    is_answered: bool = False
    since: datetime | None = None       # when it was dialled, or meant to be


@dataclass(frozen=True, slots=True)
class Drops:
    """Of a campaign's attempts that people answered today: how many met no operator."""

    answered: int = 0
    dropped: int = 0
    ceiling: float | None = None    # 0..1, the strictest of its law


def line_for(campaign: int, queue: str, lines_max: int, floor: FloorView,
             open_lines: Collection[OpenLine], now: datetime, drops: Drops) -> Line:
    """The measurements for one campaign's step.

    Ready is who has been so for two seconds: between the end of a talk and the wrap-up that
    follows it an operator looks free for a moment.
    Operators may serve several queues: whatever may need one of them anywhere counts. An attempt
    that the floor already shows with an operator needs no further one, even if the store's copy
    is a moment behind.
    """
    ready = [operator for operator in floor.operators.values()
             if operator.state == "ready" and operator.registered and queue in operator.queues
             and now - operator.since >= SETTLED_IN]
    served = frozenset({queue}).union(*(operator.queues for operator in ready))
    connected = connected_attempts(floor)
    in_flight = sum(line.may_need_operator and line.queue in served
                    and line.attempt not in connected for line in open_lines)
    own = sum(line.campaign == campaign for line in open_lines)
    return Line(operators_ready=len(ready), lines_in_flight=in_flight,
                callers_waiting=_callers_waiting(floor, served), lines_free=lines_max - own,
                answered=drops.answered, dropped=drops.dropped, drop_ceiling=drops.ceiling)


def connected_attempts(floor: FloorView) -> frozenset[int]:
    """Those that the floor shows with an operator, whatever the store's copy says."""
    return frozenset(call.attempt for call in floor.calls.values()
                     if call.attempt is not None and call.state in WITH_AN_OPERATOR)


def holder(step: Step, campaign: int, open_lines: Collection[OpenLine]) -> int | None:
    """The other campaign whose dials keep this one's ready operators, when none of its own do."""
    if step.reason is not Reason.LINES_IN_FLIGHT:
        return None
    holding = [line.campaign for line in open_lines if line.may_need_operator]
    return None if campaign in holding or not holding else min(holding)


def _callers_waiting(floor: FloorView, queues: frozenset[str]) -> int:
    """Incoming calls only: debtors who answered are counted as lines in flight."""
    waiting = [floor.calls.get(place.call) for queue in floor.queues.values()
               if queue.id in queues for place in queue.waiting]
    return sum(call is None or call.attempt is None for call in waiting)
