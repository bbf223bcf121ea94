"""One row of a file, read: every cell typed, or the row refused with the reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crm_store.phones import Number, normalise

FIELDS = ("name", "kind", "phone", "phone2", "phone3", "language", "time_zone", "account",
          "address", "balance", "debt", "debt_since", "currency", "meter", "resource", "tags")
_ORGANISATION = re.compile(
    r"\b(ооо|оао|зао|пао|ао|ип|тсж|снт|llc|ltd|inc|gmbh|corp|plc)\b", re.IGNORECASE)
_ORGANISATIONS = ("organisation", "organization", "company", "организация", "юрлицо", "юл")
_PERSONS = ("", "person", "individual", "физлицо", "фл", "человек")
_LONGEST_NAME = 300
_MOST_MINOR = Decimal(10) ** 15
_ACCOUNT = re.compile(r"^[0-9A-Za-zА-Яа-яЁё/_.-]{1,40}$")


class RowUnreadable(Exception):
    """A cell of the row cannot be read; the message names the field and what it holds."""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row as we understand it. Sums in minor units; None where the file has no such cell."""
    name: str
    kind: Literal["person", "organisation"]
    phones: tuple[Number, ...]          # all with an e164, the first is the primary one
    language: str | None
    time_zone: str | None
    account: str | None
    address: str | None
    balance_minor: int | None
    debt_minor: int | None
    debt_since: date | None
    currency: str
    meter: str | None
    resource: str | None
    tags: tuple[str, ...]


def parse(cells: Mapping[str, str], *, region: str, currency: str) -> ImportedRow:
    """Raises `RowUnreadable`."""
    def cell(field: str) -> str | None:
        return cells.get(field, "").strip() or None

    name = cell("name")
    if name is None or len(name) > _LONGEST_NAME:
        raise RowUnreadable("name: empty" if name is None else "name: too long to be one")
    account = cell("account")
    if account and not _ACCOUNT.match(account):
        raise RowUnreadable(f"account: {account[:40]!r} is no account number")
    money = (cell("currency") or currency).upper()
    if not re.fullmatch(r"[A-Z]{3}", money):
        raise RowUnreadable(f"currency: {money[:20]!r} is no ISO code")
    debt = _money("debt", cell("debt"))
    if debt is not None and debt < 0:
        raise RowUnreadable("debt: below zero")
    if not account and (debt or cell("balance") or cell("meter")):
        raise RowUnreadable("account: empty, but there is a sum or a meter")
    return ImportedRow(
        name=name, kind=_kind(cell("kind"), name), phones=_phones(cells, region),
        language=cell("language"), time_zone=_zone(cell("time_zone")),
        account=account.upper() if account else None, address=cell("address"),
        balance_minor=_money("balance", cell("balance")), debt_minor=debt,
        debt_since=_day("debt_since", cell("debt_since")), currency=money, meter=cell("meter"),
        resource=cell("resource"),
        tags=tuple(tag.strip() for tag in (cell("tags") or "").split(",") if tag.strip()))


def _kind(said: str | None, name: str) -> Literal["person", "organisation"]:
    """As the file says; where it does not, by the legal form in the name."""
    kind = (said or "").casefold()
    if kind in _ORGANISATIONS or (not kind and _ORGANISATION.search(name)):
        return "organisation"
    if kind in _PERSONS:
        return "person"
    raise RowUnreadable(f"kind: {kind[:20]!r} is neither person nor organisation")


def _phones(cells: Mapping[str, str], region: str) -> tuple[Number, ...]:
    """All numbers of all phone cells, two in a cell too, each once."""
    found: dict[str, Number] = {}
    for field in ("phone", "phone2", "phone3"):
        for spelling in re.split(r"[,;]|\s/\s", cells.get(field, "")):
            if not spelling.strip():
                continue
            number = normalise(spelling, region=region)
            if number.e164 is None:
                raise RowUnreadable(f"{field}: {spelling.strip()[:40]!r} is no telephone number")
            found.setdefault(number.e164, number)
    return tuple(found.values())


def _money(field: str, said: str | None) -> int | None:
    """`4 812,50`, `4,812.50`, `-120` → minor units."""
    if said is None:
        return None
    text = re.sub(r"[\s\u00a0\u202f'₽$€]|руб\.?", "", said)
    if text.count(",") and text.count("."):
        decimal = max(text.rfind(","), text.rfind("."))
        text = re.sub(r"[,.]", "", text[:decimal]) + "." + text[decimal + 1:]
    try:
        minor = Decimal(text.replace(",", ".")) * 100
    except InvalidOperation as exc:
        raise RowUnreadable(f"{field}: {said[:40]!r} is no sum") from exc
    if not minor.is_finite() or abs(minor) > _MOST_MINOR or minor != minor.to_integral_value():
        raise RowUnreadable(f"{field}: {said[:40]!r} is no sum")
    return int(minor)


def _day(field: str, said: str | None) -> date | None:
    if said is None:
        return None
    for style in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        try:
            day = datetime.strptime(said, style).date()     # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        if 1950 <= day.year <= 2100:
            return day
    raise RowUnreadable(f"{field}: {said[:40]!r} is no day")


def _zone(said: str | None) -> str | None:
    if said is None:
        return None
    try:
        ZoneInfo(said)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise RowUnreadable(f"time_zone: {said[:40]!r} is unknown") from exc
    return said
