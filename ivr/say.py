"""Sums, dates and numbers as sequences of fragments, each spoken ahead of time and then joined.

A fragment is a text that the voice speaks in one breath; `PAUSE` is a short silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Literal

from ivr import say_en, say_fr, say_nl, say_ru, say_tr

Case = Literal["nominative", "accusative"]
Fragments = tuple[str, ...]

PAUSE = ","
LARGEST = 10**12        # exclusive, in units
YEARS = range(1900, 2100)
LANGUAGES: Mapping[str, ModuleType] = {
    "en": say_en, "ru": say_ru, "nl": say_nl, "fr": say_fr, "tr": say_tr}


class Unspeakable(ValueError):
    """A value lies outside what we have words for."""


@dataclass(frozen=True, slots=True)
class Money:
    """Integer minor units (hundredths) of an ISO 4217 currency."""
    minor: int
    currency: str


def sum_in_words(money: Money, language: str, case: Case = "nominative") -> Fragments:
    """`four`, `thousand`, `eight hundred`, `twelve`, `roubles`, `fifty`, `kopecks`."""
    if abs(money.minor) >= LARGEST * 100:
        raise Unspeakable(f"no words for sums of {LARGEST} and more")
    words: Fragments = LANGUAGES[language].amount(money.minor, money.currency, case)
    return words


def number_in_words(number: int, language: str) -> Fragments:
    """A whole number from 0, in the masculine."""
    if not 0 <= number < LARGEST:
        raise Unspeakable(f"no words for {number}")
    words: Fragments = LANGUAGES[language].cardinal(number)
    return words


def quantity_in_words(number: int, unit: str, language: str) -> Fragments:
    """Whole kWh, m3, Gcal: `twenty-one`, `cubic metres`."""
    if not 0 <= number < LARGEST:
        raise Unspeakable(f"no words for {number}")
    words: Fragments = LANGUAGES[language].quantity(number, unit)
    return words


def clock_in_words(hour: int, minute: int, language: str) -> Fragments:
    """A time of the day, as it is said."""
    words: Fragments = LANGUAGES[language].clock(hour, minute)
    return words


def date_in_words(on: date, language: str) -> Fragments:
    if on.year not in YEARS:
        raise Unspeakable(f"no words for the year {on.year}")
    words: Fragments = LANGUAGES[language].day(on)
    return words


def digits_in_words(digits: str, language: str) -> Fragments:
    """A telephone or account number, in groups with pauses between them; only digits count."""
    spoken = [LANGUAGES[language].digit_group(group) for group in digit_groups(digits)]
    words: list[str] = []
    for group in spoken:
        words += [*([PAUSE] if words else []), *group]
    return tuple(words)


def digit_groups(digits: str) -> list[str]:
    """+7 916 123-45-67 → 7 916 123 45 67; anything else by threes."""
    plain = re.sub(r"[^0-9]", "", digits)
    if len(plain) == 11 and plain[0] in "78":
        return [plain[0], plain[1:4], plain[4:7], plain[7:9], plain[9:]]
    return [plain[start:start + 3] for start in range(0, len(plain), 3)]


def vocabulary(language: str, currency: str) -> frozenset[str]:
    """Every fragment that a call in this language may need, so that none is made during it."""
    words: frozenset[str] = LANGUAGES[language].vocabulary(currency)
    return words
