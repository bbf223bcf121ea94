"""Cards before calls: what a preview campaign puts on an operator's screen, and what he does."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from msgspec import Meta

from workstation.protocol.args import Args
from workstation.protocol.view import View

Reason = Literal["not_now", "talked_already", "not_suitable", "other"]
REASONS: tuple[str, ...] = get_args(Reason)


class PreviewView(View, frozen=True, kw_only=True):
    """Whom to call next; his until `until`. `asked`: he dials it already."""
    id: int                     # the attempt's
    campaign: str
    client_id: int
    client_name: str
    number: str
    number_label: str
    debt_minor: int | None
    currency: str | None
    tries: int                  # dials before this one
    last: str                   # what came of the last of them, "" of none
    since: str
    until: str
    asked: bool


class DialCard(Args, frozen=True, kw_only=True):
    """`card.dial`, the operator who has it: his own phone rings, then the client's. Result {}.

    Problem `card_gone` (it is not his any more), or `unlawful` with facts as in DiallingView."""
    card: int


class SkipCard(Args, frozen=True, kw_only=True):
    """`card.skip`, the operator who has it: not dialled now, and why. Result {}. `other` needs a
    note of three letters: problem `note_missing`."""
    card: int
    reason: Reason
    note: Annotated[str, Meta(max_length=300)] = ""


ACTIONS: dict[str, type[Args]] = {"card.dial": DialCard, "card.skip": SkipCard}
