"""Outcomes of two levels: a key opens a group, the next one chooses in it. ○"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from workstation.protocol import DispositionView


@dataclass(slots=True)
class Place:
    """One place of the first level: an outcome of its own, or a group of several."""
    name: str
    choices: list[DispositionView] = field(default_factory=list)

    @property
    def is_group(self) -> bool:
        return len(self.choices) > 1


def places(choices: Sequence[DispositionView]) -> list[Place]:
    """The first level, in the order of the first outcome of each."""
    found: list[Place] = []
    groups: dict[str, Place] = {}
    for choice in choices:
        if choice.group in groups:
            groups[choice.group].choices.append(choice)
            continue
        place = Place(choice.group or choice.name, [choice])
        found.append(place)
        if choice.group:
            groups[choice.group] = place
    return found


def inside(choices: Sequence[DispositionView], group: str) -> Place | None:
    """The group that is open, if it is one."""
    return next((place for place in places(choices)
                 if place.is_group and place.name == group), None)


def at(choices: Sequence[DispositionView], group: str, place: int) -> DispositionView | str | None:
    """What the key of `place` (0 is the first) means: an outcome, the group to open ("": none,
    behind the last of an open one), or nothing."""
    opened = inside(choices, group)
    if opened is not None:
        return "" if place == len(opened.choices) else _pick(opened.choices, place)
    chosen = _pick(places(choices), place)
    if chosen is None:
        return None
    return chosen.name if chosen.is_group else chosen.choices[0]


_Item = TypeVar("_Item")


def _pick(items: Sequence[_Item], place: int) -> _Item | None:
    return items[place] if 0 <= place < len(items) else None


def letters_missing(choice: DispositionView, note: str) -> int:
    needed = max(choice.note_min, 1 if choice.needs_note else 0)
    return max(0, needed - len(note.strip()))
