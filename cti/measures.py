"""What the figures of a contact centre mean ○: a part counts or times each contact alone, and a
measure is one part divided by another. So parts of any split add up to the whole, the contacts
behind a figure are those that have the part, and live and history are the same function.

Times are whole milliseconds: sums of them are the same in any order, to the last digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Literal

Unit = Literal["share", "seconds", "contacts"]
WAITS_S = (10, 20, 30, 60, 120, 300)        # upper ends of the waiting histogram, the last is open
SHORT_S = 5         # who hangs up within that was not turned away by waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """An ended call as the figures see it; durations in seconds.

    `waited_s`: in the queue, until an operator answered or the caller left. `talkers`: the
    operators who talked with the client, in their order. `in_time_s`, `short_s`: his queue's.
    """
    direction: Literal["in", "out", "internal"]
    outcome: str | None
    queue: str | None = None
    is_answered: bool = False       # by an operator, or, going out, by the other side
    waited_s: float = 0.0
    talked_s: float = 0.0
    held_s: float = 0.0
    wrap_up_s: float = 0.0
    talkers: tuple[str, ...] = ()
    in_time_s: int = 20
    short_s: int = SHORT_S

    @property
    def is_offered(self) -> bool:
        """He asked for a person: the menu did not serve him, and it was no colleague."""
        return self.direction == "in" and (self.queue is not None or self.is_answered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The parts, each a sum over contacts. Adding two tallies is the tally of both lists."""
    contacts: int = 0
    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_short: int = 0
    sent_away: int = 0          # offered, neither answered nor abandoned: closed, full, too long
    served: int = 0             # by the menu alone
    dialled: int = 0
    reached: int = 0
    transferred: int = 0
    repeated: int = 0
    handled: int = 0
    answer_ms: int = 0          # waited by those who were answered
    talked_ms: int = 0
    held_ms: int = 0
    wrap_up_ms: int = 0
    wait_10: int = 0
    wait_20: int = 0
    wait_30: int = 0
    wait_60: int = 0
    wait_120: int = 0
    wait_300: int = 0
    wait_more: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(**{name: getattr(self, name) + getattr(other, name) for name in PARTS})


PARTS: tuple[str, ...] = tuple(field.name for field in fields(Tally))
WAIT_PARTS = (*(f"wait_{end}" for end in WAITS_S), "wait_more")


def total(tallies: Iterable[Tally]) -> Tally:
    sums = dict.fromkeys(PARTS, 0)
    for tally in tallies:
        for name in PARTS:
            sums[name] += getattr(tally, name)
    return Tally(**sums)


def tally(contact: Contact, *, is_repeated: bool = False) -> Tally:
    """What one contact adds. `is_repeated`: the same number was in contact shortly before."""
    inbound, handled = contact.is_offered, bool(contact.talkers)
    answered = inbound and contact.is_answered
    left = inbound and not answered and contact.outcome == "abandoned"
    dialled = contact.direction == "out"
    waits = {wait_part(contact.waited_s): 1} if answered or left else {}
    return _counted(
        contacts=1, offered=inbound, answered=answered,
        in_time=answered and contact.waited_s <= contact.in_time_s,
        abandoned=left, abandoned_short=left and contact.waited_s <= contact.short_s,
        sent_away=inbound and not answered and not left,
        served=contact.direction == "in" and not inbound and contact.outcome == "served",
        dialled=dialled, reached=dialled and contact.is_answered,
        transferred=len(set(contact.talkers)) > 1,
        repeated=inbound and is_repeated, handled=handled,
        answer_ms=ms(contact.waited_s) if answered else 0,
        talked_ms=ms(contact.talked_s) if handled else 0,
        held_ms=ms(contact.held_s) if handled else 0,
        wrap_up_ms=ms(contact.wrap_up_s) if handled else 0, **waits)


def _counted(**parts: int) -> Tally:
    """Yes is one, no is nothing."""
    return Tally(**{name: int(value) for name, value in parts.items()})


def wait_part(waited_s: float) -> str:
    """The part of the waiting histogram that this wait falls into."""
    end = next((end for end in WAITS_S if waited_s <= end), None)
    return f"wait_{end}" if end is not None else "wait_more"


def ms(seconds: float) -> int:
    return round(max(0.0, seconds) * 1000)


@dataclass(frozen=True, slots=True)
class Measure:
    """`of` less `less`, divided by `by` less `by_less`; the parts are all that it depends on."""
    id: str
    unit: Unit
    of: tuple[str, ...]
    by: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    by_less: tuple[str, ...] = ()

    def value(self, sums: Tally) -> float | None:
        """None where there is nothing to divide by: no calls are neither good nor bad."""
        above = self._sum(sums, self.of) - self._sum(sums, self.less)
        if not self.by:
            return above
        below = self._sum(sums, self.by) - self._sum(sums, self.by_less)
        if below == 0:
            return None
        return above / below / (1000 if self.unit == "seconds" else 1)

    @property
    def counted(self) -> tuple[str, ...]:
        """The parts of what is above the line."""
        return (*self.of, *self.less)

    @staticmethod
    def _sum(sums: Tally, names: tuple[str, ...]) -> int:
        return sum(getattr(sums, name) for name in names)


_OFFERED, _SHORT = ("offered",), ("abandoned_short",)
MEASURES: Mapping[str, Measure] = {measure.id: measure for measure in (
    Measure("service_level", "share", ("in_time",), _OFFERED, by_less=_SHORT),
    Measure("abandonment", "share", ("abandoned",), _OFFERED, _SHORT, _SHORT),
    Measure("asa", "seconds", ("answer_ms",), ("answered",)),
    Measure("aht", "seconds", ("talked_ms", "held_ms", "wrap_up_ms"), ("handled",)),
    Measure("talk", "seconds", ("talked_ms",), ("handled",)),
    Measure("hold", "seconds", ("held_ms",), ("handled",)),
    Measure("wrap_up", "seconds", ("wrap_up_ms",), ("handled",)),
    Measure("transfers", "share", ("transferred",), ("handled",)),
    Measure("repeats", "share", ("repeated",), _OFFERED),
    Measure("menu_served", "share", ("served",), ("served", "offered")),
    Measure("reach", "share", ("reached",), ("dialled",)),
)}
