"""Imports as rows: made, taken by who runs them, moved on, ended; the list of them; maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import delete, insert, select, update

from crm_store import errors
from crm_store.base import Tx
from crm_store.imports.reasons import Reason, unpacked
from crm_store.tables.imports import ImportMaps, ImportProblems, ImportRows, Imports

State = Literal["draft", "running", "stopped", "failed", "done", "undoing", "undone"]
SILENT_AFTER = timedelta(seconds=30)        # a runner that says nothing for so long is gone
MOST_MAPS = 200


class NotPossible(Exception):
    """The import is not in a state for this; the message says which."""


class Overtaken(Exception):
    """Somebody else stopped this import or goes on with it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a file is read. `columns`: field → header by hand; the rest is guessed, or with
    `only_by_hand` left out. `region` completes local numbers (`RU`, `RU-846`)."""
    region: str
    currency: str
    columns: Mapping[str, str] = field(default_factory=dict)
    only_by_hand: bool = False
    encoding: str | None = None
    separator: str | None = None


@dataclass(frozen=True, slots=True)
class Import:
    """One import as it stands; see `tables/imports.py`."""
    id: int
    name: str
    file: str
    kind: str
    size: int
    sha256: str
    headers: tuple[str, ...]
    plan: Plan
    state: State
    rows: int | None
    position: int
    created: int
    updated: int
    unchanged: int
    refused: int
    suspects: int
    gone: int
    restored: int
    stayed: int
    runner: str | None
    beat_at: datetime | None
    error: str | None
    by: str
    made_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    undone_by: str | None
    undone_at: datetime | None

    def is_silent(self, now: datetime) -> bool:
        """Said to be running, but its runner gives no sign of life: it was interrupted."""
        return (self.state in ("running", "undoing")
                and (self.beat_at is None or now - self.beat_at > SILENT_AFTER))


_COLUMNS = tuple(getattr(Imports, one.name) for one in fields(Import))
_COUNTS = ("created", "updated", "unchanged", "refused", "suspects", "gone", "restored", "stayed")


def _import(row: Any) -> Import:
    facts = dict(row._mapping)
    return Import(**facts | {"headers": tuple(row.headers), "plan": Plan(**row.plan)})


async def create(
    tx: Tx, *, name: str, file: str, kind: str, size: int, sha256: str, headers: Sequence[str],
    rows: int | None, plan: Plan, by: str, at: datetime,
) -> int:
    return int(await tx.scalar(insert(Imports).values(
        name=name, file=file, kind=kind, size=size, sha256=sha256, headers=list(headers),
        plan=_packed(plan), state="draft", rows=rows, position=0, by=by, made_at=at,
        **dict.fromkeys(_COUNTS, 0)).returning(Imports.id)))


def _packed(plan: Plan) -> dict[str, Any]:
    return asdict(plan) | {"columns": dict(plan.columns)}


async def get(tx: Tx, import_id: int) -> Import:
    """Raises `NotFound`."""
    row = await tx.first(select(*_COLUMNS).where(Imports.id == import_id))
    if row is None:
        raise errors.NotFound(f"import {import_id}")
    return _import(row)


async def newest(tx: Tx, *, before: int | None = None, limit: int = 50) -> list[Import]:
    wanted = select(*_COLUMNS).order_by(Imports.id.desc()).limit(limit)
    if before:
        wanted = wanted.where(Imports.id < before)
    return [_import(row) for row in await tx.all(wanted)]


async def same_file(tx: Tx, sha256: str) -> Import | None:
    """The last import of the very same bytes that went in and was not undone."""
    row = await tx.first(select(*_COLUMNS).where(
        Imports.sha256 == sha256, Imports.state.in_(("done", "running", "stopped")))
        .order_by(Imports.id.desc()).limit(1))
    return _import(row) if row else None


async def set_plan(tx: Tx, import_id: int, plan: Plan, headers: Sequence[str]) -> None:
    """Of a draft only. Raises `NotPossible`."""
    done = await tx.run(update(Imports).where(Imports.id == import_id, Imports.state == "draft")
                        .values(plan=_packed(plan), headers=list(headers)))
    if done.rowcount == 0:
        raise NotPossible(f"import {import_id} has begun: its columns are fixed")


async def set_kind(tx: Tx, import_id: int, kind: str, headers: Sequence[str], rows: int | None
                   ) -> None:
    """What a draft's file was found to be."""
    await tx.run(update(Imports).where(Imports.id == import_id, Imports.state == "draft").values(
        kind=kind, headers=list(headers), rows=rows))


async def take(
    tx: Tx, import_id: int, runner: str, *, to: Literal["running", "undoing"], at: datetime,
    by: str | None = None,
) -> Import:
    """From now on `runner` alone moves it. Whoever held it before stops at his next step.

    Raises `NotFound`, `NotPossible`.
    """
    known = await get(tx, import_id)
    allowed = ("draft", "running", "stopped", "failed") if to == "running" else (
        "done", "running", "stopped", "failed", "undoing")
    if known.state not in allowed:
        raise NotPossible(f"import {import_id} is {known.state}")
    values: dict[str, Any] = {"state": to, "runner": runner, "beat_at": at, "error": None}
    if to == "running":
        values["started_at"] = known.started_at or at
    else:
        values["undone_by"] = by
    await tx.run(update(Imports).where(Imports.id == import_id).values(**values))
    return await get(tx, import_id)


