"""What the menu says, as data: phrases with places for sums and dates. Pure.

A phrase becomes fragments: texts that are spoken ahead of time, and pauses. `{company}` is put in
when the file is read, `{debt}` or `{debt:accusative}` in each call.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias, cast

from ivr.say import (
    LANGUAGES,
    PAUSE,
    Case,
    Fragments,
    Money,
    Unspeakable,
    date_in_words,
    sum_in_words,
    vocabulary,
)

Value: TypeAlias = Money | date
SLOTS: Mapping[str, type[Money] | type[date]] = {
    "debt": Money, "credit": Money, "payment": Money, "paid_on": date}
CASES = ("nominative", "accusative")
LONGEST_TEXT = 300      # longer ones come out empty or crash the voice
PLACE = re.compile(r"\{([^{}]*)\}")
WORD = re.compile(r"\w")


class WordingInvalid(Exception):
    """A wording file cannot be used. `faults` are lines like `en.toml: phrases.debt: …`."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Slot:
    name: str
    case: Case


Part: TypeAlias = str | Slot


@dataclass(frozen=True, slots=True)
class Wording:
    """`rate` is in words a minute; `voice` is a name that espeak-ng knows."""
    language: str
    voice: str
    rate: int
    phrases: Mapping[str, tuple[Part, ...]]


def parse(text: str, *, company: str, file: str = "wording.toml") -> Wording:
    """Raises WordingInvalid with every fault found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise WordingInvalid([f"{file}: {exc}"]) from exc
    faults = _faults(data)
    if faults:
        raise WordingInvalid([f"{file}: {fault}" for fault in faults])
    name_spoken = re.sub(r"[{}]", "", company)
    phrases = {name: _parts(phrase.replace("{company}", name_spoken))
               for name, phrase in data["phrases"].items()}
    return Wording(data["language"], data["voice"], data["rate"], phrases)


def _faults(data: Mapping[str, Any]) -> list[str]:
    faults = [f"{key}: is missing" for key in ("language", "voice", "rate", "phrases")
              if key not in data]
    if faults:
        return faults
    if data["language"] not in LANGUAGES:
        faults.append(f"language: must be one of {', '.join(LANGUAGES)}")
    if not re.fullmatch(r"[a-z]{2,3}[A-Za-z0-9+-]{0,30}", str(data["voice"])):
        faults.append("voice: is no name of a voice")
    if type(data["rate"]) is not int or not 80 <= data["rate"] <= 300:
        faults.append("rate: must be a number from 80 to 300")
    for name, phrase in data["phrases"].items():
        faults += [f"phrases.{name}: {fault}" for fault in _phrase_faults(phrase)]
    return faults


def _phrase_faults(phrase: object) -> list[str]:
    if not isinstance(phrase, str) or not phrase.strip():
        return ["must be a text"]
    faults = [f"there is nothing called {{{place}}}; there are {', '.join(SLOTS)}, company"
              for place in PLACE.findall(phrase) if place != "company" and not _slot(place)]
    if any(len(part) > LONGEST_TEXT for part in PLACE.split(phrase)):
        faults.append(f"a text between two places is longer than {LONGEST_TEXT} characters")
    return faults


def _slot(place: str) -> Slot | None:
    name, _, case = place.partition(":")
    if name not in SLOTS or (case or CASES[0]) not in CASES:
        return None
    return Slot(name, cast(Case, case or CASES[0]))


def _parts(phrase: str) -> tuple[Part, ...]:
    """Texts and slots in turn; what stands between two slots and has no word is a pause."""
    parts: list[Part] = []
    for number, piece in enumerate(PLACE.split(phrase)):
        slot = _slot(piece) if number % 2 else None
        if slot is not None:
            parts.append(slot)
        elif WORD.search(piece):
            parts.append(re.sub(r"^[\s,.;:]+", "", piece).rstrip())
        elif parts and piece.strip():
            parts.append(PAUSE)
    return tuple(parts)


def texts(wording: Wording, currency: str) -> frozenset[str]:
    """Everything that must have been spoken before the first call."""
    fixed = {part for parts in wording.phrases.values() for part in parts
             if isinstance(part, str) and part != PAUSE}
    return vocabulary(wording.language, currency) | fixed


def fragments(
    wording: Wording, names: tuple[str, ...], values: Mapping[str, Value],
) -> Fragments:
    """The phrases, one after the other. Raises Unspeakable for a value that is not there."""
    spoken: list[str] = []
    for name in names:
        if spoken:
            spoken.append(PAUSE)
        for part in wording.phrases[name]:
            spoken += (part,) if isinstance(part, str) else _fill(part, wording, values)
    return tuple(spoken)


def _fill(slot: Slot, wording: Wording, values: Mapping[str, Value]) -> Fragments:
    value = values.get(slot.name)
    if isinstance(value, Money):
        return sum_in_words(value, wording.language, slot.case)
    if isinstance(value, date):
        return date_in_words(value, wording.language)
    raise Unspeakable(f"no {slot.name} to speak of")
