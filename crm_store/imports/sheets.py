"""Tables in files: CSV, XLSX, ODS, XLS, told apart by what they hold, not by their names."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crm_store.imports import csv_text, encodings, ods, xls, xlsx
from crm_store.imports.records import MOST_COLUMNS, Record, SheetUnreadable
from crm_store.imports.zipped import Archive

__all__ = ["Record", "Sheet", "SheetUnreadable", "kind_of", "open_sheet"]

_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml", b"<meta", b"<head")
_LONGEST_HEADER = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` are the records behind the header, those that hold anything."""
    kind: str                       # csv, xlsx, ods, xls
    headers: tuple[str, ...]
    rows: Iterator[Record]
    encoding: str                   # of a workbook: its kind
    separator: str                  # "" for workbooks
    total: int | None               # records, as far as the file tells before it is read


@contextmanager
def open_sheet(path: Path, *, encoding: str | None = None, separator: str | None = None
               ) -> Iterator[Sheet]:
    """Encoding and separator are guessed where they are not given.

    Raises `SheetUnreadable`, also while rows are read.
    """
    try:
        kind = kind_of(path)
        if kind == "csv":
            with _open_csv(path, encoding, separator) as sheet:
                yield sheet
        else:
            yield _open_workbook(path, kind)
    except (OSError, csv.Error) as exc:
        raise SheetUnreadable(str(exc)) from exc


def kind_of(path: Path) -> str:
    """By the first bytes. Raises `SheetUnreadable` for archives that are no workbook."""
    with path.open("rb") as file:
        start = file.read(512)
    if start.startswith(_OLE):
        return "xls"
    if start.lstrip(b"\xef\xbb\xbf \r\n\t").lower().startswith(_MARKUP):
        raise SheetUnreadable("the file is a web page or XML, not a workbook; save it as XLSX")
    if not start.startswith(_ZIP):
        return "csv"
    with Archive(path) as archive:
        if archive.has("xl/workbook.xml"):
            return "xlsx"
        if archive.has("mimetype") and archive.small("mimetype").strip() == _ODS:
            return "ods"
    raise SheetUnreadable("the file is an archive, not a workbook")


@contextmanager
def _open_csv(path: Path, encoding: str | None, separator: str | None) -> Iterator[Sheet]:
    if encoding is not None and encoding not in encodings.ENCODINGS:
        raise SheetUnreadable(f"there is no encoding {encoding!r}; "
                              f"{', '.join(encodings.ENCODINGS)} are")
    facts = csv_text.examine(path)
    chosen = encoding or facts.encoding
    sign = separator or encodings.guess_separator(csv_text.sample_lines(path, chosen))
    with path.open(encoding=chosen, newline="", errors="replace") as file:
        rows = csv_text.records(file, sign)
        headers = _headers(next(rows, Record(1, ())))
        yield Sheet("csv", headers, rows, chosen, sign, max(0, facts.lines - 1))


def _open_workbook(path: Path, kind: str) -> Sheet:
    rows: Iterator[Record | int]
    rows = {"xlsx": xlsx.records, "ods": ods.records, "xls": xls.records}[kind](path)
    first = next(rows, Record(1, ()))
    total = max(0, first - 1) if isinstance(first, int) else None
    header = next(rows, Record(1, ())) if isinstance(first, int) else first
    if isinstance(header, int):
        raise SheetUnreadable("the workbook is damaged")
    return Sheet(kind, _headers(header),
                 (row for row in rows if isinstance(row, Record)), kind, "", total)


def _headers(first: Record) -> tuple[str, ...]:
    """The header's cells; a column without a name is called by its place, `#3`."""
    if first.broken or not any(first.cells):
        raise SheetUnreadable("the file has no header row")
    if len(first.cells) > MOST_COLUMNS:
        raise SheetUnreadable(f"{len(first.cells)} columns; at most {MOST_COLUMNS} make sense")
    return tuple(" ".join(cell.replace("\x00", "").split())[:_LONGEST_HEADER] or f"#{place}"
                 for place, cell in enumerate(first.cells, start=1))
