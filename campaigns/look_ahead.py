"""Looking ahead ○: the chance that nobody is free when the next dial is answered.

A dial placed now is answered at some moment of the next minute. Until then talks end, and people
whose phones ring already are answered before it. Both are sums of independent chances, taken from
each one's age; the sum is near enough to a bell curve.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, pi, sqrt
from operator import add

from campaigns.durations import TALK_EDGES_S, Shape

MOMENTS = 12            # at which the next dial may be answered, equally likely
_OLDEST_RING_S = 120
_ROOT_2 = sqrt(2)
_BEND = 1 / (6 * sqrt(2 * pi))      # Edgeworth: what a skew takes from the bell


@dataclass(frozen=True, slots=True)
class Ages:
    """Of one campaign's operators and dials, in seconds."""

    ready: int                          # operators who are free now
    ringing_s: Sequence[float] = ()     # dials that nobody answered yet
    waiting: int = 0                    # people who answered and have no operator yet
    talking_s: Sequence[float] = ()
    wrapping_s: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class Shapes:
    """What was learned, as it is at one moment."""

    answer_rate: float                  # 0..1
    ring_answered: Shape                # how long those rang who answered
    ring_missed: Shape                  # … and those who did not
    talk: Shape
    wrap_ups_s: tuple[float, ...] = ()  # the last ones, sorted; none: there is no wrap-up


class Outlook:
    """Tables by age, made once for many decisions: what will have happened by each moment."""

    def __init__(self, shapes: Shapes, *, patience_s: float) -> None:
        self.answer_rate = shapes.answer_rate
        self.moments_s = shapes.ring_answered.moments(MOMENTS)
        self._shapes = shapes
        self._patience_s = patience_s
        own = [shapes.answer_rate * (index + 0.5) / MOMENTS for index in range(MOMENTS)]
        self._own = _row(own, -1)
        self._rings = [_row(self._ring(float(age)), -1) for age in range(_OLDEST_RING_S + 1)]
        ages = [(low + high) / 2 for low, high in zip(
            TALK_EDGES_S, (*TALK_EDGES_S[1:], 2 * TALK_EDGES_S[-1]), strict=True)]
        self._talks = [_row(self._talk(age), 1) for age in ages]

    def _ring(self, age_s: float) -> list[float]:
        """The chance that one that rings for so long is answered by each moment."""
        shapes = self._shapes
        answering = shapes.answer_rate * shapes.ring_answered.left(age_s)
        missing = (1 - shapes.answer_rate) * shapes.ring_missed.left(age_s)
        will = answering / max(answering + missing, 1e-9)
        return [will * shapes.ring_answered.ends_within(age_s, moment)
                for moment in self.moments_s]

    def _talk(self, age_s: float) -> list[float]:
        """The chance that an operator who talks for so long is free by each moment."""
        wraps = _quarters(self._shapes.wrap_ups_s)
        ends = self._shapes.talk.ends_within
        return [sum(ends(age_s, moment + self._patience_s - wrap) for wrap in wraps) / len(wraps)
                for moment in self.moments_s]

    def _wrap(self, age_s: float) -> list[float]:
        wraps = self._shapes.wrap_ups_s
        begun = bisect_right(wraps, age_s)
        longer = len(wraps) - begun
        if longer == 0:
            return [1.0] * MOMENTS
        return [(bisect_right(wraps, age_s + moment + self._patience_s) - begun) / longer
                for moment in self.moments_s]

    def dials(self, ages: Ages, *, threshold: float, at_most: int) -> tuple[int, float]:
        """How many more to dial while the chance stays under `threshold`, and the chance that
        the next one would have had."""
        sums = self._sums(ages)
        dialled = 0
        chance = _nobody_free(sums)
        while dialled < at_most and chance < threshold:
            dialled += 1
            sums = list(map(add, sums, self._own))
            chance = _nobody_free(sums)
        return dialled, chance

    def _sums(self, ages: Ages) -> list[float]:
        """Operators free beyond the people who want one: all means, variances and skews."""
        free = float(ages.ready - ages.waiting)
        rings, talks = self._rings, self._talks
        rows = [(free,) * MOMENTS + (0.0,) * (2 * MOMENTS)]
        rows += [talks[bisect_right(TALK_EDGES_S, max(0.0, age_s)) - 1]
                 for age_s in ages.talking_s]
        rows += [_row(self._wrap(age_s), 1) for age_s in ages.wrapping_s]
        rows += [rings[min(_OLDEST_RING_S, max(0, int(age_s)))] for age_s in ages.ringing_s]
        return list(map(sum, zip(*rows, strict=True)))


def _row(chances: Sequence[float], sign: int) -> tuple[float, ...]:
    """What one independent happening adds to each moment's mean, variance and skew."""
    spreads = [chance * (1 - chance) for chance in chances]
    skews = [sign * spread * (1 - 2 * chance)
             for spread, chance in zip(spreads, chances, strict=True)]
    return (*(sign * chance for chance in chances), *spreads, *skews)


def _nobody_free(sums: Sequence[float]) -> float:
    """Averaged over the moments: the chance that fewer than one operator is left for us."""
    chance = 0.0
    for place in range(MOMENTS):
        sigma = sqrt(max(sums[MOMENTS + place], 1e-6))
        z = (0.5 - sums[place]) / sigma
        bell = 0.5 * erfc(-z / _ROOT_2)
        bent = sums[2 * MOMENTS + place] / sigma ** 3 * (z * z - 1) * exp(-z * z / 2) * _BEND
        chance += min(1.0, max(0.0, bell - bent))
    return chance / MOMENTS


def _quarters(wrap_ups_s: Sequence[float]) -> tuple[float, ...]:
    if not wrap_ups_s:
        return (0.0,)
    last = len(wrap_ups_s) - 1
    return tuple(wrap_ups_s[round(last * share)] for share in (0.125, 0.375, 0.625, 0.875))
