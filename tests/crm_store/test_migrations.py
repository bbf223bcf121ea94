"""The sum of the migrations is the models, on both engines."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store import migrate
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
