"""What the floor says to a campaign ○: ready operators, lines in flight, callers who wait."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from campaigns.pacing import Line
from cti.calls import Call
from cti.operators import Operator
from cti.queues import Queue

WITH_AN_OPERATOR = frozenset({"ringing", "talking", "held"})


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


def line_for(campaign: int, queue: str, lines_max: int, floor: FloorView,
             open_lines: Collection[OpenLine]) -> Line:
    """The measurements for one campaign's step.

    Operators may serve several queues: whatever may need one of them anywhere counts. An attempt
    that the floor already shows with an operator needs no further one, even if the store's copy
    is a moment behind.
    """
    ready = [operator for operator in floor.operators.values()
             if operator.state == "ready" and operator.registered and queue in operator.queues]
    served = frozenset({queue}).union(*(operator.queues for operator in ready))
    connected = {call.attempt for call in floor.calls.values()
                 if call.attempt is not None and call.state in WITH_AN_OPERATOR}
    in_flight = sum(line.may_need_operator and line.queue in served
                    and line.attempt not in connected for line in open_lines)
    own = sum(line.campaign == campaign for line in open_lines)
    return Line(operators_ready=len(ready), lines_in_flight=in_flight,
                callers_waiting=_callers_waiting(floor, served), lines_free=lines_max - own)


def _callers_waiting(floor: FloorView, queues: frozenset[str]) -> int:
    """Incoming calls only: debtors who answered are counted as lines in flight."""
    waiting = [floor.calls.get(place.call) for queue in floor.queues.values()
               if queue.id in queues for place in queue.waiting]
    return sum(call is None or call.attempt is None for call in waiting)
