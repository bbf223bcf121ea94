"""Scripts as files: `scripts/library/*.toml` and those of one's own, read once, checked whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from workstation import measures, merging
from workstation.measures import Condition
from workstation.toml_places import Places, TomlWrong, read

LIBRARY = Path(__file__).parent / "library"
AnswerKind = Literal["yes_no", "choice", "text", "number", "date", "sum"]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Option(_Part, frozen=True):
    value: Id
    label: dict[str, str]


class Ask(_Part, frozen=True):
    """`label`: what is asked, where the text does not say it. A `sum` is in major units."""
    kind: AnswerKind
    label: dict[str, str] = {}
    choices: tuple[Option, ...] = ()
    required: bool = True


class Way(_Part, frozen=True):
    to: str
    when: tuple[Condition, ...] = ()


class Step(_Part, frozen=True):
    """`go`: the first way whose conditions hold is taken; where none does, the script ends."""
    id: Id
    text: dict[str, str]
    ask: Ask | None = None
    go: tuple[Way, ...] = ()


class Script(_Part, frozen=True):
    id: Id
    title: dict[str, str]
    step: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1, max_length=200)]

    def one(self, step: str) -> Step | None:
        return next((one for one in self.step if one.id == step), None)


def load(*folders: Path) -> dict[str, Script]:
    """Every script by its id; a later folder's takes the place of an earlier one's.

    Raises TomlWrong naming file, line and reason."""
    found: dict[str, Script] = {}
    for folder in (LIBRARY, *folders):
        for path in sorted(folder.glob("*.toml")):
            script = parse(path.name, path.read_text(encoding="utf-8"))
            found[script.id] = script
    return found


def parse(name: str, text: str) -> Script:
    """One script from its file's text. Raises TomlWrong."""
    script, places = read(name, text, Script)
    for path, problem in problems(script):
        raise TomlWrong(name, places.line(path), problem)
    _check_order(name, script, places)
    return script


def problems(script: Script) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What is wrong with it, each with its path."""
    ids = [step.id for step in script.step]
    yield from _said(("title",), script.title)
    for place, step in enumerate(script.step):
        here: tuple[str | int, ...] = ("step", place)
        if step.id in ids[:place]:
            yield (*here, "id"), f"there are two steps {step.id!r}"
        yield from _step(here, script, step)


def _step(here: tuple[str | int, ...], script: Script, step: Step,
          ) -> Iterator[tuple[tuple[str | int, ...], str]]:
    questions = [one.id for one in script.step if one.ask is not None]
    yield from _said((*here, "text"), step.text, questions)
    if step.ask is not None:
        yield from _ask((*here, "ask"), step.ask)
    for number, way in enumerate(step.go):
        path = (*here, "go", number)
        if script.one(way.to) is None:
            yield (*path, "to"), f"there is no step {way.to!r}"
        for condition in way.when:
            if condition.what == "answer" and step.ask is None:
                yield (*path, "when"), "nothing is asked at this step"
            if problem := measures.wrong(condition, questions):
                yield (*path, "when"), problem
        if not way.when and number < len(step.go) - 1:
            yield path, "the ways behind one without a condition are never gone"


def _ask(here: tuple[str | int, ...], ask: Ask) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if ask.label:
        yield from _said((*here, "label"), ask.label)
    if (ask.kind == "choice") != bool(ask.choices):
        yield (*here, "choices"), "a choice, and nothing else, has choices"
    for option in ask.choices:
        yield from _said((*here, "choices"), option.label)


def _said(path: tuple[str | int, ...], texts: Mapping[str, str],
          answers: Iterable[str] = ()) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if not texts.get("en", "").strip():
        yield path, "there is no English text (en)"
    for language, text in texts.items():
        if problem := merging.wrong(text, answers):
            yield path, f"{language}: {problem}"


def _check_order(name: str, script: Script, places: Places) -> None:
    """No step leads back to itself, and each can be reached from the first."""
    ways = {step.id: {way.to for way in step.go} for step in script.step}
    try:
        TopologicalSorter(ways).prepare()
    except CycleError as exc:
        loop = exc.args[1]
        place = next(at for at, step in enumerate(script.step) if step.id == loop[0])
        raise TomlWrong(name, places.line(("step", place)),
                        f"steps lead in a circle: {' < '.join(loop)}") from exc
    reached: set[str] = set()
    ahead = [script.step[0].id]
    while ahead:
        step_id = ahead.pop()
        if step_id not in reached:
            reached.add(step_id)
            ahead += ways[step_id]
    for place, step in enumerate(script.step):
        if step.id not in reached:
            raise TomlWrong(name, places.line(("step", place)),
                            f"nothing leads to the step {step.id!r}")
