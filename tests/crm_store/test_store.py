"""What a transaction promises: durable, alone while writing, clear when it cannot."""

from __future__ import annotations

import asyncio
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from crm_store import clients, errors, interactions
from crm_store.base import Tx
from crm_store.interactions import CallFacts
from crm_store.store import Store
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
# Writes interactions for ever and says each one's call id once it is committed.
WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from crm_store import interactions
from crm_store.store import Store

async def main():
    store = Store(sys.argv[1])
    for number in range(1_000_000):
        async with store.begin() as tx:
            await interactions.upsert_call(tx, interactions.CallFacts(
                call_id=f"c{number}", pbx="main", direction="in",
                started_at=datetime(2026, 11, 22, tzinfo=UTC)))
        print(f"c{number}", flush=True)

asyncio.run(main())
"""


async def _count(tx: Tx) -> int:
    return int(await tx.scalar(select(func.count()).select_from(Interactions)))


async def test_what_was_committed_survives_kill_9(store: Store, store_url: str) -> None:
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, store_url, cwd=Path(__file__).parents[2],
        stdout=asyncio.subprocess.PIPE)
    assert writer.stdout is not None
    async with asyncio.timeout(60):
        said = [(await writer.stdout.readline()).decode().strip() for _ in range(25)]
        writer.kill()
        said += (await writer.stdout.read()).decode().split()
        await writer.wait()
    async with store.read() as tx:
        rows = await tx.all(select(Interactions.call_id))
    stored = {row.call_id for row in rows}
    whole = [call for call in said if call]
    assert len(whole) >= 25
    assert set(whole) <= stored
    assert len(stored) - len(whole) <= 1        # the one whose commit nobody heard of


async def test_writers_of_two_stores_wait_for_each_other(store_url: str) -> None:
    """Each reads, then writes: the pattern that deadlocks without BEGIN IMMEDIATE or row locks."""
    stores = [Store(store_url), Store(store_url)]
    async with stores[0].begin() as tx:
        interaction_id = await interactions.upsert_call(tx, CallFacts(
            call_id="c", pbx="main", direction="in", started_at=NOW))

    async def write(store: Store, who: str) -> None:
        for turn in range(20):
            async with store.begin() as tx:
                await interactions.set_disposition(
                    tx, interaction_id, outcome_id=f"{who}{turn}", by=who, at=NOW)
                await interactions.upsert_call(tx, CallFacts(
                    call_id=f"{who}{turn}", pbx="main", direction="in", started_at=NOW))

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        for store in stores:
            for name in ("a", "b"):
                group.create_task(write(store, f"{name}{stores.index(store)}-"))
    async with stores[0].read() as tx:
        assert await _count(tx) == 81
    for store in stores:
        await store.close()


async def _create_then_fail(tx: Tx) -> None:
    await clients.create(tx, name="Ivanov", number="+79161234567", by="101", at=NOW)
    await clients.card(tx, 4711)


async def _create_then_sleep(tx: Tx) -> None:
    await clients.create(tx, name="Ivanov", by="101", at=NOW)
    await asyncio.sleep(30)


async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await _create_then_fail(tx)
    async with store.read() as tx:
        assert await clients.candidates(tx, "+79161234567") == []


async def test_a_cancelled_block_leaves_nothing_and_the_next_one_works(store: Store) -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5), store.begin() as tx:
            await _create_then_sleep(tx)
    async with store.begin() as tx:
        assert await tx.scalar(select(func.count()).select_from(Clients)) == 0
        await clients.create(tx, name="Ivanov", by="101", at=NOW)


async def test_a_reader_does_not_write(store: Store) -> None:
    with pytest.raises(errors.ReadOnly):
        async with store.read() as tx:
            await clients.create(tx, name="Ivanov", by="101", at=NOW)


async def test_a_reader_sees_one_moment(store: Store) -> None:
    async with store.read() as reader:
        assert await _count(reader) == 0
        async with store.begin() as tx:
            await interactions.upsert_call(tx, CallFacts(
                call_id="c", pbx="main", direction="in", started_at=NOW))
        assert await _count(reader) == 0


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with pytest.raises(errors.NaiveMoment):
        async with store.begin() as tx:
            await tx.run(insert(Interactions).values(
                direction="in", started_at=datetime(2026, 11, 22)))     # noqa: DTZ001


async def test_an_empty_base_says_that_it_must_be_migrated(empty_url: str) -> None:
    store = Store(empty_url)
    with pytest.raises(errors.NotMigrated):
        async with store.read() as tx:
            await clients.candidates(tx, "+79161234567")
    with pytest.raises(errors.NotMigrated):
        async with store.begin() as tx:
            await clients.create(tx, name="Ivanov", by="101", at=NOW)
    await store.close()


async def test_a_held_lock_is_busy_not_for_ever(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crm_store.sqlite.BUSY_MS", 200)
    holder, waiter = Store(store_url), Store(store_url)
    async with holder.begin() as tx:
        client_id = await clients.create(tx, name="Ivanov", by="101", at=NOW)
    async with holder.begin() as tx:
        await tx.run(text("update clients set name = 'x'"))
        with pytest.raises(errors.Busy):
            async with waiter.begin() as other:
                await other.run(text(f"update clients set name = 'y' where id = {client_id}"))
    for store in (holder, waiter):
        await store.close()


@pytest.mark.parametrize("url", [
    "", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense", "postgresql",
])
def test_another_database_is_refused(url: str) -> None:
    with pytest.raises(errors.UrlUnusable):
        Store(url)


async def test_a_dead_server_or_a_bad_path_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for url in ("postgresql://x@127.0.0.1:9/x", f"sqlite:///{tmp_path}/file/x.db"):
        store = Store(url)
        with pytest.raises(errors.Unreachable):
            await store.migrate()
        await store.close()


async def test_a_file_that_is_no_database_is_unreachable(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text("no database at all, only text" * 100)
    store = Store.at(tmp_path / "x.db")
    with pytest.raises(errors.Unreachable):
        await store.migrate()
    await store.close()


async def test_the_base_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    store = Store.at(tmp_path / "deep" / "er" / "x.db")
    await store.migrate()
    await store.close()
    assert (tmp_path / "deep/er/x.db").stat().st_mode & 0o777 == 0o600


async def test_an_error_does_not_tell_what_was_to_be_written(store: Store) -> None:
    with pytest.raises(errors.StoreError) as caught:
        async with store.begin() as tx:
            await tx.run(insert(Interactions).values(
                direction="sideways", number="+79161234567", started_at=NOW))
    assert "[parameters: " not in "".join(traceback.format_exception(caught.value))


async def test_who_waits_to_write_has_his_turn_before_who_has_just_written(
    tmp_path: Path,
) -> None:
    store, turns = Store.at(tmp_path / "turns.db"), []

    async def write(who: int) -> None:
        for _ in range(12):
            async with store.begin() as tx:
                await tx.scalar(text("select 1"))
                turns.append(who)

    async with asyncio.TaskGroup() as group:
        for who in range(6):
            group.create_task(write(who))
    await store.close()
    assert all(len(set(turns[place:place + 12])) == 6 for place in range(0, 60, 6)), turns
