"""How long a caller will wait ○: by what those before him waited, place for place."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil
from statistics import median

LOOK_BACK = timedelta(minutes=45)
NEEDED = 5              # answered calls: with fewer nothing is said
REMEMBERED = 60
EXACT_MIN, STEP_MIN = 5, 5      # up to five minutes by the minute, then by fives


@dataclass(frozen=True, slots=True)
class Answered:
    """A call that waited at place `place` and was answered after `waited_s`."""
    at: datetime
    place: int
    waited_s: float


@dataclass(slots=True)
class Past:
    """A queue's own recent past; one writer."""
    answered: deque[Answered] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    talked_s: deque[float] = field(default_factory=lambda: deque(maxlen=REMEMBERED))

    def note(self, at: datetime, place: int, waited_s: float) -> None:
        self.answered.append(Answered(at, max(1, place), waited_s))

    def expected_s(self, place: int, now: datetime, *, signed_in: int) -> float | None:
        """None: not known. Who is next waits as those did who were next, and so on."""
        recent = [one for one in self.answered if now - one.at <= LOOK_BACK]
        if signed_in <= 0 or len(recent) < NEEDED:
            return None
        return place * median(one.waited_s / one.place for one in recent)

    def talk_s(self) -> float | None:
        """How long a talk usually lasts; None: not known."""
        return median(self.talked_s) if len(self.talked_s) >= NEEDED else None


def minutes(expected_s: float | None) -> int | None:
    """As it is said: never less than what is expected, and not more exact than it can be."""
    if expected_s is None:
        return None
    whole = max(1, ceil(expected_s / 60))
    return whole if whole <= EXACT_MIN else STEP_MIN * ceil(whole / STEP_MIN)
