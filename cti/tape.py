"""The tape: what Asterisk said, as JSON lines, written before anybody interprets it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class TapePosition:
    """A place on the tape: the day's file (`2026-11-22`, UTC) and the byte in it, unpacked."""
    day: str
    offset: int
