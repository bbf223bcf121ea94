"""Clients and their billing from tables: CSV, XLSX, XLS, ODS.

A row with an error is refused whole and kept with every reason; the rest goes in, chunk by
chunk, each chunk committed with its place in the file. What broke off goes on where it was, a
whole import can be undone, and a second import of the same file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from crm_store.imports import files, running, runs
from crm_store.imports.columns import MapUnusable
from crm_store.imports.parsing import FIELDS
from crm_store.imports.records import SheetUnreadable
from crm_store.imports.runs import Import, NotPossible, Overtaken, Plan
from crm_store.store import Store

__all__ = ["FIELDS", "Import", "ImportReport", "MapUnusable", "NotPossible", "Overtaken", "Plan",
           "RowProblem", "SheetUnreadable", "report_of", "run"]

Progress = Callable[[int], None]        # rows read so far
PROBLEMS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`row` counts as the file does: the header is row 1. `reason` is all of them."""
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
    suspects: int                       # created, but somebody is at that number already
    problems: tuple[RowProblem, ...]    # the first 10,000 of the refused
    columns: dict[str, str]             # our field → the file's header
    ignored: tuple[str, ...]            # headers nobody asked for
    encoding: str
    dry_run: bool
    id: int | None                      # of the import; None for a dry run


async def run(
    store: Store, path: Path, *, region: str, currency: str, by: str, now: datetime,
    columns: Mapping[str, str] | None = None, dry_run: bool = False,
    progress: Progress | None = None, folder: Path | None = None, plan: Plan | None = None,
) -> ImportReport:
    """Import the file at `path`, from beginning to end.

    `columns` (our field → header) wins over the guess; `plan` says more. A copy is kept in
    `folder` until it is done, so that it can be gone on with; without, the file is read where it
    is. Raises `SheetUnreadable`, `MapUnusable`, `Overtaken` and the store's errors.
    """
    chosen = plan or Plan(region=region, currency=currency, columns=columns or {})

    def tell(done: int, _of: int | None) -> None:
        if progress:
            progress(done)

    seen = await running.look(store, path, chosen, examples=0)
    if seen.trouble:
        raise MapUnusable(seen.trouble)
    if dry_run:
        checked = await running.check(store, path, chosen, now=now, progress=tell, shown=0,
                                      refused_shown=PROBLEMS_KEPT)
        return _report(seen, checked.rows, checked.counts, tuple(
            RowProblem(one.row, "; ".join(map(str, one.reasons))) for one in checked.refused),
            None)
    kept = files.keep(path, folder) if folder else files.in_place(path)
    draft = await running.begin(store, kept, folder or path.parent, name=path.name, plan=chosen,
                                by=by, now=now)
    done = await running.go_on(store, draft.id, folder or path.parent, clock=lambda: now,
                               progress=tell)
    return await report_of(store, done, seen)


async def report_of(store: Store, done: Import, seen: running.Look) -> ImportReport:
    """What an import did."""
    async with store.read() as tx:
        refused = await runs.problems(tx, done.id, limit=PROBLEMS_KEPT)
    counts = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged,
              "refused": done.refused, "suspects": done.suspects}
    return _report(seen, done.position, counts, tuple(
        RowProblem(one.row, "; ".join(map(str, one.reasons))) for one in refused), done.id)


def _report(seen: running.Look, rows: int, counts: Mapping[str, int],
            problems: tuple[RowProblem, ...], import_id: int | None) -> ImportReport:
    return ImportReport(
        rows=rows, created=counts.get("created", 0), updated=counts.get("updated", 0),
        unchanged=counts.get("unchanged", 0), refused=counts.get("refused", 0),
        suspects=counts.get("suspects", 0), problems=problems, columns=seen.columns,
        ignored=seen.ignored, encoding=seen.encoding, dry_run=import_id is None, id=import_id)
