"""XLSX, read as a stream: a sheet of a million rows never stands in memory whole.

ECMA-376 part 1, chapter 18. Formulas are not evaluated: what the program that saved the file had
computed is read. Reading libraries hold the whole sheet or all its strings; this one does not.
"""

from __future__ import annotations

import mmap
import re
import tempfile
from array import array
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import IO

from crm_store.imports.records import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Record,
    SheetUnreadable,
    number_text,
)
from crm_store.imports.zipped import Archive, local, new_parser

_IN_MEMORY = 16 * 2**20         # strings of so many bytes stay a list
_LAST_ROW = 1_048_576
_DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_CODE = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_COLUMN = re.compile(r"[A-Z]+")


def records(path: Path) -> Iterator[Record | int]:
    """First, if the file says it, how many rows there are; then the records of sheet one."""
    with Archive(path) as archive:
        sheet, is_1904 = _first_sheet(archive)
        dates = _date_styles(archive)
        with _Strings(archive, path.parent) as strings:
            yield from _rows(archive, sheet, strings, dates, is_1904=is_1904)


def _first_sheet(archive: Archive) -> tuple[str, bool]:
    """The part of the first sheet, and whether its days count from 1904."""
    sheets: list[str] = []
    targets: dict[str, str] = {}
    flags: set[str] = set()

    def in_book(name: str, facts: dict[str, str]) -> None:
        if local(name) == "sheet":
            sheets.append(next((value for key, value in facts.items() if local(key) == "id"
                                and ":" in key), ""))
        if local(name) == "workbookPr" and facts.get("date1904", "0") in ("1", "true"):
            flags.add("1904")

    def in_links(name: str, facts: dict[str, str]) -> None:
        if local(name) == "Relationship":
            targets[facts.get("Id", "")] = facts.get("Target", "")

    _read(archive, "xl/workbook.xml", in_book)
    _read(archive, "xl/_rels/workbook.xml.rels", in_links)
    if not sheets or sheets[0] not in targets:
        raise SheetUnreadable("the workbook has no sheet")
    target = targets[sheets[0]]
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}", "1904" in flags


def _read(archive: Archive, part: str, start: Callable[[str, dict[str, str]], None]) -> None:
    parser = new_parser()
    parser.StartElementHandler = start
    for _ in archive.feed(part, parser):
        pass


def _date_styles(archive: Archive) -> frozenset[int]:
    """The cell styles whose numbers are days or times."""
    custom: set[int] = set()
    styles: list[int] = []
    inside: list[str] = []

    def start(name: str, facts: dict[str, str]) -> None:
        inside.append(local(name))
        if inside[-1] == "numFmt" and _is_date(facts.get("formatCode", "")):
            custom.add(int(facts.get("numFmtId", "0")))
        if inside[-2:] == ["cellXfs", "xf"]:
            styles.append(int(facts.get("numFmtId", "0")))

    parser = new_parser()
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: inside.pop()
    if archive.has("xl/styles.xml"):
        try:
            for _ in archive.feed("xl/styles.xml", parser):
                pass
        except ValueError as exc:
            raise SheetUnreadable(f"the workbook is damaged (styles: {exc})") from exc
    return frozenset(place for place, shape in enumerate(styles)
                     if shape in _DATE_FORMATS or shape in custom)


def _is_date(code: str) -> bool:
    return bool(re.search(r"[dmyhs]", _NOT_CODE.sub("", code.split(";")[0]), re.IGNORECASE))


class _Strings:
    """The strings that cells name by number; many of them wait on the disk."""

    def __init__(self, archive: Archive, folder: Path) -> None:
        self._list: list[str] = []
        self._ends = array("Q", [0])
        self._file: IO[bytes] | None = None
        self._map: mmap.mmap | None = None
        if archive.size("xl/sharedStrings.xml") > _IN_MEMORY:
            self._file = tempfile.TemporaryFile(dir=folder)     # noqa: SIM115  closed by __exit__
        self._parts: list[str] = []
        self._inside: list[str] = []
        if archive.has("xl/sharedStrings.xml"):
            self._load(archive)

    def __enter__(self) -> _Strings:
        return self

    def __exit__(self, *_: object) -> None:
        if self._map is not None:
            self._map.close()
        if self._file is not None:
            self._file.close()

    def __getitem__(self, place: int) -> str:
        if self._map is None:
            return self._list[place]
        if place < 0:
            raise IndexError
        return self._map[self._ends[place]:self._ends[place + 1]].decode()

    def _load(self, archive: Archive) -> None:
        parser = new_parser()
        parser.StartElementHandler = lambda name, _: self._inside.append(local(name))
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        for _ in archive.feed("xl/sharedStrings.xml", parser):
            pass
        if self._file is not None:
            self._file.flush()
            if self._ends[-1]:
                self._map = mmap.mmap(self._file.fileno(), 0, access=mmap.ACCESS_READ)

    def _text(self, text: str) -> None:
        if self._inside[-1] == "t" and "rPh" not in self._inside:
            self._parts.append(text)

    def _end(self, name: str) -> None:
        self._inside.pop()
        if local(name) != "si":
            return
        whole = "".join(self._parts)[:LONGEST_CELL]
        self._parts.clear()
        if self._file is None:
            self._list.append(whole)
            return
        raw = whole.encode("utf-8", "replace")
        self._file.write(raw)
        self._ends.append(self._ends[-1] + len(raw))


