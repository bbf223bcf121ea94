"""Wishes of people, and reasons to stop."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text

from campaigns import gate, lawful, ledger, picking, settling, steering
from campaigns.coverage import State
from campaigns.gate import Pass, Refusal
from campaigns.rule_files import RuleFileError, rule_set
from crm_store import campaigns as rows
from crm_store import claims, clients, editing, errors, interactions, restraints, timeline
from crm_store.claims import AttemptRow
from crm_store.store import Store
from tests.campaigns.conftest import make_campaign
from tests.campaigns.exchange import GATE, START

TOKENS = (f"t{number}" for number in range(100_000))


def _lease() -> picking.Lease:
    return picking.Lease("test", START + timedelta(seconds=10), next(TOKENS))


async def _intend(store: Store, campaign_id: int, law: str = "rehearsal") -> AttemptRow:
    async with store.begin() as tx:
        campaign = await rows.get(tx, campaign_id)
        picked = await picking.pick(tx, campaign, rule_set([law]), _lease(), wanted=1, now=START)
    return picked[0]


async def _talk(store: Store, campaign_id: int) -> AttemptRow:
    """An attempt that became a conversation with operator 101 and is over."""
    attempt = await _intend(store, campaign_id)
    async with store.begin() as tx:
        assert isinstance(await gate.claim(tx, attempt.id, GATE, now=START), Pass)
        await claims.mark_talking(tx, attempt.id, "101", at=START)
        await settling.end(tx, await claims.get(tx, attempt.id), "ENDED", 16, at=START)
    return attempt


async def _entry(store: Store, campaign_id: int, place: int = 0) -> steering.EntryView:
    async with store.read() as tx:
        await ledger.coverage_of(tx, campaign_id)
        return (await steering.entries(tx, campaign_id))[place]


@pytest.mark.parametrize(("outcome", "state"), [
    ("promised", State.PROMISED), ("paid", State.PAID), ("refused", State.REFUSED),
    ("disputed", State.DISPUTED), ("wrong_number", State.WRONG_NUMBER),
    ("reached_in_person", State.REACHED_IN_PERSON), ("reached_another", State.REACHED_ANOTHER),
    ("call_later", State.WAITING_UNTIL), ("resolved", State.REACHED_ANOTHER)])
async def test_operators_outcome_becomes_the_state(
    store: Store, outcome: str, state: State,
) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    attempt = await _talk(store, campaign_id)
    async with store.begin() as tx:
        moved = await steering.record_disposition(tx, attempt.id, outcome, by="101", at=START)
    assert moved is state
    assert (await _entry(store, campaign_id)).state is state


async def test_later_outcome_corrects_the_first(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    attempt = await _talk(store, campaign_id)
    async with store.begin() as tx:
        await steering.record_disposition(tx, attempt.id, "reached_in_person", by="101", at=START)
        await steering.record_disposition(tx, attempt.id, "wrong_number", by="109", at=START)
        history = await rows.events(tx, (await claims.get(tx, attempt.id)).entry_id)
    assert (await _entry(store, campaign_id)).state is State.WRONG_NUMBER
    assert [(event.state, event.by) for event in history][-2:] == [
        ("reached_in_person", "101"), ("wrong_number", "109")]


async def test_outcome_given_while_the_dialler_gives_up_waiting_stands(store: Store) -> None:
    """What it had looked at a moment ago is looked at again, behind the operator's commit."""
    campaign_id = await make_campaign(store, [["+79160000001"]])
    attempt = await _talk(store, campaign_id)

    async def give_up() -> None:
        async with store.begin() as tx:
            assert await settling.close_untold(tx, attempt.id, now=START) is None
    async with asyncio.TaskGroup() as tasks, store.begin() as tx:
        await steering.record_disposition(tx, attempt.id, "promised", by="101", at=START)
        tasks.create_task(give_up())
        await asyncio.sleep(0.2)
    assert (await _entry(store, campaign_id)).state is State.PROMISED


