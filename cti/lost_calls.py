"""Which calls a gap concerns, out of all that Asterisk recorded ○."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

from cti.cel import CelRow

BEGINNINGS = ("CHAN_START", "LINKEDID_END")
BORN = re.compile(r"(\d{9,11})\.\d+$")      # a Uniqueid ends with the second it was made in


def concerned(
    rows: Sequence[CelRow], since: datetime, until: datetime, others: Collection[str] = (),
) -> list[CelRow]:
    """The rows of every call of which something was recorded from `since` to `until`, or which
    had not ended before; and of `others`, by id. Whole calls: what a transfer joined is one."""
    groups = _Groups(rows)
    touched = {groups.of(row.leg_id) for row in rows if since <= row.at <= until}
    touched |= {groups.of(leg) for leg in _open_at(rows, since)}
    touched |= {groups.of(call) for call in others if call in groups.leader}
    return [row for row in rows if groups.of(row.leg_id) in touched]


def begun_before(rows: Sequence[CelRow]) -> datetime | None:
    """How far back one must read, because legs are there whose beginning is not."""
    first: dict[str, CelRow] = {}
    for row in rows:
        first.setdefault(row.leg_id, row)
    missing = [row for row in first.values() if row.kind not in BEGINNINGS]
    born = [found.group(1) for row in missing for one in (row.leg_id, row.call_id)
            if (found := BORN.search(one))]
    if born:
        return datetime.fromtimestamp(min(map(int, born)), UTC)
    return min((row.at for row in missing), default=None)


def whole(rows: Sequence[CelRow]) -> list[CelRow]:
    """The rows of those calls that are there from their beginning."""
    groups, first = _Groups(rows), dict[str, CelRow]()
    for row in rows:
        first.setdefault(row.leg_id, row)
    torn = {groups.of(row.leg_id) for row in first.values() if row.kind not in BEGINNINGS}
    return [row for row in rows if groups.of(row.leg_id) not in torn]


def _open_at(rows: Iterable[CelRow], at: datetime) -> set[str]:
    there: set[str] = set()
    for row in rows:
        if row.at >= at:
            break
        if row.kind == "CHAN_START":
            there.add(row.leg_id)
        elif row.kind in ("HANGUP", "CHAN_END"):
            there.discard(row.leg_id)
    return there


class _Groups:
    """Ids that are of one call, by their leader."""

    def __init__(self, rows: Iterable[CelRow]) -> None:
        self.leader: dict[str, str] = {}
        for row in rows:
            self.join(row.leg_id, row.call_id)
            for key in ("channel2_uniqueid", "transferee_channel_uniqueid"):
                if isinstance(other := row.extra.get(key), str) and other:
                    self.join(row.leg_id, other)

    def of(self, one: str) -> str:
        while (above := self.leader.setdefault(one, one)) != one:
            self.leader[one] = self.leader[above]
            one = above
        return one

    def join(self, one: str, other: str) -> None:
        self.leader[self.of(one)] = self.of(other)