def _rows(archive: Archive, part: str, strings: _Strings, dates: frozenset[int], *,
          is_1904: bool) -> Iterator[Record | int]:
    sheet = _Sheet(strings, dates, is_1904=is_1904)
    parser = new_parser()
    parser.StartElementHandler = sheet.start
    parser.EndElementHandler = sheet.end
    parser.CharacterDataHandler = sheet.text
    try:
        for _ in archive.feed(part, parser):
            if sheet.size:
                yield sheet.size
                sheet.size = 0
            yield from sheet.done
            sheet.done.clear()
    except (ValueError, IndexError, OverflowError) as exc:
        raise SheetUnreadable(f"the workbook is damaged (row {sheet.row}: {exc})") from exc


class _Sheet:
    """One sheet as expat tells it; finished records collect in `done`."""

    def __init__(self, strings: _Strings, dates: frozenset[int], *, is_1904: bool) -> None:
        self._strings, self._dates = strings, dates
        self._day_zero = date(1904, 1, 1) if is_1904 else date(1899, 12, 30)
        self.done: list[Record] = []
        self.row = self.size = 0
        self._cells: list[str] = []
        self._kind, self._style, self._place = "", -1, -1
        self._parts: list[str] = []
        self._takes = False
        self._in_phonetic = False

    def start(self, name: str, facts: dict[str, str]) -> None:
        name = local(name)
        if name == "c":
            self._kind, self._style = facts.get("t", "n"), int(facts.get("s", "-1"))
            self._place = _column(facts["r"]) if "r" in facts else len(self._cells)
            self._parts.clear()
        elif name in ("v", "t"):
            self._takes = not self._in_phonetic
        elif name == "row":
            self.row = int(facts.get("r", self.row + 1))
            if self.row > _LAST_ROW:
                raise SheetUnreadable(f"row {self.row} is beyond the last row of a sheet")
            self._cells = []
        elif name == "rPh":
            self._in_phonetic = True
        elif name == "dimension":
            last = re.search(r":\$?[A-Z]+\$?([0-9]{1,7})$", facts.get("ref", ""))
            self.size = int(last[1]) if last else 0

    def text(self, text: str) -> None:
        if self._takes and len(self._parts) < LONGEST_CELL:
            self._parts.append(text)

    def end(self, name: str) -> None:
        name = local(name)
        if name in ("v", "t"):
            self._takes = False
        elif name == "rPh":
            self._in_phonetic = False
        elif name == "c":
            self._put("".join(self._parts)[:LONGEST_CELL])
        elif name == "row" and any(self._cells):
            self.done.append(Record(self.row, tuple(self._cells)))

    def _put(self, said: str) -> None:
        if not said:
            return
        if self._place >= MOST_COLUMNS:
            raise SheetUnreadable(
                f"more than {MOST_COLUMNS} columns (row {self.row}); a list of clients has fewer")
        value = self._value(said)
        self._cells += [""] * (self._place + 1 - len(self._cells))
        self._cells[self._place] = value.strip()

    def _value(self, said: str) -> str:
        if self._kind == "s":
            return self._strings[int(said)]
        if self._kind != "n":
            return said
        number = float(said)
        if self._style in self._dates:
            return (self._day_zero + timedelta(days=int(number))).isoformat()
        return number_text(number)


def _column(place: str) -> int:
    """`AB12` → 27."""
    found = _COLUMN.match(place)
    if not found or len(found[0]) > 3:
        raise SheetUnreadable(f"{place[:20]!r} is no cell of a sheet")
    column = 0
    for letter in found[0]:
        column = column * 26 + ord(letter) - 64
    return column - 1
