"""Phone numbers: any spelling in, E.164 inside, the original kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

NumberKind = Literal["mobile", "fixed", "internal", "hidden", "unknown"]

_HIDDEN = frozenset({
    "", "anonymous", "unknown", "private", "restricted", "unavailable", "withheld", "hidden",
    "asterisk", "s", "no number", "<unknown>", "anonymous.invalid", "none", "null",
})
_SCHEME = re.compile(r"^\s*(?:sips?|tel):", re.IGNORECASE)
_EXTENSION = re.compile(r"\s*(?:доб\b|ext\b|extension\b|x(?=\s*\d)|#|,|;|@).*$",
                        re.IGNORECASE | re.DOTALL)
_SPELLING = re.compile(r"^\+?[\d\s().\-/\u00ad\u2010-\u2015\u2212\u00a0\u202f\u2060]*$")
_E164 = re.compile(r"^\+[1-9][0-9]{4,14}$")
_LONGEST_INTERNAL = 5
_SHORTEST_ABROAD = 9        # 2908000 is somebody's local number, not one on St. Helena
_LONGEST_SPELLING = 64
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


@dataclass(frozen=True, slots=True)
class Number:
    """What a spelling means. `e164` is None for internal, hidden and unreadable numbers.

    `unknown` with an `e164` is a number of a possible length that no numbering plan lists.
    """
    e164: str | None
    original: str
    kind: NumberKind


def can_be_called(e164: str, *, region: str) -> bool:
    """A telephone of this country, mobile or not: no number abroad, none that costs extra."""
    number = normalise(e164, region=region)
    code = phonenumbers.country_code_for_region(region.partition("-")[0])
    return number.kind in ("mobile", "fixed") and e164.startswith(f"+{code}")


@lru_cache(maxsize=8192)
def normalise(raw: str | None, *, region: str) -> Number:
    """Read any spelling of a number as somebody in `region` means it; never raises.

    `region` is an ISO country, `"RU"`, or a country with the area code that completes bare local
    numbers, `"RU-495"`. A short number (up to 5 digits, no `+`) is internal and never a client's.
    """
    original = (raw or "").strip()[:_LONGEST_SPELLING]
    if original.casefold() in _HIDDEN:
        return Number(None, original, "hidden")
    text = _EXTENSION.sub("", _SCHEME.sub("", original))
    if text.strip("<> \"'").casefold() in _HIDDEN:
        return Number(None, original, "hidden")
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    if not _SPELLING.match(text) or not digits:
        return Number(None, original, "unknown")
    if not text.startswith("+") and len(digits) <= _LONGEST_INTERNAL:
        return Number(None, original, "internal")
    return _read(digits, text.startswith("+"), original, region)


def _read(digits: str, is_international: bool, original: str, region: str) -> Number:
    """The first reading that a numbering plan lists, else the first of a possible length.

    A local number that nothing completes is not taken for one of a far country: digits without
    `+` are international only when there are enough of them and a plan lists them.
    """
    country, _, area = region.partition("-")
    readings = [f"+{digits}"] if is_international else [
        digits, *([f"+{digits[2:]}"] if digits.startswith("00") else []),
        *([area + digits] if area else []),
    ]
    parsed = [number for number in (_parse(text, country) for text in readings) if number]
    is_abroad = not is_international and len(digits) >= _SHORTEST_ABROAD
    abroad = _parse(f"+{digits}", country) if is_abroad else None
    for number in (*parsed, *([abroad] if abroad else [])):
        if phonenumbers.is_valid_number(number):
            return _as_number(number, original)
    return _as_number(parsed[0], original) if parsed else Number(None, original, "unknown")


def _parse(text: str, country: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, country)
    except NumberParseException:
        return None
    possible = phonenumbers.is_possible_number_with_reason(number)
    is_whole = possible == phonenumbers.ValidationResult.IS_POSSIBLE    # not "within one town"
    return number if is_whole and _E164.match(_e164(number)) else None


def _as_number(number: PhoneNumber, original: str) -> Number:
    if not phonenumbers.is_valid_number(number):
        return Number(_e164(number), original, "unknown")
    is_mobile = phonenumbers.number_type(number) in _MOBILE
    return Number(_e164(number), original, "mobile" if is_mobile else "fixed")


def _e164(number: PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def country_code(region: str) -> str:
    """`"RU"` → `"7"`; "" for a region nobody knows."""
    return str(phonenumbers.country_code_for_region(region.partition("-")[0]) or "")


def trunk_prefix(region: str) -> str:
    """What people dial before a national number: `"8"` in Russia, "" where nothing."""
    metadata = phonenumbers.PhoneMetadata.metadata_for_region(region.partition("-")[0], None)
    return str(metadata.national_prefix or "") if metadata else ""
