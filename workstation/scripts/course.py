"""How far a script has come ○: the steps on the way that facts and answers choose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from workstation.measures import Facts, hold, number_of
from workstation.scripts.files import Ask, Script, Step

TEXT_LIMIT = 2_000


class AnswerWrong(Exception):
    """An answer is none to this question; `code` says why, as the texts `invalid.CODE` do."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Course:
    """`steps`: all up to the first question that waits for its answer, which is the last one."""
    steps: tuple[Step, ...]
    is_done: bool


def course(script: Script, facts: Facts, answers: Mapping[str, str]) -> Course:
    steps = tuple(_walk(script, facts, answers))
    last = steps[-1]
    waits = last.ask is not None and last.id not in answers
    return Course(steps, not waits)


def _walk(script: Script, facts: Facts, answers: Mapping[str, str]) -> Iterator[Step]:
    step: Step | None = script.step[0]
    given: dict[str, str] = {}          # what was answered on the way, and nowhere else
    while step is not None:
        yield step
        if step.ask is not None:
            if step.id not in answers:
                return
            given[step.id] = answers[step.id]
        step = _next(script, step, facts, given)


def _next(script: Script, step: Step, facts: Facts, given: Mapping[str, str]) -> Step | None:
    known: dict[str, object] = {**facts}
    known |= {f"answer.{name}": value for name, value in given.items() if value}
    if given.get(step.id):
        known["answer"] = given[step.id]
    for way in step.go:
        if hold(way.when, known):  # type: ignore[arg-type]
            return script.one(way.to)
    return None


def read(ask: Ask, said: str) -> str:
    """The answer as it is kept; "" where none is needed. Raises AnswerWrong."""
    value = said.strip()
    if not value:
        if ask.required:
            raise AnswerWrong("missing")
        return ""
    if len(value) > TEXT_LIMIT:
        raise AnswerWrong("too_long")
    if ask.kind == "yes_no" and value not in ("yes", "no"):
        raise AnswerWrong("no_choice")
    if ask.kind == "choice" and value not in {option.value for option in ask.choices}:
        raise AnswerWrong("no_choice")
    if ask.kind in ("number", "sum") and number_of(value) is None:
        raise AnswerWrong("no_number")
    if ask.kind == "date":
        try:
            date.fromisoformat(value)
        except ValueError:
            raise AnswerWrong("no_date") from None
    return value
