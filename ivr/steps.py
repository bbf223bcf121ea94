"""The steps of which a menu is made, as values; and where each may lead. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


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
class PlaySound:
    """A sound that an administrator uploaded, whatever is on it."""
    sound: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One key. `wrong` and `silence` are phrases said before the question is asked again.

    `tries` and `key_s` are this question's own, where they differ from the menu's.
    """
    phrases: tuple[str, ...]
    keys: Mapping[str, str]
    gives_up: str
    wrong: str | None = None
    silence: str | None = None
    tries: int | None = None
    key_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDigits:
    """`least` to `most` digits, then the look-up `look_up` with them.

    Where they are refused, `refused` can tell why and lead back here; without it `wrong` is said.
    """
    phrases: tuple[str, ...]
    least: int
    most: int
    look_up: str
    found: str
    failed: str
    gives_up: str
    refused: str | None = None
    wrong: str | None = None
    silence: str | None = None
    tries: int | None = None
    key_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUp:
    """`failed`: the base did not answer, which is not the same as `not_found`."""
    what: str
    found: str
    not_found: str
    failed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Branch:
    """The first of `when` that the fact `on` fits, see `conditions`.

    `is_asked`: the fact is of this moment (the hour, a queue) and found out each time.
    """
    on: str
    when: Mapping[str, str]
    otherwise: str
    is_asked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """From here on the fact `fact` has this value: what the caller wants, say."""
    fact: str
    value: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseLanguage:
    """From here on we speak `language`."""
    language: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """A question of a survey: the key is the answer, silence is none."""
    phrases: tuple[str, ...]
    question: str
    keys: str
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeMessage:
    """Voice mail: at most `longest_s` of it, for the people of `group`."""
    phrases: tuple[str, ...]
    group: str
    longest_s: int
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToQueue:
    """None: the queue of the number that was dialled."""
    queue: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToOperator:
    """One operator's phones; where he is not free, the queue of the number that was dialled."""
    operator: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoOutside:
    """A telephone number of the world."""
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoToMenu:
    menu: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUp:
    pass


Way: TypeAlias = GoToQueue | GoToOperator | GoOutside | GoToMenu | HangUp
Step: TypeAlias = (Say | PlaySound | Ask | AskDigits | LookUp | Branch | Note | ChooseLanguage
                   | Rate | TakeMessage | Way)
WAYS = (GoToQueue, GoToOperator, GoOutside, GoToMenu, HangUp)


@dataclass(frozen=True, slots=True)
class Menu:
    """Checked by `menu_file`: every step named exists, and an end can be reached from each.

    `phrases` are the menu's own, by language: they come before those of the wording. A `survey`
    is what callers are asked after the operator has hung up.
    """
    id: str
    start: str
    operator: str       # a queue step (of a survey: the end); key 0 leads there at any time
    steps: Mapping[str, Step]
    limits: Limits = Limits()
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    is_survey: bool = False


def leads(step: Step) -> Iterator[tuple[str, str]]:
    """Where a step leads to, each with the key, the value or the word that leads there."""
    match step:
        case Say() | PlaySound() | Note() | ChooseLanguage() | Rate() | TakeMessage():
            yield "", step.next
        case Ask():
            yield from step.keys.items()
            yield "gives_up", step.gives_up
        case AskDigits():
            yield "found", step.found
            if step.refused is not None:
                yield "refused", step.refused
            yield "failed", step.failed
            yield "gives_up", step.gives_up
        case LookUp():
            yield "found", step.found
            yield "not_found", step.not_found
            yield "failed", step.failed
        case Branch():
            yield from step.when.items()
            yield "otherwise", step.otherwise


def said(step: Step) -> tuple[str, ...]:
    """Every phrase that a step may say."""
    match step:
        case Ask() | AskDigits():
            return (*step.phrases, *filter(None, (step.wrong, step.silence)))
        case Say() | Rate() | TakeMessage():
            return step.phrases
    return ()
