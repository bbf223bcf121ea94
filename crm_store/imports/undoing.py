"""A whole import taken back: whom it created goes, what it changed goes back.

What somebody else has touched since stays as it is, and is named: a client with calls, requests
or new facts of his own is no longer only this import's; a field changed again is not ours to
put back. Undoing goes by chunks, each committed; broken off, it is simply asked for again.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, bindparam, select, update

from crm_store import audit, custom_fields
from crm_store.base import Tx
from crm_store.imports import files, runs
from crm_store.imports.matching import pieces
from crm_store.imports.removing import Made, kept_back, remove_clients
from crm_store.imports.restoring import restore
from crm_store.imports.running import Clock, Progress
from crm_store.imports.runs import Import
from crm_store.store import Store
from crm_store.tables.clients import Clients
from crm_store.tables.imports import ImportRows

_CHUNK = 250
_ROWS = cast(Table, ImportRows.__table__)
_MARK = (update(_ROWS).where(_ROWS.c.import_id == bindparam("of_import"),
                             _ROWS.c.row == bindparam("of_row"))
         .values(undone=bindparam("fate"), why=bindparam("reason")))


async def undo(
    store: Store, import_id: int, folder: Path, *, by: str, clock: Clock,
    progress: Progress | None = None,
) -> Import:
    """Take it back, or go on with taking it back. An import that runs is stopped first.

    Raises `NotFound`, `NotPossible`, `Overtaken` and the store's errors (ask again then).
    """
    runner = secrets.token_hex(8)
    async with store.begin() as tx:
        known = await runs.take(tx, import_id, runner, to="undoing", at=clock(), by=by)
        await audit.record(tx, by=by, at=clock(), what="import.undoing",
                           facts={"import": import_id, "file": known.name})
    work = _Undo(store, known, runner, by, clock)
    total = known.created + known.updated
    done = known.gone + known.restored + known.stayed
    while step := (await work.remove_some() or await work.restore_some()):
        done += step
        if progress:
            progress(done, total)
    async with store.begin() as tx:
        over = await runs.end(tx, import_id, runner, "undone", at=clock())
        await audit.record(tx, by=by, at=clock(), what="import.undone", facts={
            "import": import_id, "file": known.name, "gone": over.gone,
            "restored": over.restored, "stayed": over.stayed})
        await runs.forget_file(tx, import_id)
    files.remove(folder, known.file)
    return over


class _Undo:
    def __init__(self, store: Store, known: Import, runner: str, by: str, clock: Clock) -> None:
        self._store, self._known, self._runner = store, known, runner
        self._by, self._clock = by, clock

    async def remove_some(self) -> int:
        """Clients it created, the newest first, with all its rows of theirs; how many rows."""
        async with self._store.begin() as tx:
            some = await self._rows(tx, "created")
            ids = sorted({row.client_id for row in some})
            if not ids:
                return 0
            made, rows = await self._made(tx, ids)
            there = {row[0] for part in pieces(ids) for row in await tx.all(
                select(Clients.id).where(Clients.id.in_(part)))}
            why = await kept_back(tx, {one: made[one] for one in ids if one in there})
            await remove_clients(tx, {one: made[one] for one in ids
                                      if one in there and one not in why})
            await self._settle(tx, {
                row: ("stayed", why[client_id]) if client_id in why else ("gone", None)
                for row, client_id in rows.items()})
            return len(rows)

    async def restore_some(self) -> int:
        async with self._store.begin() as tx:
            rows = await self._rows(tx, "updated")
            if not rows:
                return 0
            customs = await custom_fields.defined(tx, with_retired=True)
            fates = await restore(tx, rows, customs, source=f"import:{self._known.name}",
                                  by=self._by, now=self._clock())
            await self._settle(tx, {row: ("stayed", why) if why else ("restored", None)
                                    for row, why in fates.items()})
            return len(rows)

    async def _rows(self, tx: Tx, outcome: str) -> list[Any]:
        return list(await tx.all(
            select(ImportRows.row, ImportRows.client_id, ImportRows.did)
            .where(ImportRows.import_id == self._known.id, ImportRows.outcome == outcome,
                   ImportRows.undone.is_(None))
            .order_by(ImportRows.row.desc()).limit(_CHUNK)))

    async def _made(self, tx: Tx, ids: list[int]) -> tuple[dict[int, Made], dict[int, int]]:
        """What the import made for each client, and its rows: row → client."""
        made = {one: Made() for one in ids}
        rows: dict[int, int] = {}
        for some in pieces(ids):
            for row in await tx.all(
                select(ImportRows.row, ImportRows.client_id, ImportRows.bumps, ImportRows.did)
                .where(ImportRows.import_id == self._known.id, ImportRows.client_id.in_(some))
                .order_by(ImportRows.row)
            ):
                made[row.client_id].take(row.bumps, row.did)
                rows[row.row] = row.client_id
        return made, rows

    async def _settle(self, tx: Tx, fates: Mapping[int, tuple[str, str | None]]) -> None:
        await tx.run(_MARK, [{"of_import": self._known.id, "of_row": row, "fate": fate,
                              "reason": why} for row, (fate, why) in fates.items()])
        await runs.advance(tx, self._known.id, self._runner, at=self._clock(),
                           counts=Counter(fate for fate, _ in fates.values()))
