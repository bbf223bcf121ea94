"""Dialling by hand: what is known of a number before it is dialled."""

from __future__ import annotations

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View


class OwnerView(View, frozen=True, kw_only=True):
    client_id: int
    name: str


class ShownView(View, frozen=True, kw_only=True):
    """A number that the client would see; `queue` "" is the company's."""
    queue: str
    name: str
    number: str


class DiallingView(View, frozen=True, kw_only=True):
    """`why`: suppressed flagged hours limit gap silence denied no_hour no_zone no_rule, or "" when
    it may be dialled; its facts go with it. `retype`: type it a second time."""
    number: str
    label: str
    retype: bool
    owners: list[OwnerView]
    why: str
    facts: dict[str, str | int | float | bool | None]
    until: str | None
    shown: list[ShownView]          # the first is taken unless another is named


class AskDialling(Args, frozen=True, kw_only=True):
    """`call.dialling`, anybody signed in: result {"dialling": DiallingView}. Problem
    `no_number`."""
    number: str
    client_id: RowId | None = None
    queue: str = ""
    conversation: int | None = None


class Dial(Args, frozen=True, kw_only=True):
    """`call.dial`, operators: one's own phone rings, then the number. Result {}.

    Problems: `retype_needed`, `retype_differs` (a number that no client has is typed twice),
    `suppressed`, `unlawful` (facts as in DiallingView). `queue` chooses the number shown;
    without it the conversation's queue or campaign does."""
    number: str
    client_id: int | None = None
    retyped: str = ""
    queue: str = ""
    conversation: int | None = None


ACTIONS: dict[str, type[Args]] = {"call.dialling": AskDialling, "call.dial": Dial}
