"""The tape told again, from a point where the floor was empty.

A fold may begin only there: nobody called, no list of Asterisk's was half read, nothing was out
of sight. What was known there goes with the point, above all whose phones are whose: without it
every direction and every operator that follows would be wrong.
"""

from __future__ import annotations

import json
import logging
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cti.changes import Change
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import Record, TapePosition, days, stamp

QUIET_AGE_S = 300.0             # a quiet point is used once it is as old as this
POINTS_KEPT = 50                # in memory, for who reads again from before the newest
FAULTS = (LookupError, ValueError, TypeError, AttributeError)   # of ours, in one event

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class QuietPoint:
    """A place on the tape, and what an empty floor knew there."""
    position: TapePosition
    at: datetime | None = None      # of the newest event before it
    learned: Mapping[str, str] = field(default_factory=dict)    # interface → operator id

    def set_up(self, floor: Floor, operators: Mapping[str, str]) -> None:
        """Make the new `floor` know what was known here; `operators` is the table of phones."""
        floor.table = dict(operators)
        floor.learned.update(self.learned)
        floor.last_at = self.at


def is_quiet_point(floor: Floor) -> bool:
    """Whether a fold may begin here."""
    is_in_sight = not floor.gaps or floor.gaps[-1].ended_at is not None
    return floor.is_quiet() and floor.listing is None and is_in_sight


def changes_of(floor: Floor, record: Record) -> tuple[Change, ...]:
    """What one message changes on `floor`; raises one of FAULTS when we have not understood it."""
    event = None if record.quarantined is not None else parse(record.at, record.headers)
    return apply(floor, event) if event is not None else ()


def fold(
    floor: Floor, tape: Iterable[tuple[TapePosition, Record]],
) -> Iterator[tuple[TapePosition, tuple[Change, ...]]]:
    """The changes of every message of `tape`, each with the position after it."""
    for position, record in tape:
        try:
            yield position, changes_of(floor, record)
        except FAULTS:
            log.exception("An event was not understood, at %s", position,
                          extra={"action": "event_failed"})


class QuietPoints:
    """Where on the tape the floor was empty: folding may begin there.

    The point in use is always some minutes old, so that a journal that was killed right after a
    call's end sees that call again.
    """

    def __init__(self, folder: Path, pbx: str) -> None:
        self._folder, self._pbx = folder, pbx
        self._path = folder / f"{pbx}.quiet"
        self._next: tuple[QuietPoint, datetime] | None = None
        self._noted: deque[QuietPoint] = deque(maxlen=POINTS_KEPT)

    def note(self, position: TapePosition, floor: Floor, at: datetime) -> None:
        """`floor` is as it was at `position`; `at` is now."""
        if self._next is not None:
            if (at - self._next[1]).total_seconds() < QUIET_AGE_S:
                return
            self._noted.append(self._next[0])
            self._write()
        self._next = (QuietPoint(position, floor.last_at, dict(floor.learned)), at)

    def for_start(self, journalled: TapePosition | None = None) -> QuietPoint | None:
        """The newest point in use, not after the place up to which all is `journalled`; unless
        there are whole days of tape after it: then the beginning of the last but one day.
        None: there is no tape."""
        taped = sorted({part[:10] for part in days(self._folder, self._pbx)})[-2:]
        if not taped:
            return None
        first = taped[0] if journalled is None else min(taped[0], journalled.day[:10])
        earliest = TapePosition(first, 0)
        if not self._noted:
            self._noted.extend(self._load())
        kept = [point for point in self._noted
                if point.position >= earliest and (
                    journalled is None or point.position <= journalled)]
        return kept[-1] if kept else QuietPoint(earliest)

    def known(self) -> list[QuietPoint]:
        """Those that are kept on the disk, the oldest first."""
        return self._load()

    def before(self, position: TapePosition) -> QuietPoint | None:
        """The newest point noted by this process at or before `position`."""
        return next((one for one in reversed(self._noted) if one.position <= position), None)

    def _load(self) -> list[QuietPoint]:
        """Those on the disk, the oldest first."""
        try:
            picture = json.loads(self._path.read_text())
            points = picture if isinstance(picture, list) else [picture]
            return [_point(one) for one in points]
        except (OSError, ValueError, LookupError, TypeError, AttributeError):
            return []

    def _write(self) -> None:
        growing = self._path.with_suffix(".quiet.new")
        picture = [{
            "day": point.position.day, "offset": point.position.offset,
            "at": stamp(point.at) if point.at is not None else None,
            "learned": dict(point.learned)} for point in self._noted]
        try:
            growing.write_text(json.dumps(picture))
            growing.replace(self._path)
        except OSError as error:
            log.warning("The quiet points were not kept: %s", error, extra={"action": "tape"})


def _point(picture: dict[str, Any]) -> QuietPoint:
    at, learned = picture.get("at"), dict(picture.get("learned", {}))
    return QuietPoint(
        TapePosition(str(picture["day"]), int(picture["offset"])),
        datetime.fromisoformat(at) if at else None,
        {str(phone): str(operator) for phone, operator in learned.items()})
