"""What Asterisk's events mean to us: the changes that the floor yields, in order.

A change is a fact about one call, operator, queue or link, with the moment the *event* carried.
`deskline replay` prints them as JSON lines; journal, pops, sockets and dialler consume them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Literal, TypeAlias

JSON: TypeAlias = "str | int | float | bool | list[JSON] | dict[str, JSON] | None"
SegmentKind = Literal["menu", "waiting", "ringing", "talk", "hold", "dialling"]
Direction = Literal["in", "out", "internal"]
OperatorState = Literal["offline", "ready", "offered", "talking", "wrap_up", "paused"]
Outcome = Literal[
    "answered",     # a person on our side spoke with the other party
    "served",       # the menu served the caller, who never asked for a person
    "abandoned",    # the caller left while in menu, waiting or ringing
    "busy", "no_answer", "failed",      # an outbound leg's fate
    "dropped",      # an attempt answered by the client, no operator in time
    "lost_sight",   # the link was down when it ended; nobody knows how
]
Side = Literal["client", "operator", "system"]
AttemptStatus = Literal["ANSWER", "BUSY", "NOANSWER", "CONGESTION", "CHANUNAVAIL", "CANCEL",
                        "DROPPED", "FAILED", "ENDED",
                        # what a message's menu tells of who answered
                        "HEARD", "PROMISED", "REFUSED", "STRANGER", "PERSON"]


@dataclass(frozen=True, kw_only=True)
class Change:
    at: datetime    # aware UTC, from the event


@dataclass(frozen=True, kw_only=True)
class CallChange(Change):
    """A change of one call; `call` is the Linkedid that its interaction is kept under."""
    call: str
    pbx: str
    direction: Direction
    caller_number: str      # as Asterisk said it; hostile text, never markup
    caller_name: str
    dialled_number: str
    channel: str            # the channel this change is about


@dataclass(frozen=True, kw_only=True)
class CallStarted(CallChange):
    """The first leg of a call is there."""


@dataclass(frozen=True, kw_only=True)
class MenuEntered(CallChange):
    menu: str


@dataclass(frozen=True, kw_only=True)
class MenuStep(CallChange):
    """The caller reached a step of the menu (our own ids)."""
    menu: str
    step: str


@dataclass(frozen=True, kw_only=True)
class ClientNamed(CallChange):
    """The menu knows who calls: `client` is our client id."""
    client: int
    how: Literal["number", "account"]


@dataclass(frozen=True, kw_only=True)
class CallQueued(CallChange):
    queue: str
    position: int


@dataclass(frozen=True, kw_only=True)
class CallLeftQueue(CallChange):
    """Answered, given up or timed out; `waited_s` since it joined this queue."""
    queue: str
    waited_s: float
    reason: Literal["answered", "abandoned", "timed_out", "removed"]


@dataclass(frozen=True, kw_only=True)
class OperatorOffered(CallChange):
    """One operator's phone is about to ring for this call: the moment of the pop."""
    operator: str
    queue: str | None
    operator_channel: str


@dataclass(frozen=True, kw_only=True)
class OfferEnded(CallChange):
    """The ringing of one operator is over."""
    operator: str
    queue: str | None
    reason: Literal["answered", "rang_out", "refused", "abandoned", "elsewhere"]


@dataclass(frozen=True, kw_only=True)
class CallAnswered(CallChange):
    """An operator and the other party are connected."""
    operator: str
    queue: str | None
    operator_channel: str


@dataclass(frozen=True, kw_only=True)
class CallHeld(CallChange):
    operator: str | None


@dataclass(frozen=True, kw_only=True)
class CallResumed(CallChange):
    operator: str | None


@dataclass(frozen=True, kw_only=True)
class CallConsulted(CallChange):
    """How it stands with the third whom the call's operator asks. `held`: the operator talks
    with the other party meanwhile; `joined`: all three hear each other."""
    operator: str
    target: str             # operator id, queue id or number, as it was asked for
    third: str | None       # the operator who answered, or is asked by his id
    state: Literal["ringing", "talking", "held", "joined", "over"]


@dataclass(frozen=True, kw_only=True)
class CallTransferred(CallChange):
    kind: Literal["blind", "attended", "blonde"]
    transferor: str     # operator id where it is one of ours, else the channel
    target: str         # operator id, queue id or number


@dataclass(frozen=True, kw_only=True)
class CallPickedUp(CallChange):
    """An operator takes what rings at somebody else's phone."""
    operator: str
    taken_from: str         # operator id where it is one of ours, else the channel


