"""A day of dialling as discrete events ○: debtors who answer or do not, operators who talk.

Once a second a method looks at what the dialler would see and says how many to dial. All chance
comes from the one `Random` that is handed in, so a seed tells the same day again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import log, pi, sin
from typing import Protocol

from campaigns.look_ahead import Ages


class Chance(Protocol):
    """What is used of `random.Random`."""

    def random(self) -> float: ...
    def expovariate(self, lambd: float) -> float: ...
    def lognormvariate(self, mu: float, sigma: float) -> float: ...


class Method(Protocol):
    """A way to dial; told the facts as they happen, asked once a second."""

    def dial(self, ages: Ages, at_s: float) -> int: ...
    def answered(self, ring_s: float) -> None: ...
    def missed(self, ring_s: float) -> None: ...
    def met(self) -> None: ...
    def dropped(self) -> None: ...
    def talked(self, talk_s: float) -> None: ...
    def wrapped_up(self, wrap_s: float) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What the debtors and the operators of one day are like."""

    operators: int
    answer_rate: float
    swing: float = 0.0              # the rate goes up and down by this share within each hour
    hours: float = 8.0
    ring_mean_s: float = 15.0       # of those who answer, exponential
    ring_out_s: float = 24.0        # the others' phones ring so long
    talk_mean_s: float = 120.0      # lognormal
    talk_sigma: float = 0.8
    wrap_up_s: float = 0.0
    patience_s: float = 2.0


@dataclass(slots=True)
class Tally:
    """What the day came to."""

    dials: int = 0
    answered: int = 0
    dropped: int = 0
    talk_s: float = 0.0
    operator_s: float = 0.0
    hours: float = 0.0
    talk_by_half_hour: list[float] = field(default_factory=list)    # seconds
    half_hours: dict[int, list[int]] = field(default_factory=dict)  # answered, dropped

    @property
    def talk_min_per_hour(self) -> float:
        return 60 * self.talk_s / self.operator_s if self.operator_s else 0.0

    @property
    def drop_share(self) -> float:
        return self.dropped / self.answered if self.answered else 0.0

    @property
    def worst_half_hour(self) -> float:
        return max((dropped / answered for answered, dropped in self.half_hours.values()
                    if answered), default=0.0)


_TICK, _ANSWER, _MISS, _TALK_END, _WRAP_END, _PATIENCE = range(6)


class WorkingDay:
    """One run. `run` plays it from the first to the last second."""

    def __init__(self, case: Case, method: Method, chance: Chance) -> None:
        self._case, self._method, self._chance = case, method, chance
        self._events: list[tuple[float, int, int]] = []
        self._ringing: dict[int, float] = {}
        self._talking: dict[int, float] = {}
        self._wrapping: dict[int, float] = {}
        self._waiting: deque[tuple[int, float]] = deque()
        self._ready = case.operators
        self._calls = 0
        self._counted_s = 0.0
        self._talk_mu = log(case.talk_mean_s) - case.talk_sigma ** 2 / 2
        self.tally = Tally()
        self._deeds: dict[int, Callable[[int, float], None]] = {
            _ANSWER: self._answer, _MISS: self._miss, _TALK_END: self._talk_end,
            _WRAP_END: self._wrap_end, _PATIENCE: self._give_up}

    def run(self) -> Tally:
        end_s = self._case.hours * 3600
        for second in range(int(end_s)):
            self._play_until(float(second))
            self._dial(float(second))
            if (second + 1) % 1800 == 0:
                self._close_half_hour(float(second))
        self._play_until(end_s)
        tally = self.tally
        tally.talk_s += sum(end_s - begun for begun in self._talking.values())
        tally.operator_s, tally.hours = self._case.operators * end_s, self._case.hours
        return tally

    def _close_half_hour(self, at_s: float) -> None:
        talked = self.tally.talk_s + sum(at_s - begun for begun in self._talking.values())
        self.tally.talk_by_half_hour.append(talked - self._counted_s)
        self._counted_s = talked

    def _play_until(self, at_s: float) -> None:
        events = self._events
        while events and events[0][0] <= at_s:
            moment, deed, call = heappop(events)
            self._deeds[deed](call, moment)

    def _dial(self, at_s: float) -> None:
        ages = Ages(
            self._ready, [at_s - begun for begun in self._ringing.values()], len(self._waiting),
            [at_s - begun for begun in self._talking.values()],
            [at_s - begun for begun in self._wrapping.values()])
        for _ in range(self._method.dial(ages, at_s)):
            self._ring(at_s)

    def _rate(self, at_s: float) -> float:
        case = self._case
        return case.answer_rate * (1 + case.swing * sin(2 * pi * at_s / 3600))

    def _ring(self, at_s: float) -> None:
        self._calls += 1
        self.tally.dials += 1
        self._ringing[self._calls] = at_s
        if self._chance.random() < self._rate(at_s):
            ring_s = self._chance.expovariate(1 / self._case.ring_mean_s)
            heappush(self._events, (at_s + ring_s, _ANSWER, self._calls))
        else:
            heappush(self._events, (at_s + self._case.ring_out_s, _MISS, self._calls))

    def _miss(self, call: int, at_s: float) -> None:
        self._method.missed(at_s - self._ringing.pop(call))

    def _answer(self, call: int, at_s: float) -> None:
        self._method.answered(at_s - self._ringing.pop(call))
        self.tally.answered += 1
        self._half_hour(at_s)[0] += 1
        if self._ready:
            self._talk(call, at_s)
        else:
            self._waiting.append((call, at_s))
            heappush(self._events, (at_s + self._case.patience_s, _PATIENCE, call))

    def _talk(self, call: int, at_s: float) -> None:
        self._ready -= 1
        self._method.met()
        self._talking[call] = at_s
        talk_s = self._chance.lognormvariate(self._talk_mu, self._case.talk_sigma)
        heappush(self._events, (at_s + talk_s, _TALK_END, call))

    def _talk_end(self, call: int, at_s: float) -> None:
        talk_s = at_s - self._talking.pop(call)
        self.tally.talk_s += talk_s
        self._method.talked(talk_s)
        if self._case.wrap_up_s:
            self._wrapping[call] = at_s
            heappush(self._events, (at_s + self._case.wrap_up_s, _WRAP_END, call))
        else:
            self._free(at_s)

    def _wrap_end(self, call: int, at_s: float) -> None:
        self._method.wrapped_up(at_s - self._wrapping.pop(call))
        self._free(at_s)

    def _free(self, at_s: float) -> None:
        self._ready += 1
        if self._waiting:
            self._talk(self._waiting.popleft()[0], at_s)

    def _give_up(self, call: int, at_s: float) -> None:
        if self._waiting and self._waiting[0][0] == call:
            self._waiting.popleft()
            self.tally.dropped += 1
            self._half_hour(at_s)[1] += 1
            self._method.dropped()

    def _half_hour(self, at_s: float) -> list[int]:
        return self.tally.half_hours.setdefault(int(at_s // 1800), [0, 0])
