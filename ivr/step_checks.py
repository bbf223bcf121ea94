"""What the values of a step may be: kind by kind, key by key. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ivr.conditions import WORDS, is_condition
from ivr.say import LANGUAGES
from ivr.steps import (
    Ask,
    AskDigits,
    Branch,
    ChooseLanguage,
    GoOutside,
    GoToMenu,
    GoToOperator,
    GoToQueue,
    HangUp,
    LookUp,
    Note,
    PlaySound,
    Rate,
    Say,
    TakeMessage,
)

DEFAULT_QUEUE = "default"
SLUG = re.compile(r"[a-z][a-z0-9_]{0,31}")
NUMBER = re.compile(r"\+?[0-9]{3,15}")
KEYS = frozenset("0123456789*#")
MOST_DIGITS = 20
LONGEST_MESSAGE_S = 600
# Facts of this moment, found out each time that a branch asks; a star stands for a name of ours.
ASKED: Mapping[str, str] = {
    "hour": "0 to 23, in the company's time",
    "minute": "of the day, 0 to 1439, in the company's time",
    "weekday": "mon tue wed thu fri sat sun",
    "holiday": "yes, no: a day of [company] holidays",
    "open": "open, closed, holiday, switched (by a person): the number dialled, now",
    "opens": "today, later, unknown: when it opens again",
    "number": "known, hidden: whether the caller's number is shown",
    "language": "en, ru, …: what we speak with him",
    "debt": "of the client, in whole units of the currency; 0: none",
    "office": "yes, no: [company] office is set",
    "incident": "street (an incident is open where the client lives), yes (the switch), no",
    "switch.*": "on, off: a switch of the supervisors",
    "flag.*": "yes, no: a flag on the client's card",
    "waiting.*": "how many callers wait in this queue",
    "free.*": "how many operators of this queue are free",
}

Fault: TypeAlias = tuple[str, str]      # (where, why)


@dataclass(frozen=True, slots=True)
class Known:
    """What a menu may speak of: phrases by language, and names of ours.

    `facts` are those that look-ups find; those of the moment are in ASKED.
    """
    phrases: Mapping[str, Collection[str]]
    queues: Collection[str]
    look_ups: Collection[str]
    facts: Collection[str]
    operators: Collection[str] = ()
    groups: Collection[str] = ()
    menus: Collection[str] = ()
    sounds: Collection[str] = ()


Check: TypeAlias = Callable[[Any, Known, Collection[str]], Iterator[Fault]]


# Checks of single values: value, what is known, the names of all steps → (where below, why)

def step(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in steps:
        yield "", f"there is no step {value!r}"


def _phrase(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield "", "must be the name of a phrase"


def _phrases(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, list) or not value or not all(isinstance(v, str) for v in value):
        yield "", "must be a list of phrases"


def _targets(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, dict) or not value:
        yield "", "must be a table of steps"
        return
    for name, target in value.items():
        yield from ((f".{name}", why) for _, why in step(target, known, steps))


def _conditions(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _targets(value, known, steps)
    if isinstance(value, dict):
        yield from ((f".{when}", "is no value, `>= 100` or `9..17`") for when in value
                    if not is_condition(when))


def _keys(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _targets(value, known, steps)
    if isinstance(value, dict):
        yield from ((f".{key}", "is no telephone key") for key in value if key not in KEYS)


def _rating(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str) or not value or set(value) - set("0123456789"):
        yield "", 'must be the keys that are answers, like "12345"'


def _between(low: float, high: float, *, is_whole: bool = True) -> Check:
    def check(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
        is_number = type(value) is int or (not is_whole and type(value) is float)
        if not is_number or not low <= value <= high:
            yield "", f"must be a number from {low} to {high}"
    return check


def _name(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        yield "", "must be a short lower-case name"


def _value(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str) or not WORDS.fullmatch(value) or "," in value:
        yield "", "must be a short lower-case value"


def _queue(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if value != DEFAULT_QUEUE:
        yield from _one_of("queue", known.queues, value)


def _operator(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _one_of("operator", known.operators, value)


def _group(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _one_of("group", known.groups, value)


def _menu(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _one_of("menu", known.menus, value)


def _sound(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _one_of("recorded sound", known.sounds, value)


def _language(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _one_of("language", LANGUAGES, value)


def _look_up(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    yield from _one_of("look-up", known.look_ups, value)


def _one_of(what: str, names: Collection[str], value: Any) -> Iterator[Fault]:
    if not isinstance(value, str) or value not in names:
        there = f"; there are {', '.join(sorted(names))}" if names else ""
        yield "", f"there is no {what} {value!r}{there}"


def _number(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str) or not NUMBER.fullmatch(value):
        yield "", "must be a telephone number, like +74951234567"


def _fact(value: Any, known: Known, steps: Collection[str]) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield "", "must be the name of a fact"
        return
    kind, dot, name = value.partition(".")
    if dot and f"{kind}.*" in ASKED and SLUG.fullmatch(name):
        if kind in ("waiting", "free"):
            yield from _one_of("queue", known.queues, name)
    elif value not in known.facts and (dot or value not in ASKED):
        there = ", ".join(sorted({*known.facts, *ASKED}))
        yield "", f"there is no fact {value!r}; there are {there}"


def is_asked(fact: str) -> bool:
    """Whether it is found out at the branch, and not by a look-up before."""
    kind, dot, _ = fact.partition(".")
    return (f"{kind}.*" if dot else fact) in ASKED


# kind → its class and its keys; a question mark: may be left out
TRIES, KEY_S = _between(1, 10), _between(1, 60, is_whole=False)
DIGITS = _between(1, MOST_DIGITS)
QUESTION: Mapping[str, Check] = {
    "say": _phrases, "gives_up": step, "wrong?": _phrase, "silence?": _phrase,
    "tries?": TRIES, "key_s?": KEY_S}
KINDS: Mapping[str, tuple[type[Any], Mapping[str, Check]]] = {
    "say": (Say, {"say": _phrases, "next": step}),
    "play": (PlaySound, {"sound": _sound, "next": step}),
    "ask": (Ask, {**QUESTION, "keys": _keys}),
    "digits": (AskDigits, {**QUESTION, "least": DIGITS, "most": DIGITS, "look_up": _look_up,
                           "found": step, "refused?": step, "failed": step}),
    "look_up": (LookUp, {"what": _look_up, "found": step, "not_found": step, "failed": step}),
    "branch": (Branch, {"on": _fact, "when": _conditions, "otherwise": step}),
    "note": (Note, {"fact": _name, "value": _value, "next": step}),
    "language": (ChooseLanguage, {"language": _language, "next": step}),
    "rate": (Rate, {"say": _phrases, "question": _name, "keys": _rating, "next": step}),
    "voicemail": (TakeMessage, {"say": _phrases, "group": _group,
                                "longest_s": _between(5, LONGEST_MESSAGE_S), "next": step}),
    "queue": (GoToQueue, {"queue": _queue}),
    "operator": (GoToOperator, {"operator": _operator}),
    "number": (GoOutside, {"number": _number}),
    "menu": (GoToMenu, {"menu": _menu}),
    "hangup": (HangUp, {}),
}
