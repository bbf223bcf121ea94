"""The real dialler and gate in predictive mode, on a real database, beside an exchange."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns import steering
from campaigns.dialler import Dialler, DiallerPlan
from campaigns.pacing import Pacing
from crm_store import campaigns as rows
from crm_store import claims
from cti.feed import Feed
from tests.campaigns.conftest import WatchedStore, make_campaign
from tests.campaigns.exchange import START, TRUNK, Exchange

DEBTORS = 110
OPERATORS = 6


def _dialler(exchange: Exchange, name: str = "d1") -> Dialler:
    plan = DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000", name=name, rehearses=True,
                       wrap_up_s=3, untold_after_s=10)
    return Dialler(exchange.store, exchange.dial, exchange, Feed(), plan=plan,
                   clock=lambda: exchange.now)


async def _in_flight(store: WatchedStore) -> int:
    async with store.read() as tx:
        return sum(item.state in claims.IN_FLIGHT for item in await claims.open_attempts(tx))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_predictive_dials_ahead_once_the_day_can_bear_it_and_keeps_the_cap(
    watched: WatchedStore,
) -> None:
    """… and a dialler that takes its place has learned from the rows."""
    numbers = [[f"+7916{index:05d}{(10, 65, 20)[index % 3]}"] for index in range(DEBTORS)]
    campaign_id = await make_campaign(watched, numbers)
    async with watched.begin() as tx:
        await steering.set_pace(tx, campaign_id, Pacing.PREDICTIVE, by="test", at=START)
    exchange = Exchange(watched)
    exchange.staff(OPERATORS)
    dialler, ahead = _dialler(exchange), 0
    for _ in range(300):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
        ready = sum(one.state == "ready" for one in exchange.operators.values())
        ahead = max(ahead, await _in_flight(watched) - ready)
        if ahead > 0:
            break
    async with watched.read() as tx:
        answered, dropped = await claims.answered_and_dropped(tx, campaign_id, since=START)
    assert ahead > 0
    assert (dropped, answered >= 50) == (0, True)
    await _dialler(exchange, "d2").step(exchange.now + timedelta(seconds=40))
    async with watched.read() as tx:
        campaign = await rows.get(tx, campaign_id)
    assert 0.3 < float(str(campaign.step_facts["answer_rate"]).rstrip("%")) / 100 < 0.9
    assert campaign.step_why in ("dialling", "too_risky", "nobody_due", "guarded")


async def test_small_campaign_is_dialled_one_to_one_also_in_predictive_mode(
    watched: WatchedStore,
) -> None:
    """Of ten answers nobody can be dropped without passing the cap."""
    campaign_id = await make_campaign(
        watched, [[f"+7916{index:05d}10"] for index in range(10)])
    async with watched.begin() as tx:
        await steering.set_pace(tx, campaign_id, Pacing.PREDICTIVE, by="test", at=START)
    exchange = Exchange(watched)
    exchange.staff(2)
    dialler = _dialler(exchange)
    for _ in range(40):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
        busy = sum(one.state != "ready" for one in exchange.operators.values())
        assert await _in_flight(watched) <= 2 - busy


async def test_pace_is_changed_while_it_runs_and_the_change_has_an_author(
    watched: WatchedStore,
) -> None:
    campaign_id = await make_campaign(watched, [["+79160000010"]])
    async with watched.begin() as tx:
        await steering.set_pace(tx, campaign_id, Pacing.PREVIEW, lines_max=7, by="lead", at=START)
    exchange = Exchange(watched)
    exchange.staff(2)
    dialler = _dialler(exchange)
    await dialler.step(exchange.now)
    await exchange.tick(dialler)
    assert exchange.invites == [], "a card on a screen is no call"
    async with watched.read() as tx:
        [card] = await claims.open_attempts(tx)
        assert (card.state, card.held_by) == ("intent", "101")
        row = await rows.get(tx, campaign_id)
        assert (row.pacing, row.lines_max) == ("preview", 7)
        assert "by hand" in await steering.why_not_dialling(tx, campaign_id)
