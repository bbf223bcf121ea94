"""The floor's thresholds, links of wall screens, an operator's state set by a lead."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from workstation.protocol.args import Args, RowId
from workstation.protocol.view import View
from workstation.protocol.views import AlarmView, WaitingView

Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^$")]
Bound = Annotated[float, Meta(ge=0, le=1_000_000)]
Figure = Literal["waiting", "longest", "level", "abandoned", "ready", "signed_in"]


class ThresholdView(View, frozen=True, kw_only=True):
    """`longest` in seconds, `level` in percent of today's calls; level, ready and signed_in are
    worse when they are lower. No days, no hours: always; a window may go past midnight."""
    figure: Figure
    queue: Annotated[str, Meta(max_length=32)] = ""     # "": all queues
    days: list[Annotated[int, Meta(ge=1, le=7)]] = field(default_factory=list)   # 1: Monday
    since: Clock = ""
    until: Clock = ""
    amber: Bound | None = None
    red: Bound | None = None
    sound: bool = False
    message: Annotated[str, Meta(max_length=200)] = ""      # what the leads are to do then


class CrossingView(View, frozen=True, kw_only=True):
    """A figure was past its bound from … until; until None: it still is."""
    queue: str
    figure: Figure
    level: Literal["amber", "red"]
    bound: float
    at: str
    ended_at: str | None


class ShowThresholds(Args, frozen=True, kw_only=True):
    """`threshold.show`, supervisors: result {"thresholds": [ThresholdView], "version", "by",
    "at", "crossings": [CrossingView] of today}. Version 0: those of the settings."""


class SaveThresholds(Args, frozen=True, kw_only=True):
    """`threshold.save`, supervisors: all of them, in place of `version`; result as above."""
    version: Annotated[int, Meta(ge=0, le=10**18)]
    thresholds: Annotated[list[ThresholdView], Meta(max_length=200)]


class SetOperatorState(Args, frozen=True, kw_only=True):
    """`operator.state`, supervisors: of an operator of the team, who is told; `reason` is one of
    the pause reasons, `why` goes to him and to the audit. Result {}."""
    operator: str
    state: Literal["ready", "paused", "offline"]
    why: Annotated[str, Meta(min_length=1, max_length=200)]
    reason: str = ""


class WallLinkView(View, frozen=True, kw_only=True):
    id: int
    name: str
    queues: list[str]           # none: all
    callers: bool               # shows who waits
    by: str
    at: str
    seen_at: str | None
    revoked_at: str | None


class WallQueueView(View, frozen=True, kw_only=True):
    """`callers` only where the link permits it."""
    id: str
    name: str
    waiting: int
    longest_since: str | None
    level: float | None             # 0 … 1, of today
    level_s: int
    answered: int
    abandoned: int
    ready: int
    talking: int
    signed_in: int
    alarms: list[AlarmView]
    callers: list[WaitingView]


class WallView(View, frozen=True, kw_only=True):
    """One message of `/wall/live`, whole each time. `blind`: Asterisk is not seen now."""
    now: str
    build: str
    company: str
    name: str                       # of the link
    time_zone: str
    queues: list[WallQueueView]
    states: dict[str, int]          # of the operators of these queues
    blind: bool


class MakeWallLink(Args, frozen=True, kw_only=True):
    """`wall.make`, supervisors; `callers` only by administrators. Result {"link": WallLinkView,
    "token"}: the token is told this once."""
    name: Annotated[str, Meta(min_length=1, max_length=80)]
    queues: Annotated[list[str], Meta(max_length=500)] = field(default_factory=list)
    callers: bool = False


class ListWallLinks(Args, frozen=True, kw_only=True):
    """`wall.list`, supervisors: result {"links": [WallLinkView]}, newest first."""


class RevokeWallLink(Args, frozen=True, kw_only=True):
    """`wall.revoke`, supervisors: its screens go dark at once. Result {}."""
    id: RowId


ACTIONS: dict[str, type[Args]] = {
    "threshold.show": ShowThresholds,
    "threshold.save": SaveThresholds,
    "operator.state": SetOperatorState,
    "wall.make": MakeWallLink,
    "wall.list": ListWallLinks,
    "wall.revoke": RevokeWallLink,
}
