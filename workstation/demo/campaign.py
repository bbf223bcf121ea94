"""The demo's campaign: fifty sample debtors, dialled into the world, which calls nobody real."""

from __future__ import annotations

import datetime as dt

from campaigns import debtor_rows, importer, plans, steering
from crm_store.store import Store
from workstation.settings import Settings

LAW = ("rehearsal",)        # refused by the dialler unless the trunk ends on this machine
QUEUE = "collection"
BY = "demo"


async def start_campaign(settings: Settings, debtors: bytes) -> str | None:
    """Create, import and start one; its name, or None while an earlier one is running.

    `debtors` are the bytes of a CSV file.
    """
    store = Store(settings.store_url)
    try:
        async with store.read() as tx:
            known = await steering.campaigns(tx)
        if any(campaign.state == "running" for campaign in known):
            return None
        name = f"Debtors {len(known) + 1}"
        await _run(store, settings, name, debtors)
        return name
    finally:
        await store.close()


async def _run(store: Store, settings: Settings, name: str, debtors: bytes) -> None:
    company, now = settings.company, dt.datetime.now(dt.UTC)
    async with store.begin() as tx:
        campaign = await steering.create(tx, name, queue=QUEUE, by=BY, at=now, law=LAW,
                                         plan=plans.NAMED["quick"])
    await importer.import_sheet(
        store, campaign, debtor_rows.read(debtors),
        importer.ImportPlan(region=company.region, time_zone=company.time_zone,
                            currency=company.currency, source="import:debtors.csv",
                            unknown="create"),
        by=BY, at=now)
    async with store.begin() as tx:
        await steering.start(tx, campaign, by=BY, at=dt.datetime.now(dt.UTC))