async def test_wrong_number_goes_on_with_the_next_one(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001", "+79160000002"]])
    attempt = await _talk(store, campaign_id)
    async with store.begin() as tx:
        moved = await steering.record_disposition(
            tx, attempt.id, "wrong_number", by="101", at=START)
    assert moved is State.WAITING_UNTIL
    assert (await _intend(store, campaign_id)).e164 == "+79160000002"


async def test_promise_is_kept_on_the_card_and_asks_for_silence(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    attempt = await _talk(store, campaign_id)
    async with store.begin() as tx:
        await steering.record_disposition(tx, attempt.id, "promised", by="101", at=START,
                                          amount_minor=50_00, due_on=date(2026, 11, 30))
        entry = await rows.entry(tx, attempt.entry_id)
        assert [row.due_on for row in await restraints.open_promises(tx, entry.client_id)] == [
            date(2026, 11, 30)]
        seen = await timeline.page(tx, entry.client_id, kinds=["promise"])
    assert seen.items[0].facts["amount_minor"] == 50_00


@pytest.mark.parametrize(("reason", "state"), [
    ("payment", State.PAID), ("complaint", State.WITHDRAWN), ("incoming_call", State.WITHDRAWN)])
async def test_reason_to_stop_withdraws_queued_dials_of_all_campaigns(
    store: Store, reason: steering.StopBecause, state: State,
) -> None:
    first = await make_campaign(store, [["+79160000001"]])
    client_id = (await _entry(store, first)).client_id
    attempt = await _intend(store, first)
    async with store.begin() as tx:
        concerned = await steering.withdraw(tx, client_id, reason, by="101", at=START)
        assert isinstance(await gate.claim(tx, attempt.id, GATE, now=START), Refusal)
    entry = await _entry(store, first)
    assert (concerned, entry.state, entry.why) == ([entry.id], state, reason)


async def test_ringing_call_is_left_to_its_operator_and_none_follows(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    attempt = await _intend(store, campaign_id)
    async with store.begin() as tx:
        await gate.claim(tx, attempt.id, GATE, now=START)
        await steering.withdraw(tx, attempt.client_id, "complaint", by="101", at=START)
        assert (await claims.get(tx, attempt.id)).state == "dialling"
        await settling.end(tx, await claims.get(tx, attempt.id), "BUSY", 17, at=START)
    entry = await _entry(store, campaign_id)
    assert (entry.state, entry.why) == (State.WITHDRAWN, "complaint")


async def test_paused_campaign_lets_no_intent_through_the_gate(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    attempt = await _intend(store, campaign_id)
    async with store.begin() as tx:
        await steering.pause(tx, campaign_id, by="t", at=START)
        assert isinstance(await gate.claim(tx, attempt.id, GATE, now=START), Refusal)
    assert (await _entry(store, campaign_id)).state is State.NOT_TRIED
    async with store.begin() as tx:
        await steering.start(tx, campaign_id, by="t", at=START)
        assert (await steering.campaign(tx, campaign_id)).state == "running"


async def test_stopped_campaign_keeps_its_ledger_and_never_starts_again(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"], ["+79160000002"]])
    async with store.begin() as tx:
        await steering.stop(tx, campaign_id, by="t", at=START)
    async with store.begin() as tx:
        assert len(await steering.unreached(tx, campaign_id)) == 2
        with pytest.raises(steering.SteeringError, match="has ended"):
            await steering.start(tx, campaign_id, by="t", at=START)


async def test_wishes_that_make_no_sense_are_refused(store: Store) -> None:
    empty = await make_campaign(store, [], start=False)
    async with store.begin() as tx:
        with pytest.raises(steering.SteeringError, match="nobody is on the list"):
            await steering.start(tx, empty, by="t", at=START)
    async with store.begin() as tx:
        with pytest.raises(steering.SteeringError, match="already"):
            await steering.create(tx, "run", queue="q", by="t", at=START)
        with pytest.raises(RuleFileError):
            await steering.create(tx, "new", queue="q", by="t", at=START, law=["XX"])
        with pytest.raises(errors.NotFound):
            await steering.start(tx, 999, by="t", at=START)


@pytest.mark.parametrize("statement", [
    "delete from campaign_entries",
    "insert into campaign_entries (campaign_id, client_id, zones, state, since, why, facts) "
    "select campaign_id, 2, zones, state, since, why, facts from campaign_entries",
    "update campaign_entries set state = 'lost'",
    "update campaign_entries set state = 'waiting_until'",
    "update campaign_entries set state = null"])
async def test_database_itself_keeps_the_ledger(store: Store, statement: str) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    await make_campaign(store, [["+79160000002"]], name="other")
    with pytest.raises(errors.Conflict):
        async with store.begin() as tx:
            await tx.run(text(f"{statement}"))
    assert (await _entry(store, campaign_id)).state is State.NOT_TRIED


async def test_database_itself_allows_one_open_attempt_per_person_and_number(
    store: Store,
) -> None:
    first = await make_campaign(store, [["+79160000001"]])
    second = await make_campaign(store, [["+79160000001"]], name="second")
    await _intend(store, first)
    async with store.begin() as tx:
        campaign = await rows.get(tx, second)
        assert await picking.pick(
            tx, campaign, rule_set(["rehearsal"]), _lease(), wanted=1, now=START) == []
    entry = await _entry(store, second)
    assert (entry.state, entry.why) == (State.WAITING_UNTIL, "on_another_line")
    with pytest.raises(errors.Conflict):
        async with store.begin() as tx:
            await claims.intend(tx, claims.NewAttempt(
                entry_id=entry.id, client_id=entry.client_id, e164="+79160000001",
                channel_id="deskline-x", dialler="t", lease_until=START, decision={}), at=START)


async def test_suppressed_person_is_not_callable(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"], ["+79160000002"]])
    async with store.begin() as tx:
        await restraints.suppress(tx, client_id=None, e164="+79160000001", reason="asked",
                                  by="101", at=START)
    attempt = await _intend(store, campaign_id)
    assert attempt.e164 == "+79160000002"
    entry = await _entry(store, campaign_id)
    assert (entry.state, entry.why) == (State.NOT_CALLABLE, "suppressed")


async def test_person_at_the_limit_waits_and_is_told_why(store: Store) -> None:
    first = await make_campaign(store, [["+79160000001"]])
    await _talk(store, first)
    second = await make_campaign(store, [["+79160000001"]], name="second", start=False)
    async with store.begin() as tx:
        client_id = (await rows.page(tx, first))[0].entry.client_id
        entry_id = await rows.add_entry(
            tx, await steering.create(tx, "third", queue="collection", by="t", at=START),
            client_id, zones=["Europe/Moscow"], debt_minor=1, currency="RUB", at=START, by="t")
        await rows.add_number(tx, entry_id, "+79160000001")
        third = (await rows.entry(tx, entry_id)).campaign_id
        await steering.start(tx, third, by="t", at=START)
        campaign = await rows.get(tx, third)
        assert await picking.pick(
            tx, campaign, rule_set(["DEFAULT-strict"]), _lease(), wanted=1, now=START) == []
        said = await steering.why_not_called(tx, entry_id)
    assert second
    assert said == ("The law allows no further call now: 1 of 1 attempts in a day "
                    "(DEFAULT-strict). Owed again from 2026-11-24 06:00:00 UTC.")


async def test_talk_that_an_operator_dialled_himself_counts_as_a_contact(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]], law=["DEFAULT-strict"])
    client_id = (await _entry(store, campaign_id)).client_id
    async with store.begin() as tx:
        for hour, answered in ((1, START - timedelta(hours=1)), (2, None)):
            await interactions.upsert_call(tx, interactions.CallFacts(
                call_id=f"c{hour}", pbx="main", direction="out", number="+79160000001",
                operator="101", client_id=client_id, started_at=START - timedelta(hours=hour),
                answered_at=answered, ended_at=START))
        found = await claims.contacts(tx, client_id, "+79160000001",
                                      since=START - timedelta(days=2))
        assert [contact.at for contact in found] == [START - timedelta(hours=1)]
        campaign = await rows.get(tx, campaign_id)
        assert await picking.pick(
            tx, campaign, rule_set(["DEFAULT-strict"]), _lease(), wanted=1, now=START) == []
    assert (await _entry(store, campaign_id)).why == "limit"


@pytest.mark.parametrize("flag", ["do_not_call", "deceased", "in_court"])
async def test_whom_his_card_forbids_to_call_is_not_dialled_whatever_the_rules(
    store: Store, flag: str,
) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    async with store.begin() as tx:
        client_id = (await rows.entry(tx, 1)).client_id
        await editing.change(tx, client_id, version=1, by="101", at=START,
                             changes=editing.ClientChanges(flags=(flag,)))
        campaign = await rows.get(tx, campaign_id)
        assert await picking.pick(tx, campaign, rule_set(["RU-230-deny"]), _lease(), wanted=1,
                                  now=START) == []
        assert await lawful.refused_by_hand(tx, client_id, "+79160000001") == flag
    entry = await _entry(store, campaign_id)
    assert (entry.state, entry.why) == (State.NOT_CALLABLE, "flagged")


async def test_a_flag_set_a_moment_ago_stops_the_dial_at_the_gate(store: Store) -> None:
    attempt = await _intend(store, await make_campaign(store, [["+79160000001"]]))
    async with store.begin() as tx:
        await editing.change(tx, attempt.client_id, version=1, by="101", at=START,
                             changes=editing.ClientChanges(flags=("deceased",)))
        assert await gate.claim(tx, attempt.id, GATE, now=START) == Refusal("flagged")


@pytest.mark.parametrize("given", [True, False])
async def test_who_withdrew_his_consent_to_calls_is_not_dialled(
    store: Store, given: bool,
) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    async with store.begin() as tx:
        client_id = (await rows.entry(tx, 1)).client_id
        await editing.change(tx, client_id, version=1, by="101", at=START,
                             changes=editing.ClientChanges(consents=(editing.ConsentEdit(
                                 kind="calls", is_given=given),)))
        campaign = await rows.get(tx, campaign_id)
        picked = await picking.pick(tx, campaign, rule_set(["rehearsal"]), _lease(), wanted=1,
                                    now=START)
    assert len(picked) == int(given)


async def test_dial_by_hand_is_refused_for_whom_nobody_may_call(store: Store) -> None:
    async with store.begin() as tx:
        flagged, other = [await clients.create(tx, name=name, number="+79160000001", by="t",
                                               at=START) for name in ("A", "B")]
        await tx.run(text(f"update clients set flags = '[\"do_not_call\"]' where id = {flagged}"))
        await restraints.suppress(tx, client_id=None, e164="+79160000002", reason="asked", by="t",
                                  at=START)
        asked = lawful.refused_by_hand
        assert await asked(tx, flagged, "+79160000001") == "do_not_call"
        assert await asked(tx, None, "+79160000001") == "do_not_call"
        assert await asked(tx, other, "+79160000001") is None
        assert await asked(tx, other, "+79160000002") == "asked"
        assert await asked(tx, None, "+79160000002") == "asked"
        assert await asked(tx, None, "+79160000003") is None
