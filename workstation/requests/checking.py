"""What is wrong with a request type as a whole ○: (path in its file, what), or None."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from workstation.requests.kinds import Deed, RequestType, Stage

Problem = tuple[str, str]
_SLUG = re.compile(r"^[a-z][a-z0-9_]{0,31}$")
_HOURS = 1_000                  # of work, of one stage or the whole
_PLACE = re.compile(r"\{(\w+)\}")
_PLACES = frozenset({"number", "type", "stage", "client", "due"})


def problem_of(kind: RequestType) -> Problem | None:
    return next(_problems(kind), None)


def problem_among(kind: RequestType, others: Mapping[str, RequestType]) -> Problem | None:
    """What only shows beside the others: requests that follow, for ever perhaps."""
    for where, deed in _deeds(kind):
        if deed.do == "request" and deed.type not in others:
            return f"{where}.type", f"there is no request type {deed.type!r}"
    if _begets_itself(kind, others, frozenset()):
        return f"stage.{kind.first_stage}.entering", "the requests that follow never end"
    return None


def _problems(kind: RequestType) -> Iterator[Problem]:
    if not _SLUG.match(kind.id):
        yield "id", "an id has small letters, digits and _"
    if "en" not in kind.title:
        yield "title", "the title needs English"
    yield from _of_fields(kind)
    yield from _of_rules(kind)
    yield from _of_deadlines(kind)
    yield from _of_stages(kind)
    for where, deed in _deeds(kind):
        yield from _of_deed(kind, where, deed)


def _of_fields(kind: RequestType) -> Iterator[Problem]:
    names: set[str] = set()
    for place, field in enumerate(kind.field):
        if field.name in names:
            yield f"field[{place}].name", f"there are two fields {field.name!r}"
        if not _SLUG.match(field.name) or field.name in _PLACES:
            yield f"field[{place}].name", f"a field cannot be called {field.name!r}"
        if "en" not in field.label:
            yield f"field[{place}].label", "the label needs English"
        if (field.kind == "choice") != bool(field.choices):
            yield f"field[{place}]", "a choice has choices, and nothing else has"
        names.add(field.name)
    for name in set(kind.matter.fields) - names:
        yield "matter.fields", f"the matter asks for the field {name!r}, which is not there"


def _of_rules(kind: RequestType) -> Iterator[Problem]:
    names = {field.name for field in kind.field}
    if not kind.responsible or not kind.responsible[-1].holds_always:
        yield "responsible", "the last rule of `responsible` must hold for every request"
    for place, rule in enumerate(kind.responsible):
        if rule.field and rule.field not in names:
            yield (f"responsible[{place}].field",
                   f"a rule asks for the field {rule.field!r}, which is not there")
        if bool(rule.field) != bool(rule.values):
            yield f"responsible[{place}]", "`field` and `values` go together"
        if not _SLUG.match(rule.group):
            yield f"responsible[{place}].group", f"a group cannot be called {rule.group!r}"


def _of_deadlines(kind: RequestType) -> Iterator[Problem]:
    deadline = kind.deadline
    if not deadline.days or not set(deadline.days) <= set(range(7)):
        yield "deadline.days", "the deadline needs working days, 0 to 6"
    if deadline.opens >= deadline.closes:
        yield "deadline.opens", "the working day ends before it begins"
    hours = {"deadline.hours": deadline.hours}
    if kind.reaction is not None:
        hours["reaction.hours"] = kind.reaction.hours
        if not 0 <= kind.reaction.accept_minutes <= 1440:
            yield "reaction.accept_minutes", "0 to 1440 minutes"
    hours |= {f"stage.{name}.hours": stage.hours for name, stage in kind.stage.items()
              if stage.hours is not None}
    for where, count in hours.items():
        if not 0 < count <= _HOURS:
            yield where, f"hours of work are more than 0 and at most {_HOURS}"


def _of_stages(kind: RequestType) -> Iterator[Problem]:
    if not kind.stage:
        yield "stage", "there are no stages"
        return
    for name, stage in kind.stage.items():
        if not _SLUG.match(name):
            yield f"stage.{name}", f"a stage cannot be called {name!r}"
        if stage.group and not _SLUG.match(stage.group):
            yield f"stage.{name}.group", f"a group cannot be called {stage.group!r}"
        for target in stage.to:
            if target not in kind.stage:
                yield f"stage.{name}.to", f"stage {name!r} leads to {target!r}, which is not there"
            if target == name:
                yield f"stage.{name}.to", f"stage {name!r} leads to itself"
    yield from _of_ways(kind)


def _of_ways(kind: RequestType) -> Iterator[Problem]:
    if not kind.stage[kind.first_stage].to:
        yield f"stage.{kind.first_stage}", "the first stage ends the request"
    reached = _reached(kind.stage, kind.first_stage)
    for name in kind.stage:
        if name not in reached:
            yield f"stage.{name}", f"nothing leads to the stage {name!r}"
        elif all(kind.stage[one].to for one in _reached(kind.stage, name) if one in kind.stage):
            yield f"stage.{name}.to", f"from the stage {name!r} nothing leads to an end"


def _reached(stages: Mapping[str, Stage], start: str) -> set[str]:
    found, ahead = {start}, [start]
    while ahead:
        for target in stages[ahead.pop()].to:
            if target in stages and target not in found:
                found.add(target)
                ahead.append(target)
    return found


def _deeds(kind: RequestType) -> Iterator[tuple[str, Deed]]:
    for name, stage in kind.stage.items():
        for when, deeds in (("entering", stage.entering), ("leaving", stage.leaving),
                            ("late", stage.late)):
            for place, deed in enumerate(deeds):
                yield f"stage.{name}.{when}[{place}]", deed


def _of_deed(kind: RequestType, where: str, deed: Deed) -> Iterator[Problem]:
    needs_text = deed.do in ("task", "client", "lead")
    if needs_text and "en" not in deed.text:
        yield f"{where}.text", f"{deed.do} needs a text, in English at least"
    if deed.do == "webhook" and not re.match(r"^[a-z][a-z0-9_.]{0,63}$", deed.event):
        yield f"{where}.event", "webhook needs an event: small letters, digits, _ and ."
    if deed.do == "task" and not 0 < deed.hours <= _HOURS:
        yield f"{where}.hours", f"hours of work are more than 0 and at most {_HOURS}"
    if deed.group and not _SLUG.match(deed.group):
        yield f"{where}.group", f"a group cannot be called {deed.group!r}"
    known = _PLACES | {field.name for field in kind.field}
    for text in deed.text.values():
        for name in set(_PLACE.findall(text)) - known:
            yield f"{where}.text", f"the text asks for {{{name}}}, which nobody knows"


def _begets_itself(kind: RequestType, others: Mapping[str, RequestType],
                   before: frozenset[str]) -> bool:
    """Whether filing one files one of its own type in the end."""
    if kind.id in before:
        return True
    following = [deed.type for deed in kind.stage[kind.first_stage].entering
                 if deed.do == "request" and deed.type in others]
    return any(_begets_itself(others[name], others, before | {kind.id}) for name in following)
