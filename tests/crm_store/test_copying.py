"""A whole base goes to another engine and back, and is the same."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store import clients, copying, errors, sample
from crm_store.base import Base
from crm_store.copying.tally import Shape, Tallier
from crm_store.store import Store
from crm_store.tables.clients import Clients
from tests.crm_store import awkward

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@pytest.fixture
def filled(tmp_path: Path, sqlite_template: Path) -> str:
    """Every table with awkward values, on SQLite."""
    path = tmp_path / "filled.db"
    path.write_bytes(sqlite_template.read_bytes())
    awkward.fill(path)
    return f"sqlite:///{path}"


@pytest.fixture
def sampled(tmp_path: Path, sqlite_template: Path) -> str:
    path = tmp_path / "sampled.db"
    path.write_bytes(sqlite_template.read_bytes())
    asyncio.run(_sample(f"sqlite:///{path}"))
    return f"sqlite:///{path}"


async def _sample(url: str) -> None:
    store = Store(url)
    await sample.generate(store, clients=30, seed=1, names="ru", now=NOW, region="RU")
    await store.close()


async def test_every_table_arrives_and_comes_back_the_same(
    filled: str, empty_url: str, tmp_path: Path
) -> None:
    there = await copying.copy(filled, empty_url)
    back = await copying.copy(empty_url, f"sqlite:///{tmp_path / 'back.db'}")
    assert set(there.tables) == set(Base.metadata.tables)
    assert all(tally.rows == 3 for tally in there.tables.values())
    assert there == back
    assert _dump(filled) == _dump(f"sqlite:///{tmp_path / 'back.db'}")


async def test_work_goes_on_in_the_copy(filled: str, empty_url: str) -> None:
    """Sequences go on after the highest id, triggers and foreign keys hold again."""
    await copying.copy(filled, empty_url)
    store = Store(empty_url)
    async with store.begin() as tx:
        highest = max((await tx.run(select(Clients.id))).scalars())
        made = await clients.create(tx, name="Ivanov", number="+79161234567", by="101", at=NOW)
        assert made == highest + 1
    async with store.read() as tx:
        assert len(await clients.candidates(tx, "+79161234567")) == 1
    with pytest.raises(errors.Conflict):
        async with store.begin() as tx:
            await tx.run(Base.metadata.tables["audit"].delete())
    with pytest.raises(errors.Conflict):
        async with store.begin() as tx:
            await tx.run(Base.metadata.tables["notes"].insert().values(
                client_id=1, text="", by="", at=NOW))
    await store.close()


async def test_the_copy_has_every_index_of_a_migrated_base(filled: str, empty_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    await copying.copy(filled, empty_url)
    store = Store(empty_url)
    differences = await store.alter(lambda connection: compare_metadata(
        MigrationContext.configure(connection, opts={"compare_type": True}), Base.metadata))
    assert list(differences) == []
    await store.close()


async def test_what_has_rows_is_not_copied_over(sampled: str, filled: str, empty_url: str) -> None:
    await copying.copy(sampled, empty_url)
    with pytest.raises(errors.NotEmpty):
        await copying.copy(filled, empty_url)


async def test_tables_without_rows_are_no_obstacle(sampled: str, empty_url: str) -> None:
    store = Store(empty_url)
    await store.migrate()
    await store.close()
    assert (await copying.copy(sampled, empty_url)).rows > 500


@pytest.mark.parametrize(("said", "names"), [
    ("update clients set name = 'a' || char(0) || 'b' where id = 7", "clients.name of id '7'"),
    ("update timeline set facts = '{\"a\":\"\\u0000\"}' where ref = 1", "timeline.facts"),
    ("update invoices set amount_minor = 'much' where id = 3", "invoices.amount_minor of id '3'"),
    ("update clients set created_at = 'today' where id = 7", "clients.created_at of id '7'"),
])
@pytest.mark.postgres
async def test_what_postgresql_cannot_hold_is_named_and_nothing_stays(
    sampled: str, postgres_empty: str, said: str, names: str
) -> None:
    """Only a foreign hand writes such rows: our own border takes NULs out."""
    with sqlite3.connect(sampled.removeprefix("sqlite:///")) as raw:
        raw.execute(said)
    raw.close()
    with pytest.raises(errors.CannotCopy, match=names.replace(".", r"\.")):
        await copying.copy(sampled, postgres_empty)
    store = Store(postgres_empty)
    with pytest.raises(errors.NotMigrated):
        async with store.read() as tx:
            await tx.run(select(Clients.id))
    await store.close()


async def test_the_copy_is_one_moment_while_calls_are_written(
    store: Store, store_url: str, tmp_path: Path
) -> None:
    """Two rows are always written together; the copy never has one without the other."""
    done = asyncio.Event()
    written = 0

    async def write() -> None:
        nonlocal written
        while not done.is_set():
            async with store.begin() as tx:
                client_id = await clients.create(tx, name=f"n{written}", by="101", at=NOW)
                await tx.run(Base.metadata.tables["notes"].insert().values(
                    client_id=client_id, text="", by="101", at=NOW))
            written += 1

    async def copies() -> None:
        try:
            for turn in range(3):
                seen = written
                made = await copying.copy(store_url, f"sqlite:///{tmp_path}/copy{turn}.db")
                assert made.tables["clients"].rows == made.tables["notes"].rows >= seen
        finally:
            done.set()

    async with asyncio.timeout(60), asyncio.TaskGroup() as group:
        group.create_task(write())
        group.create_task(copies())


async def test_a_copy_that_breaks_off_leaves_an_empty_place(
    sampled: str, empty_url: str
) -> None:
    def stop(stage: str, done: int, _of: int | None) -> None:
        if stage == "checking" and done:
            raise KeyError("stopped")

    with pytest.raises(KeyError):
        await copying.copy(sampled, empty_url, progress=stop)
    assert (await copying.copy(sampled, empty_url)).rows > 500


def _dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    raw = sqlite3.connect(url.removeprefix("sqlite:///"))
    try:
        return {name: sorted(raw.execute(f"select * from {table.name}"), key=repr)
                for name, table in Base.metadata.tables.items()
                if not any("JSON" in str(column.type) for column in table.columns)}
    finally:
        raw.close()


_CELL = st.none() | st.integers(-(2**63), 2**63 - 1) | st.text() | st.binary()


@given(st.lists(st.tuples(_CELL, _CELL), max_size=8), st.randoms(use_true_random=False),
       st.integers(0, 8))
@settings(max_examples=100)
def test_a_tally_knows_no_order_and_no_batches(
    rows: list[tuple[int | str | bytes | None, int | str | bytes | None]], chance: object, cut: int
) -> None:
    shape = Shape("t", ("a", "b"), ("text", "text"), ("a",))
    whole, pieces = Tallier(shape), Tallier(shape)
    whole.add(rows)
    mixed = list(rows)
    chance.shuffle(mixed)       # type: ignore[attr-defined]
    pieces.add(mixed[:cut])
    pieces.add(mixed[cut:])
    assert whole.tally() == pieces.tally()
    if rows:
        fewer = Tallier(shape)
        fewer.add(rows[1:])
        assert fewer.tally().checksum != whole.tally().checksum
