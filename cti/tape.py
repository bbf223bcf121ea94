"""The tape: what Asterisk said, as JSON lines, written before anybody interprets it.

One file per Asterisk and UTC day, `<pbx>-<day>.jsonl`, mode 0600; a day that grows too large goes
on in parts, `<pbx>-<day>.0002.jsonl`. What is closed is packed by gzip, and removed after
`keep_days`. A full disk does not stop the floor: `trouble` says so instead.
"""

from __future__ import annotations

import gzip
import json
import logging
import os
import re
import shutil
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import IO, Any, cast

import msgspec

Headers = dict[str, "str | list[str]"]
# What Asterisk says several times in one event; `Operator` is our own `DesklineStarted`.
REPEATABLE = frozenset({"ChanVariable", "Variable", "Output", "Operator"})
UNREADABLE = (OSError, EOFError, zlib.error)    # a bad disk, a packed file cut or half written

PART_BYTES = 256 << 20      # a day is cut into parts of this size
PART = re.compile(r"\d{4}-\d\d-\d\d(\.\d{4})?")
_ENCODE = msgspec.json.Encoder().encode      # a tenth of `json`'s time, its very bytes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, order=True)
class TapePosition:
    """A place on the tape: the day (`2026-11-22`, UTC), with its part from the second on
    (`2026-11-22.0002`), and the byte in that file, unpacked."""
    day: str
    offset: int


@dataclass(frozen=True, slots=True)
class Record:
    """One message of Asterisk. What we did not believe carries `quarantined`, the reason."""
    at: datetime
    pbx: str
    headers: Headers
    quarantined: str | None = None


def encode(record: Record) -> bytes:
    """The line of the tape, with its end."""
    picture: dict[str, object] = {"at": stamp(record.at), "pbx": record.pbx}
    if record.quarantined is not None:
        picture["quarantined"] = record.quarantined
    picture["headers"] = record.headers
    return _ENCODE(picture) + b"\n"


@lru_cache(maxsize=8)       # the messages of one packet have one moment
def stamp(at: datetime) -> str:
    """`2026-11-22T10:00:00.123456Z`."""
    return at.isoformat(timespec="microseconds")[:26] + "Z"


def decode(line: bytes) -> Record:
    """A line of our tape; raises ValueError with the reason when it is none."""
    picture = json.loads(line)
    headers = picture.get("headers") if isinstance(picture, dict) else None
    if not isinstance(headers, dict):
        raise ValueError("no object with headers")  # noqa: TRY004 - one error for bad lines
    at = datetime.fromisoformat(str(picture.get("at")))
    if at.tzinfo is None:
        raise ValueError("its moment has no zone")
    quarantined = picture.get("quarantined")
    return Record(
        at.astimezone(UTC), str(picture.get("pbx", "")), tidy(headers),
        None if quarantined is None else str(quarantined))


def tidy(headers: dict[str, Any]) -> Headers:
    """Headers as others write them: text for every value, lists only where lists belong."""
    return {
        key: value if isinstance(value, str) else _several(key, value)
        for key, value in headers.items()
    }


def _several(key: str, value: object) -> str | list[str]:
    if not isinstance(value, list):
        return _text(value)
    items = [_text(item) for item in value]
    return items if key in REPEATABLE else (items or [""])[0]


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else str(value)


