"""Promises to pay ○: silence until the day, then kept or broken by what was paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class PromiseState(StrEnum):
    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Promise:
    amount_minor: int
    due_on: date        # in the client's zone; payments of that day still count


def silent_until(promises: tuple[Promise, ...], moment: datetime, zone: tzinfo) -> datetime | None:
    """The end of the next promised day; None: no open promise asks for silence. Of instalments
    the following day asks for its own silence when this one was kept."""
    today = moment.astimezone(zone).date()
    days = [promise.due_on for promise in promises if promise.due_on >= today]
    if not days:
        return None
    return datetime.combine(min(days) + timedelta(days=1), time(), zone).astimezone(UTC)


def instalments(total_minor: int, first_on: date, number: int, every_days: int,
                ) -> tuple[Promise, ...]:
    """Equal parts on equal steps; what does not divide is in the first. Raises ValueError."""
    if number < 1 or every_days < 1 or total_minor < number:
        raise ValueError("instalments need a number, a step of days, and something to pay each")
    part, rest = divmod(total_minor, number)
    return tuple(Promise(part + (rest if index == 0 else 0),
                         first_on + timedelta(days=index * every_days))
                 for index in range(number))


def settled(promises: tuple[Promise, ...], payments: tuple[tuple[date, int], ...],
            today: date) -> tuple[PromiseState, ...]:
    """The state of each promise, given by their days; a payment keeps the earliest not yet kept.

    `payments`: day in the client's zone and sum. What came after a promise's day does not keep it
    in time: it is broken, and stays so.
    """
    states = []
    spent = 0
    for promise in promises:
        in_time = sum(amount for day, amount in payments if day <= promise.due_on) - spent
        state = state_of(promise, max(0, in_time), today)
        if state is PromiseState.KEPT:
            spent += promise.amount_minor
        states.append(state)
    return tuple(states)


def state_of(promise: Promise, paid_minor: int, today: date) -> PromiseState:
    """`paid_minor`: what came in from the promise to the end of its day."""
    if paid_minor >= promise.amount_minor:
        return PromiseState.KEPT
    return PromiseState.BROKEN if today > promise.due_on else PromiseState.OPEN
