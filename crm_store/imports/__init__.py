"""Clients and their billing from tables: CSV, XLSX, XLS, ODS.

A row with an error is refused whole and kept with every reason; the rest goes in, chunk by
chunk, each chunk committed with its place in the file. What broke off goes on where it was, a
whole import can be undone, and a second import of the same file changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from crm_store.imports import checking, files, running, runs
from crm_store.imports.columns import MapUnusable
from crm_store.imports.parsing import FIELDS
from crm_store.imports.records import SheetUnreadable
from crm_store.imports.runs import Import, NotPossible, Overtaken, Plan
from crm_store.store import Store

__all__ = ["FIELDS", "Import", "ImportReport", "MapUnusable", "NotPossible", "Overtaken", "Plan",
           "RowProblem", "RowSuspect", "SheetUnreadable", "rehearse", "report_of", "run",
           "usable_look"]

Progress = Callable[[int], None]        # rows read so far
PROBLEMS_KEPT = 10_000


@dataclass(frozen=True, slots=True)
class RowProblem:
    """`row` counts as the file does: the header is row 1. `reason` is all of them."""
    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class RowSuspect:
    """A row that makes a new client, though somebody alike is there."""
    row: int
    client_id: int
    name: str
    why: str                            # phone, email, …


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
    suspected: tuple[RowSuspect, ...] = ()      # of a dry run, the first of them


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

    if dry_run:
        return await rehearse(store, path, chosen, now=now, progress=tell)
    seen = await usable_look(store, path, chosen)
    kept = files.keep(path, folder) if folder else files.in_place(path)
    draft = await running.begin(store, kept, folder or path.parent, name=path.name, plan=chosen,
                                by=by, now=now)
    done = await running.go_on(store, draft.id, folder or path.parent, clock=lambda: now,
                               progress=tell)
    return await report_of(store, done, seen)


async def usable_look(store: Store, path: Path, plan: Plan) -> running.Look:
    """The file's columns and encoding. Raises `SheetUnreadable`, `MapUnusable`."""
    seen = await running.look(store, path, plan, examples=0)
    if seen.trouble:
        raise MapUnusable(seen.trouble)
    return seen


async def rehearse(
    store: Store, path: Path, plan: Plan, *, now: datetime,
    progress: running.Progress | None = None,
) -> ImportReport:
    """A dry run over the whole file: the report of a run, and nothing is written."""
    seen = await usable_look(store, path, plan)
    return _of_check(seen, await checking.check(
        store, path, plan, now=now, progress=progress, shown=0, refused_shown=PROBLEMS_KEPT))


def _of_check(seen: running.Look, checked: checking.Checked) -> ImportReport:
    report = _report(seen, checked.rows, checked.counts, tuple(
        RowProblem(one.row, "; ".join(map(str, one.reasons))) for one in checked.refused), None)
    return replace(report, suspected=tuple(
        RowSuspect(done.row, one.client_id, one.name, one.why)
        for done in checked.suspected for one in done.suspects))


async def report_of(store: Store, done: Import, seen: running.Look | None) -> ImportReport:
    """What an import did; `seen` is its file, None when that is gone."""
    async with store.read() as tx:
        refused = await runs.problems(tx, done.id, limit=PROBLEMS_KEPT)
    counts = {"created": done.created, "updated": done.updated, "unchanged": done.unchanged,
              "refused": done.refused, "suspects": done.suspects}
    return _report(seen, done.position, counts, tuple(
        RowProblem(one.row, "; ".join(map(str, one.reasons))) for one in refused), done.id)


def _report(seen: running.Look | None, rows: int, counts: Mapping[str, int],
            problems: tuple[RowProblem, ...], import_id: int | None) -> ImportReport:
    return ImportReport(
        rows=rows, created=counts.get("created", 0), updated=counts.get("updated", 0),
        unchanged=counts.get("unchanged", 0), refused=counts.get("refused", 0),
        suspects=counts.get("suspects", 0), problems=problems,
        columns=seen.columns if seen else {}, ignored=seen.ignored if seen else (),
        encoding=seen.encoding if seen else "", dry_run=import_id is None, id=import_id)
