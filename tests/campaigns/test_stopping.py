"""What speaks against dialling somebody, by whatever door: his entry is withdrawn at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from campaigns import steering
from campaigns.coverage import State
from campaigns.promises import Promise, PromiseState, instalments, settled
from campaigns.stopping import Stopper, keep
from crm_store import campaigns as rows
from crm_store import claims, promises, restraints
from crm_store.store import Store
from crm_store.tables.billing import Accounts
from crm_store.tables.contacts import Interactions
from tests.campaigns.conftest import WatchedStore, make_campaign
from tests.campaigns.exchange import START

NOW = START + timedelta(minutes=5)
TODAY = date(2026, 11, 23)


async def _entry(store: Store, campaign_id: int) -> steering.EntryView:
    async with store.read() as tx:
        return (await steering.entries(tx, campaign_id))[0]


async def _account(store: Store, client_id: int) -> None:
    async with store.begin() as tx:
        await tx.run(insert(Accounts).values(
            number="A-1", client_id=client_id, balance_minor=-50_00, currency="RUB",
            balance_at=START, opened_on=TODAY))


async def _pays(
    store: Store, amount_minor: int, at: datetime, reference: str = "r1",
) -> int | None:
    async with store.begin() as tx:
        return await promises.take_payment(
            tx, "A-1", amount_minor, "RUB", paid_at=at, method="bank", reference=reference)


async def _listed(store: WatchedStore) -> tuple[int, int]:
    campaign_id = await make_campaign(store, [["+79160000110"]])
    return campaign_id, (await _entry(store, campaign_id)).client_id


async def test_payment_ends_the_dials_of_who_paid_and_is_taken_once(
    watched: WatchedStore,
) -> None:
    campaign_id, client_id = await _listed(watched)
    await _account(watched, client_id)
    stopper = Stopper(watched, UTC)
    await stopper.look(NOW)
    assert (await _entry(watched, campaign_id)).state is State.NOT_TRIED
    assert await _pays(watched, 10_00, NOW) is not None
    assert await _pays(watched, 10_00, NOW) is None
    await stopper.look(NOW)
    entry = await _entry(watched, campaign_id)
    assert (entry.state, entry.why) == (State.PAID, "payment")


async def test_payment_from_before_the_list_is_no_news(watched: WatchedStore) -> None:
    campaign_id, client_id = await _listed(watched)
    await _account(watched, client_id)
    await _pays(watched, 10_00, START - timedelta(days=3))
    await Stopper(watched, UTC).look(NOW)
    assert (await _entry(watched, campaign_id)).state is State.NOT_TRIED


@pytest.mark.parametrize(("minutes", "state"), [(2, State.WITHDRAWN), (-2, State.NOT_TRIED)])
async def test_incoming_call_that_was_answered_withdraws_the_queued_dials(
    watched: WatchedStore, minutes: int, state: State,
) -> None:
    """… unless he had called before anybody put him on the list."""
    campaign_id, client_id = await _listed(watched)
    at = START + timedelta(minutes=minutes)
    async with watched.begin() as tx:
        await tx.run(insert(Interactions).values(
            call_id="c1", direction="in", number="+79160000110", client_id=client_id,
            started_at=at, answered_at=at, operator="101"))
    await Stopper(watched, UTC).look(NOW)
    entry = await _entry(watched, campaign_id)
    assert entry.state is state
    if state is State.WITHDRAWN:
        assert (entry.why, entry.sentence) == ("incoming_call", "The person called us.")


async def test_suppression_set_while_no_dialler_ran_is_found_at_its_start(
    watched: WatchedStore,
) -> None:
    campaign_id, client_id = await _listed(watched)
    async with watched.begin() as tx:
        await restraints.suppress(tx, client_id=client_id, e164=None, reason="asked", by="x",
                                  at=START + timedelta(minutes=1))
    await Stopper(watched, UTC).look(NOW)
    assert (await _entry(watched, campaign_id)).why == "suppression"


async def _promised(store: WatchedStore, due_on: date) -> tuple[int, int]:
    """An entry whose only attempt ended in a promise of 30.00."""
    campaign_id, client_id = await _listed(store)
    await _account(store, client_id)
    async with store.begin() as tx:
        entry = await rows.entry(tx, (await rows.page(tx, campaign_id))[0].entry.id)
        await rows.move_entry(tx, entry.id, "not_tried", happening="promise_made",
                              state="promised", why="promised", facts={}, until_at=None,
                              at=START, by="101")

        attempt = await claims.intend(tx, claims.NewAttempt(
            entry_id=entry.id, client_id=client_id, e164="+79160000110", channel_id="c1",
            dialler="d", lease_until=START, decision={}), at=START)
        await claims.void(tx, attempt.id, "test", now=START)
        await restraints.add_promise(tx, client_id=client_id, attempt_id=attempt.id,
                                     amount_minor=30_00, currency="RUB", due_on=due_on,
                                     by="101", at=START)
    return campaign_id, client_id


async def test_promise_is_kept_when_the_parts_paid_reach_it(watched: WatchedStore) -> None:
    campaign_id, _ = await _promised(watched, TODAY + timedelta(days=2))
    stopper = Stopper(watched, UTC)
    await stopper.look(NOW)
    await _pays(watched, 10_00, NOW, "r1")
    await stopper.look(NOW)
    assert (await _entry(watched, campaign_id)).state is State.PROMISED
    await _pays(watched, 20_00, NOW, "r2")
    await stopper.look(NOW)
    entry = await _entry(watched, campaign_id)
    assert (entry.state, entry.why) == (State.PAID, "promise_kept")
    async with watched.read() as tx:
        assert await promises.counts(tx, campaign_id) == [("101", "kept", 1, 30_00)]


async def test_promise_whose_day_passed_is_broken_listed_and_to_be_called_about(
    watched: WatchedStore,
) -> None:
    campaign_id, client_id = await _promised(watched, TODAY)
    stopper = Stopper(watched, UTC)
    await stopper.look(NOW)
    assert (await _entry(watched, campaign_id)).state is State.PROMISED
    await stopper.look(NOW + timedelta(days=1))
    entry = await _entry(watched, campaign_id)
    assert (entry.state, entry.why) == (State.WAITING_UNTIL, "promise_broken")
    async with watched.read() as tx:
        assert [one.client_id for one in await promises.broken(tx)] == [client_id]
    async with watched.begin() as tx:       # asked again, nothing changes
        await keep(tx, client_id, now=NOW + timedelta(days=2), zone=UTC)


# ── pure ─────────────────────────────────────────────────────────────────────────────────────
@given(st.integers(1, 100_000), st.integers(1, 24), st.integers(1, 60))
def test_instalments_add_up_to_the_sum(total: int, number: int, every: int) -> None:
    if total < number:
        with pytest.raises(ValueError, match="instalments"):
            instalments(total, TODAY, number, every)
        return
    parts = instalments(total, TODAY, number, every)
    assert sum(part.amount_minor for part in parts) == total
    assert len({part.due_on for part in parts}) == number
    assert max(part.amount_minor for part in parts) == parts[0].amount_minor


def test_one_payment_keeps_each_promise_once() -> None:
    two = (Promise(30, TODAY), Promise(30, TODAY + timedelta(days=30)))
    late = TODAY + timedelta(days=31)
    kept, broken = settled(two, ((TODAY, 40),), late)
    assert (kept, broken) == (PromiseState.KEPT, PromiseState.BROKEN)
    assert settled(two, ((TODAY, 60),), TODAY) == (PromiseState.KEPT, PromiseState.KEPT)
    assert settled(two, ((late, 60),), late) == (PromiseState.BROKEN, PromiseState.BROKEN)
    assert settled(two, (), TODAY) == (PromiseState.OPEN, PromiseState.OPEN)
