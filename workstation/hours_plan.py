"""Opening hours, made of the settings ○: whose hours a number keeps."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from ivr.hours import Hours, spans_of, week_of
from workstation.settings import Entry, Settings


def by_entry(settings: Settings) -> dict[str, Hours]:
    """By the digits of the number that callers dial."""
    return {entry.number.removeprefix("+"): of_entry(settings, entry)
            for entry in settings.entry}


def of_entry(settings: Settings, entry: Entry) -> Hours:
    company = frozenset(settings.company.holidays)
    for kept in settings.hours:
        if kept.id == entry.hours:
            own = frozenset(kept.holidays)
            return Hours(
                zone=ZoneInfo(kept.zone or settings.company.time_zone), week=week_of(kept.week),
                holidays=own if kept.own_holidays else own | company,
                special={day: spans_of(line) for day, line in kept.special.items()})
    # without hours of its own it is open on holidays, too: `is_holiday` still says that it is one
    return Hours(zone=ZoneInfo(settings.company.time_zone), holidays=company)
