"""What screens and server say to each other on `/live`: the contract of page and terminal.

One JSON object per websocket text frame. On connect (cookie session: at once; without a cookie:
after a `sign_in`, which must be the first message and come within 10 s) the server sends a
`snapshot`, then `delta`s. A screen holds `views[collection][id]`; a delta sets or removes single
views, whole. `seq` rises by one per message of this connection; a hole means: reconnect. Recovery
is the start-up path: connect again, take the snapshot. Screens ask by `do`; the answer is one
`reply` with the same `n`. What a `do` changed comes as deltas, to every screen concerned.
Moments are RFC 3339 UTC strings, durations seconds, money integer minor units.
Unknown fields are an error in both directions. TypeScript types are generated from this module.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

OperatorState = Literal["offline", "ready", "offered", "talking", "wrap_up", "paused"]
CallState = Literal["menu", "waiting", "ringing", "talking", "held", "dialling"]
ConversationState = Literal["ringing", "talking", "held", "wrap_up", "done", "missed"]
Collection = Literal["operators", "queues", "calls", "conversations", "requests", "campaigns",
                     "gaps"]


class View(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A picture of one thing, whole; two equal views need no delta."""


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


class WaitingView(View, frozen=True, kw_only=True):
    call: str
    number: str
    name: str
    since: str


class QueueView(View, frozen=True, kw_only=True):
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


class SegmentView(View, frozen=True, kw_only=True):
    kind: str               # menu waiting ringing talk hold dialling wrap_up
    who: str | None
    started_at: str
    ended_at: str | None


class CallView(View, frozen=True, kw_only=True):
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


# ── one operator's work ──────────────────────────────────────────────────────────────────────
class ReasonView(View, frozen=True, kw_only=True):
    kind: str               # confirmed, linked, called_from, account, campaign, shared, menu …
    text: str


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


class MeterView(View, frozen=True, kw_only=True):
    number: str
    last_reading: int | None
    last_reading_on: str | None


class AccountView(View, frozen=True, kw_only=True):
    id: int
    number: str
    address: str
    balance_minor: int      # what the client owes is negative
    currency: str
    meters: list[MeterView]


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


class FormFieldView(View, frozen=True, kw_only=True):
    name: str
    label: str
    kind: Literal["text", "number", "date", "choice", "account", "meter"]
    required: bool
    choices: list[list[str]]        # [value, label]
    value: str                      # filled from the client


class FormView(View, frozen=True, kw_only=True):
    type: str               # request type id
    title: str
    fields: list[FormFieldView]


class DispositionView(View, frozen=True, kw_only=True):
    id: str
    name: str
    needs_note: bool


class DraftView(View, frozen=True, kw_only=True):
    """What is typed and not yet finished; `version` rises with every save."""
    version: int
    note: str
    disposition: str | None
    form_type: str | None
    form: dict[str, str]
    saved_at: str | None


class ConversationView(View, frozen=True, kw_only=True):
    id: int                 # the interaction
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
    """The link to Asterisk was down from … until; until None: it is down now."""
    id: str
    pbx: str
    since: str
    until: str | None
    calls_lost: int


# ── server → screen ──────────────────────────────────────────────────────────────────────────
class PhoneAccess(View, frozen=True, kw_only=True):
    """How the page registers its softphone."""
    ws_url: str
    realm_uri: str          # sip:101-web@host
    user: str
    password: str


class Me(View, frozen=True, kw_only=True):
    id: str
    login: str
    name: str
    roles: list[str]
    groups: list[str]
    queues: list[str]
    locale: str
    phone: PhoneAccess | None


class Choice(View, frozen=True, kw_only=True):
    id: str
    name: str


class Catalogue(View, frozen=True, kw_only=True):
    """What does not change while signed in."""
    company: str
    currency: str
    time_zone: str
    pause_reasons: list[Choice]
    request_types: list[FormView]
    queues: list[Choice]
    groups: list[Choice]
    operators: list[Choice] = []        # names for the ids in timelines, requests and transfers


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot", tag_field="type"):
    seq: int
    now: str
    build: str              # changes with every upgrade: a page of another build reloads when idle
    session: str            # socket sessions: resume token for the terminal, else ""
    csrf: str
    me: Me
    catalogue: Catalogue
    views: dict[str, dict[str, Any]]    # collection → id → view


class Change(msgspec.Struct, frozen=True, array_like=True):
    collection: str
    id: str
    view: Any | None        # None: it is gone


class Delta(msgspec.Struct, frozen=True, kw_only=True, tag="delta", tag_field="type"):
    seq: int
    now: str
    changes: list[Change]


class Problem(View, frozen=True, kw_only=True):
    """RFC 9457, short: `code` is machine-readable, `title` and `detail` are for people."""
    code: str
    title: str
    detail: str = ""


class Reply(msgspec.Struct, frozen=True, kw_only=True, tag="reply", tag_field="type"):
    seq: int
    n: int
    result: Any = None
    problem: Problem | None = None


class Notice(msgspec.Struct, frozen=True, kw_only=True, tag="notice", tag_field="type"):
    """`code`: signed_in_elsewhere, phone_taken, bye (server stops), message."""
    seq: int
    code: str
    text: str = ""


ServerMessage = Snapshot | Delta | Reply | Notice


# ── screen → server ──────────────────────────────────────────────────────────────────────────
class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True,
             tag="sign_in", tag_field="type"):
    """The terminal's first message; `session` resumes instead of login and password."""
    login: str = ""
    password: str = ""
    session: str = ""


