"""Calls and their legs as the floor keeps them: frozen values, replaced as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cti.changes import Direction, SegmentKind

CallState = Literal["menu", "waiting", "ringing", "talking", "held", "dialling"]

SEGMENT_OF: dict[CallState, SegmentKind] = {
    "menu": "menu", "waiting": "waiting", "ringing": "ringing",
    "talking": "talk", "held": "hold", "dialling": "dialling",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of one kind; `ended_at` is None while it lasts."""
    kind: SegmentKind
    who: str | None     # the operator, queue or menu id concerned
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One conversation, from its first leg to its last hang-up."""
    id: str
    pbx: str
    direction: Direction
    number: str             # the caller's, as Asterisk said it: hostile text
    name: str
    dialled: str            # "" until known (click to call: when the client is dialled)
    entry: str | None       # the number an outside caller dialled; None when not inbound
    state: CallState
    since: datetime         # when `state` began
    started_at: datetime
    answered_at: datetime | None = None
    queue: str | None = None
    operator: str | None = None         # who talks with the other party, or talked last
    offered: tuple[str, ...] = ()       # operators whose phones ring for it now
    attempt: int | None = None
    menu_path: tuple[str, ...] = ()     # `menu:step`, in order
    client_hint: int | None = None      # our client id, as the menu found it
    segments: tuple[Segment, ...] = ()  # the last one is open while the call lives
    channel: str = ""                   # the other party's
    operator_channel: str | None = None

    @property
    def client_number(self) -> str:
        """The number of the person outside: who called, or who is called."""
        return self.number if self.direction == "in" else self.dialled
