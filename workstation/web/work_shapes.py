"""What the API answers about an operator's work beside the call, as on his screens."""

from __future__ import annotations

from workstation.protocol import dialling, guiding, team
from workstation.web.shapes import Shape


class ScriptShown(Shape, frozen=True):
    """`script`: null when none is chosen."""
    script: guiding.ScriptView | None
    others: list[guiding.ScriptChoice]


class Answered(Shape, frozen=True):
    answers: list[guiding.GivenView]


class Proposals(Shape, frozen=True):
    """The best first; `answered`: what was said to earlier ones."""
    proposals: list[guiding.ProposalView]
    answered: list[guiding.ProposedView]


class BeforeDialling(Shape, frozen=True):
    dialling: dialling.DiallingView


class Day(Shape, frozen=True):
    day: team.DayView


class OwnKeys(Shape, frozen=True):
    """Action → its key, of those that were changed."""
    keys: dict[str, str]


class Messages(Shape, frozen=True):
    messages: list[team.MessageView]


OF_PATH: dict[str, type[Shape]] = {
    "/conversations/{id}/script": ScriptShown,
    "/interactions/{id}/answers": Answered,
    "/clients/{id}/proposals": Proposals,
    "/dialling": BeforeDialling,
    "/me/day": Day,
    "/me/keys": OwnKeys,
    "/messages": Messages,
}
