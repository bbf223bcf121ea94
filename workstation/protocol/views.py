"""The pictures that screens hold: one struct a view, whole; two equal views need no delta."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from workstation.protocol.view import View as View
from workstation.protocol.working import ConfirmedView, DispositionView, DraftView, HandedView
from workstation.protocol.working import FormFieldView as FormFieldView
from workstation.protocol.working import FormView as FormView
from workstation.protocol.working import QuestionView as QuestionView

OperatorState = Literal["offline", "ready", "offered", "talking", "wrap_up", "paused"]
CallState = Literal["menu", "waiting", "ringing", "talking", "held", "dialling"]
ConversationState = Literal["ringing", "talking", "held", "wrap_up", "done", "missed"]
Collection = Literal["operators", "queues", "calls", "conversations", "requests", "campaigns",
                     "gaps", "tasks", "sources", "messages", "helps", "previews"]


# ── the floor ────────────────────────────────────────────────────────────────────────────────
class OperatorView(View, frozen=True, kw_only=True):
    id: str
    name: str
    state: OperatorState
    since: str
    reason: str             # pause reason id, or ""
    queues: list[str]
    phone: str              # "web" | "desk" | ""
    registered: bool        # that phone can be reached
    call: str | None
    with_whom: str          # client's name or number, "" when in no call
    calls_today: int
    talked_today_s: float
    limit_s: int | None = None      # how long this pause may last
    over: Literal["", "amber", "red"] = ""      # it lasts longer than that
    line: str = ""          # fair poor silent: how the line of his call is, where his page says
    pbx: str = ""           # the Asterisk of his phones, where there is more than one
    away: bool = False      # nobody sees that one now


class WaitingView(View, frozen=True, kw_only=True):
    call: str
    number: str
    name: str
    since: str


class ParkedView(View, frozen=True, kw_only=True):
    """A caller put aside, whom any operator of the queue may take back."""
    call: str
    number: str
    name: str
    by: str                 # the operator who parked it
    since: str


class QueuePartView(View, frozen=True, kw_only=True):
    """A queue on one of several Asterisks; `away`: nobody sees that one now."""
    pbx: str
    away: bool
    waiting: int
    ready: int
    signed_in: int


class AlarmView(View, frozen=True, kw_only=True):
    """A figure of a queue that is past a threshold; `message` is what leads wrote to it."""
    figure: Literal["waiting", "longest", "level", "abandoned", "ready", "signed_in"]
    level: Literal["amber", "red"]
    bound: float            # seconds of `longest`, percent of `level`
    since: str
    sound: bool = False
    message: str = ""


class QueueView(View, frozen=True, kw_only=True):
    """`parts` where there are several Asterisks: a caller waits for the operators of his own."""
    id: str
    name: str
    waiting: list[WaitingView]      # longest first
    ready: int
    talking: int
    signed_in: int
    answered_today: int
    abandoned_today: int
    in_time_today: int              # answered within service_level_s
    service_level_s: int
    parked: list[ParkedView] = msgspec.field(default_factory=list)  # longest first
    parts: list[QueuePartView] = msgspec.field(default_factory=list)
    alarms: list[AlarmView] = msgspec.field(default_factory=list)


class SegmentView(View, frozen=True, kw_only=True):
    kind: str               # menu waiting ringing talk hold dialling wrap_up
    who: str | None
    started_at: str
    ended_at: str | None


class ConsultView(View, frozen=True, kw_only=True):
    """Whom the call's operator consults: `held` while he talks with the other party meanwhile."""
    who: str                # a name or number
    operator: str | None    # when it is one
    state: Literal["ringing", "talking", "held"]
    since: str


class ListenerView(View, frozen=True, kw_only=True):
    supervisor: str         # operator id
    mode: Literal["listen", "whisper", "barge"]
    name: str = ""
    operator: str = ""      # whom he hears
    since: str = ""


