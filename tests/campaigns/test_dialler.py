"""The real dialler and the real gate on a real database, against a simulated exchange."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from campaigns import ledger, steering
from campaigns.coverage import State
from campaigns.dialler import Dialler, DiallerPlan
from crm_store import campaigns as rows
from crm_store import claims
from crm_store.store import Store
from cti.feed import Feed
from tests.campaigns.conftest import Killed, WatchedStore, make_campaign
from tests.campaigns.exchange import OUTCOMES, START, TRUNK, Exchange

BEHAVIOURS = (10, 20, 65, 75, 87, 92, 97)       # endings: answers, busy, rings out, invalid …


def _numbers(endings: tuple[int, ...]) -> list[list[str]]:
    return [[f"+7916{index:05d}{ending:02d}"] for index, ending in enumerate(endings)]


def _dialler(exchange: Exchange, name: str = "d1") -> Dialler:
    plan = DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000", name=name, rehearses=True,
                       wrap_up_s=3, untold_after_s=10)
    return Dialler(exchange.store, exchange.dial, exchange, Feed(), plan=plan,
                   clock=lambda: exchange.now)


async def _run(exchange: Exchange, dialler: Dialler, *, at_most_s: int = 1200) -> int:
    """Seconds until no campaign is running."""
    for second in range(at_most_s):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
        async with exchange.store.read() as tx:
            if not await rows.running(tx):
                return second
    raise AssertionError("the campaign did not end by itself")


async def _states(store: Store, campaign_id: int) -> dict[str, State]:
    async with store.read() as tx:
        listed = await steering.entries(tx, campaign_id, limit=1000)
    return {entry.numbers[0] if entry.numbers else "": entry.state for entry in listed}


async def test_whole_campaign_ends_by_itself_with_everybody_accounted_for(
    watched: WatchedStore,
) -> None:
    campaign_id = await make_campaign(watched, _numbers(BEHAVIOURS))
    exchange = Exchange(watched)
    exchange.staff(2)
    await _run(exchange, _dialler(exchange))
    states = list((await _states(watched, campaign_id)).values())
    assert states == [State.PROMISED, State.PROMISED, State.EXHAUSTED, State.EXHAUSTED,
                      State.EXHAUSTED, State.EXHAUSTED, State.EXHAUSTED]
    dials = Counter(invite.number[-2:] for invite in exchange.invites)
    assert dials == {"10": 1, "20": 1, "65": 3, "75": 3, "87": 1, "92": 3, "97": 3}
    async with watched.read() as tx:
        view = await steering.campaign(tx, campaign_id)
        left = await steering.unreached(tx, campaign_id)
    assert (view.state, view.end_reason, view.coverage.reached) == ("ended", "complete", 2)
    assert view.attempts == len(exchange.invites) == 15
    assert {entry.why for entry in left} == {"attempts_used_up", "no_number_left"}
    assert "busy ×3" in left[0].sentence


async def test_never_more_lines_than_ready_operators(watched: WatchedStore) -> None:
    await make_campaign(watched, _numbers((10,) * 8))
    exchange = Exchange(watched)
    exchange.staff(3)
    dialler = _dialler(exchange)
    for _ in range(60):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
        async with watched.read() as tx:
            in_flight = [item for item in await claims.open_attempts(tx)
                         if item.state in claims.IN_FLIGHT]
        busy = sum(one.state != "ready" for one in exchange.operators.values())
        assert len(in_flight) <= 3 - busy
    assert len(exchange.invites) >= 6


async def test_operator_whose_talk_ended_a_moment_ago_is_not_free_yet(
    watched: WatchedStore,
) -> None:
    """He looks ready until the wrap-up arrives."""
    await make_campaign(watched, _numbers((10,)))
    exchange = Exchange(watched)
    exchange.staff(1)
    exchange.operators["101"] = replace(exchange.operators["101"], since=exchange.now)
    dialler = _dialler(exchange)
    for after_s in range(4):
        await dialler.step(exchange.now)
        async with watched.read() as tx:
            assert bool(await claims.open_attempts(tx)) == (after_s >= 2)
        await exchange.tick(dialler)


async def test_campaign_that_drops_too_many_stops_until_tomorrow_and_says_so(
    watched: WatchedStore,
) -> None:
    numbers = _numbers((10,) * 30)
    campaign_id = await make_campaign(watched, numbers, law=["DEFAULT-strict"])
    exchange = Exchange(watched)
    exchange.staff(10)
    dialler = _dialler(exchange)
    for second in range(60):
        if second == 5:         # the phones of half of them lose their network
            exchange.operators = dict(list(exchange.operators.items())[:5])
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
    async with watched.read() as tx:
        answered, dropped = await claims.answered_and_dropped(tx, campaign_id, since=START)
        said = await steering.why_not_dialling(tx, campaign_id)
    assert dropped
    assert 10 <= answered < 25
    assert f"met no operator: {dropped} of {answered}" in said
    made = len(exchange.invites)
    exchange.now += timedelta(days=1)
    await dialler.step(exchange.now)
    await exchange.tick(dialler)
    assert len(exchange.invites) > made


async def test_second_number_follows_an_invalid_one_at_once(watched: WatchedStore) -> None:
    campaign_id = await make_campaign(watched, [["+79160000087", "+79160000010"]])
    exchange = Exchange(watched)
    exchange.staff(1)
    await _run(exchange, _dialler(exchange))
    assert [invite.number for invite in exchange.invites] == ["+79160000087", "+79160000010"]
    assert list((await _states(watched, campaign_id)).values()) == [State.PROMISED]


async def test_outcome_that_nobody_gave_counts_as_another_person(watched: WatchedStore) -> None:
    campaign_id = await make_campaign(watched, _numbers((10,)))
    exchange = Exchange(watched, outcomes=lambda number: None)
    exchange.staff(1)
    await _run(exchange, _dialler(exchange))
    async with watched.begin() as tx:
        entry = (await steering.entries(tx, campaign_id))[0]
        assert (entry.state, entry.why) == (State.REACHED_ANOTHER, "outcome_missing")
        attempt = (await claims.of_entry(tx, entry.id))[0].id
        corrected = await steering.record_disposition(
            tx, attempt, "refused", by="101", at=exchange.now)
    assert corrected is State.REFUSED


async def test_outcome_is_waited_for_as_long_as_the_wrap_up_lasts_and_longer(
    watched: WatchedStore,
) -> None:
    campaign_id = await make_campaign(watched, _numbers((10,)))
    exchange = Exchange(watched, outcomes=lambda number: None)
    exchange.staff(1)
    plan = DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000", rehearses=True,
                       wrap_up_s=120)
    dialler = Dialler(watched, exchange.dial, exchange, Feed(), plan=plan,
                      clock=lambda: exchange.now)
    assert await _run(exchange, dialler) > 150
    assert list((await _states(watched, campaign_id)).values()) == [State.REACHED_ANOTHER]


async def test_no_operator_in_time_is_a_drop_and_is_tried_again(watched: WatchedStore) -> None:
    campaign_id = await make_campaign(watched, _numbers((10,)))
    exchange = Exchange(watched)
    exchange.staff(1)
    dialler = _dialler(exchange)
    await dialler.step(exchange.now)
    await exchange.tick(dialler)
    ready = exchange.operators.pop("101")
    for _ in range(30):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
    async with watched.read() as tx:
        entry = (await steering.entries(tx, campaign_id))[0]
    assert (entry.state, entry.why) == (State.WAITING_UNTIL, "dropped")
    exchange.operators["101"] = ready
    await _run(exchange, dialler)
    assert list((await _states(watched, campaign_id)).values()) == [State.PROMISED]


@pytest.mark.parametrize("seed", range(4))
async def test_dialler_killed_between_any_two_steps_repeats_and_forgets_nobody(
    watched: WatchedStore, seed: int,
) -> None:
    chance = random.Random(seed)
    endings = (*BEHAVIOURS, 30, 40)
    campaign_id = await make_campaign(watched, _numbers(endings))
    exchange = Exchange(watched, seed=seed, outcomes=lambda number: chance.choice(OUTCOMES))
    exchange.staff(2)
    kills = await _run_with_kills(exchange, watched, chance)
    assert kills >= 10
    await _assert_nobody_twice_nobody_forgotten(watched, exchange, campaign_id)


async def _run_with_kills(exchange: Exchange, store: WatchedStore, chance: random.Random) -> int:
    kills, dialler = 0, _dialler(exchange)
    for _ in range(4000):
        if kills < 25 and store.kill_in is None:
            store.kill_in = chance.randint(1, 12)
        try:
            await exchange.tick(dialler)
            await dialler.step(exchange.now)
        except Killed:
            kills += 1
            for _ in range(chance.randint(0, 15)):      # nobody is there for a while
                await exchange.tick(None)
            dialler = _dialler(exchange, f"d{kills}")
        async with store.read() as tx:
            if not await rows.running(tx):
                store.kill_in = None
                return kills
    raise AssertionError("the campaign did not end by itself")


async def _assert_nobody_twice_nobody_forgotten(
    store: WatchedStore, exchange: Exchange, campaign_id: int,
) -> None:
    attempts = Counter(invite.attempt for invite in exchange.invites)
    assert [attempt for attempt, dials in attempts.items() if dials > 1] == []
    for one in exchange.invites:        # never two lines to one person at a time
        assert not [other for other in exchange.invites
                    if other is not one and other.number == one.number
                    and one.at <= other.at and (one.ended_at is None or other.at < one.ended_at)]
    async with store.read() as tx:
        made = [item for entry in await steering.entries(tx, campaign_id)
                for item in await claims.of_entry(tx, entry.id)]
        covered = await ledger.coverage_of(tx, campaign_id)
        assert await claims.orphans(tx) == []
    assert set(attempts) <= {item.id for item in made if item.dialling_at is not None}
    assert covered.is_complete


async def test_two_diallers_on_one_base_dial_nobody_twice(watched: WatchedStore) -> None:
    campaign_id = await make_campaign(watched, _numbers(BEHAVIOURS))
    exchange = Exchange(watched)
    exchange.staff(3)
    first, second = _dialler(exchange, "d1"), _dialler(exchange, "d2")
    for _ in range(1200):
        await exchange.tick(first)
        await first.step(exchange.now)
        await second.step(exchange.now)
        async with watched.read() as tx:
            if not await rows.running(tx):
                break
    await _assert_nobody_twice_nobody_forgotten(watched, exchange, campaign_id)


async def test_lost_link_stops_dialling_and_says_so(watched: WatchedStore) -> None:
    campaign_id = await make_campaign(watched, _numbers((10,)))
    exchange = Exchange(watched)
    exchange.staff(1)
    plan = DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000")
    dialler = Dialler(watched, exchange.dial, exchange, Feed(), plan=plan,
                      clock=lambda: exchange.now, link_is_up=lambda: False)
    await dialler.step(exchange.now)
    await exchange.tick(dialler)
    assert exchange.invites == []
    async with watched.read() as tx:
        assert "link to Asterisk is down" in await steering.why_not_dialling(tx, campaign_id)


@pytest.mark.parametrize(("trunk", "rehearses", "words"), [
    ("203.0.113.7", True, "loopback"), (TRUNK, False, "synthetic")])
async def test_rehearsal_rules_dial_nobody_over_a_real_trunk(
    watched: WatchedStore, trunk: str, rehearses: bool, words: str,
) -> None:
    campaign_id = await make_campaign(watched, _numbers((10,)))
    exchange = Exchange(watched)
    exchange.staff(1)
    plan = DiallerPlan(trunk_host=trunk, caller_id="+74951200000", rehearses=rehearses)
    dialler = Dialler(watched, exchange.dial, exchange, Feed(), plan=plan,
                      clock=lambda: exchange.now)
    await dialler.step(exchange.now)
    async with watched.read() as tx:
        assert await claims.open_attempts(tx) == []
        assert words in await steering.why_not_dialling(tx, campaign_id)


@pytest.mark.parametrize(("damage", "words"), [
    ("update campaigns set size = 9 where name = 'bad'", "the list holds 9 entries and"),
    ("update campaigns set retry_plan = '{}' where name = 'bad'", "retry plan cannot be read"),
    ("update campaigns set pacing = 'reckless' where name = 'bad'", "'reckless'")])
async def test_damaged_campaign_says_so_and_the_others_are_dialled(
    store: Store, damage: str, words: str, caplog: pytest.LogCaptureFixture,
) -> None:
    bad = await make_campaign(store, _numbers((20,)), name="bad")
    good = await make_campaign(store, [["+79161111110"]], name="good")
    async with store.begin() as tx:
        await tx.run(text(damage))
    exchange = Exchange(store)
    exchange.staff(2)
    dialler = _dialler(exchange)
    for _ in range(8):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
    assert [invite.number for invite in exchange.invites] == ["+79161111110"]
    async with store.read() as tx:
        views = {view.id: view for view in await steering.campaigns(tx)}
    assert words in views[bad].why
    assert words not in views[good].why
    assert sum("cannot serve campaign" in line for line in caplog.messages) == 1
