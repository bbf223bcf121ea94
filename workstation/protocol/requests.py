"""Requests: what may be asked about one, and what its history looks like."""

from __future__ import annotations

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View


class RequestEventView(View, frozen=True, kw_only=True):
    """`request_id`: of the one it happened to, which may have been joined to this one."""
    request_id: int
    kind: str
    from_stage: str | None
    to_stage: str | None
    note: str
    by: str                 # operator id or login; "process": the type's own rule, "clock": time
    at: str


class MailFileView(View, frozen=True, kw_only=True):
    """`kept` False: it was not stored, `why` is the code of the reason."""
    id: int
    name: str
    size: int
    why: str
    kept: bool


class MailView(View, frozen=True, kw_only=True):
    """`state`: filed queued left · outgoing sent undelivered. `why`: what the rules saw in it."""
    id: int
    direction: str
    sender: str
    sender_name: str
    recipient: str
    subject: str
    text: str
    state: str
    why: list[str]
    client_id: int | None
    request_id: int | None
    by: str
    at: str
    files: list[MailFileView]


class DocumentView(View, frozen=True, kw_only=True):
    id: int
    template: str
    title: str
    by: str
    at: str


class TakeRequest(Args, frozen=True, kw_only=True):
    """`request.take`, members of its group, supervisors: it is in his hands from now on.
    Result {"request": RequestView}."""
    id: RowId


class HandOverRequest(Args, frozen=True, kw_only=True):
    """`request.hand_over`, who may see it: to an operator, a group or both; the deadline stays.
    Result {"request": RequestView}."""
    id: RowId
    operator: str | None = None
    group: str | None = None
    note: str = ""


class ReopenRequest(Args, frozen=True, kw_only=True):
    """`request.reopen`, who may see it: open once more. Result {"request": RequestView}."""
    id: RowId
    note: str = ""


class JoinRequests(Args, frozen=True, kw_only=True):
    """`request.join`, who may see both: `id` goes on as `into`, one matter.
    Result {"request": RequestView}, the one that stays."""
    id: RowId
    into: RowId


class PartRequest(Args, frozen=True, kw_only=True):
    """`request.part`, who may see it: a matter of its own again.
    Result {"request": RequestView}."""
    id: RowId
    note: str = ""


class RequestHistory(Args, frozen=True, kw_only=True):
    """`request.history`, who may see it: result {"request", "joined": [number], "events",
    "mails", "documents"}, each in order."""
    id: RowId


ACTIONS: dict[str, type[Args]] = {
    "request.take": TakeRequest,
    "request.hand_over": HandOverRequest,
    "request.reopen": ReopenRequest,
    "request.join": JoinRequests,
    "request.part": PartRequest,
    "request.history": RequestHistory,
}
