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


class WriteMail(Args, frozen=True, kw_only=True):
    """`request.write`, who may see it: a mail to the client in the request's thread.
    Result {"request": RequestView}."""
    id: RowId
    text: str


class MakeDocument(Args, frozen=True, kw_only=True):
    """`request.document`, who may see it: `template` filled in with client and request.
    Result {"request", "document": id}; its page is /documents/{id}."""
    id: RowId
    template: str
    text: str = ""


class ListMails(Args, frozen=True, kw_only=True):
    """`mail.list`, anybody signed in: those that wait. Result {"mails": [MailView]}."""


class SettleMail(Args, frozen=True, kw_only=True):
    """`mail.settle`, anybody signed in: a request of `type` for the client, or one more mail of
    `request_id`, or, with neither, nothing. Result {"request": RequestView} or {}."""
    id: RowId
    client_id: RowId | None = None
    type: str | None = None
    request_id: RowId | None = None


ACTIONS: dict[str, type[Args]] = {
    "request.take": TakeRequest,
    "request.hand_over": HandOverRequest,
    "request.reopen": ReopenRequest,
    "request.join": JoinRequests,
    "request.part": PartRequest,
    "request.history": RequestHistory,
    "request.write": WriteMail,
    "request.document": MakeDocument,
    "mail.list": ListMails,
    "mail.settle": SettleMail,
}
