"""What the menu says, as data: phrases with places for sums and dates. Pure.

A phrase becomes fragments: texts that are spoken ahead of time, and pauses. `{company}` is put in
when the file is read, `{debt}` or `{debt:accusative}` in each call.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any, TypeAlias, cast

from ivr.say import (
    LANGUAGES,
    PAUSE,
    Case,
    Fragments,
    Money,
    Unspeakable,
    clock_in_words,
    date_in_words,
    digits_in_words,
    quantity_in_words,
    sum_in_words,
    vocabulary,
)
from ivr.say_places import place_in_words


@dataclass(frozen=True, slots=True)
class Quantity:
    """Whole kWh, m3, Gcal or minutes; without a unit it is a bare number."""
    number: int
    unit: str


@dataclass(frozen=True, slots=True)
class Spelled:
    """A number that is dictated: of an account, a meter, a request."""
    digits: str


@dataclass(frozen=True, slots=True)
class Word:
    """One of the wording's `words`."""
    name: str


Value: TypeAlias = Money | date | time | Quantity | Spelled | Word
SLOTS: Mapping[str, type[Any]] = {
    "debt": Money, "credit": Money, "payment": Money, "paid_on": date,
    "resource": Word, "meter": Spelled, "last_reading": Quantity, "last_reading_on": date,
    "reading": Quantity, "request": Spelled, "request_due_on": date, "request_closed_on": date,
    "promise": Money, "promise_on": date,
    "opens_on": date, "opens_at": time, "place": Quantity, "wait": Quantity, "number": Spelled,
}
FIXED = ("company", "office")       # put in when the file is read
CASES = ("nominative", "accusative")
LONGEST_TEXT = 300      # longer ones come out empty or crash the voice
PLACE = re.compile(r"\{([^{}]*)\}")
WORD = re.compile(r"\w")
SENTENCE_END = re.compile(r"(?<=[.!?]) ")


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
    words: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)      # `{company}`, `{office}`


def parse(
    text: str, *, company: str, office: str = "", file: str = "wording.toml",
) -> Wording:
    """`office` is an address as it is written. Raises WordingInvalid with every fault found."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise WordingInvalid([f"{file}: {exc}"]) from exc
    faults = _faults(data)
    if faults:
        raise WordingInvalid([f"{file}: {fault}" for fault in faults])
    language = data["language"]
    fixed = {"company": re.sub(r"[{}]", "", company), "office": place_in_words(office, language)}
    phrases = {name: _parts(phrase, fixed) for name, phrase in data["phrases"].items()}
    return Wording(language, data["voice"], data["rate"], phrases, data.get("words", {}), fixed)


def with_phrases(wording: Wording, phrases: Mapping[str, str]) -> Wording:
    """The wording with a menu's own phrases, checked by `phrase_faults`, in front of its own."""
    if not phrases:
        return wording
    own = {name: _parts(phrase, wording.fixed) for name, phrase in phrases.items()}
    return replace(wording, phrases={**wording.phrases, **own})


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
        faults += [f"phrases.{name}: {fault}" for fault in phrase_faults(phrase)]
    for name, word in data.get("words", {}).items():
        if not isinstance(word, str) or not WORD.search(word) or len(word) > LONGEST_TEXT:
            faults.append(f"words.{name}: must be a text")
    return faults


def phrase_faults(phrase: object) -> list[str]:
    """Why it cannot be said."""
    if not isinstance(phrase, str) or not phrase.strip():
        return ["must be a text"]
    faults = [f"there is nothing called {{{place}}}; there are {', '.join((*SLOTS, *FIXED))}"
              for place in PLACE.findall(phrase) if place not in FIXED and not _slot(place)]
    if any(len(text) > LONGEST_TEXT for part in PLACE.split(phrase) for text in _breaths(part)):
        faults.append(f"a sentence is longer than {LONGEST_TEXT} characters")
    return faults


def _slot(place: str) -> Slot | None:
    name, _, case = place.partition(":")
    if name not in SLOTS or (case or CASES[0]) not in CASES:
        return None
    return Slot(name, cast(Case, case or CASES[0]))


def _parts(phrase: str, fixed: Mapping[str, str]) -> tuple[Part, ...]:
    """Texts and slots in turn; what stands between two slots and has no word is a pause."""
    for name, text in fixed.items():
        phrase = phrase.replace(f"{{{name}}}", text)
    parts: list[Part] = []
    for number, piece in enumerate(PLACE.split(phrase)):
        slot = _slot(piece) if number % 2 else None
        if slot is not None:
            parts.append(slot)
        elif WORD.search(piece):
            parts += _breaths(re.sub(r"^[\s,.;:]+", "", piece).rstrip())
        elif parts and piece.strip():
            parts.append(PAUSE)
    return tuple(parts)


def _breaths(text: str) -> list[str]:
    """A long text in pieces that the voice can speak, whole sentences each where they can be."""
    if len(text) <= LONGEST_TEXT:
        return [text]
    breaths = [""]
    for sentence in SENTENCE_END.split(text):
        joined = f"{breaths[-1]} {sentence}".strip()
        if len(joined) <= LONGEST_TEXT:
            breaths[-1] = joined
        else:
            breaths.append(sentence)
    return [breath for breath in breaths if breath]


def texts(wording: Wording, currency: str) -> frozenset[str]:
    """Everything that must have been spoken before the first call."""
    fixed = {part for parts in wording.phrases.values() for part in parts
             if isinstance(part, str) and part != PAUSE}
    return vocabulary(wording.language, currency) | fixed | set(wording.words.values())


def fragments(
    wording: Wording, names: tuple[str, ...], values: Mapping[str, Value],
    recorded: Mapping[str, str] | None = None,
) -> Fragments:
    """The phrases, one after the other; `recorded` ones come before spoken ones.

    Raises Unspeakable for a value that is not there.
    """
    spoken: list[str] = []
    for name in names:
        if spoken:
            spoken.append(PAUSE)
        if recorded and name in recorded:
            spoken.append(recorded[name])
            continue
        for part in wording.phrases[name]:
            spoken += (part,) if isinstance(part, str) else _fill(part, wording, values)
    return tuple(spoken)


def _fill(slot: Slot, wording: Wording, values: Mapping[str, Value]) -> Fragments:
    value = values.get(slot.name)
    if isinstance(value, Money):
        return sum_in_words(value, wording.language, slot.case)
    if isinstance(value, date):
        return date_in_words(value, wording.language)
    if isinstance(value, time):
        return clock_in_words(value.hour, value.minute, wording.language)
    if isinstance(value, Quantity):
        return quantity_in_words(value.number, value.unit, wording.language)
    if isinstance(value, Spelled):
        return digits_in_words(value.digits, wording.language)
    if isinstance(value, Word) and value.name in wording.words:
        return (wording.words[value.name],)
    raise Unspeakable(f"no {slot.name} to speak of")
