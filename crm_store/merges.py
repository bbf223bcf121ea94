"""Two clients become one, and two again, without loss.

Everything that hangs on the absorbed client goes to the kept one (`moving`), with a record of
each row; the absorbed client's row stays, with `merged_into`, and leads to the kept one. Undoing
puts every row back and gives what came meanwhile to the one it belongs to (`returning`). Either
is one transaction: a crash in the middle leaves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update

from crm_store import (
    audit,
    custom_fields,
    errors,
    merge_campaigns,
    merge_pairs,
    moving,
    naming,
    returning,
)
from crm_store.base import JSON, Base, Tx
from crm_store.folding import fold
from crm_store.held import moving as moving_tables
from crm_store.held import numbered
from crm_store.tables.client_facts import ClientChanges
from crm_store.tables.clients import Clients
from crm_store.tables.duplicates import Merges
from crm_store.timeline import put

CHOOSABLE = ("name", "kind", "language", "time_zone")
_CLIENTS, _ERASURES = Base.metadata.tables["clients"], Base.metadata.tables["erasures"]
_LONGEST_CHAIN = 64


class MergeRefused(errors.Conflict):
    """These two cannot be merged, or not parted, now."""

    def __init__(self, code: str, detail: str, **facts: JSON) -> None:
        super().__init__(detail)
        self.code = code            # same_client already_merged kept_is_merged call_open
        self.facts = facts          # undone kept_was_merged newer_merge erased


@dataclass(frozen=True, slots=True)
class Merge:
    """`undone_at` None: it stands."""
    id: int
    kept_id: int
    kept_name: str
    absorbed_id: int
    absorbed_name: str
    at: datetime
    by: str
    reason: str
    undone_at: datetime | None
    undone_by: str | None


# ── leading ──────────────────────────────────────────────────────────────────────────────────
async def current(tx: Tx, client_id: int) -> int:
    """The client who stands for this one now: himself, unless he was merged into another."""
    for _ in range(_LONGEST_CHAIN):
        into = await tx.scalar(select(Clients.merged_into).where(Clients.id == client_id))
        if into is None:
            return client_id
        client_id = int(into)
    raise errors.Conflict(f"client {client_id} is merged in a circle")


async def everybody(tx: Tx, client_id: int) -> list[int]:
    """The client and all who were merged into him, directly or not."""
    found, fresh = [client_id], [client_id]
    while fresh:
        rows = await tx.all(select(Clients.id).where(Clients.merged_into.in_(fresh)))
        fresh = [row.id for row in rows if row.id not in found]
        found += fresh
    return found


# ── merging ──────────────────────────────────────────────────────────────────────────────────
async def merge(
    tx: Tx, kept: int, absorbed: int, *, by: str, at: datetime, reason: str,
    take: Collection[str] = (),
) -> int:
    """The absorbed client becomes a part of the kept one; the merge's id.

    `take` names what is taken from the absorbed one where both have it: `CHOOSABLE`, and
    `custom.KEY`. Flags and tags add up, so that the stricter of both holds. Raises `NotFound`,
    `MergeRefused`; nothing is changed then.
    """
    rows = await _both(tx, kept, absorbed)
    _check_merge(rows, kept, absorbed)
    await _refuse_erased(tx, (kept, absorbed))
    if await merge_campaigns.is_being_called(tx, (kept, absorbed)):
        raise MergeRefused("call_open", "one of the two is being called by a campaign now")
    merge_id = int(await tx.scalar(insert(Merges).values(
        kept_id=kept, absorbed_id=absorbed, at=at, by=by, reason=reason,
        newest=await _newest(tx)).returning(Merges.id)))
    await _join_cards(tx, merge_id, rows[kept], rows[absorbed], take, by=by, at=at)
    await merge_campaigns.join(tx, merge_id, kept=kept, absorbed=absorbed, by=by, at=at)
    await moving.move_all(tx, merge_id, absorbed, kept)
    await merge_pairs.join(tx, merge_id, kept=kept, absorbed=absorbed, by=by, at=at)
    await _tell(tx, merge_id)
    facts: dict[str, JSON] = {"merge": merge_id, "kept": kept, "absorbed": absorbed,
                              "reason": reason}
    for client_id in (kept, absorbed):
        await audit.record(tx, by=by, at=at, what="client.merged", client_id=client_id,
                           facts=facts)
    return merge_id


async def gather(tx: Tx, merge_id: int) -> int:
    """What reached the absorbed client since (a screen that did not know yet) goes to the kept
    one; how many rows."""
    row = await _one(tx, merge_id)
    return await moving.move_all(tx, merge_id, row.absorbed_id, row.kept_id)


async def standing_ids(tx: Tx) -> list[int]:
    rows = await tx.all(select(Merges.id).where(Merges.undone_at.is_(None)).order_by(Merges.id))
    return [row.id for row in rows]


async def _both(tx: Tx, *ids: int) -> dict[int, Mapping[str, Any]]:
    """Both clients' rows, locked; first what the dialler locks first. Raises `NotFound`."""
    await merge_campaigns.lock(tx, ids)
    rows = await tx.all(select(_CLIENTS).where(_CLIENTS.c.id.in_(ids))
                        .order_by(_CLIENTS.c.id).with_for_update())
    found: dict[int, Mapping[str, Any]] = {row.id: dict(row._mapping) for row in rows}
    for client_id in ids:
        if client_id not in found:
            raise errors.NotFound(f"client {client_id}")
    return found


