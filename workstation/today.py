"""A manager's day on his phone ○: figures, what is out of order, contacts in short."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from workstation.protocol.floor import CrossingView
from workstation.protocol.view import View
from workstation.protocol.views import (
    AlarmView,
    CampaignView,
    GapView,
    OperatorView,
    QueueView,
    RequestView,
)


class TodayQueue(View, frozen=True, kw_only=True):
    id: str
    name: str
    waiting: int
    longest_since: str | None
    answered: int
    abandoned: int
    in_time: int
    level_s: int
    ready: int
    signed_in: int
    alarms: list[AlarmView]


class LateRequest(View, frozen=True, kw_only=True):
    number: str
    title: str
    group: str
    operator: str | None
    due_at: str


class Standstill(View, frozen=True, kw_only=True):
    name: str
    why: str


class TodayContact(View, frozen=True, kw_only=True):
    at: str
    direction: str
    who: str
    client_id: int | None
    queue: str | None
    operator: str | None
    outcome: str | None
    disposition: str | None
    talked_s: float | None


class TodayView(View, frozen=True, kw_only=True):
    """`standstills`: campaigns that run and dial nobody, with the reason in words."""
    now: str
    company: str
    time_zone: str
    queues: list[TodayQueue]
    states: dict[str, int]
    crossings: list[CrossingView]
    late: list[LateRequest]
    late_in_all: int
    gaps: list[GapView]
    standstills: list[Standstill]
    contacts: list[TodayContact]
    blind: bool
    kind: Literal["today"] = "today"


def queue(view: QueueView) -> TodayQueue:
    return TodayQueue(
        id=view.id, name=view.name, waiting=len(view.waiting),
        longest_since=view.waiting[0].since if view.waiting else None,
        answered=view.answered_today, abandoned=view.abandoned_today,
        in_time=view.in_time_today, level_s=view.service_level_s, ready=view.ready,
        signed_in=view.signed_in, alarms=view.alarms)


def states(operators: Iterable[OperatorView]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in operators:
        if one.state != "offline":
            found[one.state] = found.get(one.state, 0) + 1
    return found


def late(requests: Iterable[RequestView], most: int) -> tuple[list[LateRequest], int]:
    """The longest late first, and how many there are in all."""
    found = sorted((one for one in requests if one.late), key=lambda one: one.due_at)
    return [LateRequest(number=one.number, title=one.title, group=one.group,
                        operator=one.operator, due_at=one.due_at) for one in found[:most]], \
        len(found)


def standstills(campaigns: Iterable[CampaignView]) -> list[Standstill]:
    return [Standstill(name=one.name, why=one.why) for one in campaigns
            if one.state == "paused" or (one.state == "running" and one.lines == 0)]
