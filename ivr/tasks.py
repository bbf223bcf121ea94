"""What the menu asks to be done for a caller, and what can come of it, as values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Play:
    """Say the phrases; only the operator's key cuts them short. → Played, Key"""
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlayRecorded:
    """→ Played, Key"""
    sound: str


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
class Learn:
    """A fact of this moment. → Found with it, Failed"""
    fact: str


@dataclass(frozen=True, slots=True)
class Speak:
    """From now on in this language. → Played"""
    language: str


@dataclass(frozen=True, slots=True)
class KeepAnswer:
    """Of a survey. → Played"""
    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Record:
    """Say the phrases, a tone, and keep what the caller says. → Played"""
    phrases: tuple[str, ...]
    group: str
    longest_s: int


@dataclass(frozen=True, slots=True)
class ToQueue:
    queue: str | None


@dataclass(frozen=True, slots=True)
class ToOperator:
    operator: str


@dataclass(frozen=True, slots=True)
class ToNumber:
    number: str


@dataclass(frozen=True, slots=True)
class ToMenu:
    """Another menu goes on; the caller keeps what is known of him."""
    menu: str


@dataclass(frozen=True, slots=True)
class End:
    pass


Task: TypeAlias = (Play | PlayRecorded | AwaitKey | CollectDigits | Find | Learn | Speak
                   | KeepAnswer | Record | ToQueue | ToOperator | ToNumber | ToMenu | End)


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
    """Branches may ask why."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failed:
    pass


Heard: TypeAlias = Played | Key | Silence | Digits | Found | NotFound | Failed
