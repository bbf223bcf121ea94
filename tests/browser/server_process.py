"""A server to be killed: `python -m tests.browser.server_process FOLDER PORT`, without telephones.

Anna (101) has one contact of an hour ago that waits for its outcome.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_store import interactions
from crm_store.interactions import CallFacts
from crm_store.store import Store
from tests.workstation.office import open_office
from workstation.serve import prepare
from workstation.settings import Settings, load


async def main(folder: Path, port: int) -> None:
    settings = load(None, data_dir=folder, server={"port": port, "demo_sign_ins": True},
                    pbx={"ami_port": port + 1, "http_port": port + 2},
                    menu={"port": port + 3, "gate_port": port + 4})
    await leave_a_contact(settings)
    async with open_office(folder, settings=settings) as office:
        print(office.password("anna"), flush=True)
        await asyncio.Event().wait()


async def leave_a_contact(settings: Settings) -> None:
    at = datetime.now(UTC) - timedelta(hours=1)
    store = Store(settings.store_url)
    try:
        await prepare(store, settings)
        async with store.begin() as tx:
            await interactions.upsert_call(tx, CallFacts(
                call_id="waits", pbx="main", direction="in", started_at=at, operator="101",
                number="+79161234567", queue="billing", answered_at=at,
                ended_at=at + timedelta(minutes=2)))
    finally:
        await store.close()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
