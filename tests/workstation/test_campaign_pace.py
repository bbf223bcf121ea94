"""What a supervisor sees and changes of a campaign: pace, forecast, figures, a new run."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from campaigns.rehearsal.forecast import Forecast, Wish, forecast
from campaigns.retries import CALM
from campaigns.rule_files import rule_set
from campaigns.stopping import Stopper
from crm_store import campaigns as rows
from crm_store import restraints
from crm_store.tables.billing import Accounts
from tests.campaigns.conftest import make_campaign
from tests.workstation.office import Office, open_office
from workstation import protocol
from workstation.actions import campaign_pace
from workstation.errors import Refused
from workstation.policy import Person

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)
LEAD = Person(id=1, operator="", login="lead", name="Lead", role="supervisor",
              groups=frozenset(), queues=(), locale="en")
LAW = ("DEFAULT-strict",)


async def test_forecast_names_those_whom_nothing_allows_to_dial(tmp_path: Path) -> None:
    async with open_office(tmp_path, clock=lambda: NOW) as office:
        numbers = [[f"+7916000{index:04d}"] for index in range(20)]
        campaign = await make_campaign(office.store, [*numbers, []], law=LAW)
        await _suppress_first(office, campaign)
        told = await campaign_pace.forecast(
            office.desk, LEAD, protocol.campaigns.Outlook(campaign=campaign, operators=5))
        assert (told["entries"], told["impossible"]) == (21, 2)
        assert dict(told["because"]) == {"suppressed": 1, "no_number": 1}  # type: ignore[call-overload]
        assert told["tried_on"] == "2026-11-23"


async def _suppress_first(office: Office, campaign: int) -> None:
    async with office.store.begin() as tx:
        first = (await rows.page(tx, campaign, limit=1))[0].entry
        await restraints.suppress(tx, client_id=first.client_id, e164=None, reason="asked",
                                  by="x", at=NOW)


async def test_pace_is_set_with_its_author_and_an_ended_campaign_says_no(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path, clock=lambda: NOW) as office:
        campaign = await make_campaign(office.store, [["+79160000001"]])
        await campaign_pace.pace(office.desk, LEAD, protocol.campaigns.Pace(
            campaign=campaign, pacing="predictive", lines=9))
        shown = await campaign_pace.progress(
            office.desk, LEAD, protocol.CampaignArgs(campaign=campaign))
        assert (shown["pacing"], shown["lines_max"], shown["tried"], shown["size"]) == (
            "predictive", 9, 0, 1)
        async with office.store.begin() as tx:
            await rows.change_state(tx, campaign, ("running",), "ended", ended_at=NOW)
        with pytest.raises(Refused, match="cannot be steered"):
            await campaign_pace.pace(office.desk, LEAD, protocol.campaigns.Pace(
                campaign=campaign, pacing="preview"))
        made = await campaign_pace.again(
            office.desk, LEAD, protocol.campaigns.Again(campaign=campaign, name="second"))
        assert made["campaign"] != campaign


def _foretold(entries: int, operators: int, *, lines: int = 1_000) -> Forecast:
    wish = Wish(entries=entries, impossible=0, lines=lines, operators=operators,
                is_predictive=False, max_attempts=CALM.max_attempts)
    return forecast(wish, rule_set(LAW), (ZoneInfo("Europe/Moscow"),), Random(1), now=NOW)


def test_more_people_take_more_days_and_weekends_are_not_dialled() -> None:
    few, many = _foretold(500, 10), _foretold(20_000, 10)
    assert few.tried_on == date(2026, 11, 23)
    assert many.tried_on is None or many.tried_on > few.tried_on
    assert {one.dials for one in many.days if one.day.weekday() >= 5} == {0}
    assert few.ends_on is None or few.ends_on > few.tried_on + timedelta(days=1), (
        "the law lets nobody be dialled twice a day")


def test_lines_bound_what_operators_could_take() -> None:
    assert _foretold(5_000, 20, lines=4).dials_per_hour < _foretold(5_000, 20).dials_per_hour / 2


async def test_payment_over_the_api_is_taken_once_and_only_from_administrators(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path, clock=lambda: NOW) as office:
        campaign = await make_campaign(office.store, [["+79160000001"]])
        async with office.store.begin() as tx:
            client = (await rows.page(tx, campaign))[0].entry.client_id
            await tx.run(insert(Accounts).values(
                number="A-9", client_id=client, balance_minor=-5, currency="RUB",
                balance_at=NOW, opened_on=NOW.date()))
        url, one = f"{office.url}/api/v1/payments", {
            "account": "A-9", "amount_minor": 500, "currency": "RUB", "reference": "r1",
            "paid_at": NOW.isoformat()}
        sent = {"payments": [one, one, {**one, "account": "nobody"}]}
        anna = await office.http.post(url, headers=await office.bearer("anna"), json=sent)
        assert anna.status == 403
        answer = await office.http.post(url, headers=await office.bearer("admin"), json=sent)
        assert (answer.status, await answer.json()) == (200, {"taken": 1, "refused": [1, 2]})
        await Stopper(office.store, UTC).look(NOW)
        shown = await office.http.get(f"{office.url}/api/v1/campaigns/{campaign}/entries",
                                      headers=await office.bearer("sofia"))
        assert (await shown.json())["items"][0]["state"] == "paid"
        ahead = await office.http.post(
            f"{office.url}/api/v1/campaigns/{campaign}/forecast", json={"operators": 3},
            headers=await office.bearer("sofia"))
        assert (ahead.status, (await ahead.json())["entries"]) == (200, 1)
