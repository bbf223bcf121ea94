"""Asterisk's own record of every channel (CEL) as rows ○: text in, rows out.

The file may hold anything a caller sends: newlines within quotes, a line torn when Asterisk was
killed, with the next one written straight after it. A row begins where a line does, with the
names and figures that only Asterisk writes there; what does not read as a whole row is left out.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

COLUMNS = ("eventtype", "eventtime", "uniqueid", "linkedid", "channel", "number", "exten",
           "context", "application", "extra", "name", "appdata")     # as cti/pbx writes them
NEEDED = ("eventtype", "eventtime", "uniqueid", "linkedid", "channel")
LAST_MOMENT = 4_102_444_800     # 2100
_CELL = {"eventtype": r'"[A-Z_]{3,40}"', "eventtime": r'"\d{9,10}\.\d{1,6}"'}
_ANY = r'"(?:[^"]|"")*"'


@dataclass(frozen=True, slots=True)
class CelRow:
    """One event of one channel; "" where the file does not say."""
    at: datetime        # aware UTC
    kind: str           # CHAN_START, ANSWER, BRIDGE_ENTER …
    leg_id: str         # Uniqueid
    call_id: str        # Linkedid, as it was at that moment
    channel: str
    number: str = ""
    name: str = ""
    exten: str = ""
    context: str = ""
    application: str = ""
    data: str = ""
    extra: Mapping[str, object] = field(default_factory=dict)


def read(text: str, columns: Sequence[str] = COLUMNS) -> Iterator[CelRow]:
    """The rows of a file's text, oldest first; what is torn is left out."""
    starts = [found.start() for found in _start_of(columns).finditer(text)]
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        row = _row(text[begin:end], columns)
        if row is not None:
            yield row


def of_table(rows: Iterable[Mapping[str, object]]) -> Iterator[CelRow]:
    """The same of a table, a mapping from column to value each (cel_odbc, cel_pgsql …)."""
    for row in rows:
        made = _made({name: "" if value is None else str(value) for name, value in row.items()})
        if made is not None:
            yield made


def first_moment(text: str, columns: Sequence[str] = COLUMNS) -> datetime | None:
    """When the first whole row of `text` was; None without one."""
    return next((row.at for row in read(text, columns)), None)


def _start_of(columns: Sequence[str]) -> re.Pattern[str]:
    """Up to the later of kind and moment. A quote within a cell is written twice, so nothing that
    a caller sends reads like these two; with other cells before them, only at a line's begin."""
    known = columns[:max(columns.index("eventtype"), columns.index("eventtime")) + 1]
    anchor = "^" if len(known) > len(_CELL) else ""
    return re.compile(anchor + ",".join(_CELL.get(name, _ANY) for name in known) + ",",
                      re.MULTILINE)


def _row(text: str, columns: Sequence[str]) -> CelRow | None:
    if not text.endswith("\n"):
        return None
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error:
        return None
    if len(lines) != 1 or len(lines[0]) < min(len(columns), len(NEEDED)):
        return None
    return _made(dict(zip(columns, lines[0], strict=False)))


def _made(cells: Mapping[str, str]) -> CelRow | None:
    at, said = _moment(cells.get("eventtime", "")), cells.get
    if at is None or not all(cells.get(name) for name in NEEDED[2:]):
        return None
    return CelRow(
        at, cells["eventtype"], cells["uniqueid"], cells["linkedid"], cells["channel"],
        said("number", ""), said("name", ""), said("exten", ""), said("context", ""),
        said("application", ""), said("appdata", ""), _extra(said("extra", "")))


def _moment(text: str) -> datetime | None:
    """Seconds since 1970, or as a database writes it; a moment without a zone is UTC."""
    try:
        seconds = float(text)
    except ValueError:
        pass
    else:
        return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < LAST_MOMENT else None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _extra(text: str) -> Mapping[str, object]:
    try:
        said = json.loads(text) if text else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
