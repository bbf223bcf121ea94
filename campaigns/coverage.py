"""The coverage ledger ○: each entry of a frozen list is at any moment in exactly one state.

The table `TRANSITIONS` is the whole law: what may happen to an entry, from which states, and
where it then is. `python -m campaigns.coverage` prints it for the manual.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Facts: TypeAlias = "Mapping[str, str | int | float | bool | None]"


class State(StrEnum):
    NOT_TRIED = "not_tried"
    WAITING_UNTIL = "waiting_until"
    BEING_TRIED = "being_tried"
    REACHED_IN_PERSON = "reached_in_person"
    REACHED_ANOTHER = "reached_another"
    PROMISED = "promised"
    PAID = "paid"
    REFUSED = "refused"
    DISPUTED = "disputed"
    WRONG_NUMBER = "wrong_number"
    EXHAUSTED = "exhausted"
    NOT_CALLABLE = "not_callable"
    WITHDRAWN = "withdrawn"


class Happening(StrEnum):
    """What moves an entry. Each happening leads to one state only."""

    TRIED = "tried"                     # an attempt was committed
    GIVEN_BACK = "given_back"           # the attempt was never dialled, nor any before it
    POSTPONED = "postponed"             # to be dialled from a moment on: retry, law, wish
    REACHED = "reached"                 # the debtor himself, his identity confirmed
    SOMEBODY_ANSWERED = "somebody_answered"     # another person, or nobody could tell who
    PROMISE_MADE = "promise_made"
    PAYMENT_MADE = "payment_made"
    REFUSAL = "refusal"
    DISPUTE = "dispute"
    STRANGER = "stranger"               # the number belongs to somebody else
    NOTHING_LEFT = "nothing_left"       # no number or no attempt is left
    FORBIDDEN = "forbidden"             # law, suppression or no number at all
    STOPPED = "stopped"                 # payment, complaint, incoming call, the supervisor


OPEN = frozenset({State.NOT_TRIED, State.WAITING_UNTIL, State.BEING_TRIED})
FINAL = frozenset(State) - OPEN
TALKED = frozenset({
    State.REACHED_IN_PERSON, State.REACHED_ANOTHER, State.PROMISED, State.PAID, State.REFUSED,
    State.DISPUTED, State.WRONG_NUMBER,
})
REACHED = frozenset({
    State.REACHED_IN_PERSON, State.PROMISED, State.PAID, State.REFUSED, State.DISPUTED,
})
UNREACHED = frozenset(State) - REACHED
_DIALLABLE = frozenset({State.NOT_TRIED, State.WAITING_UNTIL})
# A disposition ends an attempt; a later one corrects it. It may come when the entry was already
# put back into the line (the operator was slow), never before the first attempt.
_DISPOSED = frozenset({State.BEING_TRIED, State.WAITING_UNTIL, State.EXHAUSTED}) | TALKED

TRANSITIONS: Mapping[Happening, tuple[frozenset[State], State]] = {
    Happening.TRIED: (_DIALLABLE, State.BEING_TRIED),
    Happening.GIVEN_BACK: (frozenset({State.BEING_TRIED}), State.NOT_TRIED),
    Happening.POSTPONED: (OPEN | TALKED, State.WAITING_UNTIL),
    Happening.REACHED: (_DISPOSED, State.REACHED_IN_PERSON),
    Happening.SOMEBODY_ANSWERED: (_DISPOSED, State.REACHED_ANOTHER),
    Happening.PROMISE_MADE: (_DISPOSED, State.PROMISED),
    Happening.PAYMENT_MADE: (frozenset(State), State.PAID),
    Happening.REFUSAL: (_DISPOSED, State.REFUSED),
    Happening.DISPUTE: (_DISPOSED, State.DISPUTED),
    Happening.STRANGER: (_DISPOSED, State.WRONG_NUMBER),
    Happening.NOTHING_LEFT: (OPEN, State.EXHAUSTED),
    Happening.FORBIDDEN: (_DIALLABLE | {State.BEING_TRIED}, State.NOT_CALLABLE),
    Happening.STOPPED: (OPEN, State.WITHDRAWN),
}


class LedgerError(Exception):
    """The coverage ledger refused a step."""


class NotAllowedNow(LedgerError):
    """This cannot happen to an entry in this state."""

    def __init__(self, state: State, happening: Happening) -> None:
        super().__init__(f"an entry that is {state} cannot be moved by {happening}")
        self.state = state
        self.happening = happening


class DoesNotAddUp(LedgerError):
    """The states of a campaign's entries do not add up to its list."""

    def __init__(self, size: int, counted: int) -> None:
        super().__init__(f"the list holds {size} entries and the states add up to {counted}")
        self.size = size
        self.counted = counted


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an entry is, since when, and why; `until_at` exactly when it is waiting."""

    state: State
    since: datetime
    why: str            # a code of `campaigns.why`
    facts: Facts = field(default_factory=dict)
    until_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.until_at is not None) != (self.state is State.WAITING_UNTIL):
            raise LedgerError("an entry has a moment to wait for exactly when it is waiting")


def move(standing: Standing, happening: Happening, *, at: datetime, why: str,
         facts: Facts | None = None, until_at: datetime | None = None) -> Standing:
    """The entry's next standing. Raises `NotAllowedNow` and changes nothing."""
    allowed_from, target = TRANSITIONS[happening]
    if standing.state not in allowed_from:
        raise NotAllowedNow(standing.state, happening)
    return Standing(target, at, why, dict(facts or {}), until_at)


@dataclass(frozen=True, slots=True)
class Coverage:
    """A campaign's ledger: one count per state, adding up to `size`, always."""

    size: int
    counts: Mapping[State, int]

    def __post_init__(self) -> None:
        if sum(self.counts.values()) != self.size:
            raise DoesNotAddUp(self.size, sum(self.counts.values()))

    @property
    def is_complete(self) -> bool:
        """Nobody is left to be dialled or decided about."""
        return not any(self.counts[state] for state in OPEN)

    @property
    def reached(self) -> int:
        return sum(self.counts[state] for state in REACHED)


def summary(size: int, counted: Iterable[tuple[str, int]]) -> Coverage:
    """The ledger from the rows of one GROUP BY; states without entries count 0.

    Raises `DoesNotAddUp` when the rows disagree with the frozen list's size, ValueError for a
    state that does not exist.
    """
    counts = dict.fromkeys(State, 0)
    for state, number in counted:
        counts[State(state)] += number
    return Coverage(size, counts)


def drawing() -> str:
    """The table as text, one line per happening, for the manual."""
    lines = []
    for happening, (allowed_from, target) in TRANSITIONS.items():
        sources = " ".join(state for state in State if state in allowed_from)
        lines.append(f"{happening:18} {target:18} from {sources}")
    return "\n".join(lines)


if __name__ == "__main__":
    print(drawing())
