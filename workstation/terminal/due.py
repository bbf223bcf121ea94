"""When a task is due, as people type it in a hurry. ○"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

_AHEAD = re.compile(r"\+\s*(\d{1,4})\s*(m|h|d|w|мин|м|ч|д|н)")
_UNITS = {"m": timedelta(minutes=1), "мин": timedelta(minutes=1), "м": timedelta(minutes=1),
          "h": timedelta(hours=1), "ч": timedelta(hours=1), "d": timedelta(days=1),
          "д": timedelta(days=1), "w": timedelta(weeks=1), "н": timedelta(weeks=1)}
_TIME = re.compile(r"(\d{1,2}):(\d\d)")
_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?")
_TOMORROW = frozenset({"tomorrow", "завтра"})
_USUAL = time(10)           # of a day without a time


def read(text: str, now: datetime, zone: tzinfo) -> str | None:
    """RFC 3339 of `+2h`, `14:30`, `tomorrow 9:00`, `24.11 14:00`, `2026-11-24 14:00`; else None.

    Without a day it is the next such time; without a year the next such day.
    """
    words = text.strip().lower()
    if not words:
        return None
    if found := _AHEAD.fullmatch(words):
        return _written(now + int(found[1]) * _UNITS[found[2]])
    at = _exact(words, zone) or _loose(words, now.astimezone(zone))
    return None if at is None else _written(at)


def _exact(words: str, zone: tzinfo) -> datetime | None:
    try:
        at = datetime.fromisoformat(words.upper())
    except ValueError:
        return None
    if len(words) <= 10:
        at = datetime.combine(at.date(), _USUAL)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _loose(words: str, now: datetime) -> datetime | None:
    day, _, clock = words.rpartition(" ")
    at = _time(clock)
    if at is None:
        day, at = words, _USUAL
    try:
        if not day:
            today = datetime.combine(now.date(), at, now.tzinfo)
            return today if today > now else today + timedelta(days=1)
        if day in _TOMORROW:
            return datetime.combine(now.date() + timedelta(days=1), at, now.tzinfo)
        return _on_day(day, at, now)
    except (ValueError, OverflowError):
        return None


def _on_day(day: str, at: time, now: datetime) -> datetime | None:
    found = _DAY.fullmatch(day)
    if found is None:
        return None
    year = int(found[3]) if found[3] else now.year
    when = datetime.combine(datetime(year, int(found[2]), int(found[1])), at,  # noqa: DTZ001
                            now.tzinfo)
    return when.replace(year=year + 1) if not found[3] and when < now else when


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError:
        return None


def _written(at: datetime) -> str | None:
    try:
        return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    except (ValueError, OverflowError):
        return None
