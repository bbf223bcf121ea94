"""Operators: what the queues' members and his own legs say about each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from cti.changes import OperatorState


@dataclass(frozen=True, slots=True)
class Standing:
    """What his queues and his phones say of him, whatever calls he is in."""
    state: OperatorState
    reason: str
    interface: str | None
    interfaces: tuple[str, ...]
    queues: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator:
    id: str
    state: OperatorState
    since: datetime                     # when `state` began
    reason: str = ""                    # of the pause
    interface: str | None = None        # the phone his queue membership rings
    queues: frozenset[str] = frozenset()
    call: str | None = None             # the call his newest leg belongs to
    registered: bool = False            # `interface` (any of his phones, if none) can be reached
    interfaces: tuple[str, ...] = ()    # his phones that can be reached now
