"""Rules as data: TOML to checked rules, with every fault named by its line. Pure.

    [[rule]]
    id = "vip"
    when = { "flag.vip" = "yes", queue = "billing" }
    priority = 5
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.conditions import is_condition
from ivr.routing.rules import WHOSE, Rule

MOST_RULES = 100
MOST_PRIORITY = 9       # who is brought back from a lost call has 10
# What rules may ask about; a star stands for a name of ours.
FACTS: Mapping[str, str] = {
    "queue": "where the menu sends him",
    "entry": "the digits of the number that he dialled",
    "number": "known, hidden",
    "client": "known, unknown",
    "kind": "person, organisation",
    "language": "en, ru, …: what we speak with him",
    "flag.*": "yes, no: a flag on his card",
    "debt": "in whole units of the currency; 0: none",
    "debt_days": "since the oldest part of his debt fell due",
    "campaign_return": "yes, no: we called him in vain in the last three days",
    "last_operator": "the id of the operator who last talked with him, within 90 days",
    "last_days": "how many days ago that was",
    "own_operator": "the id of the operator who has his open request in hand",
    "request": "the type of his newest open request; none",
    "group": "the group that has it",
    "waited": "for how many seconds he waited in vain in the last 24 hours",
    "calls": "how often he called in the last 24 hours",
    "hour": "0 to 23, in the company's time",
    "minute": "of the day, 0 to 1439",
    "weekday": "mon tue wed thu fri sat sun",
    "holiday": "yes, no: a day of [company] holidays",
    "waiting.*": "how many callers wait in this queue",
    "free.*": "how many operators of this queue are free",
}
SLUG = re.compile(r"[a-z][a-z0-9_]{0,31}")
STARRED = re.compile(r"(flag|waiting|free)\.([a-z][a-z0-9_]{0,31})")
HEADER = re.compile(r"[ \t]*\[\[[ \t]*rule[ \t]*\]\]")
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


@dataclass(frozen=True, slots=True)
class House:
    """What rules may name. `skilled` are the queues that ask for a skill."""
    queues: Collection[str]
    operators: Collection[str]
    skilled: Collection[str] = ()


@dataclass(frozen=True, slots=True, order=True)
class RuleFault:
    """`place` is `rule[2].queue`, counted from 1."""
    line: int
    place: str
    why: str


class RulesInvalid(Exception):
    """Rules cannot be used; `at` is every fault."""

    def __init__(self, file: str, at: list[RuleFault]) -> None:
        self.at = at
        super().__init__("; ".join(
            f"{file}:{one.line}: {one.place}{': ' if one.place else ''}{one.why}" for one in at))


def parse(text: str, house: House, *, file: str = "routing.toml") -> tuple[Rule, ...]:
    """Raises RulesInvalid with all faults, in the order of the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        line = int(match[1]) if (match := AT_LINE.search(str(exc))) else text.count("\n") + 1
        raise RulesInvalid(file, [RuleFault(line, "", str(exc))]) from exc
    except RecursionError as exc:
        raise RulesInvalid(file, [RuleFault(1, "", "is nested too deeply")]) from exc
    faults = sorted(RuleFault(_line_of(text, place, key), _named(place, key), why)
                    for place, key, why in _faults(data, house))
    if faults:
        raise RulesInvalid(file, faults)
    return tuple(Rule(**table) for table in data.get("rule", []))


def _faults(data: Mapping[str, Any], house: House) -> Iterator[tuple[int, str, str]]:
    """Place of the rule (0: of none), key, why."""
    for name in data.keys() - {"rule"}:
        yield 0, name, "is not known here"
    rules = data.get("rule", [])
    if not isinstance(rules, list) or not all(isinstance(one, dict) for one in rules):
        yield 0, "rule", "must be tables [[rule]]"
        return
    if len(rules) > MOST_RULES:
        yield MOST_RULES + 1, "", f"there are more than {MOST_RULES} rules"
    seen: set[Any] = set()
    for place, rule in enumerate(rules, 1):
        yield from ((place, key, why) for key, why in _rule_faults(rule, house))
        if isinstance(named := rule.get("id"), str) and named in seen:
            yield place, "id", "is that of another rule too"
        seen.add(rule.get("id") if isinstance(rule.get("id"), str) else None)


