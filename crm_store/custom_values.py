"""Values of custom fields ○: what somebody typed, what is stored, and how it is written again.

Stored as JSON: text, choice: text · number: int or float · date: `2026-11-22` · money:
`{"amount_minor": 123450, "currency": "RUB"}` · reference: a client's or request's id, an
account's number. `parse(field, written(field, value)) == value` for every value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeAlias

from crm_store.errors import ValueInvalid
from crm_store.folding import words

FieldKind = Literal["text", "number", "date", "choice", "money", "reference"]
Target = Literal["client", "account", "request"]
Value: TypeAlias = "str | int | float | dict[str, str | int] | None"

LONGEST_TEXT = 2_000
_LARGEST = 10**15
_WORDS_FOUND_BY = 24        # of one value; who looks for the rest of an essay does not find it
_NO_DECIMALS = frozenset({"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF",
                          "UGX", "VND", "VUV", "XAF", "XOF", "XPF"})
_THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_CURRENCY = re.compile(r"^[A-Z]{3}$")
_SIGNS = {"₽": "RUB", "€": "EUR", "$": "USD", "£": "GBP", "₺": "TRY", "₸": "KZT", "₴": "UAH",
          "฿": "THB", "¥": "JPY", "₹": "INR"}
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f']+")
_NUMBER = re.compile(r"^[+-]?[0-9]{1,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?$", re.ASCII)
_ISO = re.compile(r"^([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.Z+-]{1,30})?$")
_DAY_FIRST = re.compile(r"^([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})$")
_ACCOUNT = re.compile(r"^[\w./-]{1,40}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field an administrator defined. `choices` only of a choice, `currency` of money,
    `refers_to` of a reference."""
    id: int
    key: str
    label: str
    kind: FieldKind
    choices: tuple[str, ...] = ()
    currency: str | None = None
    refers_to: Target | None = None
    is_searchable: bool = True
    is_sensitive: bool = False      # hidden until identity is ticked
    place: int = 0
    version: int = 1
    is_retired: bool = False        # values stay, nobody sees or changes them


def parse(field: Field, raw: Value) -> Value:
    """The value that somebody wrote, or that came as JSON; None clears it, and so does "".

    Raises `ValueInvalid`.
    """
    if isinstance(raw, bool):
        raise ValueInvalid("no_text")
    if isinstance(raw, str):
        raw = raw.strip()
    if raw is None or raw == "":
        return None
    match field.kind:
        case "text":
            return _text(raw)
        case "number":
            return _number(raw)
        case "date":
            return _date(raw)
        case "choice":
            return _choice(field, raw)
        case "money":
            return _money(field, raw)
        case "reference":
            return _reference(field, raw)


def written(field: Field, value: Value) -> str:
    """A value as text that `parse` reads again: for exports and edit fields. "" for None."""
    if value is None:
        return ""
    if isinstance(value, dict):
        minor, currency = int(value["amount_minor"]), str(value["currency"])
        places = decimals(currency)
        return f"{Decimal(minor).scaleb(-places):.{places}f} {currency}"
    return str(value)


def found_by(field: Field, value: Value) -> frozenset[str]:
    """The folded words a search may ask for."""
    if value is None or isinstance(value, dict):
        return frozenset()
    text = str(value)
    found = words(text)
    whole = words(text.replace("-", "").replace("/", "")) if field.kind != "text" else ()
    return frozenset((*found[:_WORDS_FOUND_BY], *whole[:1]))


def decimals(currency: str) -> int:
    """Digits behind the point of a currency (ISO 4217)."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


def _text(raw: Value) -> str:
    text = str(raw)
    if isinstance(raw, dict):
        raise ValueInvalid("no_text")
    if len(text) > LONGEST_TEXT:
        raise ValueInvalid("too_long", str(LONGEST_TEXT))
    return text


def _number(raw: Value) -> int | float:
    if isinstance(raw, dict):
        raise ValueInvalid("no_number")
    number = _decimal(str(raw), "no_number")
    if abs(number) > _LARGEST:
        raise ValueInvalid("too_large")
    return int(number) if number == number.to_integral_value() else float(number)


def _decimal(text: str, why: str) -> Decimal:
    """`1 234,5`, `1,234.5`, `1.234,5`, `-12`, `1e3`; a single comma is a decimal one."""
    plain = _SPACES.sub("", text).replace("\u2212", "-")
    if "," in plain and "." in plain:
        last = max(plain.rfind(","), plain.rfind("."))
        plain = plain[:last].replace(",", "").replace(".", "") + "." + plain[last + 1:]
    elif plain.count(",") == 1:
        plain = plain.replace(",", ".")
    elif plain.count(",") > 1:
        plain = plain.replace(",", "")
    if not _NUMBER.match(plain):
        raise ValueInvalid(why)
    return Decimal(plain)


def _date(raw: Value) -> str:
    text = str(raw)
    iso, day_first = _ISO.match(text), _DAY_FIRST.match(text)
    try:
        if iso:
            found = date(int(iso[1]), int(iso[2]), int(iso[3]))
        elif day_first:
            found = date(int(day_first[3]), int(day_first[2]), int(day_first[1]))
        else:
            raise ValueInvalid("no_date")
    except ValueError as exc:
        raise ValueInvalid("no_date") from exc
    if found.year < 1000:
        raise ValueInvalid("no_date")
    return found.isoformat()


def _choice(field: Field, raw: Value) -> str:
    wanted = str(raw).casefold()
    for choice in field.choices:
        if choice.casefold() == wanted:
            return choice
    raise ValueInvalid("no_choice", ", ".join(field.choices)[:200])


def _money(field: Field, raw: Value) -> dict[str, str | int]:
    if isinstance(raw, dict):
        minor, currency = raw.get("amount_minor"), raw.get("currency")
        if (type(minor) is not int or not isinstance(currency, str)
                or not _CURRENCY.match(currency) or set(raw) != {"amount_minor", "currency"}):
            raise ValueInvalid("no_sum")
    else:
        minor, currency = _sum(str(raw), field.currency)
    if abs(minor) > _LARGEST:
        raise ValueInvalid("too_large")
    return {"amount_minor": minor, "currency": currency}


def _sum(text: str, otherwise: str | None) -> tuple[int, str]:
    currency = otherwise
    for sign, named in _SIGNS.items():
        if sign in text:
            text, currency = text.replace(sign, ""), named
    letters = re.search(r"[^\W\d_]{3}", text)
    if letters and _CURRENCY.match(letters[0].upper()):
        text, currency = text.replace(letters[0], ""), letters[0].upper()
    if currency is None:
        raise ValueInvalid("no_currency")
    exact = _decimal(text, "no_sum")
    if abs(exact) > _LARGEST:
        raise ValueInvalid("too_large")
    minor = exact.scaleb(decimals(currency))
    if minor != minor.to_integral_value():
        raise ValueInvalid("no_sum")
    return int(minor), currency


def _reference(field: Field, raw: Value) -> str | int:
    text = _SPACES.sub("", str(raw)).lstrip("#№")
    if field.refers_to == "account":
        if not _ACCOUNT.match(text):
            raise ValueInvalid("no_reference")
        return text.upper()
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise ValueInvalid("no_reference")
    return int(text)
