"""The sum of the migrations is the models, on both engines."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store import migrate, postgres, sqlite
from crm_store.base import Base
from crm_store.store import Store


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


async def test_migrated_schema_is_that_of_the_models(store: Store) -> None:
    engine = create_async_engine(store.url)
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await engine.dispose()


async def test_two_servers_may_migrate_at_once(empty_url: str) -> None:
    stores = [Store(empty_url), Store(empty_url)]
    async with asyncio.TaskGroup() as group:
        done = [group.create_task(store.migrate()) for store in stores]
    assert done[0].result() == done[1].result() != ""
    for store in stores:
        await store.close()


async def test_a_migration_waits_for_another_one_that_takes_its_time(
    empty_url: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_MS", 20)
    monkeypatch.setitem(postgres._SETTINGS, "lock_timeout", "20")
    slow, quick = Store(empty_url), Store(empty_url)

    def take_our_time(connection: Connection) -> str:
        done = migrate.upgrade(connection)
        time.sleep(0.2)
        return done

    async with asyncio.TaskGroup() as group:
        first = group.create_task(asyncio.to_thread(
            asyncio.run, _and_close(slow, take_our_time)))
        second = group.create_task(_and_close(quick, migrate.upgrade))
    assert first.result() == second.result() != ""


async def _and_close(store: Store, work: Callable[[Connection], str]) -> str:
    try:
        return await store.alter(work)
    finally:
        await store.close()


def test_two_may_be_the_first_to_open_a_file(tmp_path: Path) -> None:
    def opened(path: Path, both: Barrier) -> bool:
        both.wait(30)
        with closing(sqlite._open(str(path), readonly=False)) as raw:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute("CREATE TABLE IF NOT EXISTS one (x)")
            raw.execute("COMMIT")
            return bool(raw.execute("PRAGMA journal_mode").fetchone() == ("wal",))

    with ThreadPoolExecutor(2) as threads:
        for number in range(150):
            path, both = tmp_path / f"{number}.db", Barrier(2)
            assert all(threads.map(opened, (path, path), (both, both)))


async def test_every_step_can_be_undone(empty_url: str) -> None:
    store = Store(empty_url)
    await store.migrate()
    engine = create_async_engine(store.url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate.downgrade, "base")
        left = await connection.run_sync(lambda c: inspect(c).get_table_names())
    assert left == ["alembic_version"]
    assert await store.migrate() != ""
    await engine.dispose()
    await store.close()
