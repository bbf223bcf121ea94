"""The way of a request ○: where it may go from where it is, and what that brings about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from workstation.requests.deadlines import Calendar
from workstation.requests.kinds import Deed, RequestType

AlarmKind = Literal["remind", "late", "reaction", "offer"]


class NoSuchStep(Exception):
    """A request of this type cannot go there from where it is."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A moment at which somebody must be told, or asked."""
    kind: AlarmKind
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a request becomes. `alarms` replace those it had; an open one always has a `late`
    at its deadline. `is_passed_on`: another group answers, so nobody of it has taken it yet."""
    stage: str
    group: str
    deadline_at: datetime
    closes: bool
    is_passed_on: bool
    reaction_at: datetime | None
    alarms: tuple[Alarm, ...]
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A request as far as its way is concerned. `since_at`: from when its whole deadline counts;
    `is_taken`: an operator of the group has it in hand."""
    stage: str
    group: str
    since_at: datetime
    deadline_at: datetime
    is_taken: bool


def ways(kind: RequestType | None, stage: str) -> tuple[str, ...]:
    known = kind.stage.get(stage) if kind is not None else None
    return known.to if known is not None else ()


def is_closed(kind: RequestType | None, stage: str) -> bool:
    return not ways(kind, stage)


def step(kind: RequestType, stage: str, target: str) -> str:
    """`target`, if it may be reached from `stage`; raises NoSuchStep."""
    if target not in ways(kind, stage):
        raise NoSuchStep(f"{stage} → {target}")
    return target


def begin(kind: RequestType, group: str, now: datetime, calendar: Calendar) -> Plan:
    """The first stage, entered."""
    return _enter(kind, kind.first_stage, group, now, now, calendar, is_taken=False,
                  is_passed_on=True, left=())


def go(kind: RequestType, stands: Standing, target: str, now: datetime,
       calendar: Calendar) -> Plan:
    """To another stage. Raises NoSuchStep."""
    step(kind, stands.stage, target)
    group = kind.stage[target].group or stands.group
    is_passed_on = group != stands.group
    return _enter(kind, target, group, stands.since_at, now, calendar,
                  is_taken=stands.is_taken and not is_passed_on, is_passed_on=is_passed_on,
                  left=kind.stage[stands.stage].leaving)


def again(kind: RequestType, stands: Standing, now: datetime, calendar: Calendar,
          stage: str | None = None) -> Plan:
    """Open once more, at its first stage or at `stage`; its deadlines count from now."""
    wanted = kind.first_stage if stage is None or is_closed(kind, stage) else stage
    group = kind.stage[wanted].group or stands.group
    return _enter(kind, wanted, group, now, now, calendar, is_taken=stands.is_taken,
                  is_passed_on=group != stands.group, left=())


def passed_on(kind: RequestType, stands: Standing, group: str, now: datetime,
              calendar: Calendar, *, is_taken: bool) -> Plan:
    """The same stage and deadline, for somebody else."""
    alarms = _until(kind, stands.stage, stands.deadline_at, now)
    reaction_at, more = _reaction(kind, now, calendar, is_taken=is_taken)
    return Plan(stage=stands.stage, group=group, deadline_at=stands.deadline_at, closes=False,
                is_passed_on=group != stands.group, reaction_at=reaction_at,
                alarms=(*alarms, *more), deeds=())


def _enter(kind: RequestType, name: str, group: str, since_at: datetime, now: datetime,
           calendar: Calendar, *, is_taken: bool, is_passed_on: bool,
           left: tuple[Deed, ...]) -> Plan:
    stage = kind.stage[name]
    deeds = (*left, *stage.entering)
    if not stage.to:
        return Plan(stage=name, group=group, deadline_at=now, closes=True, alarms=(),
                    is_passed_on=is_passed_on, reaction_at=None, deeds=deeds)
    hours, since = (kind.deadline.hours, since_at) if stage.hours is None else (stage.hours, now)
    deadline_at = calendar.after(kind.deadline, hours, since)
    reaction_at, more = _reaction(kind, now, calendar, is_taken=is_taken)
    return Plan(stage=name, group=group, deadline_at=deadline_at, closes=False, deeds=deeds,
                is_passed_on=is_passed_on, reaction_at=reaction_at,
                alarms=(*_until(kind, name, deadline_at, now), *more))


def _until(kind: RequestType, stage: str, deadline_at: datetime,
           now: datetime) -> tuple[Alarm, ...]:
    remind_at = deadline_at - timedelta(hours=kind.stage[stage].remind_hours)
    late = Alarm("late", deadline_at)
    return (Alarm("remind", remind_at), late) if now < remind_at < deadline_at else (late,)


def _reaction(kind: RequestType, now: datetime, calendar: Calendar, *,
              is_taken: bool) -> tuple[datetime | None, tuple[Alarm, ...]]:
    """Until somebody has taken it: by when, and whom it is offered to meanwhile."""
    if is_taken or kind.reaction is None:
        return None, ()
    by = calendar.after(kind.deadline, kind.reaction.hours, now)
    offers = (Alarm("offer", now),) if kind.reaction.accept_minutes else ()
    return by, (Alarm("reaction", by), *offers)
