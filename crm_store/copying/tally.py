"""Count and checksum of a table's rows: the same on both engines, in whatever order they come.

A row is what SQLite stores: whole numbers (moments are microseconds since 1970), floats, text
(days as YYYY-MM-DD, JSON as its text), bytes, None. The checksum is the sum of the rows' BLAKE2b
digests modulo 2**128: it finds accidents, it is no seal against somebody who writes both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import msgspec

Row: TypeAlias = "tuple[int | float | str | bytes | None, ...]"
KINDS = ("whole", "float", "text", "bytes", "json", "moment", "day", "bool")

_encode = msgspec.msgpack.Encoder().encode
_sorted = msgspec.json.Encoder(order="deterministic").encode
_MODULUS = 1 << 128


@dataclass(frozen=True, slots=True)
class Shape:
    """A table as it is copied. `kinds` beside `columns`, each one of KINDS; `key`: the primary."""
    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tally:
    """What a table holds: two tables with the same tally hold the same rows."""
    rows: int
    checksum: str           # 32 hexadecimal digits


class Tallier:
    """Adds rows up as they pass."""

    def __init__(self, shape: Shape) -> None:
        self._rows = 0
        self._sum = 0
        self._same = [(place, _SAME[kind]) for place, kind in enumerate(shape.kinds)
                      if kind in _SAME]

    def add(self, rows: Sequence[Row]) -> None:
        told: Iterable[Sequence[Any]] = map(self._told, rows) if self._same else rows
        blake, whole = hashlib.blake2b, int.from_bytes
        self._sum += sum(
            whole(blake(_encode(row), digest_size=16).digest(), "big") for row in told)
        self._rows += len(rows)

    def tally(self) -> Tally:
        return Tally(self._rows, f"{self._sum % _MODULUS:032x}")

    def _told(self, row: Row) -> list[Any]:
        cells: list[Any] = list(row)
        for place, same in self._same:
            if cells[place] is not None:
                cells[place] = same(cells[place])
        return cells


def _number(text: str) -> int | float:
    """PostgreSQL writes 1e2 as 100: the same number for us."""
    number = float(text)
    return int(number) if number.is_integer() else number


_decode = msgspec.json.Decoder(float_hook=_number).decode


def json_text(stored: Any) -> str:
    """SQLite keeps a bare number in a JSON column as that number."""
    return repr(stored) if isinstance(stored, int | float) else stored


def _same_json(stored: Any) -> bytes | str:
    """JSON with its keys in order; text that is none stands for itself."""
    try:
        return _sorted(_decode(json_text(stored)))
    except (msgspec.DecodeError, TypeError, UnicodeError):
        return str(stored)


def _same_float(number: Any) -> Any:
    """SQLite knows no negative zero."""
    return number + 0.0 if isinstance(number, float) else number


_SAME: dict[str, Callable[[Any], Any]] = {"json": _same_json, "float": _same_float}