class Tape:
    """The end of one Asterisk's tape, where the engine appends.

    Small appends to a local file; they are not synced one by one: a crash of ours loses nothing,
    a crash of the machine what the disk had not taken yet.
    """

    def __init__(self, folder: Path, pbx: str, *, keep_days: int = 30,
                 part_bytes: int = PART_BYTES) -> None:
        self.closed: Callable[[], None] = lambda: None      # called when a part is complete
        self.trouble: str | None = None     # why the last append failed, for people
        self.lost = 0                       # records that could not be written
        self._folder = folder
        self._pbx = pbx
        self._keep_days = keep_days
        self._part_bytes = part_bytes
        self._file: int | None = None
        self._day = ""
        self._offset = 0
        self._is_torn = False

    def append(self, records: Sequence[Record]) -> list[TapePosition]:
        """Write `records` in one go; the position after each. Never raises for a bad disk."""
        if not records:
            return []
        lines = [encode(record) for record in records]
        try:
            self._open_for(records[0].at)
            start = self._write(lines)
        except OSError as error:
            self.trouble = f"the tape cannot be written: {error.strerror or error}"
            self.lost += len(records)
            self._close()
            return [self.position()] * len(records)
        self.trouble = None
        positions = []
        for line in lines:
            start += len(line)
            positions.append(TapePosition(self._day, start))
        return positions

    def position(self) -> TapePosition:
        return TapePosition(self._day, self._offset)

    def _open_for(self, at: datetime) -> None:
        day = max(f"{at.date()}", self._day[:10])
        is_full = self._offset >= self._part_bytes
        if self._file is not None:
            if day == self._day[:10] and not is_full:
                return
            self._close()
            self.closed()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._part_to_open(day)
        path = self._folder / f"{self._pbx}-{part}.jsonl"
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        self._day = part
        self._offset = os.fstat(self._file).st_size
        self._is_torn = self._offset > 0 and os.pread(self._file, 1, self._offset - 1) != b"\n"

    def _part_to_open(self, day: str) -> str:
        """The day's newest part when there is room in it, else the next."""
        there = [part for part in days(self._folder, self._pbx) if part.startswith(day)]
        if not there:
            return day
        newest = self._folder / f"{self._pbx}-{there[-1]}.jsonl"
        if newest.exists() and newest.stat().st_size < self._part_bytes:
            return there[-1]
        return f"{day}.{int(there[-1][11:] or 1) + 1:04}"

    def _write(self, lines: list[bytes]) -> int:
        """The offset where the first line begins. A line torn before is ended first."""
        if self._file is None:
            raise OSError("no file")
        head = b"\n" if self._is_torn else b""
        data = head + b"".join(lines)
        start = self._offset + len(head)
        self._is_torn = True
        while data:
            written = os.write(self._file, data)
            self._offset += written
            data = data[written:]
        self._is_torn = False
        return start

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def close(self) -> None:
        self._close()

    def tidy_up(self, today: date) -> None:
        """Pack what is closed, remove days past `keep_days`; blocking, for a thread."""
        for path in sorted(self._folder.glob(f"{self._pbx}-????-??-??*.jsonl*")):
            day = _day_of(path)
            if day is None:
                continue
            if today - day > timedelta(days=self._keep_days):
                path.unlink(missing_ok=True)
            elif path.suffix == ".jsonl" and (
                    day < today or _part_of(path, self._pbx) < self._day):
                _pack(path)


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name.split(".")[0][-10:])
    except ValueError:
        return None


def _part_of(path: Path, pbx: str) -> str:
    return path.name.removeprefix(f"{pbx}-").removesuffix(".gz").removesuffix(".jsonl")


def _pack(path: Path) -> None:
    """The day's file is removed only when the packed one is on the disk, whole."""
    packed, growing = path.with_suffix(".jsonl.gz"), path.with_suffix(".jsonl.packing")
    with path.open("rb") as source, open(
        os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb",
    ) as file:
        with gzip.open(file, "wb") as target:
            shutil.copyfileobj(source, target)
        file.flush()
        os.fsync(file.fileno())
    growing.replace(packed)
    _sync_folder(path.parent)
    path.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def days(folder: Path, pbx: str) -> list[str]:
    """The days there is tape of, a day with its parts in their order, oldest first."""
    found = {_part_of(path, pbx) for path in folder.glob(f"{pbx}-????-??-??*.jsonl*")
             if path.suffix in (".jsonl", ".gz") and PART.fullmatch(_part_of(path, pbx))
             and _day_of(path) is not None}
    return sorted(found)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except FileNotFoundError:       # it is packed, maybe since a moment ago
        return cast("IO[bytes]", gzip.open(path.with_suffix(".jsonl.gz"), "rb"))


def read(
    folder: Path, pbx: str, since: TapePosition | None = None,
    report: Callable[[str, Exception], None] = lambda _, __: None,
) -> Iterator[tuple[TapePosition, Record]]:
    """What is on the tape from `since` on, each with the position after it.

    Lines that cannot be read (torn by a crash) are skipped; a file that ends badly is read as
    far as it goes, and `report` is given its day and the error. Blocking.
    """
    for day in days(folder, pbx):
        if since is not None and day < since.day:
            continue
        offset = since.offset if since is not None and day == since.day else 0
        try:
            yield from _read_day(folder / f"{pbx}-{day}.jsonl", day, offset)
        except UNREADABLE as error:
            log.warning("The tape of %s cannot be read to its end: %s", day, error,
                        extra={"action": "tape"})
            report(day, error)


def _read_day(path: Path, day: str, offset: int) -> Iterator[tuple[TapePosition, Record]]:
    with _opened(path) as file:
        file.seek(offset)
        for line in file:
            offset += len(line)
            try:
                record = decode(line)
            except ValueError:
                continue
            yield TapePosition(day, offset), record
