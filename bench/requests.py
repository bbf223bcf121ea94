"""Requests created per second, whole: routed, with deadline, alarms, history, timeline, audit and
what the type does by itself; one after the other and sixteen at once, each in a commit of its own.

    python -m bench.requests [--url postgresql://…] [--count N]

SQLite always; `--url` names an empty PostgreSQL base beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import machine
from crm_store import clients, requests
from crm_store.base import Tx
from crm_store.store import Store
from workstation.requests import carrying, kinds
from workstation.requests.carrying import Filing
from workstation.requests.house import House, Told, house_of
from workstation.settings import Settings

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
AT_ONCE = 16
WARM_UP = 50


async def main(url: str | None, count: int) -> None:
    types = kinds.load()
    house = house_of(Settings(), types)
    print(f"{machine()}\n{count} requests of the type complaint, each in a commit of its own")
    with tempfile.TemporaryDirectory() as folder:
        await measure("SQLite", Store.at(Path(folder) / "bench.db"), house, count)
    if url is not None:
        await measure("PostgreSQL", Store(url), house, count)


async def measure(name: str, store: Store, house: House, count: int) -> None:
    try:
        await store.migrate()
        async with store.begin() as tx:
            groups = {group for kind in house.kinds.values() for group in kind.groups}
            await requests.ensure_groups(tx, {group: group for group in groups})
            whose = [await clients.create(tx, name=f"Client {n}", by="bench", at=NOW,
                                          source="bench") for n in range(100)]

        async def one(place: int) -> None:
            await file(store, house, whose[place % len(whose)])

        await timed(one, WARM_UP, 1)
        alone = await timed(one, count, 1)
        together = await timed(one, count, AT_ONCE)
        print(f"{name:<12} {alone:7.0f} a second one by one, {together:7.0f} a second "
              f"{AT_ONCE} at once")
    finally:
        await store.close()


async def file(store: Store, house: House, client: int) -> None:
    async def filed(tx: Tx) -> None:
        await carrying.file(tx, house, Filing(
            type="complaint", form={"about": "service", "text": "Nobody listened."}, by="101",
            at=NOW, client_id=client), Told())
    async with store.begin() as tx:
        await filed(tx)


async def timed(work: Callable[[int], Awaitable[None]], count: int, at_once: int) -> float:
    """How many a second."""
    async def some(first: int) -> None:
        for place in range(first, count, at_once):
            await work(place)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for first in range(at_once):
            tasks.create_task(some(first), name=f"bench {first}")
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    parser.add_argument("--count", type=int, default=1000)
    asked = parser.parse_args()
    asyncio.run(main(asked.url, asked.count))
