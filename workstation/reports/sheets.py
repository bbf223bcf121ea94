"""A report's table as a file for spreadsheets: CSV (UTF-8 with its mark) or XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import xlsxwriter

from crm_store.imports.error_file import guarded
from workstation.protocol.reports import Cell, ReportView

_KEYS = {"service": ("from",), "week": ("weekday", "hour"), "waits": ("up_to_s",),
         "outcomes": ("outcome", "disposition"), "operators": ("operator",)}
_FORMATS = {"contacts": "#,##0", "share": "0.0%", "seconds": "#,##0.0"}


def as_csv(report: ReportView) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_head(report))
    writer.writerows(_rows(report))
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def as_xlsx(report: ReportView) -> bytes:
    """One sheet; shares are shown in percent, the last row is the whole period."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {
        "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(report.name)
    bold = book.add_format({"bold": True})
    kinds = {unit: book.add_format({"num_format": shape}) for unit, shape in _FORMATS.items()}
    sheet.write_row(0, 0, _head(report), bold)
    keys = len(_KEYS[report.name])
    for number, row in enumerate(_rows(report), start=1):
        sheet.write_row(number, 0, row[:keys])
        for place, (column, cell) in enumerate(zip(report.columns, row[keys:], strict=True)):
            if cell != "":
                sheet.write_number(number, keys + place, float(cell), kinds[column.unit])
    sheet.freeze_panes(1, keys)
    sheet.autofit()
    book.close()
    return out.getvalue()


def _head(report: ReportView) -> list[str]:
    """The unit is in the name."""
    return [*_KEYS[report.name], *(
        f"{one.id.removesuffix('_ms')}_s" if one.unit == "seconds" else one.id
        for one in report.columns)]


def _rows(report: ReportView) -> Iterator[list[str | float]]:
    for row in report.rows:
        yield [*map(guarded, row.keys), *map(_cell, row.cells)]
    empty = [""] * (len(_KEYS[report.name]) - 1)
    yield ["total", *empty, *map(_cell, report.totals)]


def _cell(cell: Cell) -> str | float:
    return "" if cell is None else cell
