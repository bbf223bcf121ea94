"""`deskline replay TAPE …`: recorded telephone events in, changes out, one JSON object a line.

Takes our tapes (also packed, and the parts of days one after the other) and recordings of other
tools: a JSON array, or lines, of bare header objects. What can be read is always replayed; what
cannot is told, with its line.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO, Any, cast

import click

from cti.apart import ALONE, Apart
from cti.changes import Change, to_json
from cti.errors import BrokenTape
from cti.floor import Floor
from cti.headers import moment, text
from cti.retelling import fold
from cti.tape import UNREADABLE, Record, TapePosition, decode, tidy
from workstation.asterisks import apart_of
from workstation.cli.options import Failure, with_settings
from workstation.settings import Settings

GZIP_MAGIC = b"\x1f\x8b"
_NO_PLACE = TapePosition("", 0)
Report = Callable[[BrokenTape], None]


@click.command("replay")
@click.argument("tapes", metavar="TAPE...", nargs=-1, required=True,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--pbx", metavar="NAME", help="Name of the Asterisk where the recording does not "
              "say it; default pbx.name of the settings.")
@with_settings
def command(settings: Settings, *, tapes: tuple[Path, ...], pbx: str | None) -> None:
    """Print the changes that the TAPEs tell one after the other, as JSON lines."""
    broken, name = 0, pbx or settings.pbx.name

    def report(tape: Path, error: BrokenTape) -> None:
        nonlocal broken
        broken += 1
        click.echo(f"{tape}: {error}", err=True)

    try:
        aparts = {one.name: apart_of(settings, one.name) for one in settings.asterisks}
        for change in replay(_all(tapes, name, report), aparts):
            click.echo(json.dumps(to_json(change), ensure_ascii=False))
    except BrokenPipeError:     # who reads us has seen enough: `| head`
        _hush()
        return
    if broken:
        named = f"{tapes[0]}: " if len(tapes) == 1 else ""
        raise Failure(f"{named}{broken} of its lines could not be read; the others were replayed")


def _all(
    tapes: tuple[Path, ...], pbx: str, report: Callable[[Path, BrokenTape], None],
) -> Iterator[Record]:
    for tape in tapes:
        try:
            with _opened(tape) as file:
                yield from _records(file, pbx, partial(report, tape))
        except UNREADABLE as exc:
            raise Failure(f"{tape} cannot be read to its end: {exc}") from exc


def _hush() -> None:
    """What the interpreter flushes at its end must not fail as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def replay(
    records: Iterator[Record], aparts: Mapping[str, Apart] | None = None,
) -> Iterator[Change]:
    """Each Asterisk on the tape has a floor of its own; `aparts` by its name."""
    floors: dict[str, Floor] = {}
    for record in records:
        floor = floors.setdefault(
            record.pbx, Floor(record.pbx, (aparts or {}).get(record.pbx, ALONE)))
        for _, changes in fold(floor, [(_NO_PLACE, record)]):
            yield from changes


def _opened(path: Path) -> IO[bytes]:
    file = path.open("rb")
    if file.read(2) == GZIP_MAGIC:
        file.close()
        return cast("IO[bytes]", gzip.open(path, "rb"))
    file.seek(0)
    return file


def _records(file: IO[bytes], pbx: str, report: Report) -> Iterator[Record]:
    clock = BareClock()
    first = _first_text(file)
    if first.lstrip().startswith(b"["):
        for headers in _items((first + file.read()).decode("utf-8", "replace"), report):
            yield clock.record(headers, pbx)
        return
    for number, line in _lines(first, file):
        try:
            yield _record(line, pbx, clock)
        except ValueError as exc:
            report(BrokenTape(number, f"{exc}"))


def _first_text(file: IO[bytes]) -> bytes:
    """The first line that is not blank, with the blank ones before it."""
    head = b""
    for line in file:
        head += line
        if line.strip():
            break
    return head.removeprefix(b"\xef\xbb\xbf")


def _lines(first: bytes, file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    for number, line in enumerate(first.splitlines(), 1):
        if line.strip():
            yield number, line
    for following, line in enumerate(file, number + 1):
        if line.strip():
            yield following, line


def _record(line: bytes, pbx: str, clock: BareClock) -> Record:
    try:
        picture = json.loads(line)
    except UnicodeDecodeError as exc:
        raise ValueError("it is not UTF-8") from exc
    if isinstance(picture, dict) and "headers" not in picture and "Event" in picture:
        return clock.record(picture, pbx)
    record = decode(line)
    return record if record.pbx else Record(record.at, pbx, record.headers, record.quarantined)


def _items(whole: str, report: Report) -> Iterator[dict[str, Any]]:
    """The objects of a JSON array, as far as it can be read."""
    decoder = json.JSONDecoder()
    place = whole.index("[") + 1
    while True:
        place = _skip(whole, place)
        if place < len(whole) and whole[place] == "]":
            return
        try:
            item, end = decoder.raw_decode(whole, place)
        except ValueError:
            report(BrokenTape(whole.count("\n", 0, place) + 1, "the array is broken from here on"))
            return
        if isinstance(item, dict):
            yield item
        else:
            report(BrokenTape(whole.count("\n", 0, place) + 1, "no object with headers"))
        place = end


def _skip(whole: str, place: int) -> int:
    while place < len(whole) and whole[place] in ", \t\r\n":
        place += 1
    return place


class BareClock:
    """Bare headers need not say when: then the newest moment seen in a Uniqueid counts."""

    def __init__(self) -> None:
        self._at = datetime.fromtimestamp(0, UTC)

    def record(self, headers: dict[str, Any], pbx: str) -> Record:
        tidied = tidy(headers)
        said = {key: value for key, value in tidied.items() if isinstance(value, str)}
        born = text(said, "Uniqueid", "DestUniqueid").rpartition("-")[2]
        self._at = max(self._at, moment({"Timestamp": born}, self._at))
        self._at = moment(said, self._at)
        return Record(self._at, pbx, tidied)
