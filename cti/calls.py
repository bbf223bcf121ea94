"""Calls and their legs as the floor keeps them: frozen values, replaced as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cti.changes import Direction, SegmentKind, Side
from cti.user_events import ListenMode
from cti.values import replace

RecordingState = Literal["", "ready", "on", "paused"]     # ready: it has not begun yet
CallState = Literal["menu", "waiting", "ringing", "talking", "held", "dialling"]

SEGMENT_OF: dict[CallState, SegmentKind] = {
    "menu": "menu", "waiting": "waiting", "ringing": "ringing",
    "talking": "talk", "held": "hold", "dialling": "dialling",
}

# Channels that are nobody's ear: halves, and what stands in while a call is sent elsewhere.
PLUMBING = ("Local/", "AsyncGoto/", "Surrogate/")
LISTENER = "deskline-listen-"       # what the Uniqueid of a leg begins with that we call to listen
DESK_CODE = re.compile(r"[*][0-9](?:[0-3]|2[1-9]|0[0-9]{2,6})")
DOWN, RING, RINGING, UP = 0, 4, 5, 6     # ChannelState: RING is a leg that calls us


@dataclass(frozen=True)
class Segment:
    """A stretch of one kind; `ended_at` is None while it lasts."""
    kind: SegmentKind
    who: str | None     # the operator, queue or menu id concerned
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """One operator's phone rings, or is about to, for a call."""
    leg: str
    operator: str
    queue: str | None
    channel: str


@dataclass(frozen=True, slots=True)
class Listener:
    """A supervisor who hears the call without being a party of it."""
    leg: str
    channel: str
    supervisor: str
    operator: str       # whose phone he hears
    mode: ListenMode
    since: datetime


@dataclass(frozen=True)
class Consult:
    """The third whom the call's operator asks, or has taken in."""
    operator: str       # who asks
    target: str         # operator id, queue id or number
    third: str | None   # the operator who is asked, when it is one
    state: Literal["ringing", "talking", "held", "joined"]
    since: datetime
    leg: str = ""       # the third's, once he answered


@dataclass(frozen=True, kw_only=True)
class Leg:
    """One connection of a party to Asterisk."""
    id: str
    channel: str
    call: str                       # the call it belongs to, after all merges
    state: int                      # ChannelState
    operator: str | None = None     # None: a client, or plumbing
    is_listener: bool = False       # called to listen: no party of any call
    is_local: bool = False          # plumbing, nobody's ear: a half of a Local channel …
    number: str = ""
    name: str = ""
    exten: str = ""
    bridge: str | None = None
    is_holding: bool = False        # its party put the others on hold
    has_talked: bool = False
    takes_over: str = ""            # the leg whose party it gets, with its next name
    has_handed_over: bool = False   # its party transferred the call and is on the way out
    dialled_by: str = ""            # the leg whose Dial rings it
    dial_status: str = ""           # how the Dial that rang it ended
    cause: int = 0                  # Q.850, as its party gave it when it hung up or refused
    recording: RecordingState = ""
    recorded_since: datetime | None = None      # the first moment of its recording's file
    was_recording: RecordingState = ""          # when it was stopped: it goes on so

    @property
    def is_code(self) -> bool:
        """An operator speaks with our dialplan alone: he signs in, out, is ready or pauses."""
        return self.operator is not None and DESK_CODE.fullmatch(self.exten) is not None


@dataclass(frozen=True, kw_only=True)
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
    attempt: int | None = None
    menu_path: tuple[str, ...] = ()     # `menu:step`, in order
    client_hint: int | None = None      # our client id, as the menu found it
    segments: tuple[Segment, ...] = ()  # the last one is open while the call lives
    channel: str = ""                   # the other party's
    operator_channel: str | None = None
    first_leg: str = ""
    first_channel: str = ""             # what a change is about when it is about no other
    offers: Mapping[str, Offer] = field(default_factory=dict)   # by leg, in their order
    connected: tuple[str, ...] = ()     # operators who hear the other party now
    listeners: tuple[Listener, ...] = ()
    is_conference: bool = False         # three or more hear each other
    is_parked: bool = False
    parked_by: str = ""                 # the operator, while it is parked
    held_by: str = ""                   # the operator whom the other party hears music for
    consult: Consult | None = None
    alone_since: datetime | None = None     # nobody hears the other party; nobody said why
    hung_up_by: Side | None = None      # who asked for the end; None again when it goes on
    has_given_up: bool = False          # the caller left before anybody answered
    is_picked_up: bool = False          # the person we dialled outside answered
    dial_status: str = ""               # DIALSTATUS of the person we dialled outside
    recording: RecordingState = ""
    cause: int = 0

    @property
    def offered(self) -> tuple[str, ...]:
        """Operators whose phones ring for it now."""
        return tuple([offer.operator for offer in self.offers.values()])

    @property
    def client_number(self) -> str:
        """The number of the person outside: who called, or who is called."""
        return self.number if self.direction == "in" else self.dialled


def seconds(call: Call, *kinds: SegmentKind) -> float:
    """The length of the closed segments of these kinds; to the microsecond, never negative."""
    total = 0.0
    for segment in call.segments:
        if segment.kind in kinds and segment.ended_at is not None:
            total += (segment.ended_at - segment.started_at).total_seconds()
    return round(max(0.0, total), 6)


def closed(call: Call, at: datetime) -> Call:
    """The call with its open segment ended."""
    if not call.segments or call.segments[-1].ended_at is not None:
        return call
    last = replace(call.segments[-1], ended_at=max(at, call.segments[-1].started_at))
    return replace(call, segments=(*call.segments[:-1], last))


def opened(call: Call, state: CallState, who: str | None, at: datetime) -> Call:
    """The call in a new state, with the segment that goes with it."""
    segment = Segment(SEGMENT_OF[state], who, at)
    return replace(call, state=state, since=at, segments=(*call.segments, segment))


def is_older(one: Call, other: Call) -> bool:
    return (one.started_at, one.id) < (other.started_at, other.id)
