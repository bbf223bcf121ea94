"""The users' words: one JSON file per language, key → text with {placeholders}.

A text that counts has one key per plural form (`calls.one`, `calls.few`, `calls.many`,
`calls.other`; CLDR names) and is asked for by its stem with `n`. A key missing in a language is
taken from English; a key missing there too is shown as itself, so that a screen never fails.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Protocol

LOCALES: Mapping[str, str] = {
    "en": "English", "ru": "Русский", "nl": "Nederlands", "fr": "Français", "tr": "Türkçe",
    "th": "ไทย"}
WHOLE = ("en", "ru")        # the others lack what only leads and administrators see
FALLBACK = "en"


class Translator(Protocol):
    def __call__(self, key: str, **values: object) -> str: ...


@cache
def load(locale: str) -> Mapping[str, str]:
    """All texts of one language, gaps filled from English; an unknown language is English."""
    known = locale if locale in LOCALES else FALLBACK
    texts = _read(FALLBACK)
    return texts if known == FALLBACK else {**texts, **_read(known)}


def source(locale: str) -> bytes:
    """The catalogue file of one language as it stands, for the browser."""
    return resources.files(__package__).joinpath(f"{locale}.json").read_bytes()


def translator(locale: str) -> Translator:
    """`t("key", name=value)`; with `n` given, the plural form of that number."""
    texts = load(locale)
    form_of = _PLURALS.get(locale, _english)

    def translate(key: str, **values: object) -> str:
        number = values.get("n")
        if isinstance(number, int):
            key = _plural_key(texts, key, form_of(number))
        text = texts.get(key, key)
        for name, value in values.items():
            text = text.replace("{" + name + "}", str(value))
        return text

    return translate


def _plural_key(texts: Mapping[str, str], stem: str, form: str) -> str:
    for key in (f"{stem}.{form}", f"{stem}.other"):
        if key in texts:
            return key
    return stem


def _read(locale: str) -> dict[str, str]:
    texts: dict[str, str] = json.loads(source(locale))
    return texts


def _english(n: int) -> str:
    return "one" if n == 1 else "other"


def _russian(n: int) -> str:
    """CLDR cardinal rules for whole numbers."""
    if n % 10 == 1 and n % 100 != 11:
        return "one"
    if n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14):
        return "few"
    return "many"


def _french(n: int) -> str:
    return "one" if n in (0, 1) else "other"


def _thai(n: int) -> str:
    return "other"


_PLURALS: Mapping[str, Callable[[int], str]] = {
    "en": _english, "ru": _russian, "nl": _english, "fr": _french, "tr": _english, "th": _thai}