class CallView(View, frozen=True, kw_only=True):
    """`can`: what a supervisor may ask for it now, as `hangup` for `call.hangup`."""
    id: str
    direction: Literal["in", "out", "internal"]
    state: CallState
    number: str
    name: str
    client_id: int | None
    client_name: str
    queue: str | None
    operator: str | None
    since: str
    started_at: str
    campaign: str
    segments: list[SegmentView]
    consult: ConsultView | None = None
    conference: bool = False
    parked_by: str = ""     # the operator, while it is parked
    muted: bool = False     # its operator
    recording: Literal["", "on", "paused"] = ""
    listeners: list[ListenerView] = msgspec.field(default_factory=list)
    can: list[str] = msgspec.field(default_factory=list)
    pbx: str = ""           # its Asterisk, where there is more than one


# ── one operator's work ──────────────────────────────────────────────────────────────────────
class ReasonView(View, frozen=True, kw_only=True):
    """related: he is the `text` (a role) of `name` · called_for: `name` is his `text`."""
    kind: str               # confirmed, called, primary, source, campaign, menu, related …
    text: str
    name: str = ""


class CandidateView(View, frozen=True, kw_only=True):
    client_id: int
    name: str
    reasons: list[ReasonView]


class PhoneView(View, frozen=True, kw_only=True):
    e164: str
    label: str              # formatted for people
    source: str
    confirmed_at: str | None
    confirmed_by: str | None
    name: str = ""          # home, work, or as somebody typed it
    primary: bool = False
    trust: int = 0          # 0..100


class EmailView(View, frozen=True, kw_only=True):
    email: str
    name: str
    primary: bool
    source: str
    trust: int
    confirmed_at: str | None
    confirmed_by: str | None


class AddressView(View, frozen=True, kw_only=True):
    id: int                 # of the link
    text: str
    city: str
    street: str
    house: str
    flat: str
    postcode: str
    name: str               # home, post, legal, work, or as somebody typed it
    primary: bool
    source: str
    trust: int
    confirmed_at: str | None
    confirmed_by: str | None


class RelationView(View, frozen=True, kw_only=True):
    """`calls_for`: the card's client calls for `client_id` as his `role`; else it is he."""
    id: int
    client_id: int
    name: str
    role: str
    calls_for: bool
    note: str
    confirmed_at: str | None
    confirmed_by: str | None


class ConsentView(View, frozen=True, kw_only=True):
    kind: str               # calls messages mail recording data sharing
    given: bool
    channel: str            # phone paper web mail import
    note: str
    by: str
    at: str


class FieldView(View, frozen=True, kw_only=True):
    """A field an administrator defined."""
    key: str
    label: str
    kind: Literal["text", "number", "date", "choice", "money", "reference"]
    choices: list[str]
    currency: str
    refers_to: str          # client account request, of a reference
    searchable: bool
    sensitive: bool         # hidden until identity is ticked
    place: int
    version: int
    retired: bool


class CustomView(View, frozen=True, kw_only=True):
    """A defined field with the client's value: `value` as stored, `text` as one types it."""
    field: FieldView
    value: Any
    text: str
    hidden: bool            # sensitive, and identity is not ticked


class MeterView(View, frozen=True, kw_only=True):
    number: str
    last_reading: int | None
    last_read_at: str | None


class AccountView(View, frozen=True, kw_only=True):
    id: int
    number: str
    address: str
    balance_minor: int      # what the client owes is negative
    currency: str
    meters: list[MeterView]


class HiddenView(View, frozen=True, kw_only=True):
    """A group of fields that is not shown, and the rules of `[[right]]` that leave it out."""
    group: str              # contacts money papers notes
    right: str


class CardView(View, frozen=True, kw_only=True):
    client_id: int
    kind: Literal["person", "organisation"]
    name: str
    language: str
    flags: list[str]
    tags: list[str]
    phones: list[PhoneView]
    accounts: list[AccountView]
    debt_minor: int
    debt_since: str | None
    currency: str
    masked: bool            # sums are hidden (0) until identity is ticked
    others_on_number: list[CandidateView]
    version: int = 1        # what an edit is made upon
    time_zone: str = ""
    source: str = ""
    merged_into: int | None = None
    emails: list[EmailView] = msgspec.field(default_factory=list)
    addresses: list[AddressView] = msgspec.field(default_factory=list)
    relations: list[RelationView] = msgspec.field(default_factory=list)
    consents: list[ConsentView] = msgspec.field(default_factory=list)   # the latest of each kind
    custom: list[CustomView] = msgspec.field(default_factory=list)      # every defined field
    hidden: list[HiddenView] = msgspec.field(default_factory=list)      # by rights


