"""Opening hours ○: whether a number is answered by people at a moment, why, and until when.

Hours are what clocks on the wall say in their zone. When clocks go forward, a shift that begins
in the missing hour begins with the first moment there is; when they go back, both hours of that
name are what the one is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPAN = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
ON_DAYS = re.compile(r"(mon|tue|wed|thu|fri|sat|sun)(?:-(mon|tue|wed|thu|fri|sat|sun))? (.+)")
A_DAY = 24 * 60
AHEAD_DAYS = 400            # a shop that is closed so long has no next opening

Span: TypeAlias = tuple[int, int]       # minutes of the day; the end may be after midnight
Why: TypeAlias = Literal["always", "hours", "holiday", "special", "switched"]


class NoHours(ValueError):
    """What was written is no opening hours; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """`week`: spans by weekday, 0 is Monday. `holidays`: `2026-03-08`, or `03-08` of every year;
    closed, but for what `special` says of that day. Without a `week` it is open day and night,
    holidays too."""
    zone: ZoneInfo
    week: Mapping[int, tuple[Span, ...]] | None = None
    holidays: frozenset[str] = frozenset()
    special: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)

    def of_day(self, day: date) -> tuple[tuple[Span, ...], Why]:
        """The spans that begin on this day, and which rule says so."""
        for key in (day.isoformat(), f"{day:%m-%d}"):
            if key in self.special:
                return self.special[key], "special"
        if self.week is None:
            return ((0, A_DAY),), "always"
        if self.is_holiday(day):
            return (), "holiday"
        return self.week.get(day.weekday(), ()), "hours"

    def is_holiday(self, day: date) -> bool:
        return day.isoformat() in self.holidays or f"{day:%m-%d}" in self.holidays


@dataclass(frozen=True, slots=True)
class Switched:
    """A person closed it, and said why."""
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """`until`: when it will be otherwise by the calendar; None: not within a year, or nobody
    knows because a person switched it."""
    is_open: bool
    why: Why
    until: datetime | None
    reason: str = ""
    by: str = ""

    @property
    def fact(self) -> str:
        """What menus branch on."""
        if self.is_open:
            return "open"
        return self.why if self.why in ("holiday", "switched") else "closed"


def at(hours: Hours, moment: datetime, switched: Switched | None = None) -> Verdict:
    """What holds at `moment`, which has a zone."""
    if switched is not None:
        return Verdict(is_open=False, why="switched", until=None, reason=switched.reason,
                       by=switched.by)
    is_open, why = _state(hours, moment)
    return Verdict(is_open=is_open, why=why, until=_next(hours, moment, is_open))


def _state(hours: Hours, moment: datetime) -> tuple[bool, Why]:
    local = moment.astimezone(hours.zone)
    today, minute = local.date(), local.hour * 60 + local.minute
    spans, why = hours.of_day(today)
    if any(begins <= minute < ends for begins, ends in spans):
        return True, why
    before, of_before = hours.of_day(today - timedelta(days=1))
    if any(minute < ends - A_DAY for _, ends in before):
        return True, of_before
    return False, why


def _next(hours: Hours, moment: datetime, is_open: bool) -> datetime | None:
    if hours.week is None and not hours.special:
        return None
    today = moment.astimezone(hours.zone).date()
    for ahead in range(-1, AHEAD_DAYS):
        for edge in sorted(_edges(hours, today + timedelta(days=ahead))):
            if edge > moment and _state(hours, edge)[0] is not is_open:
                return edge
    return None


def _edges(hours: Hours, day: date) -> Iterator[datetime]:
    """Every moment at which what holds may change: ends of spans, midnight, clocks."""
    for minute in {0, *(one for span in hours.of_day(day)[0] for one in span)}:
        wall = datetime.combine(day, time()) + timedelta(minutes=minute)
        for fold in (0, 1):
            yield wall.replace(tzinfo=hours.zone, fold=fold).astimezone(UTC)
    midnight = datetime.combine(day, time(), hours.zone).astimezone(UTC)
    for hour in range(25):
        a, b = midnight + timedelta(hours=hour), midnight + timedelta(hours=hour + 1)
        if a.astimezone(hours.zone).utcoffset() != b.astimezone(hours.zone).utcoffset():
            yield b


def spans_of(text: str) -> tuple[Span, ...]:
    """`08:00-12:00, 13:00-20:00`; `22:00-06:00` ends on the next day; `closed`. Raises NoHours."""
    if text.strip() == "closed":
        return ()
    found = []
    for part in text.split(","):
        match = SPAN.fullmatch(part.strip())
        if match is None:
            raise NoHours(f"{part.strip()!r} must be like 08:00-20:00, or closed")
        begins, ends = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]))
        if max(begins, ends) > A_DAY or begins in (ends, A_DAY):
            raise NoHours(f"{part.strip()!r} is no stretch of a day")
        found.append((begins, ends if ends > begins else ends + A_DAY))
    return tuple(found)


def week_of(lines: tuple[str, ...]) -> Mapping[int, tuple[Span, ...]] | None:
    """`mon-fri 08:00-20:00`, `sat 09:00-18:00`; a day named twice has the later. Raises NoHours.

    None, where nothing is said: always open.
    """
    if not lines:
        return None
    week: dict[int, tuple[Span, ...]] = {}
    for line in lines:
        match = ON_DAYS.fullmatch(line.strip())
        if match is None:
            raise NoHours(f"{line!r} must be like mon-fri 08:00-20:00")
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        for step in range((last - first) % 7 + 1):
            week[(first + step) % 7] = spans_of(match[3])
    return week
