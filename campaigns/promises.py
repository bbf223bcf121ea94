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
    """The end of the last promised day still to come; None: no open promise asks for silence."""
    today = moment.astimezone(zone).date()
    days = [promise.due_on for promise in promises if promise.due_on >= today]
    if not days:
        return None
    return datetime.combine(max(days) + timedelta(days=1), time(), zone).astimezone(UTC)


def state_of(promise: Promise, paid_minor: int, today: date) -> PromiseState:
    """`paid_minor`: what came in from the promise to the end of its day."""
    if paid_minor >= promise.amount_minor:
        return PromiseState.KEPT
    return PromiseState.BROKEN if today > promise.due_on else PromiseState.OPEN