def _check_merge(rows: Mapping[int, Mapping[str, Any]], kept: int, absorbed: int) -> None:
    if kept == absorbed:
        raise MergeRefused("same_client", "a client cannot be merged with himself")
    into = rows[absorbed]["merged_into"]
    if into is not None:
        raise MergeRefused("already_merged", f"client {absorbed} is merged into {into} already",
                           into=into)
    into = rows[kept]["merged_into"]
    if into is not None:
        raise MergeRefused("kept_is_merged", f"client {kept} is merged into {into}: merge into "
                           "that one", into=into)


async def _refuse_erased(tx: Tx, client_ids: Collection[int]) -> None:
    erased = await tx.scalar(select(_ERASURES.c.client_id).where(
        _ERASURES.c.client_id.in_(client_ids)).limit(1))
    if erased is not None:
        raise MergeRefused("erased", f"client {erased} was erased at his own wish")


async def _newest(tx: Tx) -> dict[str, int]:
    tables = [table for table, _ in moving_tables() if numbered(table)]
    return {table.name: int(await tx.scalar(select(func.max(table.c.id))) or 0)
            for table in tables}


async def _join_cards(
    tx: Tx, merge_id: int, kept: Mapping[str, Any], absorbed: Mapping[str, Any],
    take: Collection[str], *, by: str, at: datetime,
) -> None:
    await moving.change(tx, merge_id, _CLIENTS, "merged_into", (absorbed["id"],), absorbed,
                        {"merged_into": kept["id"]})
    await _follow(tx, merge_id, kept["id"], absorbed["id"])
    values = joined(kept, absorbed, take)
    noted = {"flags": kept["flags"]} | values       # unmerging asks which flags came later
    version = kept["version"] + 1
    await tx.run(update(Clients).where(Clients.id == kept["id"]).values(version=version))
    await tx.run(update(Clients).where(Clients.id == absorbed["id"])
                 .values(version=absorbed["version"] + 1))
    if "name" in values:
        await naming.index_name(tx, kept["id"], values["name"])     # forgets by the old key
    await moving.change(tx, merge_id, _CLIENTS, "id", (kept["id"],), kept, noted)
    await _write_changes(tx, kept, values, version, by=by, at=at)
    if "custom" in values:
        await custom_fields.put_words(tx, kept["id"], values["custom"])


async def _follow(tx: Tx, merge_id: int, kept: int, absorbed: int) -> None:
    """Who was merged into the absorbed one is led straight to the kept one: a pop looks once."""
    for row in await tx.all(select(_CLIENTS.c.id).where(_CLIENTS.c.merged_into == absorbed)):
        await moving.change(tx, merge_id, _CLIENTS, "merged_into", (row.id,),
                            {"merged_into": absorbed}, {"merged_into": kept})


def joined(
    kept: Mapping[str, Any], absorbed: Mapping[str, Any], take: Collection[str] = (),
) -> dict[str, Any]:
    """What changes on the kept card ○: gaps are filled, what `take` names is replaced, flags
    and tags add up."""
    values = {name: absorbed[name] for name in CHOOSABLE
              if absorbed[name] is not None and (name in take or kept[name] is None)}
    for name in ("flags", "tags"):
        values[name] = [*kept[name], *(one for one in absorbed[name] if one not in kept[name])]
    mine, theirs = kept["custom"], absorbed["custom"]
    values["custom"] = theirs | {key: value for key, value in mine.items()
                                 if key not in theirs or f"custom.{key}" not in take}
    if "name" in values:
        values["search_key"] = fold(values["name"])
    return {name: value for name, value in values.items() if value != kept[name]}


async def _write_changes(
    tx: Tx, before: Mapping[str, Any], after: Mapping[str, Any], version: int, *, by: str,
    at: datetime,
) -> None:
    """Who edits the kept card at this moment is told what became different under him."""
    told = [{"client_id": before["id"], "version": version, "field": name,
             "before": before[name], "after": value, "by": by, "at": at}
            for name, value in after.items() if name != "search_key"]
    if told:
        await tx.run(insert(ClientChanges), told)


