"""Ways to dial in a rehearsal ○: one to one, a fixed ratio, the adaptive level, and ours."""

from __future__ import annotations

from collections import deque

from campaigns.look_ahead import Ages
from campaigns.pacing import Line, Pacing, next_step
from campaigns.predicting import Day, Predictor

_PLENTY = 10_000


class _Deaf:
    """Facts are of no use to it."""

    def answered(self, ring_s: float) -> None: ...
    def missed(self, ring_s: float) -> None: ...
    def met(self) -> None: ...
    def dropped(self) -> None: ...
    def talked(self, talk_s: float) -> None: ...
    def wrapped_up(self, wrap_s: float) -> None: ...


class OneToOne(_Deaf):
    """A line per free operator: nobody is ever dropped."""

    def dial(self, ages: Ages, at_s: float) -> int:
        return max(0, ages.ready - len(ages.ringing_s) - ages.waiting)


class FixedRatio(_Deaf):
    """`ratio` lines per operator on duty, counting those who talk with their lines."""

    def __init__(self, ratio: float) -> None:
        self._ratio = ratio

    def dial(self, ages: Ages, at_s: float) -> int:
        busy = len(ages.talking_s) + len(ages.wrapping_s)
        lines = len(ages.ringing_s) + ages.waiting + busy
        return max(0, int((ages.ready + busy) * self._ratio) - lines)

class Adaptive(_Deaf):
    """A level of lines per operator, moved every 15 s, as VICIdial's manual tells of its adaptive
    methods: up by the share of operators who waited during the last minute beyond the one that is
    aimed at, down while the day's drops are over the cap. Retold from the manual, not its code.

    `tapers`: in the first half of the shift the drops may be up to half again over the cap.
    `intensity` and `level_max` are its two screws; it ships with 1.0 and 3.0.
    """

    def __init__(self, cap: float, *, tapers: bool = False, intensity: float = 1.0,
                 level_max: float = 3.0, hours: float = 8.0) -> None:
        self._cap, self._tapers, self._half_s = cap, tapers, hours * 1800
        self._intensity, self._level_max = intensity, level_max
        self._level = 1.0
        self._ready: deque[int] = deque(maxlen=60)
        self._answered = self._dropped = 0

    def dial(self, ages: Ages, at_s: float) -> int:
        operators = ages.ready + len(ages.talking_s) + len(ages.wrapping_s)
        self._ready.append(ages.ready)
        if at_s % 15 == 0 and operators:
            self._adapt(operators, at_s)
        lines = len(ages.ringing_s) + ages.waiting + len(ages.talking_s) + len(ages.wrapping_s)
        return max(0, int(operators * self._level) - lines)

    def _adapt(self, operators: int, at_s: float) -> None:
        share = self._dropped / self._answered if self._answered else 0.0
        cap = self._cap * (1.5 if self._tapers and at_s < self._half_s else 1.0)
        if share > cap:
            self._level = max(1.0, self._level - self._intensity * min(1.0, share / cap - 1))
            return
        idle = (sum(self._ready) / len(self._ready) - 1) / operators
        self._level = min(self._level_max, max(1.0, self._level + self._intensity * idle / 4))

    def answered(self, ring_s: float) -> None:
        self._answered += 1

    def dropped(self) -> None:
        self._dropped += 1


class Ours:
    """The dialler's own code, as it dials."""

    def __init__(self, cap: float) -> None:
        self.predictor = Predictor()
        self._cap = cap
        self._answered = self._dropped = 0

    def dial(self, ages: Ages, at_s: float) -> int:
        day = Day(self._answered, self._dropped, self._cap)
        dose = self.predictor.dose(ages, day, at_s=at_s, at_most=_PLENTY)
        line = Line(ages.ready, len(ages.ringing_s), ages.waiting, _PLENTY, self._answered,
                    self._dropped, self._cap)
        return next_step(Pacing.PREDICTIVE, line, dose).dial

    def answered(self, ring_s: float) -> None:
        self._answered += 1
        self.predictor.answered(ring_s)

    def missed(self, ring_s: float) -> None:
        self.predictor.missed(ring_s)

    def met(self) -> None:
        self.predictor.met(cap=self._cap)

    def dropped(self) -> None:
        self._dropped += 1
        self.predictor.dropped()

    def talked(self, talk_s: float) -> None:
        self.predictor.talked(talk_s)

    def wrapped_up(self, wrap_s: float) -> None:
        self.predictor.wrapped_up(wrap_s)
