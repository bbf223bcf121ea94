"""Menus as data: TOML to a checked `Menu`, with every fault named by its place. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ivr import step_checks
from ivr.menu_lines import line_of
from ivr.step_checks import DEFAULT_QUEUE, KINDS, SLUG, Fault, Known
from ivr.steps import (
    WAYS,
    AskDigits,
    GoToQueue,
    HangUp,
    Limits,
    Menu,
    Rate,
    Step,
    leads,
    said,
)
from ivr.wording import phrase_faults

__all__ = ["Fault", "Known", "MenuInvalid", "parse"]
MOST_RATED = 3          # questions of a survey
MOST_STEPS = 300
TOP_LEVEL = {"id", "start", "operator", "survey", "limits", "phrases", "steps"}
AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


class MenuInvalid(Exception):
    """A menu cannot be used. `faults` are lines like `main.toml:14: steps.ask.keys.1: …`."""

    def __init__(self, faults: list[str], at: list[LineFault] | None = None) -> None:
        self.faults = faults
        self.at = at or []
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True, order=True)
class LineFault:
    """One fault: `place` is `steps.greet.next`, "" where the text is no TOML at all."""
    line: int
    place: str
    why: str


def parse(text: str, known: Known, *, file: str = "menu.toml") -> Menu:
    """Raises MenuInvalid with all faults found, in the order of the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        line = int(match[1]) if (match := AT_LINE.search(str(exc))) else text.count("\n") + 1
        raise _invalid(file, [LineFault(line, "", str(exc))]) from exc
    except RecursionError as exc:
        raise _invalid(file, [LineFault(1, "", "is nested too deeply")]) from exc
    faults = list(_faults(data, known))
    if faults:
        raise _named(file, text, faults)
    menu = _menu(data)
    if faults := [*_structure_faults(menu), *_phrase_faults(menu, known)]:
        raise _named(file, text, faults)
    return menu


def _named(file: str, text: str, faults: list[tuple[str, str]]) -> MenuInvalid:
    return _invalid(file, sorted(LineFault(line_of(text, place), place, why)
                                 for place, why in faults))


def _invalid(file: str, faults: list[LineFault]) -> MenuInvalid:
    return MenuInvalid([f"{file}:{fault.line}: {fault.place}{': ' if fault.place else ''}"
                        f"{fault.why}" for fault in faults], faults)


def _faults(data: Mapping[str, Any], known: Known) -> Iterator[Fault]:
    steps = data.get("steps")
    if not isinstance(steps, dict) or not steps:
        yield "steps", "the menu has no steps"
        return
    if len(steps) > MOST_STEPS:
        yield "steps", f"there are more than {MOST_STEPS} steps"
    for name in data.keys() - TOP_LEVEL:
        yield name, "is not known here"
    if not isinstance(data.get("id"), str) or not SLUG.fullmatch(data["id"]):
        yield "id", "must be a short lower-case name"
    for key in ("start", "operator"):
        yield from ((key, why) for _, why in step_checks.step(data.get(key), known, steps))
    if not isinstance(data.get("survey", False), bool):
        yield "survey", "must be true or false"
    yield from _limit_faults(data.get("limits", {}))
    yield from _own_phrase_faults(data.get("phrases", {}), known)
    known = replace(known, facts={*known.facts, *_noted(steps)})
    for name, table in steps.items():
        yield from ((f"steps.{name}{where}", why)
                    for where, why in _step_faults(name, table, known, steps))


def _noted(steps: Mapping[str, Any]) -> Iterator[str]:
    """Facts that the menu notes itself."""
    for table in steps.values():
        if not isinstance(table, dict) or table.get("do") != "note":
            continue
        if isinstance(fact := table.get("fact"), str):
            yield fact


def _limit_faults(limits: Any) -> Iterator[Fault]:
    ranges = {"key_s": (1, 60), "tries": (1, 10), "steps": (5, 500)}
    if not isinstance(limits, dict):
        yield "limits", "must be a table"
        return
    for name, value in limits.items():
        low, high = ranges.get(name, (0, 0))
        is_whole = isinstance(value, int) or name == "key_s"
        if name not in ranges:
            yield f"limits.{name}", "is not known here"
        elif isinstance(value, bool) or not isinstance(value, int | float) or not is_whole:
            yield f"limits.{name}", "must be a number"
        elif not low <= value <= high:
            yield f"limits.{name}", f"must be from {low} to {high}"


