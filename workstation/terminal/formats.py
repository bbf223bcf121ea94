"""Times, days and sums as the user's language writes them. ○"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo

_SIGNS: Mapping[str, str] = {"RUB": "₽", "EUR": "€", "USD": "$", "GBP": "£", "KZT": "₸"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NARROW_SPACE = " "


def moment(text: str) -> datetime:
    """RFC 3339 of the protocol, aware."""
    return datetime.fromisoformat(text)


def duration(seconds: float) -> str:
    """`0:42`, `12:05`, `1:02:03`; never negative."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def ticking(since: str | None, now: datetime) -> str:
    return "" if since is None else duration((now - moment(since)).total_seconds())


def remaining(until: str | None, now: datetime) -> str:
    return "" if until is None else duration((moment(until) - now).total_seconds() + 0.999)


def money(minor: int, currency: str, locale: str) -> str:
    """`4,812.50 ₽` or `4 812,50 ₽`; minus is a real minus sign."""
    sign = "−" if minor < 0 else ""
    whole, cents = divmod(abs(minor), 100)
    digits = f"{whole:,}"
    number = f"{digits}.{cents:02}"
    if locale == "ru":
        number = f"{digits.replace(',', NARROW_SPACE)},{cents:02}"
    return f"{sign}{number} {_SIGNS.get(currency, currency)}"


def count(number: float, locale: str) -> str:
    """`10 482` or `10,482`."""
    return f"{number:,.0f}".replace(",", NARROW_SPACE if locale == "ru" else ",")


def day(text: str, locale: str, now: datetime, zone: tzinfo) -> str:
    """`09 Nov`, with the year when it is not this one; `09.11` and `09.11.25` in Russian."""
    at = moment(text) if "T" in text else datetime.fromisoformat(f"{text}T12:00:00+00:00")
    at = at.astimezone(zone)
    this_year = at.year == now.astimezone(zone).year
    if locale == "ru":
        return f"{at:%d.%m}" if this_year else f"{at:%d.%m.%y}"
    short = f"{at.day:02} {_MONTHS[at.month - 1]}"
    return short if this_year else f"{short} {at:%y}"


def clock(text: str, zone: tzinfo) -> str:
    return f"{moment(text).astimezone(zone):%H:%M}"


def when(text: str, locale: str, now: datetime, zone: tzinfo) -> str:
    """The time if it was today, the day if it was this year, else month and year."""
    at, today = moment(text).astimezone(zone), now.astimezone(zone)
    if at.year != today.year:
        return f"{at:%m.%Y}" if locale == "ru" else f"{_MONTHS[at.month - 1]} ’{at:%y}"
    return clock(text, zone) if at.date() == today.date() else day(text, locale, now, zone)
