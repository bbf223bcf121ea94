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
class Queue:
    id: str
    waiting: tuple[Waiting, ...] = ()
