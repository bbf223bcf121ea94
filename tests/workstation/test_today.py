"""A manager's page: a right of its own, the day in short, a card whose view is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from crm_store import audit_reading
from tests.workstation.office import Office, add_client, open_office, settings_in
from workstation import today
from workstation.protocol import CampaignView
from workstation.settings import OperatorSettings


@pytest_asyncio.fixture
async def house(tmp_path: Path) -> AsyncIterator[Office]:
    settings = settings_in(tmp_path)
    manager = OperatorSettings(id="190", login="olga", name="Olga Manager", role="manager",
                               groups=(), queues=())
    async with open_office(tmp_path, settings=settings.model_copy(
            update={"operator": (*settings.operator, manager)})) as office:
        yield office


async def test_a_manager_reads_the_day_and_nothing_else(house: Office) -> None:
    await house.play("inbound/answered_caller_hangs_up")
    client = await add_client(house, "Ivanov Ivan", "+74951234567")
    async with house.screen("olga") as screen:
        assert all(not shelf for shelf in screen.views.values())
        refused = await screen.ask("client.card", client_id=client)
        assert refused.problem is not None
    headers = await house.bearer("olga")

    async def got(path: str) -> tuple[int, dict[str, object]]:
        async with house.http.get(f"{house.url}/api/v1{path}", headers=headers) as answer:
            return answer.status, await answer.json()

    status, day = await got("/today")
    assert status == 200
    assert {one["id"] for one in day["queues"]} == {  # type: ignore[union-attr, attr-defined]
        "billing", "outages", "collection"}
    assert (await got("/today/clients?q=Ivanov"))[1]["items"][0]["client_id"] == client  # type: ignore[index]
    status, shown = await got(f"/today/client?client_id={client}")
    assert (status, shown["card"]["name"], shown["card"]["masked"]) == (  # type: ignore[index]
        200, "Ivanov Ivan", True)
    for path in ("/clients?q=Ivanov", f"/clients/{client}", "/requests", "/campaigns", "/audit"):
        assert (await got(path))[0] == 403, path
    await house.desk.sight.traces.write()
    async with house.store.read() as tx:
        page, _ = await audit_reading.page(tx, audit_reading.Filter(what="client.seen"))
    assert [(one.by, one.client_id) for one in page] == [("190", client)]


async def test_an_operator_has_no_managers_page(house: Office) -> None:
    headers = await house.bearer("anna")
    async with house.http.get(f"{house.url}/api/v1/today", headers=headers) as answer:
        assert answer.status == 403


def test_a_campaign_that_runs_and_dials_nobody_stands() -> None:
    def campaign(name: str, state: str, lines: int) -> CampaignView:
        return CampaignView(id=1, name=name, state=state, size=9, ledger={}, attempts=3,  # type: ignore[arg-type]
                            lines=lines, why="outside the hours", started_at=None, ended_at=None)
    found = today.standstills([campaign("dials", "running", 2), campaign("stands", "running", 0),
                               campaign("pauses", "paused", 0), campaign("over", "ended", 0)])
    assert [one.name for one in found] == ["stands", "pauses"]
