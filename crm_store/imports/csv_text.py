"""CSV as people send it: any usual encoding and separator, broken quotes, lying marks."""

from __future__ import annotations

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from crm_store.imports import encodings
from crm_store.imports.records import LONGEST_CELL, MOST_COLUMNS, Record, SheetUnreadable

_BLOCK = 256 * 1024
_SAMPLE = 128 * 1024
_LONGEST_LINE = 4 * 1024 * 1024
_QUOTED_LINES = 50          # a quoted cell may go over so many lines; beyond, it is a mistake
_SAMPLED_LINES = 40


@dataclass(frozen=True, slots=True)
class TextFacts:
    """What reading the bytes once told. `lines` is how many line ends there are."""
    encoding: str
    lines: int


def examine(path: Path) -> TextFacts:
    """Read all bytes once: the encoding of the whole file, not of its beginning."""
    with path.open("rb") as file:
        start = file.read(_BLOCK)
        marked = encodings.by_mark(start)
        wide = marked if marked == "utf-16" else encodings.looks_like_utf16(start)
        if wide:
            return TextFacts(wide, _count(start, file))
        if encodings.is_binary(start):
            raise SheetUnreadable("the file is neither text nor a workbook")
        return _examine_bytes(start, file, marked)


def _count(start: bytes, rest: IO[bytes]) -> int:
    lines = start.count(b"\n")
    while block := rest.read(_BLOCK):
        lines += block.count(b"\n")
    return lines


def _examine_bytes(start: bytes, rest: IO[bytes], marked: str | None) -> TextFacts:
    """UTF-8 unless more of it is broken than damage explains; then by its words."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    sample, lines, high, broken = bytearray(), 0, 0, 0
    block = start
    while block:
        lines += block.count(b"\n")
        text = decoder.decode(block)
        if not block.isascii():
            high += len(block) - len(text) + text.count("\ufffd")
            broken += text.count("\ufffd") - block.count("\ufffd".encode())
            sample += _with_high(block, _SAMPLE - len(sample))
        block = rest.read(_BLOCK)
    broken += len(decoder.decode(b"", final=True))
    if encodings.is_nearly_utf8(high, broken):
        return TextFacts(marked or "utf-8", lines)
    return TextFacts(encodings.one_byte_encoding(bytes(sample)), lines)


def _with_high(block: bytes, room: int) -> bytes:
    """The lines that tell something about the encoding."""
    if room <= 0:
        return b""
    return b"\n".join(line for line in block.split(b"\n") if not line.isascii())[:room]


def sample_lines(path: Path, encoding: str) -> list[str]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        return list(islice(_lines(file), _SAMPLED_LINES))


def _lines(file: IO[str]) -> Iterator[str]:
    number = 0
    while line := file.readline(_LONGEST_LINE):
        number += 1
        if len(line) == _LONGEST_LINE:
            raise SheetUnreadable(f"line {number} is longer than {_LONGEST_LINE // 2**20} million "
                                  "characters")
        yield line


def records(file: IO[str], separator: str) -> Iterator[Record]:
    """The records that hold anything. A quote nobody closes spoils one line, not the file."""
    source, held, row = _lines(file), deque[str](), 1
    while True:
        line = held.popleft() if held else next(source, "")
        if not line:
            return
        if '"' not in line:
            cells: list[str] | None = line.rstrip("\r\n").split(separator)
            used = 1
        else:
            block = [line, *_ahead(line, held, source)]
            cells, used = _quoted(block, separator)
            held.extendleft(reversed(block[used:]))
        if cells is None:
            yield Record(row, (line.rstrip("\r\n")[:LONGEST_CELL],), "open_quote")
        else:
            made = _record(row, cells)
            if made is not None:
                yield made
        row += used


def _ahead(line: str, held: deque[str], source: Iterator[str]) -> Iterator[str]:
    """The next lines, when this one leaves a quote open; in the order of the file."""
    if line.count('"') % 2 == 0:
        return
    quotes = line.count('"')
    for _ in range(_QUOTED_LINES):
        following = held.popleft() if held else next(source, "")
        if not following:
            return
        yield following
        quotes += following.count('"')
        if quotes % 2 == 0:
            return


def _quoted(lines: list[str], separator: str) -> tuple[list[str] | None, int]:
    """Cells of the record that begins here and the lines it takes; None: an open quote."""
    for used in range(1, len(lines) + 1):
        text = "".join(lines[:used]).rstrip("\r\n")
        try:
            return next(csv.reader([text], delimiter=separator, strict=True)), used
        except csv.Error as exc:
            if "unexpected end of data" not in str(exc):
                is_open = lines[0].count('"') % 2 == 1
                return None if is_open else _lenient(lines[0], separator), 1
    return None, 1


def _lenient(line: str, separator: str) -> list[str] | None:
    """`"ООО "Ромашка""`: quotes inside quotes, as careless programs write them."""
    try:
        return next(csv.reader([line.rstrip("\r\n")], delimiter=separator))
    except (csv.Error, StopIteration):
        return None


def _record(row: int, cells: list[str]) -> Record | None:
    if len(cells) > MOST_COLUMNS and row > 1:
        return Record(row, tuple(cells[:1]), "surplus_cells")
    texts = tuple(cell.strip()[:LONGEST_CELL] for cell in cells)
    if not any(texts):
        return None
    return Record(row, texts)
