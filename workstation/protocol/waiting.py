"""Callers who cannot be answered now: opening hours, call-backs by name, incidents."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from workstation.protocol.args import Args, RowId
from workstation.protocol.view import View

Reason = Annotated[str, Meta(min_length=3, max_length=200)]
EntryNumber = Annotated[str, Meta(pattern=r"^\+?[0-9]{0,15}$")]


class CallBackView(View, frozen=True, kw_only=True):
    """`state`: waiting, dialling, served, withdrawn, exhausted; `why` a code, "" while it waits.
    `place` among the call-backs of its queue, 0 for one that is over."""
    id: int
    queue: str
    place: int
    number: str
    client_id: int | None
    client_name: str
    source: Literal["queue", "closed", "web"]
    arrived_at: str
    state: str
    why: str
    tries: int
    not_before: str | None


class EntryView(View, frozen=True, kw_only=True):
    """A number that callers dial at a moment: `why` is hours, holiday, special, always, switched;
    `until`: when it will be otherwise. `overflow`: what its queue does when waiting is long."""
    entry: str
    is_open: bool
    why: str
    until: str | None
    reason: str
    by: str
    menu: str
    queue: str
    overflow: list[str]


class IncidentView(View, frozen=True, kw_only=True):
    """`state`: proposed, open, ended. `callers` linked to it, `untold` of its end."""
    id: int
    city: str
    street: str
    state: str
    note: str
    proposed_at: str
    opened_at: str | None
    opened_by: str
    ended_at: str | None
    callers: int
    untold: int


class ShowWaiting(Args, frozen=True, kw_only=True):
    """`waiting.show`, supervisors: result {"callbacks": [CallBackView], "entries": [EntryView],
    "incidents": [IncidentView], "at": moment}. `at`: the entries as they will be then."""
    at: Annotated[str, Meta(max_length=40)] | None = None


class WithdrawCallBack(Args, frozen=True, kw_only=True):
    """`callback.withdraw`, supervisors: result {}."""
    id: RowId
    why: Reason


class CloseEntry(Args, frozen=True, kw_only=True):
    """`entry.close`, supervisors: callers of this number hear at once that it is closed; "" is
    all numbers. Result {}."""
    entry: EntryNumber
    reason: Reason


class OpenEntry(Args, frozen=True, kw_only=True):
    """`entry.open`, supervisors: its opening hours count again. Result {}."""
    entry: EntryNumber
    reason: Annotated[str, Meta(max_length=200)] = ""


class DecideIncident(Args, frozen=True, kw_only=True):
    """`incident.decide`, supervisors: a proposed one is opened or dismissed, an open one ended.
    Result {}."""
    id: RowId
    state: Literal["open", "dismissed", "ended"]
    note: Annotated[str, Meta(max_length=200)] = ""


ACTIONS: dict[str, type[Args]] = {
    "waiting.show": ShowWaiting,
    "callback.withdraw": WithdrawCallBack,
    "entry.close": CloseEntry,
    "entry.open": OpenEntry,
    "incident.decide": DecideIncident,
}
