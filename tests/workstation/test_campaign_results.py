"""Results of a campaign: sums over dials that each figure can name, costs, and the list as CSV."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from campaigns import results, settling
from campaigns.promises import Promise
from campaigns.results import BYS, FIGURES, Price
from crm_store import campaign_results as stored
from crm_store import campaigns as rows
from crm_store.tables.campaigns import Attempts
from tests.campaigns.conftest import make_campaign
from tests.workstation.office import Office, open_office

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Moscow")
# per entry: (hours later, miss, disposition, operator, talk in seconds)
MADE = [
    [(0, "busy", None, None, 0), (1, None, "promised", "101", 120)],
    [(0, None, "refused", "102", 60)],
    [(0, "no_answer", None, None, 0), (2, "dropped", None, None, 0)],
]


async def _campaign(office: Office) -> int:
    """Three entries with the dials of `MADE`; of the second dial of the first a promise."""
    campaign = await make_campaign(
        office.store, [[f"+7916000000{index}"] for index in range(len(MADE))])
    async with office.store.begin() as tx:
        for listed, dials in zip(await rows.page(tx, campaign), MADE, strict=True):
            entry = listed.entry
            for ordinal, (later, miss, outcome, operator, talk_s) in enumerate(dials, 1):
                at = AT + timedelta(hours=later)
                talking = at + timedelta(seconds=20) if talk_s else None
                made = await tx.run(insert(Attempts).values(
                    entry_id=entry.id, ordinal=ordinal, client_id=entry.client_id,
                    e164=listed.numbers[0].e164, state="settled",
                    channel_id=f"c{entry.id}-{ordinal}", dialler="d", lease_until=at,
                    decision={}, intent_at=at, dialling_at=at, talking_at=talking,
                    answered_at=talking or (at if miss == "dropped" else None),
                    ended_at=(talking or at) + timedelta(seconds=talk_s), status="ENDED",
                    miss=miss, disposition=outcome, operator=operator,
                ).returning(Attempts.id))
                if outcome == "promised":
                    await settling.keep_promises(
                        tx, entry.client_id, int(made.scalar_one()),
                        (Promise(500_00, date(2026, 12, 1)),), "RUB", by="101", at=at)
    return campaign


@pytest.fixture(name="told")
async def _told(tmp_path: Path) -> list[stored.Dialled]:
    async with open_office(tmp_path) as office:
        campaign = await _campaign(office)
        async with office.store.read() as tx:
            return await stored.dials(tx, campaign)


async def test_each_table_adds_up_to_the_campaign_and_opens_what_it_counts(
    told: list[stored.Dialled],
) -> None:
    whole = results.total(told, Price(60, 3600))
    assert dict(whole.counts) == {"dials": 5, "answered": 3, "talked": 2, "reached": 2,
                                  "promised": 1, "kept": 0, "broken": 0, "paid": 0}
    for by in BYS:
        table = results.table(told, by, ZONE, Price(60, 3600))
        for figure in FIGURES:
            assert sum(row.counts[figure] for row in table) == whole.counts[figure], by
            for row in table:
                behind = results.behind(told, by, row.key, figure, ZONE)
                assert len(behind) == row.counts[figure]
        assert sum(row.cost_minor for row in table) == whole.cost_minor
    assert [row.key for row in results.table(told, "hour", ZONE, Price())] == ["11", "12", "13"]
    assert (whole.talk_s, whole.cost_minor, whole.per_promise_minor, whole.per_paid_minor) == (
        180, 180 + 180, 360, None)


async def test_figures_calls_and_file_come_over_the_api(tmp_path: Path) -> None:
    async with open_office(tmp_path) as office, office.screen("sofia") as lead:
        campaign = await _campaign(office)
        reply = await lead.ask("campaign.results", campaign=campaign, by="operator")
        assert isinstance(reply.result, dict)
        assert {row["key"]: row["talked"] for row in reply.result["rows"]} == {
            "": 0, "101": 1, "102": 1}
        reply = await lead.ask("campaign.calls", campaign=campaign, by="operator", key="101",
                               figure="promised")
        assert isinstance(reply.result, dict)
        [call] = reply.result["calls"]
        assert (call["outcome"], call["talk_s"], call["name"]) == ("promised", 120, "Debtor run 0")
        answer = await office.http.get(
            f"{office.url}/api/v1/campaigns/{campaign}/list.csv",
            headers=await office.bearer("sofia"))
        lines = (await answer.text(encoding="utf-8-sig")).splitlines()
        assert (answer.status, len(lines)) == (200, 4)
        assert lines[0].startswith("account,client_id,name,state,why")
