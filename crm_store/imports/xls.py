"""XLS, the workbook of old: at most 65,536 rows, so it may stand in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from crm_store.imports.records import (
    LONGEST_CELL,
    MOST_COLUMNS,
    Record,
    SheetUnreadable,
    number_text,
)

_MOST_BYTES = 64 * 2**20
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def records(path: Path) -> Iterator[Record]:
    if path.stat().st_size > _MOST_BYTES:
        raise SheetUnreadable(f"an XLS of more than {_MOST_BYTES // 2**20} MB; save it as XLSX")
    for row, cells in enumerate(_cells(path), start=1):
        texts = tuple(_text(cell) for cell in cells)
        if any(texts):
            yield Record(row, texts)


def _cells(path: Path) -> Iterator[Sequence[object]]:
    if _ENCRYPTED in path.read_bytes():
        raise SheetUnreadable("the workbook is protected by a password; save it without")
    try:
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        _check_width(sheet.total_width)
        yield from sheet.iter_rows()
    except (CalamineError, ValueError) as exc:
        raise SheetUnreadable(f"the workbook is damaged ({exc})") from exc
    except BaseException as exc:
        # The library is Rust: what it did not foresee comes as a panic, beside Exception.
        if type(exc).__name__ != "PanicException":
            raise
        raise SheetUnreadable("the workbook is damaged") from exc


def _check_width(columns: int) -> None:
    if columns > MOST_COLUMNS:
        raise SheetUnreadable(f"{columns} columns; at most {MOST_COLUMNS} make sense")


def _text(cell: object) -> str:
    if isinstance(cell, bool):
        return "1" if cell else "0"
    if isinstance(cell, float):
        return number_text(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()[:LONGEST_CELL]
