"""The search for duplicates through the whole base, in blocks, and on again after a break.

Five stages, one per key. Each piece of work ends in one short transaction that puts the pairs
found on the list and says how far the run is: killed at any moment, it loses one piece.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from sqlalchemy import Integer, bindparam, func, insert, select, tuple_, update

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
from crm_store.matching import Facts, Verdict, account_key, compare, street_key
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
_FEW = 2_000                        # names looked up one by one rather than by a walk
Progress: TypeAlias = Callable[[int, int], None]        # rows looked at, of how many
Named: TypeAlias = dict[int, Facts]
Piece: TypeAlias = "tuple[list[Block], Named, str, int]"    # place behind them, rows read

_COUNT = bindparam("count", type_=Integer)
_AFTER = bindparam("after", type_=Whole)
_PHONES = Prepared(
    select(ClientPhones.e164.label("key"), ClientPhones.client_id)
    .where(tuple_(ClientPhones.e164, ClientPhones.client_id)
           > tuple_(bindparam("key", type_=Bytewise), _AFTER))
    .order_by(ClientPhones.e164, ClientPhones.client_id).limit(_COUNT))
_EMAILS = Prepared(
    select(ClientEmails.email.label("key"), ClientEmails.client_id)
    .where(tuple_(ClientEmails.email, ClientEmails.client_id)
           > tuple_(bindparam("key", type_=Bytewise), _AFTER))
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
_SUPPLIED_BY_NAME = Prepared(
    select(Accounts.id, Accounts.client_id, Addresses.search_key.label("key"),
           Clients.search_key.label("name"))
    .join(Clients, Clients.id == Accounts.client_id)
    .outerjoin(Addresses, Addresses.id == Accounts.address_id)
    .where(Accounts.id > _AFTER).order_by(Accounts.id).limit(_COUNT))
_LIVES_BY_NAME = Prepared(
    select(ClientAddresses.id, ClientAddresses.client_id, Addresses.search_key.label("key"),
           Clients.search_key.label("name"))
    .join(Clients, Clients.id == ClientAddresses.client_id)
    .join(Addresses, Addresses.id == ClientAddresses.address_id)
    .where(ClientAddresses.id > _AFTER).order_by(ClientAddresses.id).limit(_COUNT))
_NAMES = Prepared(
    select(Clients.id, Clients.search_key, Clients.kind)
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
    search.watch(await _size(store), progress)
    first = STAGES.index(search.stage)
    for stage in STAGES[first:]:
        start = search.place if stage == search.stage else ""
        search.stage = stage
        async for blocks, named, place, rows in _pieces(store, stage, start, search.tell):
            await search.look(blocks, named, place, rows)
    return await search.end()


class _Search:
    """One run. `counts` are the fields of `Report`."""

    def __init__(self, store: Store, clock: Callable[[], datetime], run_id: int, stage: str,
                 place: str, counts: dict[str, int], *, resumed: bool) -> None:
        self._store, self._clock, self._run = store, clock, run_id
        self.stage, self.place, self.counts = stage, place, counts
        self._resumed = resumed
        self._total, self._read = 0, counts["rows"]
        self._progress: Progress | None = None

    def watch(self, total: int, progress: Progress | None) -> None:
        self._total, self._progress = total, progress

    def tell(self, rows: int) -> None:
        """So many rows were read."""
        self._read += rows
        if self._progress:
            self._progress(min(self._read, self._total), self._total)

    async def look(self, blocks: list[Block], named: Named, place: str, rows: int) -> None:
        """Compare within these blocks; the pairs and the place are committed together."""
        self.counts["rows"] += rows
        self.counts["blocks"] += len(blocks)
        fit = [block for block in blocks if len(block.ids) <= LARGEST]
        self.counts["too_large"] += len(blocks) - len(fit)
        self.counts["large"] += sum(len(block.ids) > WHOLE for block in fit)
        async with self._store.read() as tx:
            found = await self._compare(tx, fit, named)
        async with self._store.begin() as tx:
            if found:
                self.counts["suspects"] += await note(
                    tx, found.items(), found_by="search", at=self._clock())
            await tx.run(update(DuplicateRuns).where(DuplicateRuns.id == self._run).values(
                stage=self.stage, place=place, counts=self.counts, seen_at=self._clock()))

    async def _compare(
        self, tx: Tx, blocks: Sequence[Block], named: Named,
    ) -> dict[tuple[int, int], Verdict]:
        """Names from memory first: only who may be one is read whole."""
        pairs: dict[tuple[int, int], Block] = {}
        for block in blocks:
            pairs |= dict.fromkeys(likely_pairs(block, named), block)
        self.counts["compared"] += len(pairs)
        known = await facts_of(tx, {one for pair in pairs for one in pair})
        found = {}
        for (low, high), block in pairs.items():
            if low in known and high in known:
                verdict = compare(known[low], known[high], crowd=block.crowd)
                if verdict.is_suspect:
                    found[low, high] = verdict
        return found

    async def end(self) -> Report:
        async with self._store.begin() as tx:
            await tx.run(update(DuplicateRuns).where(DuplicateRuns.id == self._run).values(
                ended_at=self._clock(), counts=self.counts))
        return Report(run=self._run, resumed=self._resumed, **self.counts)


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
    """The rows of all stages, roughly: two numbers a client, and his name once a stage."""
    async with store.read() as tx:
        clients, accounts, homes = [int(await tx.scalar(select(func.max(table.id))) or 0)
                                    for table in (Clients, Accounts, ClientAddresses)]
    return 7 * clients + 3 * accounts + 2 * homes


# ── blocks, piece by piece ───────────────────────────────────────────────────────────────────
_KeyOf: TypeAlias = Callable[[Any], str]


def _named_street(row: Any) -> str:
    """One key for a full name in one street."""
    street = street_key(row.key or "")
    return f"{name_key(row.name)}|{street}" if street and len(row.name.split()) > 1 else ""


def _as_it_is(row: Any) -> str:
    return row.key or ""


_SOURCES: dict[str, tuple[tuple[Prepared, _KeyOf], ...]] = {
    "phones": ((_PHONES, _as_it_is),),
    "emails": ((_EMAILS, _as_it_is),),
    "accounts": ((_ACCOUNTS, lambda row: account_key(row.key)),),
    "addresses": ((_SUPPLIED, _as_it_is), (_LIVES, _as_it_is)),
    "names": ((_SUPPLIED_BY_NAME, _named_street), (_LIVES_BY_NAME, _named_street)),
}


async def _pieces(
    store: Store, stage: str, place: str, tell: Callable[[int], None],
) -> AsyncIterator[Piece]:
    """Keys are gathered in memory, then the names of those who share one: two walks through
    tables in the order they lie in, where a look-up for each would wait for the disk each time.

    A run that goes on walks again and begins with its bucket.
    """
    keys, rows = Gathered(), 0
    for query, key_of in _SOURCES[stage]:
        rows += await _gather(store, query, key_of, keys, tell)
    first = int(place) + 1 if place else 0
    found = [list(keys.blocks(bucket, is_number=stage == "phones"))
             for bucket in range(first, BUCKETS)]
    named = await _names(store, {one for blocks in found for block in blocks
                                 for one in block.ids}, tell)
    batch: list[Block] = []
    for bucket, blocks in enumerate(found, first):
        batch += blocks
        if len(batch) >= _BLOCKS or bucket == BUCKETS - 1:
            yield batch, named, str(bucket), rows if bucket == BUCKETS - 1 else 0
            batch = []


async def _gather(
    store: Store, query: Prepared, key_of: _KeyOf, keys: Gathered, tell: Callable[[int], None],
) -> int:
    after, key, count = 0, "", 0
    while True:
        async with store.read() as tx:
            rows = await tx.fetch(query, after=after, key=key, count=_ROWS)
        for row in rows:
            if row.key and (said := key_of(row)):
                keys.add(said, row.client_id)
        tell(len(rows))
        count += len(rows)
        if len(rows) < _ROWS:
            return count
        last = rows[-1]
        after, key = (last.id, "") if hasattr(last, "id") else (last.client_id, last.key)


async def _names(store: Store, wanted: set[int], tell: Callable[[int], None]) -> Named:
    """Folded names and kinds of these clients, merged ones left out."""
    if len(wanted) < _FEW:
        async with store.read() as tx:
            return await names_of(tx, wanted)
    named: Named = {}
    after = 0
    while True:
        async with store.read() as tx:
            rows = await tx.fetch(_NAMES, after=after, count=_ROWS)
        for row in rows:
            if row.id in wanted:
                named[row.id] = Facts(name=row.search_key, kind=row.kind)
        tell(len(rows))
        if len(rows) < _ROWS:
            return named
        after = rows[-1].id
