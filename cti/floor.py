"""The floor: all that is live now. `apply` is the only writer; others read frozen views."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cti.calls import Call, CallState, Segment
from cti.changes import Change
from cti.operators import Operator
from cti.queues import Queue, Waiting

__all__ = ["Call", "CallState", "Floor", "Gap", "Operator", "Queue", "Segment", "Waiting"]


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without sight of Asterisk; `ended_at` is None while it lasts."""
    started_at: datetime
    ended_at: datetime | None


class Floor:
    """Live calls, operators and queues by id, and the gaps of the link (newest last)."""

    def __init__(self, pbx: str) -> None:
        self.pbx = pbx
        self.calls: Mapping[str, Call] = {}
        self.operators: Mapping[str, Operator] = {}
        self.queues: Mapping[str, Queue] = {}
        self.gaps: tuple[Gap, ...] = ()


def apply(floor: Floor, event: object) -> tuple[Change, ...]:
    """What `event` changes on the floor, in order; () when nothing that we care about."""
    raise NotImplementedError
