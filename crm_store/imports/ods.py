"""ODS, read as a stream (OpenDocument 1.3 part 3, chapter 9): the first table of the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from crm_store.imports.records import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Record,
    SheetUnreadable,
    number_text,
)
from crm_store.imports.zipped import Archive, local, new_parser

_LAST_ROW = 1_048_576
_CELLS = ("table-cell", "covered-table-cell")


def records(path: Path) -> Iterator[Record]:
    table = _Table()
    parser = new_parser()
    parser.StartElementHandler = table.start
    parser.EndElementHandler = table.end
    parser.CharacterDataHandler = table.text
    with Archive(path) as archive:
        try:
            for _ in archive.feed("content.xml", parser):
                yield from table.done
                table.done.clear()
                if table.is_over:
                    return
        except (ValueError, OverflowError) as exc:
            raise SheetUnreadable(f"the workbook is damaged (row {table.row}: {exc})") from exc


class _Table:
    """The first table as expat tells it; finished records collect in `done`."""

    def __init__(self) -> None:
        self.done: list[Record] = []
        self.row = 0
        self.is_over = False
        self._inside: list[str] = []
        self._cells: list[str] = []
        self._repeat_row = self._repeat_cell = 1
        self._value: str | None = None
        self._parts: list[str] = []
        self._paragraphs = 0

    def start(self, name: str, facts: dict[str, str]) -> None:
        name = local(name)
        self._inside.append(name)
        told = {local(key): value for key, value in facts.items()}
        if name == "table-row":
            self._cells = []
            self._repeat_row = max(1, int(told.get("number-rows-repeated", "1")))
        elif name in _CELLS:
            self._repeat_cell = max(1, int(told.get("number-columns-repeated", "1")))
            self._value = _typed(told)
            self._parts.clear()
            self._paragraphs = 0
        elif name == "p" and "annotation" not in self._inside:
            self._paragraphs += 1
            if self._paragraphs > 1:
                self._parts.append("\n")
        elif name == "s":
            self._parts.append(" ")

    def text(self, text: str) -> None:
        is_in_cell = "p" in self._inside and "annotation" not in self._inside
        if is_in_cell and len(self._parts) < LONGEST_CELL:
            self._parts.append(text)

    def end(self, name: str) -> None:
        name = local(name)
        self._inside.pop()
        if self.is_over:
            return
        if name in _CELLS:
            self._put(self._value if self._value is not None else "".join(self._parts))
        elif name == "table-row":
            self._finish()
        elif name == "table":
            self.is_over = True

    def _put(self, said: str) -> None:
        """Empty cells are repeated to the edge of the sheet: only what stands between counts."""
        text = said[:LONGEST_CELL].strip()
        if not text:
            self._cells += [""] * min(self._repeat_cell, MOST_COLUMNS + 1)
            return
        if len(self._cells) + self._repeat_cell > MOST_COLUMNS:
            raise SheetUnreadable(
                f"more than {MOST_COLUMNS} columns (row {self.row + 1}); a list of clients has "
                "fewer")
        self._cells += [text] * self._repeat_cell

    def _finish(self) -> None:
        first, self.row = self.row + 1, self.row + self._repeat_row
        if not any(self._cells):
            return
        if self.row > _LAST_ROW:
            raise SheetUnreadable(f"row {self.row} is beyond the last row of a sheet")
        while self._cells and not self._cells[-1]:
            self._cells.pop()
        cells = tuple(self._cells)
        self.done += [Record(row, cells) for row in range(first, self.row + 1)]


def _typed(told: dict[str, str]) -> str | None:
    """The value as it is stored; None where the text shown is the value."""
    match told.get("value-type"):
        case "float" | "currency" | "percentage":
            return number_text(float(told.get("value", "0")))
        case "date":
            return told.get("date-value", "")[:10]
        case "boolean":
            return "1" if told.get("boolean-value") == "true" else "0"
    return None