def _rule_faults(rule: Mapping[str, Any], house: House) -> Iterator[tuple[str, str]]:
    for key in rule.keys() - CHECKS.keys():
        yield key, "is not known to a rule"
    for key in ("id", "when"):
        if key not in rule:
            yield key, "is missing"
    if not rule.keys() & {"queue", "priority", "prefer", "level"}:
        yield "", "decides nothing: it needs a queue, priority, prefer or level"
    if "prefer_s" in rule and "prefer" not in rule:
        yield "prefer_s", "needs a `prefer`"
    if "level" in rule and rule.get("queue") not in (None, *house.skilled):
        yield "level", "the queue asks for no skill"
    for key, check in CHECKS.items():
        if key in rule and (why := check(rule[key], house)):
            yield key, why


def _whole(low: int, high: int) -> Callable[[Any, House], str]:
    def check(value: Any, house: House) -> str:
        is_right = type(value) is int and low <= value <= high
        return "" if is_right else f"must be a whole number from {low} to {high}"
    return check


def _id(value: Any, house: House) -> str:
    is_right = isinstance(value, str) and SLUG.fullmatch(value) is not None
    return "" if is_right else "must be a short lower-case name"


def _says(value: Any, house: House) -> str:
    is_right = isinstance(value, str) and len(value) <= 200
    return "" if is_right else "must be a text of at most 200 characters"


def _when(value: Any, house: House) -> str:
    if not isinstance(value, dict):
        return "must be a table of facts"
    return next(filter(None, (_asked(name, condition, house)
                              for name, condition in value.items())), "")


def _asked(name: str, condition: Any, house: House) -> str:
    if isinstance(condition, dict):     # a bare flag.vip = "yes"
        return f'{name}: put a name with a dot into quotes: "{name}.…"'
    starred = STARRED.fullmatch(name)
    if name not in FACTS and starred is None:
        return f"there is no fact {name!r}; there are {', '.join(FACTS)}"
    if starred is not None and starred[1] != "flag" and starred[2] not in house.queues:
        return f"there is no queue {starred[2]!r}"
    if not isinstance(condition, str) or not is_condition(condition):
        return f'{name}: must be a value, ">= 100" or "9..17"'
    return ""


def _queue(value: Any, house: House) -> str:
    return "" if value in house.queues else f"there is no queue {value!r}"


def _prefer(value: Any, house: House) -> str:
    is_known = isinstance(value, str) and (value in WHOSE or value in house.operators)
    return "" if is_known else "must be last, own or an operator's id"


CHECKS: Mapping[str, Callable[[Any, House], str]] = {
    "id": _id, "says": _says, "when": _when, "queue": _queue,
    "priority": _whole(0, MOST_PRIORITY), "prefer": _prefer, "prefer_s": _whole(3, 60),
    "level": _whole(1, 10),
}


def _named(place: int, key: str) -> str:
    return key if not place else f"rule[{place}]{'.' if key else ''}{key}"


def _line_of(text: str, place: int, key: str) -> int:
    """Of the key, else of its rule's header, else the first."""
    lines = text.split("\n")
    starts = [number for number, line in enumerate(lines, 1) if HEADER.match(line)]
    if place > len(starts):
        return 1
    first = starts[place - 1] if place else 1
    last = starts[place] - 1 if place < len(starts) else len(lines)
    wanted = re.compile(rf"[ \t]*(\[[ \t]*rule\.)?[\"']?{re.escape(key)}\b")
    found = (number for number in range(first, last + 1) if wanted.match(lines[number - 1]))
    return next(found, first) if key else first
