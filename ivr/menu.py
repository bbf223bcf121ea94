"""The menu as a state machine: pure. What a caller does goes in, what to do for him comes out.

    place, task = begin(menu)
    place, task = advance(menu, place, Key("1"))

A task is carried out by `session`; its result is heard here. `advance` refuses what the task
cannot have had as a result. Whatever a caller does, he is on his way out of the menu after at
most `limits.steps` steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from ivr.conditions import fits
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
    Menu,
    Note,
    PlaySound,
    Rate,
    Say,
    Step,
    TakeMessage,
)
from ivr.tasks import (
    AwaitKey,
    CollectDigits,
    Digits,
    End,
    Failed,
    Find,
    Found,
    Heard,
    KeepAnswer,
    Key,
    Learn,
    NotFound,
    Play,
    Played,
    PlayRecorded,
    Record,
    Silence,
    Speak,
    Task,
    ToMenu,
    ToNumber,
    ToOperator,
    ToQueue,
)

OPERATOR_KEY, REPEAT_KEY = "0", "*"


class IllegalStep(Exception):
    """That cannot have come of this task."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller is. `failures` counts at this question, `steps` since he came in, `refused`
    how often what he keyed in was refused, by step: going round does not forget it."""
    step: str
    facts: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    steps: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)


Move: TypeAlias = tuple[Place, Task]


def begin(menu: Menu, facts: Mapping[str, str] | None = None, steps: int = 0) -> Move:
    """`facts` and `steps` are what another menu left."""
    return _enter(menu, Place(menu.start, facts or {}, steps=steps), menu.start)


def advance(menu: Menu, place: Place, heard: Heard) -> Move:
    """The next place and task. Raises IllegalStep when `heard` cannot have come of the last."""
    step = menu.steps[place.step]
    if heard == Key(OPERATOR_KEY) and _leads_to_operator(step):
        return _enter(menu, place, menu.operator)
    match step, heard:
        case (Say() | PlaySound() | ChooseLanguage() | TakeMessage() | Rate(), Played()):
            return _enter(menu, place, step.next)
        case Rate(), Key(key) if key in step.keys:
            return place, KeepAnswer(step.question, key)
        case Rate(), Key() | Silence():
            return _enter(menu, place, step.next)
        case Ask(), Key(key) if key in step.keys:
            return _enter(menu, place, step.keys[key])
        case Ask(), Key(key) if key == REPEAT_KEY:
            return _again(menu, place, step)
        case Ask(), Key() | Silence():
            return _fail(menu, place, step, step.silence if heard == Silence() else step.wrong)
        case AskDigits(), Digits() | Found() | NotFound() | Failed():
            return _take_digits(menu, place, step, heard)
        case LookUp(), Found(facts):
            return _enter(menu, _learn(place, facts), step.found)
        case LookUp(), NotFound(facts):
            return _enter(menu, _learn(place, facts), step.not_found)
        case LookUp(), Failed():
            return _enter(menu, place, step.failed)
        case Branch(is_asked=True), Found(facts):
            return _enter(menu, place, _chosen(step, facts))
        case Branch(is_asked=True), Failed():
            return _enter(menu, place, step.otherwise)
    raise IllegalStep(f"{place.step}: {heard}")


def _leads_to_operator(step: Step) -> bool:
    asks = isinstance(step, Ask) and OPERATOR_KEY not in step.keys
    rates = isinstance(step, Rate) and OPERATOR_KEY not in step.keys
    return asks or rates or isinstance(step, Say | PlaySound)


def _take_digits(menu: Menu, place: Place, step: AskDigits, heard: Heard) -> Move:
    """Digits are looked up; what the look-up said comes back to the same step."""
    match heard:
        case Found(facts):
            forgiven = {name: times for name, times in place.refused.items()
                        if name != place.step}
            return _enter(menu, replace(_learn(place, facts), refused=forgiven), step.found)
        case NotFound(facts):
            return _refuse(menu, _learn(place, facts), step)
        case Failed():
            return _enter(menu, place, step.failed)
        case Digits(""):
            return _fail(menu, place, step, step.silence)
        case Digits(digits) if digits == OPERATOR_KEY:
            return _enter(menu, place, menu.operator)
        case Digits(digits) if digits == REPEAT_KEY:
            return _again(menu, place, step)
        case Digits(digits) if step.least <= len(digits) <= step.most and digits.isdecimal():
            return place, Find(step.look_up, digits)
    return _fail(menu, place, step, step.wrong)


def _learn(place: Place, facts: Mapping[str, str]) -> Place:
    return replace(place, facts={**place.facts, **facts})


def _refuse(menu: Menu, place: Place, step: AskDigits) -> Move:
    """Told why by a step of its own, or asked again at once; both only so often."""
    if step.refused is None:
        return _fail(menu, place, step, step.wrong)
    times = place.refused.get(place.step, 0) + 1
    place = replace(place, refused={**place.refused, place.step: times})
    is_over = times >= (step.tries or menu.limits.tries)
    return _enter(menu, place, step.gives_up if is_over else step.refused)


def _again(menu: Menu, place: Place, step: Ask | AskDigits) -> Move:
    """The question once more because the caller asked for it, which is no failure."""
    place = replace(place, steps=place.steps + 1)
    if place.steps >= menu.limits.steps:
        return _enter(menu, place, step.gives_up)
    return place, _task(menu, step)


def _fail(menu: Menu, place: Place, step: Ask | AskDigits, said_first: str | None) -> Move:
    """The question again, after a word about what was wrong, or the end of our patience."""
    failed = replace(place, failures=place.failures + 1, steps=place.steps + 1)
    tries = step.tries or menu.limits.tries
    if failed.failures >= tries or failed.steps >= menu.limits.steps:
        return _enter(menu, failed, step.gives_up)
    return failed, _task(menu, step, (said_first,) if said_first else ())


def _enter(menu: Menu, place: Place, name: str) -> Move:
    """Go to a step, through notes and branches on what is known, to the first that is a task."""
    while True:
        steps = place.steps + 1
        name = menu.operator if steps > menu.limits.steps else name
        place = replace(place, step=name, failures=0, steps=steps)
        step = menu.steps[name]
        if isinstance(step, Note):
            place, name = _learn(place, {step.fact: step.value}), step.next
        elif isinstance(step, Branch) and not step.is_asked:
            name = _chosen(step, place.facts)
        else:
            return place, _task(menu, step)


def _chosen(step: Branch, facts: Mapping[str, str]) -> str:
    value = facts.get(step.on)
    if value is None:
        return step.otherwise
    return next((target for when, target in step.when.items() if fits(value, when)),
                step.otherwise)


def _task(menu: Menu, step: Step, said_first: tuple[str, ...] = ()) -> Task:
    match step:
        case Say(phrases=phrases):
            return Play(phrases)
        case PlaySound(sound=sound):
            return PlayRecorded(sound)
        case Ask(phrases=phrases, key_s=key_s):
            return AwaitKey(said_first + phrases, key_s or menu.limits.key_s)
        case AskDigits(phrases=phrases, most=most, key_s=key_s):
            return CollectDigits(said_first + phrases, most, key_s or menu.limits.key_s)
        case LookUp(what=what):
            return Find(what)
        case Branch(on=fact):
            return Learn(fact)
        case ChooseLanguage(language=language):
            return Speak(language)
        case Rate(phrases=phrases):
            return AwaitKey(phrases, menu.limits.key_s)
        case TakeMessage(phrases=phrases, group=group, longest_s=longest_s):
            return Record(phrases, group, longest_s)
        case GoToQueue(queue=queue):
            return ToQueue(queue)
        case GoToOperator(operator=operator):
            return ToOperator(operator)
        case GoOutside(number=number):
            return ToNumber(number)
        case GoToMenu(menu=other):
            return ToMenu(other)
        case HangUp():
            return End()
        case Note():
            raise IllegalStep("a note is no task")