class Do(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True,
         tag="do", tag_field="type"):
    n: int
    action: str
    args: msgspec.Raw = msgspec.Raw(b"{}")


ScreenMessage = SignIn | Do


class Args(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Arguments of one action; the docstring says who may ask and what the reply's result is."""


class SetState(Args, frozen=True, kw_only=True):
    """`state.set`, operators: result {}. `reason` is one of the catalogue's pause reasons."""
    state: Literal["ready", "paused", "offline"]
    reason: str = ""


class AttachPhone(Args, frozen=True, kw_only=True):
    """`phone.attach`, operators: which of one's two phones shall ring. Result {}."""
    phone: Literal["web", "desk"]


class ChooseClient(Args, frozen=True, kw_only=True):
    """`conversation.choose`, its operator: None = none of these. Result {}."""
    conversation: int
    client_id: int | None


class NewClient(Args, frozen=True, kw_only=True):
    """`conversation.new_client`, its operator: result {"client_id": int}."""
    conversation: int
    name: str
    kind: Literal["person", "organisation"] = "person"


class ConfirmIdentity(Args, frozen=True, kw_only=True):
    """`conversation.identity`, its operator: result {}."""
    conversation: int
    confirmed: bool


class SaveDraft(Args, frozen=True, kw_only=True):
    """`draft.save`, its operator: result {"version": int}. Whole draft; the last letter wins.

    `base` is the version typed upon; a lower one than the server's is accepted and the reply
    carries the new version (two screens of one operator show the same letters).
    """
    conversation: int
    base: int
    note: str
    disposition: str | None
    form_type: str | None
    form: dict[str, str]


class Finish(Args, frozen=True, kw_only=True):
    """`conversation.finish`, its operator: outcome and note become facts. Result {}.

    Problem `outcome_missing` or `note_missing` when the queue demands more; the draft stays.
    `then`: the state wanted afterwards.
    """
    conversation: int
    disposition: str
    note: str
    then: Literal["ready", "paused"] = "ready"


class ExtendWrapUp(Args, frozen=True, kw_only=True):
    """`conversation.extend`, its operator: 60 s more. Result {"until": moment}."""
    conversation: int


class FileRequest(Args, frozen=True, kw_only=True):
    """`request.file`, operators: result {"id": int, "number": str, "group": str, "due_at": …}.

    Problem `form_invalid` with detail naming the fields.
    """
    client_id: int
    type: str
    fields: dict[str, str]
    conversation: int | None = None


class ListRequests(Args, frozen=True, kw_only=True):
    """`request.list`, members of the group, supervisors: result {"requests": [RequestView]}."""
    group: str | None = None
    include_closed: bool = False


class MoveRequest(Args, frozen=True, kw_only=True):
    """`request.move`, members of its group, supervisors: result {"request": RequestView}."""
    id: int
    stage: str
    note: str = ""


class SearchClients(Args, frozen=True, kw_only=True):
    """`client.search`, operators: result {"hits": [Hit]}; Hit {client_id, name, why, marked}."""
    text: str


class ClientCard(Args, frozen=True, kw_only=True):
    """`client.card`, operators: result {"card": CardView, "timeline": […], "cursor": …}."""
    client_id: int


class MoreTimeline(Args, frozen=True, kw_only=True):
    """`client.timeline`, operators: result {"items": [TimelineView], "cursor": str | None}."""
    client_id: int
    cursor: str | None
    kinds: list[str] = []


class HangUp(Args, frozen=True, kw_only=True):
    """`call.hangup`, the call's operator, supervisors: result {}."""
    call: str


class Dial(Args, frozen=True, kw_only=True):
    """`call.dial`, operators: one's own phone rings, then the number. Result {}."""
    number: str
    client_id: int | None = None


class CampaignArgs(Args, frozen=True, kw_only=True):
    """`campaign.start` · `campaign.pause` · `campaign.stop`, supervisors: result {}."""
    campaign: int


class CampaignEntries(Args, frozen=True, kw_only=True):
    """`campaign.entries`, supervisors: result {"entries": [{client_id, name, state, why, since,
    attempts, next_at}], "cursor": str | None}. `state` filters."""
    campaign: int
    state: str | None = None
    cursor: str | None = None


class SignOut(Args, frozen=True, kw_only=True):
    """`session.end`, anybody: the session is over, the socket closes."""


ACTIONS: dict[str, type[Args]] = {
    "state.set": SetState,
    "phone.attach": AttachPhone,
    "conversation.choose": ChooseClient,
    "conversation.new_client": NewClient,
    "conversation.identity": ConfirmIdentity,
    "draft.save": SaveDraft,
    "conversation.finish": Finish,
    "conversation.extend": ExtendWrapUp,
    "request.file": FileRequest,
    "request.list": ListRequests,
    "request.move": MoveRequest,
    "client.search": SearchClients,
    "client.card": ClientCard,
    "client.timeline": MoreTimeline,
    "call.hangup": HangUp,
    "call.dial": Dial,
    "campaign.start": CampaignArgs,
    "campaign.pause": CampaignArgs,
    "campaign.stop": CampaignArgs,
    "campaign.entries": CampaignEntries,
    "session.end": SignOut,
}


def merge(views: dict[str, dict[str, Any]], changes: list[Change]) -> None:
    """Apply a delta to a screen's views in place; the law: old views + deltas = fresh views."""
    for change in changes:
        shelf = views.setdefault(change.collection, {})
        if change.view is None:
            shelf.pop(change.id, None)
        else:
            shelf[change.id] = change.view
