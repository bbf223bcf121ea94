"""Asterisk's queue_log as rows ○: `seconds|call|queue|member|what|data…`, a line each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

LAST_MOMENT = 4_102_444_800     # 2100


@dataclass(frozen=True, slots=True)
class QueueRow:
    """`leg_id` is the waiting channel's Uniqueid; "" or NONE where nobody is concerned."""
    at: datetime        # aware UTC; whole seconds in most installations
    leg_id: str
    queue: str
    member: str
    what: str           # ENTERQUEUE, CONNECT, ABANDON, QUEUESTART …
    data: tuple[str, ...]


def read(text: str) -> Iterator[QueueRow]:
    """What does not read as a whole line is left out, like the last one of a killed Asterisk."""
    for line in text.split("\n")[:-1]:
        row = _row(line)
        if row is not None:
            yield row


def first_moment(text: str) -> datetime | None:
    return next((row.at for row in read(text)), None)


def _row(line: str) -> QueueRow | None:
    parts = line.split("|")
    if len(parts) < 5 or not parts[4].isupper():
        return None
    try:
        seconds = float(parts[0])
    except ValueError:
        return None
    if not 0 < seconds < LAST_MOMENT:
        return None
    call, queue, member, what = parts[1:5]
    return QueueRow(datetime.fromtimestamp(seconds, UTC), call, queue, member, what,
                    tuple(parts[5:]))