async def advance(
    tx: Tx, import_id: int, runner: str, *, at: datetime, position: int = 0,
    counts: Mapping[str, int] | None = None,
) -> None:
    """So many records more are done; in the transaction that wrote them. Raises `Overtaken`."""
    moved = {name: getattr(Imports, name) + count for name, count in (counts or {}).items()}
    done = await tx.run(
        update(Imports).where(Imports.id == import_id, Imports.runner == runner)
        .values(position=Imports.position + position, beat_at=at, **moved))
    if done.rowcount == 0:
        raise Overtaken(f"import {import_id} was stopped, or somebody else goes on with it")


async def end(tx: Tx, import_id: int, runner: str, state: State, *, at: datetime,
              error: str | None = None) -> Import:
    """The runner lets go of it. Raises `Overtaken`."""
    values: dict[str, Any] = {"state": state, "runner": None, "error": error}
    if state == "done":
        values |= {"ended_at": at}
    if state == "undone":
        values |= {"undone_at": at}
    done = await tx.run(update(Imports).where(Imports.id == import_id, Imports.runner == runner)
                        .values(**values))
    if done.rowcount == 0:
        raise Overtaken(f"import {import_id} was stopped, or somebody else goes on with it")
    return await get(tx, import_id)


async def stop(tx: Tx, import_id: int) -> None:
    """Whoever runs it stops at his next step; what is committed stays. Raises `NotPossible`."""
    done = await tx.run(
        update(Imports).where(Imports.id == import_id, Imports.state == "running")
        .values(state="stopped", runner=None))
    if done.rowcount == 0:
        raise NotPossible(f"import {import_id} is not running")


async def forget_file(tx: Tx, import_id: int) -> None:
    await tx.run(update(Imports).where(Imports.id == import_id).values(file=""))


async def discard(tx: Tx, import_id: int) -> str:
    """A draft goes, or one whose file could not be read and that wrote nothing; the name of its
    file. Raises `NotPossible`, `NotFound`."""
    known = await get(tx, import_id)
    wrote_nothing = known.state in ("stopped", "failed") and not known.position
    if known.state != "draft" and not wrote_nothing:
        raise NotPossible(f"import {import_id} is {known.state}")
    await tx.run(delete(Imports).where(Imports.id == import_id))
    return known.file


# ── what was refused, what stayed ────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Problem:
    row: int
    cells: tuple[str, ...]
    reasons: tuple[Reason, ...]


async def problems(tx: Tx, import_id: int, *, after: int = 0, limit: int = 500) -> list[Problem]:
    """The refused rows, in the order of the file, a page at a time."""
    rows = await tx.all(
        select(ImportProblems.row, ImportProblems.cells, ImportProblems.reasons)
        .where(ImportProblems.import_id == import_id, ImportProblems.row > after)
        .order_by(ImportProblems.row).limit(limit))
    return [Problem(row.row, tuple(row.cells), unpacked(row.reasons)) for row in rows]


@dataclass(frozen=True, slots=True)
class Stayed:
    """A row that undoing left: `why` is a code, or the table where the client is in use."""
    row: int
    client_id: int
    outcome: str
    why: str


async def stayed(tx: Tx, import_id: int, *, after: int = 0, limit: int = 500) -> list[Stayed]:
    rows = await tx.all(
        select(ImportRows.row, ImportRows.client_id, ImportRows.outcome, ImportRows.why)
        .where(ImportRows.import_id == import_id, ImportRows.undone == "stayed",
               ImportRows.row > after)
        .order_by(ImportRows.row).limit(limit))
    return [Stayed(row.row, row.client_id, row.outcome, row.why or "") for row in rows]


# ── maps ─────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class SavedMap:
    name: str
    columns: dict[str, str]
    by: str
    at: datetime


async def save_map(tx: Tx, name: str, columns: Mapping[str, str], *, by: str, at: datetime
                   ) -> None:
    """Under a name of 1 to 80 letters; the same name again replaces it. Raises `NotPossible`."""
    if not 1 <= len(name.strip()) <= 80:
        raise NotPossible("a map needs a name of 1 to 80 letters")
    told = {"columns": dict(columns), "by": by, "at": at}
    await tx.run(tx.insert(ImportMaps).values(name=name.strip(), **told)
                 .on_conflict_do_update(index_elements=["name"], set_=told))


async def maps(tx: Tx) -> list[SavedMap]:
    rows = await tx.all(select(ImportMaps.name, ImportMaps.columns, ImportMaps.by, ImportMaps.at)
                        .order_by(ImportMaps.name).limit(MOST_MAPS))
    return [SavedMap(row.name, dict(row.columns), row.by, row.at) for row in rows]


async def saved_map(tx: Tx, name: str) -> dict[str, str]:
    """Raises `NotFound`."""
    columns = await tx.scalar(select(ImportMaps.columns).where(ImportMaps.name == name))
    if columns is None:
        raise errors.NotFound(f"map {name!r}")
    return dict(columns)


async def forget_map(tx: Tx, name: str) -> None:
    """Raises `NotFound`."""
    done = await tx.run(delete(ImportMaps).where(ImportMaps.name == name))
    if done.rowcount == 0:
        raise errors.NotFound(f"map {name!r}")
