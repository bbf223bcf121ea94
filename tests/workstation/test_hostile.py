"""Forty hostile texts in files for spreadsheets and in the log: cells stay cells, lines lines."""

from __future__ import annotations

import csv
import io
import json
import unicodedata

import pytest

from tests.hostile import HOSTILE
from workstation import logs
from workstation.protocol.reports import ReportColumn, ReportRow, ReportView
from workstation.reports.sheets import as_csv

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def test_forty_kinds_are_forty() -> None:
    assert len(set(HOSTILE)) == 40


def test_hostile_names_are_cells_of_a_report_and_no_formulas() -> None:
    report = ReportView(
        name="operators", first="2026-11-01", last="2026-11-02", step=None,
        columns=[ReportColumn(id="contacts", unit="contacts")], totals=[40.0],
        rows=[ReportRow(keys=[name], cells=[1.0]) for name in HOSTILE])
    rows = list(csv.reader(io.StringIO(as_csv(report).decode("utf-8-sig"), newline="")))
    assert len(rows) == len(HOSTILE) + 2
    for name, row in zip(HOSTILE, rows[1:-1], strict=True):
        assert row[0] in (name, f"'{name}")
        assert not row[0].startswith(FORMULA), row[0]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_log_line_is_one_line_that_no_terminal_obeys(text: str) -> None:
    said = logs.line({"message": "who called", "name": text})
    assert json.loads(said)["name"] == text
    assert not [char for char in said if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}
                and char != "\u200d"]
