"""A glance says what a transaction says, many at once, whatever happens to its readers."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import text

from crm_store import clients, errors, pops, sample
from crm_store.pops import Caller
from crm_store.prepared import Ask, Prepared
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_OTHERS = ("select pg_terminate_backend(pid) from pg_stat_activity "
           "where datname = current_database() and pid <> pg_backend_pid()")
_SLOW = {"sqlite": "with recursive n(i) as (select 1 union all select i + 1 from n) "
                   "select max(i) from n", "postgresql": "select pg_sleep(60)"}


async def _numbers(store: Store) -> list[str]:
    await sample.generate(store, clients=40, now=NOW)
    async with store.read() as tx:
        found = [(await clients.card(tx, client_id)).phones for client_id in range(1, 41)]
    return [phones[0].e164 for phones in found if phones and phones[0].e164]


async def test_many_at_once_say_what_a_transaction_says(store: Store) -> None:
    numbers = await _numbers(store)
    async with asyncio.TaskGroup() as tasks:
        glanced = [tasks.create_task(pops.glance(store, Caller(number=one))) for one in numbers]
    async with store.read() as tx:
        told = [await pops.read(tx, Caller(number=one)) for one in numbers]
    assert [task.result() for task in glanced] == told


async def test_a_cancelled_one_frees_its_reader(store: Store, store_url: str) -> None:
    slow = Prepared(text(_SLOW[store.url.get_backend_name()]).columns())

    def wait(ask: Ask) -> object:
        return ask.rows(slow)

    for _ in range(10):             # more than there are readers
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(store.glance(wait), 0.05)
    number = (await _numbers(store))[0]
    async with asyncio.timeout(10):
        assert (await pops.glance(store, Caller(number=number))).candidates


@pytest.mark.postgres
async def test_a_restart_of_postgresql_costs_nothing(postgres_empty: str) -> None:
    store = Store(postgres_empty)
    await store.migrate()
    try:
        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(pops.glance(store, Caller(number="+79990000001")))
        raw = await asyncpg.connect(postgres_empty)
        await raw.execute(_OTHERS)
        await raw.close()
        await asyncio.sleep(0.2)    # the driver hears of it
        assert (await pops.glance(store, Caller(number="+79990000001"))).candidates == ()
    finally:
        await store.close()


@pytest.mark.parametrize("url", [
    "postgresql://nobody@127.0.0.1:1/none", "sqlite:///{folder}/none/none.db"])
async def test_where_no_base_answers_it_is_said(url: str, tmp_path: Path) -> None:
    store = Store(url.format(folder=tmp_path))
    with pytest.raises(errors.Unreachable):
        await pops.glance(store, Caller(number="+79990000001"))
    await store.close()
