"""The audit: as durable as the deed, chained, and honest about what is missing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select, text, update

from crm_store import audit, audit_reading, errors
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


# ── verifying ────────────────────────────────────────────────────────────────────────────────
_AWAY = {"sqlite": ("drop trigger audit_is_append_only", "drop trigger audit_is_not_deleted"),
         "postgresql": ("alter table audit disable trigger audit_is_append_only",)}
_BACK = {"sqlite": (), "postgresql": ("alter table audit enable trigger audit_is_append_only",)}


async def _tamper(store: Store, statement: str) -> None:
    """As somebody with the database's password would."""
    async with store.begin() as tx:
        for each in (*_AWAY[tx.dialect], statement, *_BACK[tx.dialect]):
            await tx.run(text(each))


async def _verdict(store: Store, **kwargs: object) -> audit_reading.Verdict:
    async with store.read() as tx:
        return await audit_reading.verify(tx, **kwargs)  # type: ignore[arg-type]


async def test_an_untouched_chain_is_whole(store: Store) -> None:
    await _record(store, 7)
    await _seal(store)
    await _record(store, 2)
    verdict = await _verdict(store)
    assert (verdict.broken, verdict.rows, verdict.head, verdict.waiting) == (None, 7, 7, 2)


@pytest.mark.parametrize(("statement", "place", "fault"), [
    ("update audit set \"by\" = '109' where place = 3", 3, "row_changed"),
    ("update audit set what = 'client.opened' where place >= 4", 4, "row_changed"),
    ("update audit set client_id = 8 where place = 1", 1, "row_changed"),
    ("update audit set hash = salt where place = 2", 2, "row_changed"),
    ("update audit set facts = '{}' where place = 5", 5, "facts_changed"),
    ("update audit set facts = null, salt = null where place = 5", 5, "facts_missing"),
    ("delete from audit where place = 6", 6, "row_missing"),
    ("delete from audit where place = 1", 1, "row_missing"),
])
async def test_the_first_broken_row_is_named(store: Store, statement: str, place: int,
                                             fault: str) -> None:
    await _record(store, 7)
    await _seal(store)
    await _tamper(store, statement)
    broken = (await _verdict(store)).broken
    assert broken is not None
    assert (broken.place, broken.fault) == (place, fault)


async def test_an_end_cut_off_shows_against_a_note_outside(store: Store) -> None:
    await _record(store, 5)
    await _seal(store)
    whole = await _verdict(store)
    await _tamper(store, "delete from audit where place > 3")
    assert (await _verdict(store)).broken is None
    broken = (await _verdict(store, anchors={whole.head: whole.head_hash})).broken
    assert broken is not None
    assert (broken.place, broken.fault) == (4, "end_missing")


async def test_a_chain_made_anew_shows_against_a_note_outside(store: Store) -> None:
    await _record(store, 3)
    await _seal(store)
    noted = await _verdict(store)
    await _tamper(store, "update audit set \"by\" = '109', place = null, hash = null")
    await _seal(store)
    broken = (await _verdict(store, anchors={noted.head: noted.head_hash})).broken
    assert broken is not None
    assert broken.fault == "anchor_differs"


async def test_the_list_is_filtered_and_paged(store: Store) -> None:
    await _record(store, 5)
    await _record(store, 3, by="102", what="client.changed", client_id=8)
    await _record(store, 1, by="102", what="import.run", client_id=None)
    async with store.read() as tx:
        first, cursor = await audit_reading.page(tx, audit_reading.Filter(), limit=6)
        rest, last = await audit_reading.page(tx, audit_reading.Filter(), cursor=cursor, limit=6)
        assert len({entry.id for entry in (*first, *rest)}) == 9
        assert last is None
        assert [entry.at for entry in (*first, *rest)] == sorted(
            (entry.at for entry in (*first, *rest)), reverse=True)
        for wanted, count in (
            (audit_reading.Filter(by="102"), 4), (audit_reading.Filter(client_id=7), 5),
            (audit_reading.Filter(what="client."), 8),
            (audit_reading.Filter(what="client.changed"), 3),
            (audit_reading.Filter(since=NOW + timedelta(seconds=2)), 4),
            (audit_reading.Filter(until=NOW + timedelta(seconds=1)), 3),
        ):
            assert len((await audit_reading.page(tx, wanted))[0]) == count
        assert await audit_reading.kinds(tx) == ["client.changed", "client.seen", "import.run"]
        assert first[0].facts == {"via": "search", "nth": 4}
