"""Cells of a table as typed values ○. Each reader raises `CellUnreadable` with its reason."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_store.imports.reasons import Reason, reason

_ORGANISATION = re.compile(
    r"\b(ооо|оао|зао|пао|ао|ип|тсж|снт|гбоу|мбоу|гуп|муп|llc|ltd|inc|gmbh|corp|plc)\b",
    re.IGNORECASE)
_ORGANISATIONS = ("organisation", "organization", "company", "организация", "юрлицо", "юл")
_PERSONS = ("", "person", "individual", "физлицо", "фл", "человек")
_LONGEST_NAME = 300
_MOST_MINOR = Decimal(10) ** 15
_ACCOUNT = re.compile(r"[0-9A-Za-zА-Яа-яЁё/_.-]{1,40}")
_METER = re.compile(r"[^\x00-\x1f\x7f]{1,60}")
_EMAIL = re.compile(r"[^\s@\"'<>,;:\\()\[\]]{1,64}@(?:[^\s@.,;:\"'<>()\[\]\\/]{1,63}\.){1,8}"
                    r"[^\W\d_]{2,24}|[^\s@\"'<>,;:\\()\[\]]{1,64}@[\w.-]{1,100}\.xn--[a-z0-9-]+")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,2}")
_FLOAT_ID = re.compile(r"(\d{1,15})[.,]0+|(\d)[.,](\d{1,14})[eE]\+?(\d{1,2})")
_MONEY_NOISE = re.compile(r"[\s\u00a0\u202f'’₽$€£]|руб\.?|\bр\.|rub\b|eur\b|usd\b", re.IGNORECASE)
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_WRITTEN_DAY = re.compile(r"([0-9]{1,2})[./]([0-9]{1,2})[./]([0-9]{4}|[0-9]{2})")
_MOST_TAGS, _LONGEST_TAG = 50, 60
FIRST_YEAR, LAST_YEAR = 1950, 2100


class CellUnreadable(Exception):
    """This cell does not hold what its column is for."""

    def __init__(self, why: Reason) -> None:
        self.why = why
        super().__init__(str(why))


def _wrong(field: str, code: str, said: str = "") -> CellUnreadable:
    return CellUnreadable(reason(field, code, said))


def name(said: str | None) -> str:
    if said is None:
        raise _wrong("name", "empty")
    if len(said) > _LONGEST_NAME:
        raise _wrong("name", "too_long")
    return " ".join(said.split())


def kind(said: str | None, named: str) -> Literal["person", "organisation"]:
    """As the file says; where it does not, by the legal form in the name."""
    told = (said or "").casefold()
    if told in _ORGANISATIONS or (not told and _ORGANISATION.search(named)):
        return "organisation"
    if told in _PERSONS:
        return "person"
    raise _wrong("kind", "not_kind", said or "")


def account(said: str | None) -> str | None:
    """Upper case; what a spreadsheet made a float of is whole again."""
    if said is None:
        return None
    whole = _whole("account", said)
    if not _ACCOUNT.fullmatch(whole):
        raise _wrong("account", "not_account", said)
    return whole.upper()


def meter(said: str | None) -> str | None:
    if said is None:
        return None
    whole = _whole("meter", said)
    if not _METER.fullmatch(whole):
        raise _wrong("meter", "too_long")
    return whole


def _whole(field: str, said: str) -> str:
    found = _FLOAT_ID.fullmatch(said)
    if found is None:
        return said
    if found[1]:
        return found[1]
    if len(found[3]) < int(found[4]) - 3:
        raise _wrong(field, "digits_lost", said)
    return str(int(Decimal(f"{found[2]}.{found[3]}").scaleb(int(found[4]))))


def currency(said: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", said.upper()):
        raise _wrong("currency", "not_currency", said)
    return said.upper()


def money(field: str, said: str | None) -> int | None:
    """`4 812,50`, `4,812.50`, `-120`, `(120)` → minor units."""
    if said is None:
        return None
    text = _MONEY_NOISE.sub("", said).replace("−", "-")
    if text.startswith("(") and text.endswith(")"):
        text = f"-{text[1:-1]}"
    if text.count(",") and text.count("."):
        decimal = max(text.rfind(","), text.rfind("."))
        text = re.sub(r"[,.]", "", text[:decimal]) + "." + text[decimal + 1:]
    try:
        minor = Decimal(text.replace(",", ".")) * 100
    except InvalidOperation as exc:
        raise _wrong(field, "not_sum", said) from exc
    if not minor.is_finite() or abs(minor) > _MOST_MINOR or minor != minor.to_integral_value():
        raise _wrong(field, "not_sum", said)
    return int(minor)


def owed(said: str | None) -> int | None:
    debt = money("debt", said)
    if debt is not None and debt < 0:
        raise _wrong("debt", "negative", said or "")
    return debt


def day(field: str, said: str | None) -> date | None:
    """`2026-08-10`, `10.08.2026`, `10/08/2026`, with or without midnight behind it."""
    if said is None:
        return None
    text = said.removesuffix("00:00:00").removesuffix("0:00").rstrip(" T")
    if numbers := _ISO_DAY.fullmatch(text):
        year, month, number = map(int, numbers.groups())
    elif numbers := _WRITTEN_DAY.fullmatch(text):
        number, month, year = map(int, numbers.groups())
        year += 2000 if year < 100 else 0
    else:
        raise _wrong(field, "not_day", said)
    try:
        found = date(year, month, number)
    except ValueError as exc:
        raise _wrong(field, "not_day", said) from exc
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise _wrong(field, "unlikely_day", said)
    return found


@lru_cache(maxsize=512)
def zone(said: str | None) -> str | None:
    if said is None:
        return None
    try:
        ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise _wrong("time_zone", "not_zone", said) from exc
    return said


def language(said: str | None) -> str | None:
    if said is None:
        return None
    if not _LANGUAGE.fullmatch(said):
        raise _wrong("language", "not_language", said)
    return said.replace("_", "-").lower()


def email(field: str, said: str | None) -> tuple[str, ...]:
    """Addresses in lower case, several in a cell too."""
    found = []
    for part in re.split(r"[,;\s]+", said or ""):
        if not part or part == "-":
            continue
        address = part.removeprefix("mailto:").strip("<>").lower()
        if len(address) > 254 or not _EMAIL.fullmatch(address):
            raise _wrong(field, "not_email", said or "")
        found.append(address)
    return tuple(dict.fromkeys(found))


def client(said: str | None) -> int | None:
    if said is None:
        return None
    whole = _whole("client", said)
    if not (whole.isascii() and whole.isdecimal() and len(whole) < 19):
        raise _wrong("client", "not_client", said)
    return int(whole)


def tags(said: str | None) -> tuple[str, ...]:
    found = tuple(dict.fromkeys(
        tag.strip() for tag in re.split(r"[,;|]", said or "") if tag.strip()))
    if len(found) > _MOST_TAGS or any(len(tag) > _LONGEST_TAG for tag in found):
        raise _wrong("tags", "too_long")
    return found


def words(field: str, said: str | None, longest: int) -> str | None:
    if said is not None and len(said) > longest:
        raise _wrong(field, "too_long")
    return said
