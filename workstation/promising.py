"""A promise typed with an outcome ○: its sum, first day and instalments, read and checked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta, tzinfo

from campaigns.debtor_rows import money_minor
from campaigns.promises import Promise, instalments
from workstation.errors import Refused

LATEST_DAYS = 366
MOST_PARTS = 24


def promised(typed: Mapping[str, str], now: datetime, zone: tzinfo) -> tuple[Promise, ...]:
    """() when none was typed. Raises Refused for what cannot be read."""
    if typed.get("kind") != "promise":
        return ()
    today = now.astimezone(zone).date()
    amount = money_minor(typed.get("sum", ""))
    first = _day(typed.get("due_at", ""), zone)
    parts, every = _count(typed.get("parts", "1")), _count(typed.get("every_days", "30"))
    if amount is None or amount < 1:
        raise _unreadable("sum", typed.get("sum", ""))
    if first is None or not today <= first <= today + timedelta(days=LATEST_DAYS):
        raise _unreadable("due_at", typed.get("due_at", ""))
    if parts is None or not 1 <= parts <= MOST_PARTS or every is None or every < 1:
        raise _unreadable("parts", typed.get("parts", ""))
    try:
        return instalments(amount, first, parts, every)
    except ValueError as exc:
        raise _unreadable("sum", str(exc)) from exc


def _day(text: str, zone: tzinfo) -> date | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.date() if at.tzinfo is None else at.astimezone(zone).date()


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else None


def _unreadable(field: str, detail: str) -> Refused:
    return Refused("promise_unreadable", "Sum, day and number of instalments of the promise are "
                   "needed.", detail[:80], 422, {"field": field})
