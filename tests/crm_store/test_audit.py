"""The audit: as durable as the deed, chained, and honest about what is missing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update

from crm_store import audit, errors
from crm_store.store import Store
from crm_store.tables.audit import Audit

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def _record(store: Store, count: int, *, by: str = "101", what: str = "client.seen",
                  client_id: int | None = 7) -> None:
    async with store.begin() as tx:
        for nth in range(count):
            await audit.record(tx, by=by, at=NOW + timedelta(seconds=nth), what=what,
                               client_id=client_id, facts={"via": "search", "nth": nth})


async def _seal(store: Store) -> int:
    async with store.begin() as tx:
        return await audit.seal(tx)


async def test_a_deed_is_kept_or_lost_with_its_transaction(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        await audit.record(tx, by="101", at=NOW, what="client.changed", client_id=1)
    async with store.read() as tx:
        assert await audit.waiting(tx) == 0


async def test_sealing_gives_every_row_a_place_without_holes(store: Store) -> None:
    await _record(store, 5)
    assert await _seal(store) == 5
    await _record(store, 3)
    assert await _seal(store) == 3
    assert await _seal(store) == 0
    async with store.read() as tx:
        rows = await tx.all(select(Audit.place, Audit.hash).order_by(Audit.id))
        assert [row.place for row in rows] == list(range(1, 9))
        assert len({row.hash for row in rows}) == 8
        assert await audit.head(tx) == (8, rows[-1].hash)


async def test_sealers_of_several_processes_take_turns(store: Store, store_url: str) -> None:
    others = [Store(store_url) for _ in range(3)]

    async def work(base: Store) -> None:
        for _ in range(5):
            await _record(base, 2)
            await _seal(base)

    async with asyncio.TaskGroup() as group:
        for base in (store, *others):
            group.create_task(work(base))
    async with store.read() as tx:
        places = [row.place for row in await tx.all(select(Audit.place))]
    assert sorted(places) == list(range(1, 41))
    for base in others:
        await base.close()


@pytest.mark.parametrize("values", [
    {"by": "102"}, {"what": "client.changed"}, {"client_id": 8}, {"client_id": None},
    {"at": NOW - timedelta(days=1)}, {"facts_hash": b"x"}, {"hash": b"x"}, {"place": 77},
    {"facts": "{}"},
])
async def test_a_sealed_row_is_never_changed(store: Store, values: dict[str, object]) -> None:
    await _record(store, 1)
    await _seal(store)
    with pytest.raises(errors.StoreError):
        async with store.begin() as tx:
            await tx.run(update(Audit).values(**values))


async def test_rows_are_not_deleted(store: Store) -> None:
    await _record(store, 1)
    for _ in range(2):
        with pytest.raises(errors.StoreError):
            async with store.begin() as tx:
                await tx.run(delete(Audit))
        await _seal(store)


async def test_facts_of_any_kind_are_kept_as_they_were_hashed(store: Store) -> None:
    async with store.begin() as tx:
        await audit.record(tx, by="101", at=NOW, what="client.changed", client_id=1,
                           facts={"sum": 1e2, "odd": "\x00a\ud800\\u0000", "имя": ["x", None]})
    async with store.read() as tx:
        row = await tx.first(select(Audit.facts, Audit.salt, Audit.facts_hash))
        assert row is not None
        assert audit.facts_hash(row.facts, row.salt) == row.facts_hash
        assert await tx.scalar(text("select count(*) from audit")) == 1
