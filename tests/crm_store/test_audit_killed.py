"""What was acknowledged is there after kill -9, and the chain of several processes is whole."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from sqlalchemy import select

from crm_store import audit, audit_reading
from crm_store.store import Store
from crm_store.tables.audit import Audit

CHECKOUT = Path(__file__).parents[2]
WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from crm_store import audit
from crm_store.store import Store

async def main(url: str, name: str) -> None:
    store = Store(url)
    for nth in range(100_000):
        async with store.begin() as tx:
            await audit.record(tx, by=name, at=datetime.now(UTC), what="client.changed",
                               client_id=nth, facts={"nth": nth})
        print(nth, flush=True)
        if nth % 5 == 0:
            async with store.begin() as tx:
                await audit.seal(tx)

asyncio.run(main(*sys.argv[1:]))
"""
ACKNOWLEDGED = 30


async def test_writers_killed_in_mid_work_lose_nothing_they_acknowledged(store_url: str) -> None:
    writers = [await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, store_url, name, cwd=CHECKOUT, stdout=subprocess.PIPE)
        for name in ("101", "102", "103")]
    told: dict[str, int] = {}
    for name, writer in zip(("101", "102", "103"), writers, strict=True):
        assert writer.stdout is not None
        for _ in range(ACKNOWLEDGED):
            told[name] = int(await asyncio.wait_for(writer.stdout.readline(), 90))
    for writer in writers:
        writer.kill()
        assert writer.stdout is not None
        await writer.stdout.read()
        await writer.wait()
    store = Store(store_url)
    async with store.begin() as tx:
        while await audit.seal(tx):
            continue
        verdict = await audit_reading.verify(tx)
        rows = await tx.all(select(Audit.by, Audit.client_id))
    await store.close()
    assert (verdict.broken, verdict.waiting) == (None, 0)
    there = {(row.by, row.client_id) for row in rows}
    assert there >= {(name, nth) for name, last in told.items() for nth in range(last + 1)}
