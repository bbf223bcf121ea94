"""Lawful hours ○: a moment must be allowed in every zone that the person may be in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTES_A_DAY = 24 * 60
HORIZON_DAYS = 31


@dataclass(frozen=True, slots=True)
class Window:
    """Open from `opens_min` (inclusive) to `closes_min` (exclusive), minutes of the local day."""

    opens_min: int
    closes_min: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens_min < self.closes_min <= MINUTES_A_DAY:
            raise ValueError(f"no such hours: {self.opens_min}-{self.closes_min} minutes")

    def holds(self, moment: time) -> bool:
        return self.opens_min <= moment.hour * 60 + moment.minute < self.closes_min


@dataclass(frozen=True, slots=True)
class Hours:
    """None: nobody is called on such a day. A holiday's hours hold on whatever day it falls."""

    weekday: Window | None
    saturday: Window | None
    sunday: Window | None
    holiday: Window | None

    def on(self, day: date, holidays: frozenset[date]) -> Window | None:
        if day in holidays:
            return self.holiday
        if day.weekday() == 6:
            return self.sunday
        return self.saturday if day.weekday() == 5 else self.weekday


AROUND_THE_CLOCK = Hours(*(Window(0, MINUTES_A_DAY),) * 4)


def is_allowed(moment: datetime, zones: tuple[tzinfo, ...], hours: Hours,
               holidays: frozenset[date] = frozenset()) -> bool:
    """Whether every zone's local time is within the hours; without any zone nothing is."""
    return bool(zones) and all(_is_open(moment, zone, hours, holidays) for zone in zones)


def _is_open(moment: datetime, zone: tzinfo, hours: Hours, holidays: frozenset[date]) -> bool:
    local = moment.astimezone(zone)
    window = hours.on(local.date(), holidays)
    return window is not None and window.holds(local.time())


def next_allowed(moment: datetime, zones: tuple[tzinfo, ...], hours: Hours,
                 holidays: frozenset[date] = frozenset()) -> datetime | None:
    """The first allowed moment from `moment` on (aware UTC); None: not within `HORIZON_DAYS`.

    The hours common to all zones begin where one of them opens, so only openings are looked at.
    """
    if is_allowed(moment, zones, hours, holidays):
        return moment
    openings = sorted({opening for zone in zones
                       for opening in _openings(moment, zone, hours, holidays)})
    return next((opening for opening in openings
                 if is_allowed(opening, zones, hours, holidays)), None)


def _openings(moment: datetime, zone: tzinfo, hours: Hours,
              holidays: frozenset[date]) -> Iterator[datetime]:
    first = moment.astimezone(zone).date()
    for offset in range(HORIZON_DAYS + 1):
        day = first + timedelta(days=offset)
        window = hours.on(day, holidays)
        if window is None:
            continue
        opens = time(window.opens_min // 60, window.opens_min % 60)
        opening = datetime.combine(day, opens, tzinfo=zone).astimezone(UTC)
        if opening > moment:
            yield opening
