"""My day: what leads say to operators, calls for help, and one's own figures beside the team's."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from workstation.protocol.args import Args, RowId
from workstation.protocol.views import View

Words = Annotated[str, msgspec.Meta(max_length=1_000)]


class SeenView(View, frozen=True, kw_only=True):
    operator: str
    at: str | None


class MessageView(View, frozen=True, kw_only=True):
    """On the screens of whom it is for until he has seen it, and of who sent it, with receipts."""
    id: int
    by: str                 # operator id
    by_name: str
    to_kind: Literal["operator", "group", "all"]
    to: str                 # operator id, group id, ""
    text: str
    at: str
    seen_at: str | None     # by whom it is shown to
    receipts: list[SeenView] = msgspec.field(default_factory=list)      # the sender's alone


class HelpView(View, frozen=True, kw_only=True):
    """An operator asks for help; he and all leads see it until it is over."""
    id: int
    operator: str
    name: str
    text: str
    call: str | None
    at: str
    answered_by: str | None
    answered_name: str
    answered_at: str | None
    answer: str


class FiguresView(View, frozen=True, kw_only=True):
    """Of one day; `handling_s`, `wrap_up_s` of one call."""
    calls: float
    handling_s: float
    wrap_up_s: float


class DayView(View, frozen=True, kw_only=True):
    """`team`: the medians of the `people` of his groups and queues who had a call today."""
    mine: FiguresView
    team: FiguresView
    people: int
    talked_s: float
    at: str                 # when it was counted


class ShowDay(Args, frozen=True, kw_only=True):
    """`day.show`, anybody signed in: result {"day": DayView}, his own."""


class SendMessage(Args, frozen=True, kw_only=True):
    """`message.send`, supervisors: to an operator of the team, a group or all. Result
    {"message": MessageView}."""
    to_kind: Literal["operator", "group", "all"]
    text: Words
    to: str = ""


class SeeMessage(Args, frozen=True, kw_only=True):
    """`message.seen`, whom it is for: the sender learns it. Result {}."""
    id: RowId


class ListMessages(Args, frozen=True, kw_only=True):
    """`message.list`, anybody signed in: result {"messages": [MessageView]}, his, newest first."""


class AskHelp(Args, frozen=True, kw_only=True):
    """`help.ask`, operators: leads see it at once. Result {"help": HelpView}."""
    text: Words = ""


class AnswerHelp(Args, frozen=True, kw_only=True):
    """`help.answer`, supervisors: "I am coming", or words. Result {"help": HelpView}."""
    id: RowId
    text: Words = ""


class EndHelp(Args, frozen=True, kw_only=True):
    """`help.end`, who asked, supervisors: result {}."""
    id: RowId


ACTIONS: dict[str, type[Args]] = {
    "day.show": ShowDay,
    "message.send": SendMessage,
    "message.seen": SeeMessage,
    "message.list": ListMessages,
    "help.ask": AskHelp,
    "help.answer": AnswerHelp,
    "help.end": EndHelp,
}
