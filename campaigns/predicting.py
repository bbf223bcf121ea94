"""Predictive pacing ○: what was learned of a campaign, how bold it may be, its guard of the day.

It learns from facts only: how long dials rang, who answered, how long talks and wrap-ups took,
who was dropped. Boldness is one number, the chance of a drop that the next dial may have: each
drop lowers it a step and each answer raises it a little, so that drops settle at the cap; with
few drops left in the day's budget it shrinks. The guard is not bold at all: where those now in
flight could take the day over its cap, one line per free operator.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp, log

from campaigns.durations import RING_EDGES_S, TALK_EDGES_S, Durations
from campaigns.look_ahead import Ages, Outlook, Shapes

STEP = 0.02             # of the boldness's logarithm, down for each drop
FIRST, BOLDEST, SHYEST = 0.014, 0.05, 0.004
RESERVE = 3.0           # drops the day can still bear: with fewer less bold, with more bolder
FRESH_S = 15.0          # so old may the tables be
PATIENCE_S = 2.0        # how long somebody who answered is kept before he counts as dropped
_RATE_MEMORY = 250      # dials that the answer rate is taken from
_WRAPS = 200


@dataclass(frozen=True, slots=True)
class Day:
    """A campaign's day so far: people who answered, those of them dropped, the share allowed."""

    answered: int
    dropped: int
    cap: float


@dataclass(frozen=True, slots=True)
class Dose:
    """How many to dial now; what made it so many."""

    dial: int
    is_guarded: bool        # the guard of the day holds: one line per free operator
    chance: float           # of a drop, that one more dial would have had
    threshold: float        # … and the one allowed


class AnswerRate:
    """The share of dials that people answer, of the last few hundred; starts from one in three."""

    def __init__(self, memory: int = _RATE_MEMORY) -> None:
        self._keep = 1 - 1 / memory
        self._answered, self._tried = 4.0, 12.0

    def add(self, is_answered: bool) -> None:
        self._answered = self._answered * self._keep + is_answered
        self._tried = self._tried * self._keep + 1

    @property
    def value(self) -> float:
        return self._answered / self._tried


class Predictor:
    """Learns one campaign. Not a value: facts go in, doses come out; it has no clock."""

    def __init__(self) -> None:
        self._rate = AnswerRate()
        self._answered = Durations(RING_EDGES_S, imagined_mean_s=12)
        self._missed = Durations(RING_EDGES_S, imagined_mean_s=25)
        self._talk = Durations(TALK_EDGES_S, imagined_mean_s=120)
        self._wraps: deque[float] = deque(maxlen=_WRAPS)
        self._boldness = log(FIRST)
        self._outlook: Outlook | None = None
        self._made_at_s = 0.0

    # ── facts ────────────────────────────────────────────────────────────────────────────────
    def answered(self, ring_s: float) -> None:
        self._rate.add(True)
        self._answered.ended(ring_s)

    def missed(self, ring_s: float) -> None:
        self._rate.add(False)
        self._missed.ended(ring_s)

    def met(self, *, cap: float) -> None:
        """Somebody who answered met an operator in time."""
        self._boldness = min(self._boldness + STEP * cap / (1 - cap), log(BOLDEST))

    def dropped(self) -> None:
        self._boldness = max(self._boldness - STEP, log(SHYEST))

    def talked(self, talk_s: float) -> None:
        self._talk.ended(talk_s)

    def wrapped_up(self, wrap_s: float) -> None:
        self._wraps.append(wrap_s)

    # ── decisions ────────────────────────────────────────────────────────────────────────────
    @property
    def threshold(self) -> float:
        return exp(self._boldness)

    @property
    def answer_rate(self) -> float:
        return self._rate.value

    def dose(self, ages: Ages, day: Day, *, at_s: float, at_most: int) -> Dose:
        """How many to dial at `at_s`, any steady count of seconds."""
        outlook = self._fresh(ages, at_s)
        credit = day.cap * day.answered - day.dropped
        reserve = RESERVE + 0.3 * outlook.answer_rate * len(ages.ringing_s)
        threshold = self.threshold * min(1.5, max(0.0, credit / reserve))
        is_guarded = not may_be_bold(ages, day, outlook.answer_rate)
        if is_guarded:
            spare = ages.ready - ages.waiting - len(ages.ringing_s)
            return Dose(max(0, min(spare, at_most)), True, 0.0, threshold)
        dial, chance = outlook.dials(ages, threshold=threshold, at_most=at_most)
        return Dose(dial, False, chance, threshold)

    def _fresh(self, ages: Ages, at_s: float) -> Outlook:
        if self._outlook is None or at_s - self._made_at_s >= FRESH_S:
            self._outlook = Outlook(self.shapes(ages.talking_s), patience_s=PATIENCE_S)
            self._made_at_s = at_s
        return self._outlook

    def shapes(self, talking_s: Iterable[float] = ()) -> Shapes:
        return Shapes(self._rate.value, self._answered.shape(), self._missed.shape(),
                      self._talk.shape(talking_s), tuple(sorted(self._wraps)))


def may_be_bold(ages: Ages, day: Day, answer_rate: float) -> bool:
    """Whether the day can bear what is in flight: more dropped than its answers allow, if all of
    a usual handful of those now ringing were dropped, forbids it."""
    at_stake = max(1.0, 0.15 * answer_rate * len(ages.ringing_s)) + ages.waiting
    return day.dropped + at_stake <= day.cap * (day.answered + at_stake)
