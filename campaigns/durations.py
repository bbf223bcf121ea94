"""How long things last ○, learned from what ended: ringing, talks, wrap-ups.

Nothing is assumed about a shape. A duration's chance to end in each stretch of its age is counted
from the ends seen there and the time spent there; a few imagined ones carry the first minutes.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import exp

RING_EDGES_S = (*range(0, 60, 2), 60, 75, 90, 120)
TALK_EDGES_S = (0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 105, 120, 140, 160, 180, 210, 240, 270,
                300, 360, 420, 480, 600, 900, 1800)
_REMEMBERED = 1_500         # ends; then the old half counts half


@dataclass(frozen=True, slots=True)
class Shape:
    """The hazard by stretches of age; the last stretch has no end."""

    edges_s: tuple[int, ...]
    hazard: tuple[float, ...]       # per second, one for each edge
    summed: tuple[float, ...]       # the hazard gathered up to each edge

    def gathered(self, age_s: float) -> float:
        place = bisect_right(self.edges_s, age_s) - 1
        return self.summed[place] + (age_s - self.edges_s[place]) * self.hazard[place]

    def left(self, age_s: float) -> float:
        """The share that lasts longer than this."""
        return exp(-self.gathered(age_s))

    def ends_within(self, age_s: float, more_s: float) -> float:
        """The chance that one of this age ends within `more_s`."""
        if more_s <= 0:
            return 0.0
        return 1.0 - exp(self.gathered(age_s) - self.gathered(age_s + more_s))

    def moments(self, number: int) -> tuple[float, ...]:
        """The ages at which an equal share of durations has ended, each share by its middle."""
        return tuple(self._reached(1 - (index + 0.5) / number) for index in range(number))

    def _reached(self, share_left: float) -> float:
        low, high = 0.0, float(self.edges_s[-1] * 2)
        for _ in range(24):
            middle = (low + high) / 2
            low, high = (middle, high) if self.left(middle) > share_left else (low, middle)
        return (low + high) / 2


class Durations:
    """Counts ends and time at risk by stretch of age. Not a value: it learns in place."""

    def __init__(self, edges_s: tuple[int, ...], *, imagined_mean_s: float,
                 imagined: float = 8.0) -> None:
        self._edges_s = edges_s
        self._ends = [0.0] * len(edges_s)
        self._at_risk_s = [0.0] * len(edges_s)
        self._imagined = (imagined, imagined_mean_s)
        self.seen = 0.0

    def ended(self, age_s: float) -> None:
        """One lasted so long."""
        age_s = max(0.0, age_s)
        if self.seen >= _REMEMBERED:
            self._forget()
        self.seen += 1
        self._ends[bisect_right(self._edges_s, age_s) - 1] += 1
        self._add_risk(self._at_risk_s, age_s)

    def shape(self, alive_s: Iterable[float] = ()) -> Shape:
        """`alive_s`: ages of those that still last; without them long ones would be overlooked."""
        at_risk = list(self._at_risk_s)
        for age_s in alive_s:
            self._add_risk(at_risk, age_s)
        weight, mean_s = self._imagined
        imagined = _exponential(self._edges_s, mean_s)
        hazard = tuple(
            (ends + weight * share) / (risk + weight * share * mean_s)
            for ends, risk, share in zip(self._ends, at_risk, imagined, strict=True))
        widths = [high - low for low, high in pairwise(self._edges_s)]
        summed = accumulate(
            (width * rate for width, rate in zip(widths, hazard, strict=False)), initial=0.0)
        return Shape(self._edges_s, hazard, tuple(summed))

    def _add_risk(self, at_risk: list[float], age_s: float) -> None:
        edges = self._edges_s
        last = len(edges) - 1
        for place, low in enumerate(edges):
            if age_s <= low:
                return
            high = age_s if place == last else min(age_s, edges[place + 1])
            at_risk[place] += high - low

    def _forget(self) -> None:
        self.seen /= 2
        self._ends = [value / 2 for value in self._ends]
        self._at_risk_s = [value / 2 for value in self._at_risk_s]


def _exponential(edges_s: tuple[int, ...], mean_s: float) -> tuple[float, ...]:
    """The share of imagined ends in each stretch; never nothing, or a stretch had no hazard."""
    left = [exp(-edge / mean_s) for edge in edges_s] + [0.0]
    return tuple(max(high - low, 1e-6) for high, low in pairwise(left))
