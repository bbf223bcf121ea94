"""Menus as data: TOML to a checked `Menu`, with every fault named by its place. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from ivr.menu import (
    Ask,
    AskDigits,
    Branch,
    GoToQueue,
    HangUp,
    Limits,
    LookUp,
    Menu,
    Say,
    Step,
)

DEFAULT_QUEUE = "default"
SLUG = re.compile(r"[a-z][a-z0-9_]{0,31}")
KEYS = frozenset("0123456789*#")
MOST_DIGITS = 20


class MenuInvalid(Exception):
    """A menu cannot be used. `faults` are lines like `main.toml:14: steps.ask.keys.1: …`."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Known:
    """What a menu may speak of: phrases of the wording, our queues, look-ups and their facts."""
    phrases: Collection[str]
    queues: Collection[str]
    look_ups: Collection[str]
    facts: Collection[str]


Check: TypeAlias = Callable[[Any, Known, Collection[str]], Iterator[tuple[str, str]]]


def parse(text: str, known: Known, *, file: str = "menu.toml") -> Menu:
    """Raises MenuInvalid with all faults found, in the order of the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        raise MenuInvalid([f"{file}: {exc}"]) from exc
    faults = list(_faults(data, known)) or list(_structure_faults(data))
    if faults:
        named = [(_line_of(text, place), place, why) for place, why in faults]
        raise MenuInvalid([f"{file}:{line}: {place}: {why}" for line, place, why in sorted(named)])
    steps = {name: _build(table) for name, table in data["steps"].items()}
    limits = Limits(**data.get("limits", {}))
    return Menu(data["id"], data["start"], data["operator"], steps, limits)


def _line_of(text: str, place: str) -> int:
    """The line of the table that `place` is in, 1 where it is in none."""
    parts = place.split(".")
    for depth in range(len(parts), 0, -1):
        head = re.escape(".".join(parts[:depth]))
        if match := re.search(rf"^[ \t]*\[{head}\]", text, re.MULTILINE):
            return text.count("\n", 0, match.start()) + 1
    return 1


# Checks of single values: value, what is known, the names of all steps → (where below, why)

def _step(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if value not in steps:
        yield "", f"there is no step {value!r}"


def _phrase(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if value not in known.phrases:
        yield "", f"the wording has no phrase {value!r}"


def _phrases(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list) or not value:
        yield "", "must be a list of phrases"
        return
    for phrase in value:
        yield from _phrase(phrase, known, steps)


def _targets(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if not isinstance(value, dict) or not value:
        yield "", "must be a table of steps"
        return
    for name, target in value.items():
        yield from ((f".{name}", why) for _, why in _step(target, known, steps))


def _keys(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    yield from _targets(value, known, steps)
    if isinstance(value, dict):
        yield from ((f".{key}", "is no telephone key") for key in value if key not in KEYS)


def _count(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if type(value) is not int or not 1 <= value <= MOST_DIGITS:
        yield "", f"must be a number from 1 to {MOST_DIGITS}"


def _queue(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if value != DEFAULT_QUEUE and value not in known.queues:
        yield "", f"there is no queue {value!r}"


def _look_up(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if value not in known.look_ups:
        yield "", f"there is no look-up {value!r}; there are {', '.join(sorted(known.look_ups))}"


def _fact(value: Any, known: Known, steps: Collection[str]) -> Iterator[tuple[str, str]]:
    if value not in known.facts:
        yield "", f"there is no fact {value!r}; there are {', '.join(sorted(known.facts))}"


# kind → its class and its keys; a question mark: may be left out
QUESTION: Mapping[str, Check] = {"say": _phrases, "gives_up": _step, "wrong?": _phrase,
                                 "silence?": _phrase}
KINDS: Mapping[str, tuple[type[Any], Mapping[str, Check]]] = {
    "say": (Say, {"say": _phrases, "next": _step}),
    "ask": (Ask, {**QUESTION, "keys": _keys}),
    "digits": (AskDigits, {**QUESTION, "least": _count, "most": _count, "look_up": _look_up,
                           "found": _step, "failed": _step}),
    "look_up": (LookUp, {"what": _look_up, "found": _step, "not_found": _step,
                         "failed": _step}),
    "branch": (Branch, {"on": _fact, "when": _targets, "otherwise": _step}),
    "queue": (GoToQueue, {"queue": _queue}),
    "hangup": (HangUp, {}),
}


def _faults(data: Mapping[str, Any], known: Known) -> Iterator[tuple[str, str]]:
    steps = data.get("steps")
    if not isinstance(steps, dict) or not steps:
        yield "steps", "the menu has no steps"
        return
    for name in data.keys() - {"id", "start", "operator", "limits", "steps"}:
        yield name, "is not known here"
    if not isinstance(data.get("id"), str) or not SLUG.fullmatch(data["id"]):
        yield "id", "must be a short lower-case name"
    for key in ("start", "operator"):
        yield from ((key, why) for _, why in _step(data.get(key), known, steps))
    yield from _limit_faults(data.get("limits", {}))
    for name, table in steps.items():
        yield from ((f"steps.{name}{where}", why)
                    for where, why in _step_faults(name, table, known, steps))


def _limit_faults(limits: Any) -> Iterator[tuple[str, str]]:
    ranges = {"key_s": (1, 60), "tries": (1, 10), "steps": (5, 500)}
    for name, value in limits.items():
        low, high = ranges.get(name, (0, 0))
        is_whole = isinstance(value, int) or name == "key_s"
        if name not in ranges:
            yield f"limits.{name}", "is not known here"
        elif isinstance(value, bool) or not isinstance(value, int | float) or not is_whole:
            yield f"limits.{name}", "must be a number"
        elif not low <= value <= high:
            yield f"limits.{name}", f"must be from {low} to {high}"


def _step_faults(
    name: str, table: Any, known: Known, steps: Collection[str],
) -> Iterator[tuple[str, str]]:
    kind = str(table.get("do")) if isinstance(table, dict) else ""
    if not SLUG.fullmatch(name):
        yield "", "must be a short lower-case name"
    if kind not in KINDS:
        yield ".do", f"must be one of {', '.join(KINDS)}"
        return
    checks = {key.rstrip("?"): check for key, check in KINDS[kind][1].items()}
    for key in sorted(table.keys() - checks.keys() - {"do"}):
        yield f".{key}", f"is not known to {kind!r}"
    for key in KINDS[kind][1]:
        if key not in table and not key.endswith("?"):
            yield f".{key}", "is missing"
    for key, check in checks.items():
        if key in table:
            yield from ((f".{key}{where}", why) for where, why in check(table[key], known, steps))


def _build(table: Mapping[str, Any]) -> Step:
    values = {key: value for key, value in table.items() if key not in ("do", "say")}
    if "say" in table:
        values["phrases"] = tuple(table["say"])
    if table["do"] == "queue":
        values["queue"] = None if table["queue"] == DEFAULT_QUEUE else table["queue"]
    step: Step = KINDS[table["do"]][0](**values)
    return step


# Checks of the whole, once every value is right

def _structure_faults(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    steps = data["steps"]
    if steps[data["operator"]]["do"] != "queue":
        yield "operator", "must be a step that goes to a queue"
    for name, table in steps.items():
        if table["do"] == "digits" and table["least"] > table["most"]:
            yield f"steps.{name}.least", "is more than `most`"
    leads_to = {name: set(_targets_of(table)) for name, table in steps.items()}
    for name in sorted(steps.keys() - _reached(leads_to, {data["start"], data["operator"]})):
        yield f"steps.{name}", "no caller can get here"
    ends = {name for name, table in steps.items() if table["do"] in ("queue", "hangup")}
    comes_from = {name: {before for before, after in leads_to.items() if name in after}
                  for name in steps}
    for name in sorted(steps.keys() - _reached(comes_from, ends)):
        yield f"steps.{name}", "from here no queue and no end can be reached"


def _targets_of(table: Mapping[str, Any]) -> Iterator[str]:
    for key, check in KINDS[table["do"]][1].items():
        value = table.get(key.rstrip("?"))
        if check is _step and value:
            yield value
        elif check in (_targets, _keys) and value:
            yield from value.values()


def _reached(leads_to: Mapping[str, Collection[str]], start: Collection[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += leads_to[name]
    return reached
