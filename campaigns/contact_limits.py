"""Contact limits ○: how often, over every window that a rule names; the strictest wins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Literal

Unit = Literal["attempt", "conversation", "dropped"]
Period = Literal["day", "week", "month"]
Subject = Literal["person", "number"]


class Kind(StrEnum):
    """What an attempt that was made turned out to be."""

    NOT_ANSWERED = "not_answered"
    CONVERSATION = "conversation"
    DROPPED = "dropped"     # answered, and no operator was there
    UNKNOWN = "unknown"     # nobody can say: counts as whatever would forbid most


_COUNTS: dict[Unit, frozenset[Kind]] = {
    "attempt": frozenset(Kind),
    "conversation": frozenset({Kind.CONVERSATION, Kind.UNKNOWN}),
    "dropped": frozenset({Kind.DROPPED, Kind.UNKNOWN}),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt made, on any campaign."""

    at: datetime
    kind: Kind
    number: str         # E.164
    is_same_person: bool = True     # False: another client's attempt on a number of this one


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `maximum` of `unit` in a calendar period, or in any `rolling_days` days."""

    unit: Unit
    maximum: int
    period: Period | None = None
    rolling_days: int | None = None
    subject: Subject = "person"

    def __post_init__(self) -> None:
        if (self.period is None) == (self.rolling_days is None):
            raise ValueError("a limit has a calendar period or rolling days, one of the two")
        if self.maximum < 1:
            raise ValueError("a limit allows at least one; a refusal is `deny_if`")


@dataclass(frozen=True, slots=True)
class Gap:
    """Silence after a contact: so many hours, or whole calendar days (its own day is the 1st)."""

    after: Unit
    hours: int | None = None
    calendar_days: int | None = None
    subject: Subject = "person"

    def __post_init__(self) -> None:
        if (self.hours is None) == (self.calendar_days is None):
            raise ValueError("a gap is measured in hours or in calendar days, one of the two")


@dataclass(frozen=True, slots=True)
class Room:
    """From when on the next contact fits, and what counted against it now."""

    free_at: datetime
    counted: int


def room(bound: Limit | Gap, contacts: tuple[Contact, ...], moment: datetime,
         zones: tuple[tzinfo, ...], number: str) -> Room:
    """When the next contact fits one bound; `free_at == moment` means now.

    Candidate zones are all looked at and the latest answer holds.
    """
    concerned = tuple(sorted(contact.at for contact in contacts
                             if _concerns(bound, contact, number)))
    if isinstance(bound, Gap):
        return _after_gap(bound, concerned, moment, zones)
    if bound.rolling_days is not None:
        return _rolling(bound, concerned, moment, timedelta(days=bound.rolling_days))
    return _calendar(bound, concerned, moment, zones)


def _concerns(bound: Limit | Gap, contact: Contact, number: str) -> bool:
    unit = bound.after if isinstance(bound, Gap) else bound.unit
    if contact.kind not in _COUNTS[unit]:
        return False
    return contact.number == number if bound.subject == "number" else contact.is_same_person


def _after_gap(gap: Gap, moments: tuple[datetime, ...], moment: datetime,
               zones: tuple[tzinfo, ...]) -> Room:
    if not moments:
        return Room(moment, 0)
    last = moments[-1]
    if gap.hours is not None:
        return Room(max(moment, last + timedelta(hours=gap.hours)), len(moments))
    days = timedelta(days=gap.calendar_days or 0)
    ends = [_midnight(last.astimezone(zone).date() + days, zone) for zone in zones]
    return Room(max([moment, *ends]), len(moments))


def _rolling(limit: Limit, moments: tuple[datetime, ...], moment: datetime,
             span: timedelta) -> Room:
    inside = [at for at in moments if at > moment - span]
    if len(inside) < limit.maximum:
        return Room(moment, len(inside))
    return Room(max(moment, inside[-limit.maximum] + span), len(inside))


def _calendar(limit: Limit, moments: tuple[datetime, ...], moment: datetime,
              zones: tuple[tzinfo, ...]) -> Room:
    rooms = [_calendar_in(limit, moments, moment, zone) for zone in zones]
    return max(rooms, key=lambda found: (found.free_at, found.counted))


def _calendar_in(limit: Limit, moments: tuple[datetime, ...], moment: datetime,
                 zone: tzinfo) -> Room:
    """Contacts later than `moment` (a clock that jumped) are counted too."""
    begin, following = _BOUNDS[limit.period or "day"]
    start = begin(moment.astimezone(zone).date())
    counted = sum(at >= _midnight(start, zone) for at in moments)
    free_at, left = moment, counted
    while left >= limit.maximum:
        start = following(start)
        free_at = _midnight(start, zone)
        left = sum(at >= free_at for at in moments)
    return Room(free_at, counted)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


_BOUNDS: dict[Period, tuple[Callable[[date], date], Callable[[date], date]]] = {
    "day": (lambda day: day, lambda day: day + timedelta(days=1)),
    "week": (_monday, lambda day: day + timedelta(days=7)),
    "month": (lambda day: day.replace(day=1), _next_month),
}
