"""An import from its first row to its last: chunk by chunk, each one committed with its place.

Reading and typing happen outside of transactions, so that others write meanwhile. Whatever
breaks off (a crash, a full disk, a database that went away) leaves whole chunks; going on begins
behind the last one.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from crm_store import audit, custom_fields, errors
from crm_store.custom_fields import Field
from crm_store.imports import columns, files, runs
from crm_store.imports.columns import MapUnusable
from crm_store.imports.facts import Read, Work
from crm_store.imports.matching import look_up
from crm_store.imports.planning import plan as planned
from crm_store.imports.reading import Opened, opened
from crm_store.imports.reasons import Reason
from crm_store.imports.records import SheetUnreadable
from crm_store.imports.runs import Import, Plan
from crm_store.imports.sheets import open_sheet
from crm_store.imports.writing import Context, write
from crm_store.store import Store

Clock = Callable[[], datetime]
Progress = Callable[[int, int | None], None]        # records done, of how many if that is known
_TRIES, _PAUSE_S = 6, 0.5


@dataclass(frozen=True, slots=True)
class Look:
    """What a file seems to be, before anything of it is read in."""
    kind: str
    headers: tuple[str, ...]
    encoding: str
    separator: str
    rows: int | None
    columns: dict[str, str]             # field → header, as far as it could be guessed
    ignored: tuple[str, ...]
    examples: tuple[tuple[str, ...], ...]       # the first records
    trouble: str                        # why the map cannot be used yet; "" when it can


async def begin(
    store: Store, kept: files.Kept, folder: Path, *, name: str, plan: Plan, by: str,
    now: datetime,
) -> Import:
    """A draft of the kept file. Raises `SheetUnreadable`, `MapUnusable` (not for a missing
    name: that may still be mapped)."""
    seen = await look(store, folder / kept.file, plan)
    async with store.begin() as tx:
        made = await runs.create(
            tx, name=files.shown_name(name), file=kept.file, kind=seen.kind, size=kept.size,
            sha256=kept.sha256, headers=seen.headers, rows=seen.rows, plan=plan, by=by, at=now)
        return await runs.get(tx, made)


async def look(store: Store, path: Path, plan: Plan, *, examples: int = 5) -> Look:
    """Raises `SheetUnreadable`."""
    async with store.read() as tx:
        customs = await custom_fields.defined(tx)
    try:
        with opened(path, plan, customs) as table:
            first = [row.cells for row in next(table.chunks(size=examples), [])]
            sheet, mapped = table.sheet, table.mapped
            return Look(sheet.kind, sheet.headers, sheet.encoding, sheet.separator, sheet.total,
                        mapped.named, mapped.ignored, tuple(first), "")
    except MapUnusable as exc:
        return _unmapped(path, plan, customs, str(exc), examples)


def _unmapped(path: Path, plan: Plan, customs: Sequence[Field], trouble: str, examples: int
              ) -> Look:
    """What can be said of a file whose map cannot be used; the rest of it is guessed."""
    with open_sheet(path, encoding=plan.encoding, separator=plan.separator) as sheet:
        first = [record.cells for record in islice(sheet.rows, examples)]
        try:
            mapped = columns.guess(
                sheet.headers, plan.columns, customs={one.key: one.label for one in customs},
                only_by_hand=plan.only_by_hand, without_name=True)
        except MapUnusable:
            mapped = columns.guess(sheet.headers, {}, without_name=True)
        return Look(sheet.kind, sheet.headers, sheet.encoding, sheet.separator, sheet.total,
                    mapped.named, mapped.ignored, tuple(first), trouble)


async def go_on(
    store: Store, import_id: int, folder: Path, *, clock: Clock, progress: Progress | None = None,
) -> Import:
    """Run a draft, or go on with what was stopped or broke off, until its end.

    Raises `Overtaken` (somebody stopped it), `NotPossible`, `SheetUnreadable`, `MapUnusable`
    (both noted in the import, which is `failed` then), and the store's errors (it can be gone on
    with).
    """
    runner = secrets.token_hex(8)
    async with store.begin() as tx:
        known = await runs.take(tx, import_id, runner, to="running", at=clock())
        customs = await custom_fields.defined(tx)
        every = await custom_fields.defined(tx, with_retired=True)
        if not known.position:
            await audit.record(tx, by=known.by, at=clock(), what="import.started",
                               facts={"import": import_id, "file": known.name})
    if not known.file:
        return await _fail(store, known, runner, clock, "the file is gone")
    source = f"import:{known.name}"
    try:
        with opened(folder / known.file, known.plan, customs) as table:
            run = _Run(store, known, runner, Context(
                import_id, source, known.by, clock(), every), clock)
            await run.all_of(table, progress)
    except (SheetUnreadable, MapUnusable) as exc:
        await _fail(store, known, runner, clock, str(exc))
        raise
    return await _finish(store, known, runner, folder, clock)


async def _fail(store: Store, known: Import, runner: str, clock: Clock, why: str) -> Import:
    async with store.begin() as tx:
        return await runs.end(tx, known.id, runner, "failed", at=clock(), error=why)


async def _finish(store: Store, known: Import, runner: str, folder: Path, clock: Clock
                  ) -> Import:
    async with store.begin() as tx:
        done = await runs.end(tx, known.id, runner, "done", at=clock())
        await audit.record(tx, by=known.by, at=clock(), what="import.run", facts={
            "import": known.id, "file": known.name, "created": done.created,
            "updated": done.updated, "unchanged": done.unchanged, "refused": done.refused})
        await runs.forget_file(tx, known.id)
    files.remove(folder, known.file)
    return done


class _Run:
    def __init__(self, store: Store, known: Import, runner: str, context: Context,
                 clock: Clock) -> None:
        self._store, self._known, self._runner = store, known, runner
        self._context, self._clock = context, clock

    async def all_of(self, table: Opened, progress: Progress | None) -> None:
        done = self._known.position
        for rows in table.chunks(skip=done):
            await self._some(rows)
            done += len(rows)
            if progress:
                progress(done, table.sheet.total)
            await asyncio.sleep(0)      # who waits for the one writing connection comes first

    async def _some(self, rows: Sequence[Read]) -> None:
        """One chunk, whatever it takes: what another writer made impossible is tried again, what
        the database refuses is narrowed down to the one row."""
        for attempt in range(1, _TRIES + 1):
            try:
                await self._write(rows)
                return
            except (errors.Busy, errors.TimedOut):
                if attempt == _TRIES:
                    raise
                await asyncio.sleep(_PAUSE_S * attempt)
            except errors.Conflict as exc:
                if len(rows) == 1:
                    await self._write([_refused(rows[0], exc)])
                    return
                if attempt > 1:
                    break
        half = len(rows) // 2
        await self._some(rows[:half])
        await self._some(rows[half:])

    async def _write(self, rows: Sequence[Read]) -> None:
        now = self._clock()
        context = self._context
        async with self._store.begin() as tx:
            known = await look_up(tx, rows)
            work = planned(rows, known, source=context.source, by=context.by, now=now)
            await write(tx, work, Context(context.import_id, context.source, context.by, now,
                                          context.customs))
            await runs.advance(tx, self._known.id, self._runner, at=now, position=len(rows),
                               counts=counts_of(work))


def counts_of(work: Work) -> Counter[str]:
    counts = Counter(done.outcome for done in work.done)
    counts["refused"] = len(work.refused)
    counts["suspects"] = sum(bool(done.suspects) for done in work.done)
    return counts


def _refused(read: Read, problem: errors.StoreError) -> Read:
    said = problem.detail or str(problem)
    return Read(read.number, read.cells, None, (Reason("row", "refused_by_base", said[:120]),))
