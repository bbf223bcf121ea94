"""Writes that share a commit: each is durable when it is acknowledged, or leaves nothing."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from crm_store import clients, errors, interactions
from crm_store.base import Tx
from crm_store.interactions import CallFacts
from crm_store.store import Store
from crm_store.tables.contacts import Interactions

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CHECKOUT = Path(__file__).parents[2]
WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from crm_store import interactions
from crm_store.store import Store

async def forever(store, name):
    number = 0
    while True:
        number += 1
        facts = interactions.CallFacts(call_id=f"{name}-{number}", pbx="main", direction="in",
                                       started_at=datetime.now(UTC))
        await store.write(lambda tx: interactions.upsert_call(tx, facts))
        print(facts.call_id, flush=True)

async def main():
    store = Store(sys.argv[1])
    async with asyncio.TaskGroup() as tasks:
        for name in range(16):
            tasks.create_task(forever(store, name))

asyncio.run(main())
"""


def _call(name: str, client_id: int | None = None) -> CallFacts:
    return CallFacts(call_id=name, pbx="main", direction="in", started_at=NOW,
                     client_id=client_id)


async def _write(store: Store, facts: CallFacts) -> int:
    return await store.write(lambda tx: interactions.upsert_call(tx, facts))


async def _stored(store: Store) -> set[str | None]:
    async with store.read() as tx:
        return {row.call_id for row in await tx.all(select(Interactions.call_id))}


async def test_many_at_once_are_all_there_each_with_its_own_answer(store: Store) -> None:
    async with asyncio.TaskGroup() as tasks:
        writing = [tasks.create_task(_write(store, _call(f"c{n}"))) for n in range(60)]
    ids = [task.result() for task in writing]
    async with store.read() as tx:
        for n, row_id in enumerate(ids):
            assert (await interactions.one(tx, row_id)).call_id == f"c{n}"


async def test_one_that_fails_takes_nobody_with_it(store: Store) -> None:
    async with asyncio.TaskGroup() as tasks:
        good = [tasks.create_task(_write(store, _call(f"c{n}"))) for n in range(8)]
        bad = tasks.create_task(_failing(store))
        good += [tasks.create_task(_write(store, _call(f"d{n}"))) for n in range(8)]
    assert bad.result() == "Conflict"
    assert len({task.result() for task in good}) == 16
    assert len(await _stored(store)) == 16


async def _failing(store: Store) -> str:
    """Writes something that stands, and then what nobody may write."""
    async def work(tx: Tx) -> None:
        await interactions.upsert_call(tx, _call("half"))
        await interactions.upsert_call(tx, _call("nobody", client_id=987_654))
    with pytest.raises(errors.Conflict):
        await store.write(work)
    return "Conflict"


async def test_who_gives_up_takes_nobody_with_him(store: Store) -> None:
    async def slow(tx: Tx) -> int:
        made = await interactions.upsert_call(tx, _call("slow"))
        await asyncio.sleep(5)
        return made

    async with asyncio.TaskGroup() as tasks:
        leading = tasks.create_task(store.write(slow))
        await asyncio.sleep(0.05)
        others = [tasks.create_task(_write(store, _call(f"c{n}"))) for n in range(5)]
        await asyncio.sleep(0.05)
        leading.cancel()
    assert len({task.result() for task in others}) == 5
    assert await _stored(store) == {f"c{n}" for n in range(5)}


async def test_writes_and_transactions_take_turns(store: Store) -> None:
    async def by_hand(name: str) -> None:
        async with store.begin() as tx:
            await clients.create(tx, name=name, number=None, by="101", at=NOW)

    async with asyncio.TaskGroup() as tasks:
        for n in range(10):
            tasks.create_task(by_hand(f"Ivanov {n}"))
            tasks.create_task(_write(store, _call(f"c{n}")))
    assert len(await _stored(store)) == 10


async def test_nothing_acknowledged_is_lost_by_kill_9(store_url: str) -> None:
    told = await asyncio.to_thread(_acknowledged_until_killed, store_url)
    store = Store(store_url)
    found = await _stored(store)
    await store.close()
    assert len(told) >= 200
    assert set(told) <= found


def _acknowledged_until_killed(url: str) -> list[str]:
    with subprocess.Popen([sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True,
                          cwd=CHECKOUT) as process:
        assert process.stdout is not None
        told = [process.stdout.readline().strip() for _ in range(200)]
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read()
    return told + rest[:rest.rfind("\n") + 1].split()