def _own_phrase_faults(phrases: Any, known: Known) -> Iterator[Fault]:
    if not isinstance(phrases, dict):
        yield "phrases", "must be tables of phrases by language"
        return
    for language, table in phrases.items():
        if language not in known.phrases:
            yield f"phrases.{language}", f"we speak {', '.join(sorted(known.phrases))}"
        elif not isinstance(table, dict):
            yield f"phrases.{language}", "must be a table of phrases"
        else:
            for name, phrase in table.items():
                is_name = SLUG.fullmatch(name) is not None
                why = phrase_faults(phrase) if is_name else ["must be a short lower-case name"]
                yield from ((f"phrases.{language}.{name}", one) for one in why)


def _step_faults(
    name: str, table: Any, known: Known, steps: Collection[str],
) -> Iterator[Fault]:
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


def _menu(data: Mapping[str, Any]) -> Menu:
    steps = {name: _build(table) for name, table in data["steps"].items()}
    return Menu(data["id"], data["start"], data["operator"], steps,
                Limits(**data.get("limits", {})), data.get("phrases", {}),
                data.get("survey", False))


def _build(table: Mapping[str, Any]) -> Step:
    values = {key: value for key, value in table.items() if key not in ("do", "say")}
    if "say" in table:
        values["phrases"] = tuple(table["say"])
    if table["do"] == "queue":
        values["queue"] = None if table["queue"] == DEFAULT_QUEUE else table["queue"]
    if table["do"] == "branch":
        values["is_asked"] = step_checks.is_asked(table["on"])
    step: Step = KINDS[table["do"]][0](**values)
    return step


# Checks of the whole, once every value is right

def _structure_faults(menu: Menu) -> Iterator[Fault]:
    operator = menu.steps[menu.operator]
    if not isinstance(operator, HangUp if menu.is_survey else GoToQueue):
        yield "operator", ("must be a step that hangs up, in a survey" if menu.is_survey
                           else "must be a step that goes to a queue")
    rated = [name for name, step in menu.steps.items() if isinstance(step, Rate)]
    if rated and not menu.is_survey:
        yield f"steps.{rated[0]}.do", "belongs into a survey: a menu with `survey = true`"
    for name in rated[MOST_RATED:]:
        yield f"steps.{name}", f"a survey has at most {MOST_RATED} questions"
    for name, step in menu.steps.items():
        if isinstance(step, AskDigits) and step.least > step.most:
            yield f"steps.{name}.least", "is more than `most`"
    yield from _way_faults(menu)


def _way_faults(menu: Menu) -> Iterator[Fault]:
    """Every step can be got to, and an end from each; no circle of branches alone."""
    leads_to = {name: {target for _, target in leads(step)} for name, step in menu.steps.items()}
    for name in sorted(menu.steps.keys() - _reached(leads_to, {menu.start, menu.operator})):
        yield f"steps.{name}", "no caller can get here"
    ends = {name for name, step in menu.steps.items() if isinstance(step, WAYS)}
    comes_from: dict[str, set[str]] = {name: set() for name in menu.steps}
    for before, after in leads_to.items():
        for name in after:
            comes_from[name].add(before)
    for name in sorted(menu.steps.keys() - _reached(comes_from, ends)):
        yield f"steps.{name}", "from here no queue and no end can be reached"


def _reached(leads_to: Mapping[str, Collection[str]], start: Collection[str]) -> set[str]:
    reached: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += leads_to[name]
    return reached


def _phrase_faults(menu: Menu, known: Known) -> Iterator[Fault]:
    """Every phrase that is said is there in every language that we speak."""
    for name, step in menu.steps.items():
        for phrase in said(step):
            lacking = [language for language, phrases in sorted(known.phrases.items())
                       if phrase not in phrases
                       and phrase not in menu.phrases.get(language, {})]
            if lacking:
                where = next((key for key in ("wrong", "silence")
                              if getattr(step, key, None) == phrase), "say")
                yield (f"steps.{name}.{where}",
                       f"the wording has no phrase {phrase!r} in {', '.join(lacking)}")
