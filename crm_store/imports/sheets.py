"""Tables in files: CSV of any usual encoding and separator, XLSX; cells come as text."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook

_SAMPLE = 256 * 1024
_MOST_COLUMNS = 500
_SEPARATORS = ";,\t|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))
_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".ods")


class SheetUnreadable(Exception):
    """The file is no table that we can read."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are (number in the file, cells), without empty rows; the header is row 1."""
    headers: tuple[str, ...]
    rows: Iterator[tuple[int, tuple[str, ...]]]
    encoding: str


@contextmanager
def open_sheet(path: Path) -> Iterator[Sheet]:
    """Raises `SheetUnreadable`, also while rows are read."""
    try:
        if path.suffix.lower() in _WORKBOOKS:
            yield _sheet(_workbook_rows(path), "xlsx")
            return
        encoding = guess_encoding(path)
        with path.open(encoding=encoding, newline="", errors="replace") as file:
            yield _sheet(_csv_rows(file), encoding)
    except (OSError, csv.Error, CalamineError) as exc:
        raise SheetUnreadable(str(exc)) from exc


def guess_encoding(path: Path) -> str:
    """By its mark; else UTF-8 if all of it is; else the Cyrillic code page if it looks so."""
    with path.open("rb") as file:
        start = file.read(_SAMPLE)
        for mark, encoding in _BOMS:
            if start.startswith(mark):
                return encoding
        if _is_utf8(start, file):
            return "utf-8"
    high = [sign for sign in start.decode("cp1251", "replace") if ord(sign) > 127]
    cyrillic = sum("А" <= sign <= "я" or sign in "Ёё" for sign in high)
    return "cp1251" if cyrillic * 2 > len(high) else "cp1252"


def _is_utf8(start: bytes, rest: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(start)
        while part := rest.read(_SAMPLE):
            decoder.decode(part)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sheet(rows: Iterator[tuple[int, tuple[str, ...]]], encoding: str) -> Sheet:
    _, headers = next(rows, (0, ()))
    if not any(headers):
        raise SheetUnreadable("the file has no header row")
    if len(headers) > _MOST_COLUMNS:
        raise SheetUnreadable(f"{len(headers)} columns; at most {_MOST_COLUMNS} make sense")
    return Sheet(headers, rows, encoding)


def _csv_rows(file: IO[str]) -> Iterator[tuple[int, tuple[str, ...]]]:
    first = file.readline()
    file.seek(0)
    separator = max(_SEPARATORS, key=first.count)
    reader = csv.reader(file, delimiter=separator)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            yield reader.line_num, tuple(cell.strip() for cell in cells)


def _workbook_rows(path: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = tuple(_text(cell) for cell in cells)
        if any(texts):
            yield number, texts


def _text(cell: object) -> str:
    """A workbook's numbers are all floats: 4001.0 was typed as 4001."""
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()