# ── parting ──────────────────────────────────────────────────────────────────────────────────
async def unmerge(tx: Tx, merge_id: int, *, by: str, at: datetime) -> None:
    """Both clients as they were, plus what came since to the one it belongs to.

    The last merge into a client is undone first. Raises `NotFound`, `MergeRefused`.
    """
    row = await _one(tx, merge_id)
    kept, absorbed = row.kept_id, row.absorbed_id
    rows = await _both(tx, kept, absorbed)
    await _check_unmerge(tx, row, rows[kept])
    await _refuse_erased(tx, (kept, absorbed))
    if await merge_campaigns.is_being_called(tx, (kept, absorbed)):
        raise MergeRefused("call_open", "the client is being called by a campaign now")
    await gather(tx, merge_id)
    changed = await returning.put_all_back(tx, merge_id, kept=kept, absorbed=absorbed,
                                           newest=row.newest, by=by, at=at)
    await _part_cards(tx, rows, changed.get(kept, {}), kept, absorbed, by=by, at=at)
    await merge_pairs.part(tx, merge_id, kept=kept, absorbed=absorbed, by=by, at=at)
    await tx.run(update(Merges).where(Merges.id == merge_id).values(undone_at=at, undone_by=by))
    await _tell(tx, merge_id)
    facts: dict[str, JSON] = {"merge": merge_id, "kept": kept, "absorbed": absorbed}
    for client_id in (kept, absorbed):
        await audit.record(tx, by=by, at=at, what="client.unmerged", client_id=client_id,
                           facts=facts)


async def _check_unmerge(tx: Tx, row: Any, kept: Mapping[str, Any]) -> None:
    if row.undone_at is not None:
        raise MergeRefused("undone", f"merge {row.id} is undone already")
    if kept["merged_into"] is not None:
        last = await tx.scalar(select(Merges.id).where(
            Merges.absorbed_id == row.kept_id, Merges.undone_at.is_(None)))
        raise MergeRefused("kept_was_merged", f"client {row.kept_id} was merged into "
                           f"{kept['merged_into']} later: undo merge {last} first", first=last)
    newer = await tx.scalar(select(func.max(Merges.id)).where(
        Merges.kept_id == row.kept_id, Merges.undone_at.is_(None), Merges.id > row.id))
    if newer is not None:
        raise MergeRefused("newer_merge", f"another client was merged into {row.kept_id} "
                           f"later: undo merge {newer} first", first=newer)


async def _part_cards(
    tx: Tx, before: Mapping[int, Mapping[str, Any]], changed: Mapping[str, Any], kept: int,
    absorbed: int, *, by: str, at: datetime,
) -> None:
    version = before[kept]["version"] + 1
    await tx.run(update(Clients).where(Clients.id == kept).values(version=version))
    await tx.run(update(Clients).where(Clients.id == absorbed)
                 .values(version=before[absorbed]["version"] + 1))
    await _write_changes(tx, before[kept], changed, version, by=by, at=at)
    if "custom" in changed:
        await custom_fields.put_words(tx, kept, changed["custom"])


async def _one(tx: Tx, merge_id: int) -> Any:
    row = await tx.first(select(
        Merges.id, Merges.kept_id, Merges.absorbed_id, Merges.at, Merges.by, Merges.reason,
        Merges.newest, Merges.undone_at, Merges.undone_by,
    ).where(Merges.id == merge_id).with_for_update())
    if row is None:
        raise errors.NotFound(f"merge {merge_id}")
    return row


# ── history ──────────────────────────────────────────────────────────────────────────────────
async def _tell(tx: Tx, merge_id: int) -> None:
    """The merge, or its end, in the timelines it concerns."""
    told = await one(tx, merge_id)
    facts: dict[str, JSON] = {
        "merge_id": told.id, "kept_id": told.kept_id, "kept_name": told.kept_name,
        "absorbed_id": told.absorbed_id, "absorbed_name": told.absorbed_name, "by": told.by,
        "reason": told.reason, "undone_by": told.undone_by,
        "undone_at": told.undone_at.isoformat() if told.undone_at else None}
    whose = [told.kept_id] + ([told.absorbed_id] if told.undone_at else [])
    for client_id in whose:
        await put(tx, client_id, told.at, "merge", told.id, facts)


def _merges() -> Select[*tuple[Any, ...]]:
    kept, absorbed = _CLIENTS.alias("kept"), _CLIENTS.alias("absorbed")
    return (
        select(Merges.id, Merges.kept_id, kept.c.name.label("kept_name"), Merges.absorbed_id,
               absorbed.c.name.label("absorbed_name"), Merges.at, Merges.by, Merges.reason,
               Merges.undone_at, Merges.undone_by)
        .join(kept, kept.c.id == Merges.kept_id)
        .join(absorbed, absorbed.c.id == Merges.absorbed_id))


async def one(tx: Tx, merge_id: int) -> Merge:
    """Raises `NotFound`."""
    row = await tx.first(_merges().where(Merges.id == merge_id))
    if row is None:
        raise errors.NotFound(f"merge {merge_id}")
    return Merge(*row)


async def listing(
    tx: Tx, *, client_id: int | None = None, standing_only: bool = False,
    before: int | None = None, limit: int = 50,
) -> Sequence[Merge]:
    """Newest first; of one client: those he took part in on either side."""
    wanted = _merges().order_by(Merges.id.desc()).limit(limit)
    if client_id is not None:
        wanted = wanted.where((Merges.kept_id == client_id) | (Merges.absorbed_id == client_id))
    if standing_only:
        wanted = wanted.where(Merges.undone_at.is_(None))
    if before is not None:
        wanted = wanted.where(Merges.id < before)
    return [Merge(*row) for row in await tx.all(wanted)]
