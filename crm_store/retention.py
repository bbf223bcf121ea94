"""What is kept how long: per kind of data, what to do with what is older, and the proof of it.

Rows are looked for while others write, and changed a batch at a time; each batch leaves its deed
in the audit in the same transaction: kind, limit, count, and a hash over the ids it touched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, TypeAlias, get_args

from sqlalchemy import ColumnElement, Text, bindparam, cast, delete, func, select, update

from crm_store import audit, timeline
from crm_store.audit_reading import CUT
from crm_store.base import Base, Tx
from crm_store.contacts import COLUMNS, call_item, place_of
from crm_store.personal_data import HASHED, hashed
from crm_store.store import Store
from crm_store.tables.audit import Audit, AuditCuts
from crm_store.tables.campaigns import OPEN_ATTEMPTS, Attempts
from crm_store.tables.client_facts import ClientChanges
from crm_store.tables.contacts import Dispositions, Drafts, Interactions, Notes
from crm_store.tables.imports import ImportProblems, ImportRows, Imports
from crm_store.tables.requests import RequestEvents, Requests
from crm_store.tables.sources import SourceAnswers
from crm_store.tables.staff import Sessions

Kind = Literal["drafts", "notes", "numbers", "unknown_callers", "attempts", "requests", "changes",
               "imports", "sources", "sessions", "audit", "recordings"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DEED = "retention.applied"
_AT_ONCE = 2_000
Apply: TypeAlias = Callable[[Tx, list[int], bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """`rows` older than `before` were (or would be) changed; `digest` is over their ids."""
    kind: Kind
    before: datetime
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class _Rule:
    """Rows of `table` whose id rises, which are too old when `is_old` says so."""
    table: type[Base]
    is_old: Callable[[datetime], Sequence[ColumnElement[bool]]]
    apply: Apply


async def run(
    store: Store, keep_days: Mapping[Kind, int], *, now: datetime, key: bytes, by: str,
    dry_run: bool = False, progress: Callable[[Kind, int], None] = lambda kind, rows: None,
) -> list[Applied]:
    """Every kind that has a limit. With `dry_run` only counted."""
    found = []
    for kind, days in keep_days.items():
        before = now - timedelta(days=days)
        found.append(await _count(store, kind, before) if dry_run else await _apply(
            store, kind, before, now=now, key=key, by=by, progress=progress))
    return found


async def _count(store: Store, kind: Kind, before: datetime) -> Applied:
    async with store.read() as tx:
        if kind == "audit":
            rows = await _cuttable(tx, before)
        elif kind in _UNNUMBERED:
            table, is_old = _UNNUMBERED[kind]
            rows = await tx.scalar(select(func.count()).select_from(table).where(is_old(before)))
        else:
            rows = sum([await tx.scalar(select(func.count()).select_from(rule.table)
                                        .where(*rule.is_old(before))) for rule in _RULES[kind]])
    return Applied(kind=kind, before=before, rows=int(rows or 0), digest="")


async def _apply(
    store: Store, kind: Kind, before: datetime, *, now: datetime, key: bytes, by: str,
    progress: Callable[[Kind, int], None],
) -> Applied:
    if kind == "audit":
        return await _cut(store, before, now=now, by=by)
    if kind in _UNNUMBERED:
        return await _delete(store, kind, before, now=now, by=by)
    rows, digest = 0, hashlib.sha256()
    for rule in _RULES[kind]:
        last = 0
        while ids := await _old(store, rule, before, last):
            async with store.begin() as tx:
                await rule.apply(tx, ids, key)
                await _tell(tx, kind, before, len(ids), _over(ids), now=now, by=by)
            digest.update(_over(ids).encode())
            rows, last = rows + len(ids), ids[-1]
            progress(kind, rows)
    return Applied(kind=kind, before=before, rows=rows, digest=digest.hexdigest())


async def _old(store: Store, rule: _Rule, before: datetime, after: int) -> list[int]:
    key = rule.table.__table__.c["id"]
    async with store.read() as tx:
        rows = await tx.all(select(key).where(key > after, *rule.is_old(before))
                            .order_by(key).limit(_AT_ONCE))
    return [row[0] for row in rows]


def _over(ids: Sequence[int]) -> str:
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()


async def _tell(tx: Tx, kind: Kind, before: datetime, rows: int, digest: str, *, now: datetime,
                by: str) -> None:
    await audit.record(tx, by=by, at=now, what=DEED, facts={
        "kind": kind, "before": before.isoformat(), "rows": rows, "digest": digest})


async def _delete(store: Store, kind: Kind, before: datetime, *, now: datetime,
                  by: str) -> Applied:
    """Rows that nothing refers to and that no id numbers: counted."""
    table, is_old = _UNNUMBERED[kind]
    async with store.begin() as tx:
        rows = (await tx.run(delete(table).where(is_old(before)))).rowcount
        if rows:
            await _tell(tx, kind, before, rows, "", now=now, by=by)
    return Applied(kind=kind, before=before, rows=rows, digest="")


# ── what is done, kind by kind ───────────────────────────────────────────────────────────────
async def _drop_drafts(tx: Tx, ids: list[int], key: bytes) -> None:
    await tx.run(delete(Drafts).where(Drafts.id.in_(ids)))


async def _drop_changes(tx: Tx, ids: list[int], key: bytes) -> None:
    await tx.run(delete(ClientChanges).where(ClientChanges.id.in_(ids)))


async def _drop_notes(tx: Tx, ids: list[int], key: bytes) -> None:
    for row in await tx.all(select(Notes.id, Notes.client_id, Notes.at).where(Notes.id.in_(ids))):
        await timeline.remove(tx, row.client_id, row.at, "note", row.id)
    await tx.run(delete(Notes).where(Notes.id.in_(ids)))


async def _empty_contacts(tx: Tx, ids: list[int], key: bytes) -> None:
    """What was noted about contacts goes, that they were and how they ended stays."""
    await tx.run(update(Dispositions).where(Dispositions.interaction_id.in_(ids)).values(note=""))
    await tx.run(update(Interactions).where(Interactions.id.in_(ids)).values(note=None))
    await _show_again(tx, ids)


async def _hash_numbers(tx: Tx, ids: list[int], key: bytes) -> None:
    rows = await tx.all(
        select(Interactions.id, Interactions.number, Interactions.dialled, Interactions.direction)
        .where(Interactions.id.in_(ids)))
    changes = [{"row_id": row.id, "number_now": hashed(key, row.number),
                "dialled_now": hashed(key, row.dialled)
                if row.dialled and row.direction == "out" else row.dialled}
               for row in rows if row.number and not row.number.startswith(HASHED)]
    table = Base.metadata.tables["interactions"]
    if changes:
        await tx.run(update(table).where(table.c.id == bindparam("row_id")).values(
            number=bindparam("number_now"), dialled=bindparam("dialled_now")), changes)
    await _show_again(tx, ids)


async def _show_again(tx: Tx, ids: list[int]) -> None:
    """The timeline says the same as the rows."""
    for row in await tx.all(select(*COLUMNS).where(Interactions.id.in_(ids))):
        place = place_of(row)
        if place is not None:
            await timeline.put(tx, *place, "call", row.id, call_item(row))


async def _hash_attempts(tx: Tx, ids: list[int], key: bytes) -> None:
    rows = await tx.all(select(Attempts.id, Attempts.e164).where(Attempts.id.in_(ids)))
    table = Base.metadata.tables["attempts"]
    await tx.run(
        update(table).where(table.c.id == bindparam("row_id")).values(e164=bindparam("now")),
        [{"row_id": row.id, "now": hashed(key, row.e164)} for row in rows])


async def _empty_requests(tx: Tx, ids: list[int], key: bytes) -> None:
    await tx.run(update(Requests).where(Requests.id.in_(ids)).values(form={}))
    await tx.run(update(RequestEvents).where(RequestEvents.request_id.in_(ids)).values(note=""))


async def _empty_imports(tx: Tx, ids: list[int], key: bytes) -> None:
    """After that an import can no longer be undone, nor its refused rows be read."""
    await tx.run(delete(ImportRows).where(ImportRows.import_id.in_(ids)))
    await tx.run(delete(ImportProblems).where(ImportProblems.import_id.in_(ids)))


def _has_rows(table: Any) -> ColumnElement[bool]:
    return select(table.import_id).where(table.import_id == Imports.id).exists()


_IS_NUMBER = Interactions.number.is_not(None) & Interactions.number.not_like(f"{HASHED}%")
_RULES: dict[Kind, tuple[_Rule, ...]] = {
    "drafts": (_Rule(Drafts, lambda before: (Drafts.finished_at < before,), _drop_drafts),),
    "notes": (
        _Rule(Notes, lambda before: (Notes.at < before,), _drop_notes),
        _Rule(Interactions, lambda before: (
            Interactions.started_at < before, Interactions.note.is_not(None)), _empty_contacts)),
    "changes": (_Rule(ClientChanges, lambda before: (ClientChanges.at < before,),
                      _drop_changes),),
    "numbers": (_Rule(Interactions, lambda before: (
        Interactions.started_at < before, _IS_NUMBER), _hash_numbers),),
    "unknown_callers": (_Rule(Interactions, lambda before: (
        Interactions.started_at < before, Interactions.client_id.is_(None), _IS_NUMBER),
        _hash_numbers),),
    "attempts": (_Rule(Attempts, lambda before: (
        Attempts.intent_at < before, Attempts.state.not_in(OPEN_ATTEMPTS),
        Attempts.e164.not_like(f"{HASHED}%")), _hash_attempts),),
    "requests": (_Rule(Requests, lambda before: (
        Requests.closed_at < before, func.length(cast(Requests.form, Text)) > len("{}")),
        _empty_requests),),
    "imports": (_Rule(Imports, lambda before: (
        Imports.ended_at < before, _has_rows(ImportRows) | _has_rows(ImportProblems)),
        _empty_imports),),
}
_UNNUMBERED: dict[Kind, tuple[type[Base], Callable[[datetime], ColumnElement[bool]]]] = {
    "sources": (SourceAnswers, lambda before: SourceAnswers.said_at < before),
    "sessions": (Sessions, lambda before: Sessions.expires_at < before),
}


# ── the audit itself ─────────────────────────────────────────────────────────────────────────
async def _cuttable(tx: Tx, before: datetime) -> int:
    last = await _last_cuttable(tx, before)
    if last is None:
        return 0
    return int(await tx.scalar(select(func.count()).select_from(Audit)
                               .where(Audit.place <= last)))


async def _last_cuttable(tx: Tx, before: datetime) -> int | None:
    """The place up to which everything is older; deeds that explain what is gone stay."""
    first_kept = await tx.scalar(select(func.min(Audit.place)).where(Audit.at >= before))
    newest = await tx.scalar(select(func.max(Audit.place)))
    if newest is None:
        return None
    last = newest if first_kept is None else first_kept - 1
    begun = await tx.scalar(select(func.min(Audit.place)))
    return last if begun is not None and last >= begun else None


async def _cut(store: Store, before: datetime, *, now: datetime, by: str) -> Applied:
    """Let the oldest part of the chain go; the chain itself tells of the cut."""
    async with store.begin() as tx:
        last = await _last_cuttable(tx, before)
        if last is None:
            return Applied(kind="audit", before=before, rows=0, digest="")
        digest: bytes = await tx.scalar(select(Audit.hash).where(Audit.place == last))
        rows = await _cuttable(tx, before)
        await tx.run(tx.insert(AuditCuts).values(place=last, hash=digest, at=now))
        await tx.run(delete(Audit).where(Audit.place <= last))
        await audit.record(tx, by=by, at=now, what=CUT, facts={
            "place": last, "hash": digest.hex(), "rows": rows, "before": before.isoformat()})
    return Applied(kind="audit", before=before, rows=rows, digest=digest.hex())