@dataclass(frozen=True, kw_only=True)
class CallForwarded(CallChange):
    """The phone that was rung sends the call on to another."""
    operator: str | None    # whose phone it is
    target: str             # operator id, queue id or number


@dataclass(frozen=True, kw_only=True)
class CallParked(CallChange):
    """The other party waits, with music, until somebody takes the call back."""
    operator: str | None    # who parked it


@dataclass(frozen=True, kw_only=True)
class CallUnparked(CallChange):
    operator: str | None    # who took it
    reason: Literal["taken", "timed_out", "abandoned"]


@dataclass(frozen=True, kw_only=True)
class ConferenceBegan(CallChange):
    """From here three or more hear each other."""


@dataclass(frozen=True, kw_only=True)
class ConferenceEnded(CallChange):
    """Two are left, or nobody."""


@dataclass(frozen=True, kw_only=True)
class CallsMerged(CallChange):
    """Two calls became one; `kept` is the older and keeps the interaction."""
    kept: str
    absorbed: str


@dataclass(frozen=True, kw_only=True)
class OperatorLeft(CallChange):
    """An operator's leg of an answered call is gone (the call may go on): his wrap-up starts."""
    operator: str
    queue: str | None


@dataclass(frozen=True, kw_only=True)
class ListeningBegan(CallChange):
    """A supervisor hears an operator's call, from now on in this mode; he is no party of it."""
    supervisor: str
    operator: str
    mode: Literal["listen", "whisper", "barge"]


@dataclass(frozen=True, kw_only=True)
class ListeningEnded(CallChange):
    """A stretch in one mode is over: he stopped, chose another, took over, or the call ended."""
    supervisor: str
    operator: str
    mode: Literal["listen", "whisper", "barge"]
    started_at: datetime


@dataclass(frozen=True, kw_only=True)
class RecordingChanged(CallChange):
    """Asterisk records this leg, both directions; `ready`: from here on, but paused.

    Moments of its file are counted from `began_at`, pauses included: they are silence in it.
    """
    leg: str
    state: Literal["ready", "on", "paused", "ended"]
    began_at: datetime


@dataclass(frozen=True, kw_only=True)
class SegmentClosed(CallChange):
    """A stretch of one kind is over. `who` is the operator, queue or menu id concerned."""
    kind: SegmentKind
    who: str | None
    started_at: datetime


@dataclass(frozen=True, kw_only=True)
class CallEnded(CallChange):
    """The last leg is gone. Durations in seconds."""
    outcome: Outcome
    cause: int                  # Q.850; 0 = unknown
    ended_by: Side | None
    operator: str | None        # who talked last
    queue: str | None
    started_at: datetime
    answered_at: datetime | None
    waited_s: float
    talked_s: float
    held_s: float


@dataclass(frozen=True, kw_only=True)
class AttemptSettled(Change):
    """The dialler's attempt has a result: `status` is Dial's DIALSTATUS, or DROPPED."""
    attempt: int
    status: AttemptStatus       # ENDED: its channels are gone and nobody told why
    cause: int
    call: str


@dataclass(frozen=True, kw_only=True)
class OperatorChanged(Change):
    """An operator's state, reason, phone or queues differ from before."""
    operator: str
    state: OperatorState
    reason: str
    interface: str | None       # the phone his queue membership rings, e.g. `PJSIP/101-web`
    registered: bool            # that phone can be reached
    queues: tuple[str, ...]
    call: str | None


@dataclass(frozen=True, kw_only=True)
class LinkLost(Change):
    pbx: str


@dataclass(frozen=True, kw_only=True)
class LinkRestored(Change):
    """The link is back and the floor was compared with Asterisk; the gap is a fact of its own."""
    pbx: str
    gap_from: datetime
    calls_lost: int
    calls_found: int
    restarted: bool             # Asterisk itself was restarted in the gap


def name_of(change: Change) -> str:
    """`CallStarted` → `call_started`, the name used on the tape's output and in the contract."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(change).__name__).lower()


def to_json(change: Change) -> dict[str, JSON]:
    """A flat JSON object, `change` first, moments as RFC 3339 UTC with microseconds."""
    picture: dict[str, JSON] = {"change": name_of(change)}
    for field in fields(change):
        picture[field.name] = _json_value(getattr(change, field.name))
    return picture


def _json_value(value: object) -> JSON:
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if isinstance(value, tuple):
        return [_json_value(item) for item in value]
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"a change holds no {type(value).__name__}")
