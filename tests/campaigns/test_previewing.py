"""Cards before calls: handed out, dialled, skipped, given back; the ledger adds up throughout."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from campaigns import previewing, steering
from campaigns.coverage import State
from campaigns.dialler import Dialler, DiallerPlan
from campaigns.pacing import Pacing
from campaigns.previewing import CARD, CardGone
from crm_store import campaigns as rows
from crm_store import dial_cards, restraints
from cti.feed import Feed
from tests.campaigns.conftest import SOON, WatchedStore, make_campaign
from tests.campaigns.exchange import START, TRUNK, Exchange

NUMBERS = [[f"+7916000{index:02d}10"] for index in range(4)]


async def _preview(watched: WatchedStore, operators: int) -> tuple[int, Exchange, Dialler]:
    campaign_id = await make_campaign(watched, NUMBERS)
    async with watched.begin() as tx:
        await steering.set_pace(tx, campaign_id, Pacing.PREVIEW, by="test", at=START)
    exchange = Exchange(watched)
    exchange.staff(operators)
    dialler = Dialler(
        watched, exchange.dial, exchange, Feed(), clock=lambda: exchange.now,
        plan=DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000", rehearses=True))
    await dialler.step(exchange.now)
    return campaign_id, exchange, dialler


async def _cards(watched: WatchedStore) -> dict[str, dial_cards.DialCard]:
    async with watched.read() as tx:
        return {card.operator: card for card in await dial_cards.held(tx)}


async def _state(watched: WatchedStore, campaign_id: int, client_id: int) -> tuple[str, str]:
    async with watched.read() as tx:
        entry = await rows.entry_of_client(tx, campaign_id, client_id)
        assert entry is not None
        return entry.state, entry.why


async def test_each_free_operator_holds_one_card_and_nothing_is_dialled_by_itself(
    watched: WatchedStore,
) -> None:
    campaign_id, exchange, dialler = await _preview(watched, 2)
    first = await _cards(watched)
    for _ in range(5):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
    assert set(first) == {"101", "102"}
    assert await _cards(watched) == first
    assert exchange.invites == []
    assert await _state(watched, campaign_id, first["101"].client_id) == (
        "being_tried", "on_a_card")
    assert first["101"].client_id != first["102"].client_id


async def test_dialled_card_passes_the_gate_once_and_only_for_who_holds_it(
    watched: WatchedStore,
) -> None:
    campaign_id, exchange, dialler = await _preview(watched, 1)
    card = (await _cards(watched))["101"]
    async with watched.begin() as tx:
        with pytest.raises(CardGone):
            await previewing.dial(tx, card.attempt, "102", now=exchange.now)
    async with watched.begin() as tx:
        attempt = await previewing.dial(tx, card.attempt, "101", now=exchange.now)
    async with watched.begin() as tx:
        with pytest.raises(CardGone):       # the key is pressed twice
            await previewing.dial(tx, card.attempt, "101", now=exchange.now)
    await exchange.dial(attempt.id, attempt.channel_id)
    await exchange.dial(attempt.id, attempt.channel_id)
    for _ in range(60):
        await exchange.tick(dialler)
    assert [invite.number for invite in exchange.invites] == [card.e164]
    assert exchange.refusals == ["attempt_is_dialling"]
    assert (await _state(watched, campaign_id, card.client_id))[0] == State.PROMISED


async def test_skipped_card_says_by_whom_and_why_and_is_owed_again(watched: WatchedStore) -> None:
    campaign_id, exchange, dialler = await _preview(watched, 1)
    card = (await _cards(watched))["101"]
    async with watched.begin() as tx:
        await previewing.skip(tx, card.attempt, "101", "other", "on holiday", now=exchange.now)
    async with watched.read() as tx:
        entry = await rows.entry_of_client(tx, campaign_id, card.client_id)
        assert entry is not None
        said = await steering.why_not_called(tx, entry.id)
    assert (entry.state, entry.until_at) == (
        "waiting_until", exchange.now + timedelta(seconds=SOON.call_later_s))
    assert said.startswith("Operator 101 skipped the card (other). on holiday")
    await dialler.step(exchange.now)
    assert (await _cards(watched))["101"].client_id != card.client_id
    async with watched.begin() as tx:
        with pytest.raises(CardGone):
            await previewing.skip(tx, card.attempt, "101", "not_now", "", now=exchange.now)


async def test_card_of_who_pauses_or_lets_it_lie_goes_to_somebody_else(
    watched: WatchedStore,
) -> None:
    _, exchange, dialler = await _preview(watched, 2)
    before = await _cards(watched)
    exchange.operators["101"] = replace(exchange.operators["101"], state="paused")
    await dialler.step(exchange.now)
    assert set(await _cards(watched)) == {"102"}
    exchange.now += CARD + timedelta(seconds=1)
    await dialler.step(exchange.now)
    after = await _cards(watched)
    assert set(after) == {"102"}
    assert after["102"].attempt != before["102"].attempt


async def test_what_speaks_against_a_call_takes_the_card_away_or_is_told_at_the_key(
    watched: WatchedStore,
) -> None:
    campaign_id, exchange, dialler = await _preview(watched, 2)
    cards = await _cards(watched)
    async with watched.begin() as tx:
        await steering.withdraw(tx, cards["101"].client_id, "payment", by="test",
                                at=exchange.now)
    assert set(await _cards(watched)) == {"102"}
    assert (await _state(watched, campaign_id, cards["101"].client_id))[0] == State.PAID
    async with watched.begin() as tx:
        await restraints.suppress(tx, client_id=None, e164=cards["102"].e164, reason="asked",
                                  by="test", at=exchange.now)
        with pytest.raises(CardGone) as gone:
            await previewing.dial(tx, cards["102"].attempt, "102", now=exchange.now)
    assert gone.value.why == "suppressed"
    await dialler.step(exchange.now)
    assert exchange.invites == []
