"""Clients and their billing from a table: CSV or XLSX.

A row with an error is refused whole and reported with its number; the rest goes in, chunk by
chunk, each chunk committed. A second import of the same file changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from crm_store.imports.columns import Mapped, MapUnusable, guess
from crm_store.imports.matching import Context, RowRefused, write
from crm_store.imports.parsing import FIELDS, ImportedRow, RowUnreadable, parse
from crm_store.imports.sheets import Sheet, SheetUnreadable, open_sheet
from crm_store.store import Store

__all__ = ["FIELDS", "ImportReport", "MapUnusable", "RowProblem", "SheetUnreadable", "run"]

Progress = Callable[[int], None]        # rows read so far
_CHUNK = 500
_PROBLEMS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`row` counts as the file does: the header is row 1."""
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What was done, or with `dry_run` what would have been."""
    rows: int
    created: int
    updated: int
    unchanged: int
    refused: int
    problems: tuple[RowProblem, ...]    # the first 10,000 of the refused
    columns: dict[str, str]             # our field → the file's header
    ignored: tuple[str, ...]            # headers nobody asked for
    encoding: str
    dry_run: bool


class _Tally:
    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.problems: list[RowProblem] = []

    def refuse(self, row: int, reason: str) -> None:
        self.counts["refused"] += 1
        if len(self.problems) < _PROBLEMS_KEPT:
            self.problems.append(RowProblem(row, reason))

    def report(self, mapped: Mapped, sheet: Sheet, *, dry_run: bool) -> ImportReport:
        counts = self.counts
        return ImportReport(
            rows=counts["rows"], created=counts["created"], updated=counts["updated"],
            unchanged=counts["unchanged"], refused=counts["refused"],
            problems=tuple(sorted(self.problems, key=lambda problem: problem.row)),
            columns=mapped.named, ignored=mapped.ignored, encoding=sheet.encoding,
            dry_run=dry_run)


async def run(
    store: Store, path: Path, *, region: str, currency: str, by: str, now: datetime,
    columns: Mapping[str, str] | None = None, dry_run: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the file at `path`.

    `columns` (our field → header) wins over the guess. `dry_run` undoes each chunk, so a client
    who stands twice in the file, far apart, is counted as created twice.
    Raises `SheetUnreadable`, `MapUnusable` and the store's errors.
    """
    tally = _Tally()
    context = Context(source=f"import:{path.name}", by=by, now=now)
    with open_sheet(path) as sheet:
        mapped = guess(sheet.headers, columns or {})
        while chunk := list(islice(sheet.rows, _CHUNK)):
            tally.counts["rows"] += len(chunk)
            rows = list(_readable(chunk, mapped, tally, region=region, currency=currency))
            await _write(store, rows, context, tally, dry_run=dry_run)
            if progress:
                progress(tally.counts["rows"])
        return tally.report(mapped, sheet, dry_run=dry_run)


def _readable(
    chunk: list[tuple[int, tuple[str, ...]]], mapped: Mapped, tally: _Tally, *, region: str,
    currency: str,
) -> Iterator[tuple[int, ImportedRow]]:
    for number, cells in chunk:
        try:
            yield number, parse(mapped.pick(cells), region=region, currency=currency)
        except RowUnreadable as exc:
            tally.refuse(number, str(exc))


async def _write(
    store: Store, rows: list[tuple[int, ImportedRow]], context: Context, tally: _Tally, *,
    dry_run: bool,
) -> None:
    async with store.begin(keep=not dry_run) as tx:
        for number, row in rows:
            try:
                tally.counts[await write(tx, row, context)] += 1
            except RowRefused as exc:
                tally.refuse(number, str(exc))
