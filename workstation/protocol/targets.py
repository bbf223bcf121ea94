"""Where a call may go, and whose call may be taken: what the transfer panel shows while open."""

from __future__ import annotations

import msgspec

from workstation.protocol.args import Args
from workstation.protocol.messages import Choice
from workstation.protocol.views import OperatorState, View


class ColleagueView(View, frozen=True, kw_only=True):
    """A colleague as everybody may see him: no client, no figures.

    `is_near`: he works in a queue of one's own.
    """
    id: str
    name: str
    state: OperatorState
    since: str
    registered: bool
    is_near: bool


class QueueTarget(View, frozen=True, kw_only=True):
    id: str
    name: str
    waiting: int
    ready: int


class RingingView(View, frozen=True, kw_only=True):
    """A call of one's own queues that rings at a colleague: it may be picked up."""
    call: str
    number: str
    name: str
    queue: str
    operator: str
    since: str


class ListTargets(Args, frozen=True, kw_only=True):
    """`call.targets`, anybody signed in: result Targets. Asked again while the panel is open:
    what all colleagues do would be too much to tell every page all day."""


class Targets(View, frozen=True, kw_only=True):
    """`menus`: for `call.to_menu`."""
    colleagues: list[ColleagueView]
    queues: list[QueueTarget]
    menus: list[Choice]
    ringing: list[RingingView] = msgspec.field(default_factory=list)


ACTIONS: dict[str, type[Args]] = {"call.targets": ListTargets}
