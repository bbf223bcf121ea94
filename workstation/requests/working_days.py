"""On which days nobody works: the country's holidays, as settings change them."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from workstation.requests.deadlines import Calendar
from workstation.requests.settings import RequestSettings


class DaysOff:
    """The country's own list, asked year by year, and what the company changes of it."""

    def __init__(self, country: str, off: frozenset[date], on: frozenset[date]) -> None:
        self._off, self._on = off, on
        self._public = _public(country)

    def __contains__(self, day: object) -> bool:
        if not isinstance(day, date) or day in self._on:
            return False
        return day in self._off or day in self._public


def _public(country: str) -> Container[date]:
    import holidays  # a second to import: not before somebody asks

    try:
        return holidays.country_holidays(country)
    except NotImplementedError:         # a country it knows nothing of
        return ()


@lru_cache(maxsize=8)
def calendar_of(settings: RequestSettings, region: str, zone: str) -> Calendar:
    """`region` is the company's, `RU-846`: its country counts when settings name none."""
    country = settings.holidays or region[:2]
    return Calendar(ZoneInfo(zone), DaysOff(
        country, frozenset(settings.days_off), frozenset(settings.working_days)))
