"""What every kind of file is read as ○: numbered records of text cells."""

from __future__ import annotations

from typing import NamedTuple

MOST_COLUMNS = 500
LONGEST_CELL = 32_767           # Excel's own limit


class SheetUnreadable(Exception):
    """The file is no table that we can read."""


class Record(NamedTuple):
    """`row` is where it begins, the header is 1. `broken` is a reason's code: no cells then."""
    row: int
    cells: tuple[str, ...]
    broken: str = ""


def number_text(value: float) -> str:
    """As a person would have typed it: a workbook's numbers are all floats."""
    if value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return format(value, ".15g")
