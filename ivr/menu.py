"""The menu as a state machine: pure. What a caller does goes in, what to do for him comes out.

    place, task = begin(menu)
    place, task = advance(menu, place, Key("1"))

A task is carried out by `session`; its result is heard here. `advance` refuses what the task
cannot have had as a result. Whatever a caller does, he is at a queue or at the end after at most
`limits.steps` steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

OPERATOR_KEY = "0"


@dataclass(frozen=True, slots=True)
class Limits:
    """`key_s`: how long we wait for a key. `tries`: failures at one question until it gives up.
    `steps`: after so many the caller is taken to the operator, whatever he presses."""
    key_s: float = 6.0
    tries: int = 2
    steps: int = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    phrases: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One key. `wrong` and `silence` are phrases said before the question is asked again."""
    phrases: tuple[str, ...]
    keys: Mapping[str, str]
    gives_up: str
    wrong: str | None = None
    silence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDigits:
    """`least` to `most` digits, then the look-up `look_up` with them."""
    phrases: tuple[str, ...]
    least: int
    most: int
    look_up: str
    found: str
    failed: str
    gives_up: str
    wrong: str | None = None
    silence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """`failed`: the base did not answer, which is not the same as `not_found`."""
    what: str
    found: str
    not_found: str
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The first of `when` whose value the fact `on` has."""
    on: str
    when: Mapping[str, str]
    otherwise: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToQueue:
    """None: the queue of the number that was dialled."""
    queue: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    pass


Step: TypeAlias = Say | Ask | AskDigits | LookUp | Branch | GoToQueue | HangUp


@dataclass(frozen=True, slots=True)
class Menu:
    """Checked by `menu_file`: every step named exists, and an end can be reached from each."""
    id: str
    start: str
    operator: str       # a queue step; key 0 leads there at any time
    steps: Mapping[str, Step]
    limits: Limits = Limits()


# What to do for the caller.

@dataclass(frozen=True, slots=True)
class Play:
    """Say the phrases; only the operator's key cuts them short. → Played, Key"""
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AwaitKey:
    """Say the phrases and take a key, during them or within `timeout_s` after. → Key, Silence"""
    phrases: tuple[str, ...]
    timeout_s: float


@dataclass(frozen=True, slots=True)
class CollectDigits:
    """→ Digits (none: he was silent)"""
    phrases: tuple[str, ...]
    most: int
    timeout_s: float


@dataclass(frozen=True, slots=True)
class Find:
    """→ Found, NotFound, Failed"""
    what: str
    digits: str = ""


@dataclass(frozen=True, slots=True)
class ToQueue:
    queue: str | None


@dataclass(frozen=True, slots=True)
class End:
    pass


Task: TypeAlias = Play | AwaitKey | CollectDigits | Find | ToQueue | End


# What came of it.

@dataclass(frozen=True, slots=True)
class Played:
    pass


@dataclass(frozen=True, slots=True)
class Key:
    key: str


@dataclass(frozen=True, slots=True)
class Silence:
    pass


@dataclass(frozen=True, slots=True)
class Digits:
    digits: str


@dataclass(frozen=True, slots=True)
class Found:
    """What branches may ask for from now on."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NotFound:
    pass


@dataclass(frozen=True, slots=True)
class Failed:
    pass


Heard: TypeAlias = Played | Key | Silence | Digits | Found | NotFound | Failed


class IllegalStep(Exception):
    """That cannot have come of this task."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a caller is. `failures` counts at this question, `steps` since he came in."""
    step: str
    facts: Mapping[str, str] = field(default_factory=dict)
    failures: int = 0
    steps: int = 0


Move: TypeAlias = tuple[Place, Task]


def begin(menu: Menu, facts: Mapping[str, str] | None = None) -> Move:
    return _enter(menu, Place(menu.start, facts or {}), menu.start)


def advance(menu: Menu, place: Place, heard: Heard) -> Move:
    """The next place and task. Raises IllegalStep when `heard` cannot have come of the last."""
    step = menu.steps[place.step]
    if heard == Key(OPERATOR_KEY) and _leads_to_operator(step):
        return _enter(menu, place, menu.operator)
    match step, heard:
        case Say(), Played():
            return _enter(menu, place, step.next)
        case Ask(), Key(key) if key in step.keys:
            return _enter(menu, place, step.keys[key])
        case Ask(), Key() | Silence():
            return _fail(menu, place, step, step.silence if heard == Silence() else step.wrong)
        case AskDigits(), Digits() | Found() | NotFound() | Failed():
            return _take_digits(menu, place, step, heard)
        case LookUp(), Found(facts):
            return _enter(menu, _learn(place, facts), step.found)
        case LookUp(), NotFound():
            return _enter(menu, place, step.not_found)
        case LookUp(), Failed():
            return _enter(menu, place, step.failed)
    raise IllegalStep(f"{place.step}: {heard}")


def _leads_to_operator(step: Step) -> bool:
    return isinstance(step, Say) or (isinstance(step, Ask) and OPERATOR_KEY not in step.keys)


def _take_digits(menu: Menu, place: Place, step: AskDigits, heard: Heard) -> Move:
    """Digits are looked up; what the look-up said comes back to the same step."""
    match heard:
        case Found(facts):
            return _enter(menu, _learn(place, facts), step.found)
        case Failed():
            return _enter(menu, place, step.failed)
        case Digits(""):
            return _fail(menu, place, step, step.silence)
        case Digits("0"):
            return _enter(menu, place, menu.operator)
        case Digits(digits) if step.least <= len(digits) <= step.most and digits.isdecimal():
            return place, Find(step.look_up, digits)
    return _fail(menu, place, step, step.wrong)


def _learn(place: Place, facts: Mapping[str, str]) -> Place:
    return replace(place, facts={**place.facts, **facts})


def _fail(menu: Menu, place: Place, step: Ask | AskDigits, said_first: str | None) -> Move:
    """The question again, after a word about what was wrong, or the end of our patience."""
    failed = replace(place, failures=place.failures + 1, steps=place.steps + 1)
    if failed.failures >= menu.limits.tries or failed.steps >= menu.limits.steps:
        return _enter(menu, failed, step.gives_up)
    return failed, _task(menu, step, (said_first,) if said_first else ())


def _enter(menu: Menu, place: Place, name: str) -> Move:
    """Go to a step, through branches, to the first that is a task."""
    while True:
        steps = place.steps + 1
        name = menu.operator if steps > menu.limits.steps else name
        place = Place(name, place.facts, failures=0, steps=steps)
        step = menu.steps[name]
        if not isinstance(step, Branch):
            return place, _task(menu, step)
        name = step.when.get(place.facts.get(step.on, ""), step.otherwise)


def _task(menu: Menu, step: Step, said_first: tuple[str, ...] = ()) -> Task:
    match step:
        case Say(phrases=phrases):
            return Play(phrases)
        case Ask(phrases=phrases):
            return AwaitKey(said_first + phrases, menu.limits.key_s)
        case AskDigits(phrases=phrases, most=most):
            return CollectDigits(said_first + phrases, most, menu.limits.key_s)
        case LookUp(what=what):
            return Find(what)
        case GoToQueue(queue=queue):
            return ToQueue(queue)
        case HangUp():
            return End()
        case Branch():
            raise IllegalStep("a branch is no task")