class TimelineView(View, frozen=True, kw_only=True):
    """`kind`: call note invoice payment reading request attempt; `facts` depend on it.

    call: direction, queue, operator, talked_s, waited_s, outcome, disposition, note · invoice:
    number, amount_minor, currency, corrected (amount before, minor) · payment: amount_minor,
    currency · reading: meter, value, source · request: id, number, type, stage, due_at.
    """
    key: str
    kind: str
    at: str
    facts: dict[str, Any]


class ConversationView(View, frozen=True, kw_only=True):
    """`can`: the verbs possible right now, as `hold` for `call.hold`; screens draw from it.

    `listeners` only where policy says that operators are told. `handed`: what the colleague typed
    who had the call before. `questions` are there until the identity is ticked. `suggested`: the
    outcome that the machine saw, of a call nobody answered.
    """
    id: int                 # the interaction; below 0 until it is stored
    call: str
    operator: str
    state: ConversationState
    direction: Literal["in", "out", "internal"]
    number: str
    number_label: str
    caller_name: str        # as the network said it: hostile text
    queue: str
    queue_name: str
    menu_path: list[str]
    campaign: str
    waited_s: float
    offered_at: str
    answered_at: str | None
    ended_at: str | None
    wrap_up_until: str | None
    candidates: list[CandidateView]
    client_id: int | None
    identity: Literal["unknown", "confirmed", "refused"]
    card: CardView | None
    timeline: list[TimelineView]
    timeline_cursor: str | None
    draft: DraftView
    form: FormView | None
    dispositions: list[DispositionView]     # key Alt+1…9 is the place in this list
    notice: str             # why something is missing (store slow, reconstructed …), or ""
    handed: HandedView | None = None
    confirmed: ConfirmedView | None = None
    questions: list[QuestionView] = msgspec.field(default_factory=list)
    questions_needed: int = 0
    suggested: str | None = None
    extensions_left: int = 0
    consult: ConsultView | None = None
    conference: bool = False
    parked_by: str = ""     # the operator, while it is parked
    muted: bool = False     # its operator
    recording: Literal["", "on", "paused"] = ""
    listeners: list[ListenerView] = msgspec.field(default_factory=list)
    can: list[str] = msgspec.field(default_factory=list)
    script: str = ""        # the one that this call opens; see `script.show`
    tab: Literal["", "request", "script", "offers"] = ""    # of the work area, to begin with
    guided_at: str = ""     # a script's question or a proposal was answered


class RequestView(View, frozen=True, kw_only=True):
    id: int
    number: str
    type: str
    title: str
    client_id: int
    client_name: str
    stage: str
    stages: list[str]       # where it may go from here
    group: str
    operator: str | None
    created_at: str
    due_at: str
    late: bool
    fields: dict[str, str]
    stage_at: str | None = None
    late_at: str | None = None          # when the lead was told
    reaction_at: str | None = None      # somebody must have taken it by then
    offered_to: str | None = None
    offered_until: str | None = None
    channel: str = "desk"
    contact: str = ""                   # where to answer, when there is no client


class CampaignView(View, frozen=True, kw_only=True):
    id: int
    name: str
    state: Literal["draft", "running", "paused", "ended"]
    size: int
    ledger: dict[str, int]          # state → entries; the values add up to size
    attempts: int
    lines: int                      # being dialled now
    why: str                        # why it is not dialling, or what it does
    started_at: str | None
    ended_at: str | None


class GapView(View, frozen=True, kw_only=True):
    """The link to Asterisk was down from … until; until None: it is down now.

    why: the link was cut, our server was not there, Asterisk itself was not. `mended`: calls
    told from Asterisk's own records since, `unknown`: those of which nobody knows the end,
    `looking`: they are still looked for.
    """
    id: str
    pbx: str
    since: str
    until: str | None
    calls_lost: int
    why: Literal["link", "server", "asterisk"] = "link"
    mended: int = 0
    unknown: int = 0
    looking: bool = False
