"""Undoing a merge: every row of its record back, and each newcomer to the one it belongs to.

A row that came while the merge stood belongs to whom its account, its call or its number belongs;
what says nothing about that stays with the kept client. A do-not-call mark that says nothing
holds for both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Table, insert, select, update

from crm_store import merge_campaigns, moving, naming
from crm_store.base import Base, Tx
from crm_store.held import OF_ACCOUNTS, SOURCES, Held, key_of, numbered
from crm_store.held import moving as moving_tables
from crm_store.tables.duplicates import MergeRows

_TABLES = Base.metadata.tables
_TIMELINE = _TABLES["timeline"]
_NOT_TO_LOSE = "do_not_call"


async def put_all_back(
    tx: Tx, merge_id: int, *, kept: int, absorbed: int, newest: Mapping[str, int], by: str,
    at: datetime,
) -> dict[int, dict[str, Any]]:
    """What it changed on the two cards: client → column → value."""
    record = await _record(tx, merge_id)
    changed = record.pop(("changed", "", ""), [])
    is_asked = await _asked_not_to_be_called(tx, changed, kept)
    await _move_back(tx, record, _TABLES["campaign_entries"], "client_id", kept, absorbed)
    for table, held in moving_tables():
        for column in held.columns:
            await _move_back(tx, record, table, column, kept, absorbed)
        await _newcomers(tx, table, held, kept, absorbed, newest.get(table.name))
        for row in record.get(("displaced", table.name, ""), []):
            await moving.reinsert(tx, table, moving.was(table, row.before))
    cards: dict[int, dict[str, Any]] = {}
    for row in reversed(changed):
        await _change_back(tx, merge_id, row, cards, by=by, at=at)
    await _timelines_follow(tx, kept, absorbed)
    await _call_neither(tx, kept, absorbed, is_asked=is_asked,
                        newest=newest.get("suppressions", 0))
    return cards


async def _record(tx: Tx, merge_id: int) -> dict[tuple[str, str, str], list[Any]]:
    rows = await tx.all(
        select(MergeRows.table_name, MergeRows.column_name, MergeRows.deed, MergeRows.key,
               MergeRows.before, MergeRows.after)
        .where(MergeRows.merge_id == merge_id).order_by(MergeRows.id))
    found: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in rows:
        place = {"moved": (row.table_name, row.column_name), "displaced": (row.table_name, ""),
                 "changed": ("", "")}[row.deed]
        found[(row.deed, *place)].append(row)
    return found


async def _move_back(
    tx: Tx, record: Mapping[tuple[str, str, str], list[Any]], table: Table, column: str,
    kept: int, absorbed: int,
) -> None:
    keys = [moving.key_was(table, row.key)
            for row in record.get(("moved", table.name, column), [])]
    await moving.put_back(tx, table, column, keys, kept=kept, absorbed=absorbed)


async def _change_back(
    tx: Tx, merge_id: int, row: Any, cards: dict[int, dict[str, Any]], *, by: str, at: datetime,
) -> None:
    table = _TABLES[row.table_name]
    key = moving.key_was(table, row.key)
    if table.name == "campaign_entries":
        await merge_campaigns.part(tx, merge_id, key[0], row.before, by=by, at=at)
        return
    before, after = moving.was(table, row.before), moving.was(table, row.after)
    if table.name == "clients" and "name" in before:
        await naming.forget(tx, key[0])
    written = await moving.change_back(tx, table, key, before, after)
    if table.name == "clients" and "merged_into" not in before:
        cards[key[0]] = written
        if "name" in before:
            name = await tx.scalar(select(table.c.name).where(table.c.id == key[0]))
            await naming.index_names(tx, [(key[0], name)])


# ── newcomers ────────────────────────────────────────────────────────────────────────────────
async def _newcomers(
    tx: Tx, table: Table, held: Held, kept: int, absorbed: int, newest: int | None,
) -> None:
    """Rows that came since, by what they follow; of a table without ids those that must follow."""
    if not held.follows:
        return
    names = key_of(table)
    columns = [*names, *(name for name, _ in held.follows if name not in names)]
    new = select(*(table.c[name] for name in columns)).where(table.c.client_id == kept)
    if numbered(table) and newest is not None:
        new = new.where(table.c.id > newest)
    rows = [dict(row._mapping) for row in await tx.all(new)]
    owners = [await _owners(tx, column, other, rows, kept, absorbed)
              for column, other in held.follows]
    going = [tuple(row[name] for name in names) for place, row in enumerate(rows)
             if next((found[place] for found in owners if found[place]), kept) == absorbed]
    for key in going:
        await tx.run(update(table).where(moving.is_key(table, key)).values(client_id=absorbed))


async def _owners(
    tx: Tx, column: str, other: str, rows: Sequence[Mapping[str, Any]], kept: int, absorbed: int,
) -> list[int | None]:
    """For each row whose it is by this column; None where that says nothing."""
    told = sorted({row[column] for row in rows if row[column] is not None})
    found = await _of_numbers(tx, told, kept, absorbed) if not other else await _of_rows(
        tx, _TABLES[other], told, kept, absorbed)
    return [found.get(row[column]) for row in rows]


async def _of_rows(
    tx: Tx, table: Table, ids: Sequence[int], kept: int, absorbed: int,
) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for start in range(0, len(ids), moving.CHUNK):
        for row in await tx.all(select(table.c.id, table.c.client_id).where(
                table.c.id.in_(ids[start:start + moving.CHUNK]),
                table.c.client_id.in_((kept, absorbed)))):
            found[row.id] = row.client_id
    return found


async def _of_numbers(
    tx: Tx, numbers: Sequence[str], kept: int, absorbed: int,
) -> dict[Any, int]:
    """A number that only one of the two has."""
    links = _TABLES["client_phones"]
    rows = await tx.all(select(links.c.e164, links.c.client_id).where(
        links.c.client_id.in_((kept, absorbed)), links.c.e164.in_(numbers)))
    has: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        has[row.e164].add(row.client_id)
    return {number: next(iter(owners)) for number, owners in has.items() if len(owners) == 1}


# ── what follows from it ─────────────────────────────────────────────────────────────────────
async def _timelines_follow(tx: Tx, kept: int, absorbed: int) -> None:
    """Timeline rows stand with the client whose their source row is now."""
    for kind, name in SOURCES.items():
        source = _TABLES[name]
        its = select(source.c.id).where(source.c.client_id == absorbed)
        await _hand_over(tx, kind, its, kept, absorbed)
    accounts = _TABLES["accounts"]
    his = select(accounts.c.id).where(accounts.c.client_id == absorbed)
    for kind, way in OF_ACCOUNTS.items():
        its = his
        for name, column in zip(reversed(way), ("account_id", _LEADS.get(way[0], "")),
                                strict=False):
            table = _TABLES[name]
            its = select(table.c.id).where(table.c[column].in_(its))
        await _hand_over(tx, kind, its, kept, absorbed)


_LEADS = {"invoice_corrections": "invoice_id", "readings": "meter_id"}


async def _hand_over(tx: Tx, kind: str, refs: Any, kept: int, absorbed: int) -> None:
    await tx.run(update(_TIMELINE).where(
        _TIMELINE.c.client_id == kept, _TIMELINE.c.kind == kind, _TIMELINE.c.ref.in_(refs),
    ).values(client_id=absorbed))


# ── nobody knows which of the two asked not to be called while they were one: neither is ─────
async def _asked_not_to_be_called(tx: Tx, changed: Sequence[Any], kept: int) -> bool:
    """The kept client's flag came while the merge stood."""
    then = [flag for row in changed if row.table_name == "clients"
            for flag in row.after.get("flags", ())]
    clients = _TABLES["clients"]
    now = await tx.scalar(select(clients.c.flags).where(clients.c.id == kept))
    return _NOT_TO_LOSE in now and _NOT_TO_LOSE not in then


async def _call_neither(
    tx: Tx, kept: int, absorbed: int, *, is_asked: bool, newest: int,
) -> None:
    clients, marks = _TABLES["clients"], _TABLES["suppressions"]
    if is_asked:
        flags = await tx.scalar(select(clients.c.flags).where(clients.c.id == absorbed))
        await tx.run(update(clients).where(clients.c.id == absorbed).values(
            flags=[*flags, *({_NOT_TO_LOSE} - set(flags))]))
    since = await tx.all(select(marks.c.reason, marks.c.by, marks.c.at).where(
        marks.c.client_id == kept, marks.c.e164.is_(None), marks.c.lifted_at.is_(None),
        marks.c.id > newest))
    for row in since:
        await tx.run(insert(marks).values(
            client_id=absorbed, reason=row.reason, by=row.by, at=row.at))
