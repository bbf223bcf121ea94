"""A base goes down and up again, and nothing is lost that nobody allowed to be lost."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store import clients, copying, errors, migrate, revisions
from crm_store.base import Base
from crm_store.migrate import Walk
from crm_store.store import Store
from tests.crm_store import awkward

NOW = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)
STEPS = [step.revision for step in migrate.steps()]


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


@pytest.fixture
def filled_url(store_url: str, tmp_path: Path, sqlite_template: Path,
               request: pytest.FixtureRequest) -> str:
    """Every table filled, on each engine."""
    path = tmp_path / "filled.db"
    path.write_bytes(sqlite_template.read_bytes())
    awkward.fill(path)
    if store_url.startswith("sqlite"):
        return f"sqlite:///{path}"
    target: str = request.getfixturevalue("postgres_empty")
    asyncio.run(copying.copy(f"sqlite:///{path}", target))
    return target


async def test_a_base_full_of_rows_goes_down_step_by_step_and_up_again(filled_url: str) -> None:
    """What the oldest tables hold is still there, and the schema is that of the models."""
    for step in reversed(STEPS[:-1]):
        done = await revisions.walk(filled_url, step, force=True)
        assert done.end == step
    store = Store(filled_url)
    assert await store.alter(_count_clients) == 3
    await revisions.walk(filled_url)
    assert await store.alter(_count_clients) == 3
    assert await store.alter(_differences) == []
    await store.close()


def _count_clients(connection: Connection) -> int:
    return int(connection.execute(text("select count(*) from clients")).scalar_one())


async def test_the_way_down_says_what_it_would_lose_and_loses_nothing(filled_url: str) -> None:
    with pytest.raises(errors.WouldLose, match=r"campaigns: 3 rows; .*promises: 3 rows"):
        await revisions.walk(filled_url, "0001")
    assert await revisions.plan(filled_url) == Walk(STEPS[-1], STEPS[-1])
    planned = await revisions.plan(filled_url, "0001")
    assert "campaigns: 3 rows" in planned.loses
    assert any(said.startswith("people.source: ") for said in planned.loses)
    done = await revisions.walk(filled_url, "0001", force=True)
    assert set(planned.loses) <= set(done.loses)


async def test_an_empty_way_down_needs_no_force(store_url: str, empty_url: str) -> None:
    store = Store(empty_url)
    await store.migrate()
    async with store.begin() as tx:
        await tx.run(text("insert into people (login, name, roles, groups, is_active, source) "
                          "values ('a', 'A', '[]', '[]', true, 'settings')"))
    await store.close()
    done = await revisions.walk(empty_url, "0002")
    assert done == Walk(STEPS[-1], "0002")
    assert (await revisions.walk(empty_url)).end == STEPS[-1]


async def test_only_an_unused_base_goes_down(store: Store, store_url: str) -> None:
    async with store.read() as tx:
        await tx.scalar(text("select 1"))
        with pytest.raises(errors.InUse):
            await revisions.walk(store_url, "0001", force=True)


@pytest.mark.parametrize("revision", ["9999", "base", "nonsense", "", "0001; drop"])
async def test_an_unknown_revision_is_refused(store_url: str, revision: str) -> None:
    with pytest.raises(errors.NoSuchRevision, match="there are 0001 to"):
        await revisions.walk(store_url, revision)


async def test_a_base_of_a_later_version_is_left_alone(empty_url: str) -> None:
    store = Store(empty_url)
    await store.migrate()
    await store.alter(lambda connection: connection.execute(
        text("update alembic_version set version_num = '9999'")))
    for work in (store.migrate, lambda: revisions.walk(empty_url, "0001")):
        with pytest.raises(errors.TooNew, match="9999"):
            await work()
    await store.close()


async def test_a_plan_makes_no_file(tmp_path: Path) -> None:
    planned = await revisions.plan(f"sqlite:///{tmp_path}/none.db")
    assert planned == Walk(None, STEPS[-1])
    assert not (tmp_path / "none.db").exists()


async def test_tables_alone_count_as_a_new_base(empty_url: str) -> None:
    assert await revisions.walk(empty_url, "0003") == Walk(None, "0003")
    store = Store(empty_url)
    names = await store.alter(lambda connection: inspect(connection).get_table_names())
    assert "campaigns" in names
    await store.migrate()
    async with store.begin() as tx:
        assert await clients.create(tx, name="Ivanov", by="101", at=NOW) == 1
    await store.close()
