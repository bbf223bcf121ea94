"""Callers on the line and tokens to be called back, over simulated days: whoever came first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from workstation.waiting.turns import Token, due, place, soon_free

DAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def at(second: float) -> datetime:
    return DAY + timedelta(seconds=second)


@dataclass(frozen=True)
class Person:
    """`gives_up_at`: the second of his wait at which he asks to be called back; None: never.
    `misses`: how often nobody takes his telephone."""
    arrives: int
    talks: int
    gives_up_at: int | None = None
    rings: int = 5
    misses: int = 0


@dataclass
class Centre:
    """Operators, a line kept by arrival as Asterisk keeps it, and tokens dialled by `due`."""
    people: list[Person]
    operators: int
    now: float = 0
    busy: int = 0
    line: set[int] = field(default_factory=set)             # on the telephone, by number
    tokens: dict[int, int] = field(default_factory=dict)    # number → misses until now
    ringing: set[int] = field(default_factory=set)
    later: dict[int, float] = field(default_factory=dict)   # not before
    called: dict[int, float] = field(default_factory=dict)  # first dialled
    served: dict[int, float] = field(default_factory=dict)
    early: list[int] = field(default_factory=list)          # dialled before their turn
    overtaken: list[tuple[int, int]] = field(default_factory=list)

    def run(self) -> None:
        order = count()
        queue = [(one.arrives, next(order), "arrives", i) for i, one in enumerate(self.people)]
        heapq.heapify(queue)
        while queue:
            self.now, _, what, who = heapq.heappop(queue)
            for delay, then in getattr(self, what)(who):
                heapq.heappush(queue, (self.now + delay, next(order), then, who))
            for number in self.dial():
                person = self.people[number]
                heapq.heappush(queue, (self.now + person.rings, next(order), "rang", number))
            for number in self.connect():
                heapq.heappush(queue, (
                    self.now + self.people[number].talks, next(order), "ends", number))

    def arrives(self, who: int) -> list[tuple[float, str]]:
        self.line.add(who)
        gives_up = self.people[who].gives_up_at
        return [(gives_up, "asks")] if gives_up is not None else []

    def asks(self, who: int) -> list[tuple[float, str]]:
        if who in self.line:
            self.line.remove(who)
            self.tokens[who] = 0
        return []

    def rang(self, who: int) -> list[tuple[float, str]]:
        self.ringing.remove(who)
        if self.tokens[who] < self.people[who].misses:
            self.tokens[who] += 1
            self.later[who] = self.now + 30
            return [(30, "again")]
        del self.tokens[who]
        self.line.add(who)
        return []

    def again(self, who: int) -> list[tuple[float, str]]:
        return []

    def ends(self, who: int) -> list[tuple[float, str]]:
        self.busy -= 1
        return []

    def dial(self) -> list[int]:
        tokens = [Token(i, at(self.people[i].arrives), i in self.ringing,
                        at(self.later[i]) if i in self.later else None) for i in self.tokens]
        found = due(tokens, [at(self.people[i].arrives) for i in self.line],
                    free=self.operators - self.busy, soon=soon_free(
                        talking=self.busy, talk_s=None, ring_s=5), now=at(self.now))
        room = self.operators - self.busy + min(1, self.busy)
        for number in found:
            came = self.people[number].arrives
            before = sum(self.people[i].arrives <= came for i in self.line) + sum(
                self.people[i].arrives < came for i in self.ringing)
            self.early += [number] if before >= room else []
            self.ringing.add(number)
            self.called.setdefault(number, self.now)
        return found

    def connect(self) -> list[int]:
        found = []
        while self.line and self.busy < self.operators:
            who = min(self.line, key=lambda i: (self.people[i].arrives, i))
            self.line.remove(who)
            self.busy += 1
            self.served[who] = self.now
            self.overtaken += [(who, other) for other in self.line
                               if self.people[other].arrives < self.people[who].arrives]
            came = self.people[who].arrives
            is_anybody_called = any(self.people[i].arrives < came for i in self.ringing)
            self.overtaken += [(who, other) for other in self.tokens
                               if self.people[other].arrives < came and not is_anybody_called
                               and self.later.get(other, 0) <= self.now]
            found.append(who)
        return found



people = st.lists(st.builds(
    Person, arrives=st.integers(0, 600), talks=st.integers(1, 120),
    gives_up_at=st.one_of(st.none(), st.integers(0, 60)), rings=st.integers(1, 25),
    misses=st.integers(0, 2)), min_size=1, max_size=40)


@settings(max_examples=300, deadline=None)
@given(people=people, operators=st.integers(1, 6))
def test_order_by_arrival_always_holds(people: list[Person], operators: int) -> None:
    """Nobody is served before who is on the line and came earlier. No token is dialled before its
    turn, and none is passed over while nobody who came earlier is being called. All are served."""
    centre = Centre(people, operators)
    centre.run()
    assert not centre.overtaken
    assert not centre.early
    assert set(centre.served) == set(range(len(people)))


def test_a_token_waits_for_who_came_before_it_and_not_for_who_came_after() -> None:
    token = Token(1, at(100))
    before, after = [at(10), at(20)], [at(200)]
    assert due([token], [*before, *after], free=0, soon=1, now=at(300)) == []
    assert due([token], [*before, *after], free=0, soon=2, now=at(300)) == []
    assert due([token], after, free=0, soon=1, now=at(300)) == [1]
    assert due([token], [], free=0, soon=0, now=at(300)) == []      # nobody is there to talk


def test_who_was_not_there_is_called_again_in_his_old_place() -> None:
    missed = Token(1, at(0), not_before=at(900))
    other = Token(2, at(50))
    assert due([missed, other], [], free=1, soon=0, now=at(100)) == [2]
    assert due([missed, other], [], free=1, soon=0, now=at(900)) == [1]


def test_one_that_rings_takes_up_its_place() -> None:
    rings, other = Token(1, at(0), is_dialled=True), Token(2, at(50))
    assert due([rings, other], [], free=1, soon=0, now=at(60)) == []
    assert due([rings, other], [], free=1, soon=1, now=at(60)) == [2]


def test_a_place_counts_everybody_who_came_before() -> None:
    tokens = [Token(1, at(0)), Token(2, at(50))]
    assert place(tokens, [at(10), at(90)], at(60)) == 4
    assert place((), (), at(60)) == 1


def test_as_many_are_called_ahead_as_operators_will_be_free() -> None:
    assert soon_free(talking=0, talk_s=120, ring_s=20) == 0
    assert soon_free(talking=3, talk_s=None, ring_s=20) == 1
    assert soon_free(talking=30, talk_s=120, ring_s=20) == 5
    assert soon_free(talking=1, talk_s=5, ring_s=20) == 1
