"""What became of synthetic calls: placed, answered, popped, logged, lost (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """One synthetic call, by the number it showed; numbers within a rehearsal are distinct."""
    number: str
    accepted: bool      # the far end's Asterisk agreed to place it


@dataclass(frozen=True, slots=True)
class Logged:
    """One interaction of the journal, as the API tells it."""
    number: str
    outcome: str | None     # None: not ended yet


@dataclass(frozen=True, slots=True)
class Report:
    placed: int
    answered: int       # an operator spoke with the caller
    served: int         # the menu was all the caller wanted
    abandoned: int
    popped: int         # on an operator's screen while the phone rang
    logged: int         # calls with an ended interaction
    lost: int           # placed, and no interaction tells of them
    refused: int        # never left the far end

    @property
    def is_whole(self) -> bool:
        return self.lost == 0 and self.refused == 0


def report(
    placed: Iterable[Placed], logged: Iterable[Logged], pops: Mapping[str, int]
) -> Report:
    """`pops`: caller's number → pops seen. Answered + served + abandoned + … = logged."""
    calls = list(placed)
    by_number = {item.number: item for item in logged if item.outcome is not None}
    outcomes = [by_number[call.number].outcome for call in calls
                if call.accepted and call.number in by_number]
    sent = sum(call.accepted for call in calls)
    return Report(
        placed=len(calls),
        answered=outcomes.count("answered"),
        served=outcomes.count("served"),
        abandoned=outcomes.count("abandoned"),
        popped=sum(1 for call in calls if pops.get(call.number)),
        logged=len(outcomes),
        lost=sent - len(outcomes),
        refused=len(calls) - sent,
    )
