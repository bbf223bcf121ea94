"""What a campaign would come to ○: how soon everybody was tried, before the first real call.

The pace of an hour is rehearsed with the dialler's own step; the days are then filled with it:
lawful hours only, repeated dials first as the dialler does, each person again when the law lets.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from campaigns.calling_hours import is_allowed
from campaigns.contact_limits import Contact, Kind
from campaigns.look_ahead import Ages
from campaigns.rehearsal.methods import OneToOne, Ours
from campaigns.rehearsal.world import Case, Chance, Method, WorkingDay
from campaigns.rules import Inquiry, RuleSet, decide

REHEARSED_H = 0.5
DAYS = 60
_STEP = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`impossible`: of the entries, those whom nothing allows to dial within a week."""

    entries: int
    impossible: int
    lines: int
    operators: int
    is_predictive: bool
    max_attempts: int
    answer_rate: float = 0.35
    cap: float = 0.02
    talk_s: float = 120.0
    wrap_up_s: float = 20.0


@dataclass(frozen=True, slots=True)
class DayAhead:
    day: date
    dials: int
    tried: int          # people tried once at least, until the day's end


@dataclass(frozen=True, slots=True)
class Forecast:
    dials_per_hour: int
    talk_min_per_hour: float
    drop_share: float
    days: tuple[DayAhead, ...]
    tried_on: date | None       # everybody who can be, was tried
    ends_on: date | None        # nobody is left to be dialled


class _Limited:
    """A method that has no more than so many lines."""

    def __init__(self, inner: Method, lines: int) -> None:
        self._inner, self._lines = inner, lines
        self.answered, self.missed, self.met = inner.answered, inner.missed, inner.met
        self.dropped, self.talked, self.wrapped_up = (
            inner.dropped, inner.talked, inner.wrapped_up)

    def dial(self, ages: Ages, at_s: float) -> int:
        busy = len(ages.ringing_s) + ages.waiting + len(ages.talking_s)
        return max(0, min(self._inner.dial(ages, at_s), self._lines - busy))


def forecast(wish: Wish, rules: RuleSet, zones: Sequence[tzinfo], chance: Chance, *,
             now: datetime) -> Forecast:
    """`zones`: where most of the list is; the first is the one of the days."""
    method: Method = Ours(wish.cap) if wish.is_predictive else OneToOne()
    case = Case(operators=max(1, wish.operators), answer_rate=wish.answer_rate, hours=REHEARSED_H,
                talk_mean_s=wish.talk_s, wrap_up_s=wish.wrap_up_s)
    hour = WorkingDay(case, _Limited(method, wish.lines), chance).run()
    per_hour = int(hour.dials / REHEARSED_H)
    days = _days(wish, rules, tuple(zones), per_hour, now)
    able = wish.entries - wish.impossible
    return Forecast(
        per_hour, hour.talk_min_per_hour, hour.drop_share, tuple(days[0]),
        next((one.day for one in days[0] if one.tried >= able), None), days[1])


def _days(wish: Wish, rules: RuleSet, zones: tuple[tzinfo, ...], per_hour: int,
          now: datetime) -> tuple[list[DayAhead], date | None]:
    """The days until everybody was tried, and the day on which nobody is left."""
    fresh, tried = wish.entries - wish.impossible, 0
    waiting: dict[int, list[int]] = {}      # by day: how many at each count of attempts made
    ahead: list[DayAhead] = []
    for index in range(DAYS):
        at = now if index == 0 else (now + timedelta(days=index)).astimezone(zones[0]).replace(
            hour=0, minute=0, second=0)
        room = dials = int(per_hour * _lawful_h(rules, zones, at))
        due = waiting.pop(index, [])
        for made, people in enumerate(due):
            again = min(people, room)
            room -= again
            _repeat(waiting, wish, rules, zones, at, index, made + 1, again)
            _put(waiting, index + 1, made, people - again)
        first = min(fresh, room)
        fresh, tried, room = fresh - first, tried + first, room - first
        _repeat(waiting, wish, rules, zones, at, index, 1, first)
        ahead.append(DayAhead(at.astimezone(zones[0]).date(), dials - room, tried))
        if fresh == 0 and not any(sum(people) for people in waiting.values()):
            return ahead, ahead[-1].day
    return ahead, None


def _repeat(waiting: dict[int, list[int]], wish: Wish, rules: RuleSet, zones: tuple[tzinfo, ...],
            at: datetime, index: int, made: int, people: int) -> None:
    """Those of them who were not reached, on the day on which the law lets them be tried again."""
    missed = round(people * (1 - wish.answer_rate))
    if made >= wish.max_attempts or missed == 0:
        return
    noon = at.astimezone(zones[0]).replace(hour=12)
    contacts = tuple(Contact(noon - timedelta(days=back), Kind.NOT_ANSWERED, "+0")
                     for back in range(made))
    asked = Inquiry(noon + timedelta(minutes=1), zones, "+0", contacts)
    verdict = decide(rules, asked)
    if not verdict.is_allowed and verdict.until_at is None:
        return
    until = verdict.until_at or asked.moment
    after = (until.astimezone(zones[0]).date() - noon.date()).days
    _put(waiting, index + max(1, after), made, missed)


def _put(waiting: dict[int, list[int]], day: int, made: int, people: int) -> None:
    counts = waiting.setdefault(day, [])
    counts += [0] * (made + 1 - len(counts))
    counts[made] += people


def _lawful_h(rules: RuleSet, zones: tuple[tzinfo, ...], at: datetime) -> float:
    """Of the rest of the day of `at`."""
    end = at.astimezone(zones[0]).replace(hour=23, minute=59)
    hours, moment = 0.0, at
    while moment < end:
        if all(is_allowed(moment, zones, rule.hours, rule.holidays) for rule in rules.rules):
            hours += _STEP.total_seconds() / 3600
        moment += _STEP
    return hours
