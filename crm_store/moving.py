"""Rows of one client go to another, with a record from which each can be put back.

What a key forbids (both clients have the number) is taken out and kept whole in the record. Going
back, a column that somebody changed meanwhile stays as he left it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Column, Date, Table, and_, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from crm_store.base import Tx, Utc
from crm_store.held import key_of, moving, unique_keys
from crm_store.tables.duplicates import MergeRows

CHUNK = 400
Key = tuple[Any, ...]


# ── the record ───────────────────────────────────────────────────────────────────────────────
async def note(tx: Tx, merge_id: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add to a merge's record; rows as `entry` makes them."""
    for start in range(0, len(rows), CHUNK):
        await tx.run(insert(MergeRows), [
            {"merge_id": merge_id, **row} for row in rows[start:start + CHUNK]])


def entry(
    table: Table, column: str, deed: str, key: Key, *, before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One line of the record."""
    return {"table_name": table.name, "column_name": column, "deed": deed,
            "key": [_written(value) for value in key],
            "before": {name: _written(value) for name, value in (before or {}).items()},
            "after": {name: _written(value) for name, value in (after or {}).items()}}


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


def was(table: Table, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Values of the record as the table's columns hold them; columns that are gone are left."""
    return {name: _value(table.c[name], told) for name, told in facts.items() if name in table.c}


def key_was(table: Table, key: Sequence[Any]) -> Key:
    return tuple(_value(table.c[name], told)
                 for name, told in zip(key_of(table), key, strict=True))


def _value(column: Column[Any], told: Any) -> Any:
    if not isinstance(told, str):
        return told
    if isinstance(column.type, Utc):
        return datetime.fromisoformat(told)
    return date.fromisoformat(told) if isinstance(column.type, Date) else told


# ── there ────────────────────────────────────────────────────────────────────────────────────
async def move_all(tx: Tx, merge_id: int, absorbed: int, kept: int) -> int:
    """Every row that moves; how many did. Again, it moves what came to the absorbed one since."""
    moved = 0
    for table, held in moving():
        for column in held.columns:
            moved += await _move(tx, merge_id, table, column, absorbed, kept)
    return moved


async def _move(
    tx: Tx, merge_id: int, table: Table, column: str, absorbed: int, kept: int,
) -> int:
    names = key_of(table)
    his = table.c[column] == absorbed
    keys = [tuple(row) for row in await tx.all(select(*(table.c[name] for name in names))
                                               .where(his))]
    if not keys:
        return 0
    clashing = await _clashing(tx, table, column, absorbed, kept)
    for key in clashing:
        await _displace(tx, merge_id, table, column, key, kept)
    going = [key for key in keys if key not in set(clashing)]
    if "is_primary" in table.c:
        await _only_primary(tx, merge_id, table, column, absorbed, kept)
    await note(tx, merge_id, [entry(table, column, "moved", key) for key in going])
    await tx.run(update(table).where(his).values({column: kept}))
    return len(going)


async def _clashing(tx: Tx, table: Table, column: str, absorbed: int, kept: int) -> list[Key]:
    """Keys of the absorbed client's rows that the kept client has, or that would be about
    himself and himself."""
    mine, theirs = table.alias("mine"), table.alias("theirs")
    same = [and_(theirs.c[column] == kept,
                 *(theirs.c[name] == mine.c[name] for name in others))
            for others in unique_keys(table, column)]
    rules: list[Any] = [select(theirs.c[column]).where(rule).exists() for rule in same]
    rules += [mine.c[other] == kept for other in _others(table, column)]
    if not rules:
        return []
    rows = await tx.all(select(*(mine.c[name] for name in key_of(table))).where(
        mine.c[column] == absorbed, or_(*rules)))
    return [tuple(row) for row in rows]


def _others(table: Table, column: str) -> list[str]:
    """Further columns of a table that name a client too."""
    return [name.name for name in table.columns if name.name != column and any(
        key.target_fullname == "clients.id" for key in name.foreign_keys)]


async def _displace(
    tx: Tx, merge_id: int, table: Table, column: str, key: Key, kept: int,
) -> None:
    """Out of the table and whole into the record; the kept client's row takes what it lacks."""
    row = dict((await tx.run(select(table).where(is_key(table, key)))).one()._mapping)
    await tx.run(delete(table).where(is_key(table, key)))
    await note(tx, merge_id, [entry(table, column, "displaced", key, before=row)])
    if "trust" in table.c and "confirmed_at" in table.c:
        await _strengthen(tx, merge_id, table, column, row, kept)


async def _strengthen(
    tx: Tx, merge_id: int, table: Table, column: str, lost: Mapping[str, Any], kept: int,
) -> None:
    """A link that both had is believed as the stronger of the two was."""
    others = unique_keys(table, column)[0]
    his = and_(table.c[column] == kept, *(table.c[name] == lost[name] for name in others))
    found = (await tx.run(select(table).where(his))).first()
    if found is None:
        return
    row = found._mapping
    learnt: dict[str, Any] = {}
    if lost["trust"] > row["trust"]:
        learnt["trust"] = lost["trust"]
    if lost["confirmed_at"] and not row["confirmed_at"]:
        learnt |= {"confirmed_at": lost["confirmed_at"], "confirmed_by": lost["confirmed_by"]}
    if learnt:
        key = tuple(row[name] for name in key_of(table))
        await change(tx, merge_id, table, column, key, dict(row), learnt)


async def _only_primary(
    tx: Tx, merge_id: int, table: Table, column: str, absorbed: int, kept: int,
) -> None:
    """The kept client's main number stays the main one."""
    has_one = await tx.scalar(select(table.c[column]).where(
        table.c[column] == kept, table.c.is_primary.is_(True)).limit(1))
    if has_one is None:
        return
    for row in await tx.all(select(table).where(
            table.c[column] == absorbed, table.c.is_primary.is_(True))):
        found = dict(row._mapping)
        key = tuple(found[name] for name in key_of(table))
        await change(tx, merge_id, table, column, key, found, {"is_primary": False})


async def change(
    tx: Tx, merge_id: int, table: Table, column: str, key: Key, row: Mapping[str, Any],
    values: Mapping[str, Any],
) -> None:
    """Change a row and put into the record what it was."""
    await tx.run(update(table).where(is_key(table, key)).values(**values))
    await note(tx, merge_id, [entry(
        table, column, "changed", key, before={name: row[name] for name in values},
        after=values)])


def is_key(table: Table, key: Key) -> Any:
    return and_(*(table.c[name] == value
                  for name, value in zip(key_of(table), key, strict=True)))


# ── and back ─────────────────────────────────────────────────────────────────────────────────
async def put_back(tx: Tx, table: Table, column: str, keys: Sequence[Key], *, kept: int,
                   absorbed: int) -> None:
    """Rows of the record that still are the kept client's."""
    names = key_of(table)
    for some in _chunks(keys):
        wanted: Any = table.c.id.in_([key[0] for key in some]) if names == ("id",) else or_(
            *(is_key(table, _held_by(names, column, key, kept)) for key in some))
        await tx.run(update(table).where(table.c[column] == kept, wanted)
                     .values({column: absorbed}))


def _held_by(names: Sequence[str], column: str, key: Key, client_id: int) -> Key:
    return tuple(client_id if name == column else value
                 for name, value in zip(names, key, strict=True))


async def change_back(
    tx: Tx, table: Table, key: Key, before: Mapping[str, Any], after: Mapping[str, Any],
) -> dict[str, Any]:
    """Each column as it was, unless somebody changed it since; what was written."""
    row = (await tx.run(select(*(table.c[name] for name in before))
                        .where(is_key(table, key)).with_for_update())).first()
    if row is None:
        return {}
    now = row._mapping
    values = {name: undone(now[name], before[name], after[name]) for name in before}
    values = {name: value for name, value in values.items() if value != now[name]}
    if values:
        await tx.run(update(table).where(is_key(table, key)).values(**values))
    return values


def undone(now: Any, before: Any, after: Any) -> Any:
    """`now` without what led from `before` to `after` ○; sets and mappings part by part."""
    if now == after:
        return before
    if isinstance(now, list) and isinstance(before, list) and isinstance(after, list):
        added = [item for item in after if item not in before]
        left = [item for item in now if item not in added]
        return left + [item for item in before if item not in after and item not in left]
    if isinstance(now, dict) and isinstance(before, dict) and isinstance(after, dict):
        return _undone_within(now, before, after)
    return now


def _undone_within(
    now: dict[str, Any], before: dict[str, Any], after: dict[str, Any],
) -> dict[str, Any]:
    same = {name: value for name, value in now.items() if after.get(name) != value}
    return same | {name: value for name, value in before.items()
                   if after.get(name) == now.get(name)}


async def reinsert(tx: Tx, table: Table, row: Mapping[str, Any]) -> None:
    """A displaced row, unless one like it came meanwhile."""
    kind = sqlite if tx.dialect == "sqlite" else postgresql
    await tx.run(kind.insert(table).values(**row).on_conflict_do_nothing())


def _chunks(keys: Sequence[Key]) -> list[Sequence[Key]]:
    return [keys[start:start + CHUNK] for start in range(0, len(keys), CHUNK)]
