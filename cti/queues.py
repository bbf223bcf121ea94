"""Queues: who waits, in which order, and which phones they may ring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Waiting:
    """A call's place in a queue; `position` 1 is next."""
    call: str
    since: datetime
    position: int


@dataclass(frozen=True, slots=True)
class Member:
    """One phone that a queue may ring."""
    queue: str
    interface: str
    operator: str
    is_paused: bool
    reason: str
    penalty: int


@dataclass(frozen=True, slots=True)
class Queue:
    id: str
    waiting: tuple[Waiting, ...] = ()


def joined(queue: Queue, call: str, since: datetime, position: int) -> Queue:
    """The queue with `call` at `position` (Asterisk's count from 1; 0 = last)."""
    line = [one for one in queue.waiting if one.call != call]
    place = position - 1 if 0 < position <= len(line) else len(line)
    line.insert(place, Waiting(call, since, 0))
    return Queue(queue.id, _numbered(line))


def left(queue: Queue, call: str) -> Queue:
    return Queue(queue.id, _numbered([one for one in queue.waiting if one.call != call]))


def place_of(queue: Queue, call: str) -> Waiting | None:
    return next((one for one in queue.waiting if one.call == call), None)


def _numbered(line: list[Waiting]) -> tuple[Waiting, ...]:
    return tuple(Waiting(one.call, one.since, place) for place, one in enumerate(line, 1))
