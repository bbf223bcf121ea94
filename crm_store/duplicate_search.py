"""The search for duplicates through the whole base, in blocks, and on again after a break.

Five stages, one per key. Each piece of work ends in one short transaction that puts the pairs
found on the list and says how far the run is: killed at any moment, it loses one piece.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import Integer, bindparam, func, insert, select, update

from crm_store import errors
from crm_store.base import Bytewise, Tx, Whole
from crm_store.duplicate_blocks import (
    BUCKETS,
    LARGEST,
    WHOLE,
    Block,
    Gathered,
    likely_pairs,
    name_key,
)
from crm_store.duplicate_facts import facts_of, names_of
from crm_store.duplicates import note
from crm_store.matching import Verdict, account_key, compare
from crm_store.prepared import Prepared
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.duplicates import DuplicateRuns

STAGES = ("phones", "emails", "accounts", "addresses", "names")
SILENT = timedelta(minutes=5)       # a run that was not seen for so long is nobody's
_ROWS = 10_000
_BLOCKS = 2_000                     # compared in one piece of work
_RARE = 5                           # a name of more clients than this proves nothing by itself
_NAME_WORDS = 3
Progress: TypeAlias = Callable[[int, int], None]        # rows looked at, of how many
Piece: TypeAlias = "tuple[list[Block], str, int]"       # blocks, place behind them, rows read

_COUNT = bindparam("count", type_=Integer)
_AFTER = bindparam("after", type_=Whole)
_BY_PHONE = Prepared(
    select(ClientPhones.e164.label("key"), ClientPhones.client_id)
    .where(ClientPhones.e164 > bindparam("after", type_=Bytewise))
    .order_by(ClientPhones.e164, ClientPhones.client_id).limit(_COUNT))
_BY_EMAIL = Prepared(
    select(ClientEmails.email.label("key"), ClientEmails.client_id)
    .where(ClientEmails.email > bindparam("after", type_=Bytewise))
    .order_by(ClientEmails.email, ClientEmails.client_id).limit(_COUNT))
_ACCOUNTS = Prepared(
    select(Accounts.id, Accounts.client_id, Accounts.number.label("key"))
    .where(Accounts.id > _AFTER).order_by(Accounts.id).limit(_COUNT))
_SUPPLIED = Prepared(
    select(Accounts.id, Accounts.client_id, Addresses.search_key.label("key"))
    .outerjoin(Addresses, Addresses.id == Accounts.address_id)
    .where(Accounts.id > _AFTER).order_by(Accounts.id).limit(_COUNT))
_LIVES = Prepared(
    select(ClientAddresses.id, ClientAddresses.client_id, Addresses.search_key.label("key"))
    .join(Addresses, Addresses.id == ClientAddresses.address_id)
    .where(ClientAddresses.id > _AFTER).order_by(ClientAddresses.id).limit(_COUNT))
_NAMES = Prepared(
    select(Clients.id, Clients.id.label("client_id"), Clients.search_key.label("key"))
    .where(Clients.id > _AFTER, Clients.merged_into.is_(None))
    .order_by(Clients.id).limit(_COUNT))


class AlreadyRunning(errors.StoreError):
    """The search for duplicates is running already."""


@dataclass(frozen=True, slots=True)
class Report:
    """`compared` pairs had names that may be one; `suspects` of them are new on the list.

    `large` blocks were compared within one name only, `too_large` ones not at all.
    """
    run: int
    resumed: bool
    rows: int
    blocks: int
    compared: int
    suspects: int
    large: int
    too_large: int


async def run(
    store: Store, *, clock: Callable[[], datetime], progress: Progress | None = None,
    anew: bool = False,
) -> Report:
    """Look through the base, or go on where a run was broken off (`anew`: from the beginning).

    Raises `AlreadyRunning` and the store's errors.
    """
    search = await _begin(store, clock, anew=anew)
    total = await _size(store)
    first = STAGES.index(search.stage)
    for stage in STAGES[first:]:
        start = search.place if stage == search.stage else ""
        search.stage = stage
        async for blocks, place, rows in _pieces(store, stage, start):
            await search.look(blocks, place, rows)
            if progress:
                progress(min(search.counts["rows"], total), total)
    return await search.end()


class _Search:
    """One run. `counts` are the fields of `Report`."""

    def __init__(self, store: Store, clock: Callable[[], datetime], run_id: int, stage: str,
                 place: str, counts: dict[str, int], *, resumed: bool) -> None:
        self._store, self._clock, self._run = store, clock, run_id
        self.stage, self.place, self.counts = stage, place, counts
        self._resumed = resumed

    async def look(self, blocks: list[Block], place: str, rows: int) -> None:
        """Compare within these blocks; the pairs and the place are committed together."""
        self.counts["rows"] += rows
        self.counts["blocks"] += len(blocks)
        fit = [block for block in blocks if len(block.ids) <= LARGEST]
        self.counts["too_large"] += len(blocks) - len(fit)
        self.counts["large"] += sum(len(block.ids) > WHOLE for block in fit)
        async with self._store.read() as tx:
            found = await self._compare(tx, fit)
        async with self._store.begin() as tx:
            if found:
                self.counts["suspects"] += await note(
                    tx, found.items(), found_by="search", at=self._clock())
            await tx.run(update(DuplicateRuns).where(DuplicateRuns.id == self._run).values(
                stage=self.stage, place=place, counts=self.counts, seen_at=self._clock()))

    async def _compare(
        self, tx: Tx, blocks: Sequence[Block],
    ) -> dict[tuple[int, int], Verdict]:
        named = await names_of(tx, {one for block in blocks for one in block.ids})
        pairs: dict[tuple[int, int], Block] = {}
        for block in blocks:
            if self.stage != "names" or _is_rare(block, named):
                pairs |= dict.fromkeys(likely_pairs(block, named), block)
        self.counts["compared"] += len(pairs)
        known = await facts_of(tx, {one for pair in pairs for one in pair})
        found = {}
        for (low, high), block in pairs.items():
            verdict = compare(known[low], known[high], crowd=block.crowd,
                              name_holders=len(block.ids) if self.stage == "names" else 0)
            if verdict.is_suspect:
                found[low, high] = verdict
        return found

    async def end(self) -> Report:
        async with self._store.begin() as tx:
            await tx.run(update(DuplicateRuns).where(DuplicateRuns.id == self._run).values(
                ended_at=self._clock(), counts=self.counts))
        return Report(run=self._run, resumed=self._resumed, **self.counts)


def _is_rare(block: Block, named: dict[int, Any]) -> bool:
    holders = [one for one in block.ids if one in named]
    return 1 < len(holders) <= _RARE


async def _begin(store: Store, clock: Callable[[], datetime], *, anew: bool) -> _Search:
    now = clock()
    async with store.begin() as tx:
        broken = await tx.first(
            select(DuplicateRuns.id, DuplicateRuns.seen_at, DuplicateRuns.stage,
                   DuplicateRuns.place, DuplicateRuns.counts)
            .where(DuplicateRuns.ended_at.is_(None))
            .order_by(DuplicateRuns.id.desc()).limit(1).with_for_update())
        if broken and now - broken.seen_at < SILENT and not anew:
            raise AlreadyRunning(f"(run {broken.id}, last seen at {broken.seen_at:%H:%M:%S})")
        if broken and not anew:
            await tx.run(update(DuplicateRuns).where(DuplicateRuns.id == broken.id)
                         .values(seen_at=now))
            return _Search(store, clock, broken.id, broken.stage, broken.place,
                           dict(broken.counts), resumed=True)
        if broken:
            await tx.run(update(DuplicateRuns).where(DuplicateRuns.ended_at.is_(None))
                         .values(ended_at=now))
        counts = dict.fromkeys(
            ("rows", "blocks", "compared", "suspects", "large", "too_large"), 0)
        run_id = int(await tx.scalar(insert(DuplicateRuns).values(
            started_at=now, seen_at=now, stage=STAGES[0], place="", counts=counts,
        ).returning(DuplicateRuns.id)))
    return _Search(store, clock, run_id, STAGES[0], "", counts, resumed=False)


async def _size(store: Store) -> int:
    """The rows of all stages, roughly."""
    async with store.read() as tx:
        phones, emails = [int(await tx.scalar(select(func.count()).select_from(table)) or 0)
                          for table in (ClientPhones, ClientEmails)]
        clients, accounts, homes = [int(await tx.scalar(select(func.max(table.id))) or 0)
                                    for table in (Clients, Accounts, ClientAddresses)]
    return phones + emails + clients + 2 * accounts + homes


# ── blocks, piece by piece ───────────────────────────────────────────────────────────────────
async def _pieces(store: Store, stage: str, place: str) -> AsyncIterator[Piece]:
    if stage == "phones":
        pieces = _sorted(store, _BY_PHONE, place, is_number=True)
    elif stage == "emails":
        pieces = _sorted(store, _BY_EMAIL, place, is_number=False)
    else:
        pieces = _gathered(store, stage, place)
    async for piece in pieces:
        yield piece


async def _sorted(
    store: Store, query: Prepared, place: str, *, is_number: bool,
) -> AsyncIterator[Piece]:
    """Of a table that lies in the order of its key."""
    while True:
        async with store.read() as tx:
            rows = await tx.fetch(query, after=place, count=_ROWS)
        if not rows:
            return
        groups = [(key, tuple(row.client_id for row in group))
                  for key, group in groupby(rows, key=itemgetter(0))]
        if len(rows) == _ROWS and len(groups) > 1:
            groups.pop()                # its end may be on the next page
        place = groups[-1][0]
        yield ([Block(ids, len(ids) if is_number else 2) for _, ids in groups if len(ids) > 1],
               place, sum(len(ids) for _, ids in groups))


_SOURCES: dict[str, tuple[tuple[Prepared, Callable[[str], str]], ...]] = {
    "accounts": ((_ACCOUNTS, account_key),),
    "addresses": ((_SUPPLIED, str), (_LIVES, str)),
    "names": ((_NAMES, lambda name: name_key(name) if len(name.split()) >= _NAME_WORDS else ""),),
}


async def _gathered(store: Store, stage: str, place: str) -> AsyncIterator[Piece]:
    """Of a table in another order: its keys are gathered in memory first. A run that goes on
    gathers again and begins with its bucket."""
    keys, rows = Gathered(), 0
    for query, key_of in _SOURCES[stage]:
        rows += await _gather(store, query, key_of, keys)
    blocks: list[Block] = []
    read = int(place) + 1 if place else 0
    for bucket in range(read, BUCKETS):
        blocks += keys.blocks(bucket)
        if len(blocks) >= _BLOCKS or bucket == BUCKETS - 1:
            yield blocks, str(bucket), rows * (bucket + 1 - read) // BUCKETS
            blocks, read = [], bucket + 1


async def _gather(
    store: Store, query: Prepared, key_of: Callable[[str], str], keys: Gathered,
) -> int:
    after, count = 0, 0
    while True:
        async with store.read() as tx:
            rows = await tx.fetch(query, after=after, count=_ROWS)
        for row in rows:
            if row.key and (key := key_of(row.key)):
                keys.add(key, row.client_id)
        if len(rows) < _ROWS:
            return count + len(rows)
        after, count = rows[-1].id, count + len(rows)
