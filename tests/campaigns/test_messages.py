"""Messages without an operator: what a menu tells of who answered becomes the entry's state."""

from __future__ import annotations

from datetime import timedelta

import pytest

from campaigns import gate, lawful, settling, steering
from campaigns.dialler import Dialler, DiallerPlan
from campaigns.pacing import Line, Pacing, Reason, next_step
from campaigns.rule_files import rule_set
from crm_store import campaigns as rows
from crm_store import claims, consents, restraints
from crm_store.client_edits import ConsentEdit
from cti.changes import AttemptSettled, AttemptStatus
from cti.feed import Feed
from tests.campaigns.conftest import WatchedStore, make_campaign
from tests.campaigns.exchange import GATE, START, TRUNK, Exchange

NUMBERS = [[f"+7916000{index:02d}10"] for index in range(7)]


def _said(attempt: int, status: AttemptStatus, call: str) -> AttemptSettled:
    return AttemptSettled(at=START + timedelta(seconds=9), attempt=attempt, status=status,
                          cause=16, call=call)


async def _ended(watched: WatchedStore, *told: AttemptStatus) -> tuple[str, str]:
    """State and reason of an entry after a message that told this."""
    campaign_id = await make_campaign(watched, NUMBERS[:1])
    async with watched.begin() as tx:
        await steering.set_pace(tx, campaign_id, Pacing.MESSAGE, by="test", at=START)
    exchange = Exchange(watched)
    dialler = Dialler(watched, exchange.dial, exchange, Feed(), clock=lambda: exchange.now,
                      plan=DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000",
                                       rehearses=True))
    await dialler.step(exchange.now)
    async with watched.begin() as tx:
        [attempt] = await claims.open_attempts(tx)
        passed = await gate.claim(tx, attempt.id, GATE, now=exchange.now)
        assert isinstance(passed, gate.Pass)
    for status in ("ANSWER", *told):
        async with watched.begin() as tx:
            await settling.take_change(tx, _said(attempt.id, status, attempt.channel_id))
    async with watched.read() as tx:
        [entry] = await steering.entries(tx, campaign_id)
        answered, dropped = await claims.answered_and_dropped(tx, campaign_id, since=START)
    assert (answered, dropped) == (1, int("PERSON" in told))
    return entry.state, entry.why


@pytest.mark.parametrize(("told", "ends"), [
    (("HEARD",), ("reached_another", "message_heard")),
    (("HEARD", "PROMISED"), ("promised", "promised")),
    (("REFUSED",), ("withdrawn", "suppression")),
    (("STRANGER",), ("wrong_number", "wrong_number")),
    ((), ("waiting_until", "hung_up")),
    (("PERSON",), ("waiting_until", "dropped")),
])
async def test_what_was_heard_and_pressed_is_the_outcome(
    watched: WatchedStore, told: tuple[AttemptStatus, ...], ends: tuple[str, str],
) -> None:
    """The floor tells a drop of whoever leaves without an operator; here it is one only of who
    asked for a person."""
    assert await _ended(watched, *told, "DROPPED") == ends


async def test_message_is_lawful_only_with_provable_consent(watched: WatchedStore) -> None:
    campaign_id = await make_campaign(watched, NUMBERS[:1], law=("DEFAULT-strict",))
    async with watched.begin() as tx:
        entry = (await rows.page(tx, campaign_id))[0].entry
        rules = rule_set(("DEFAULT-strict",))
        numbers = await rows.numbers(tx, entry.id)

        async def judged() -> str:
            person = await lawful.person_of(tx, entry, numbers, START)
            return (await lawful.judge(tx, rules, entry, person, NUMBERS[0][0], START,
                                       is_recorded=True)).why
        assert await judged() == "no_consent"
        yes = ConsentEdit(kind="recorded_calls", is_given=True)
        await consents.add(tx, entry.client_id, yes, by="t", at=START)
        assert await judged() == "allowed"
        await restraints.suppress(tx, client_id=entry.client_id, e164=None, reason="asked",
                                  by="t", at=START)
        assert await judged() == "suppressed"


def test_messages_are_sent_over_free_lines_unless_people_wait_for_an_operator() -> None:
    assert next_step(Pacing.MESSAGE, Line(0, 0, 0, lines_free=3)).dial == 3
    assert next_step(Pacing.MESSAGE, Line(0, 0, 0, lines_free=0)).reason is Reason.TRUNK_FULL
    assert next_step(Pacing.MESSAGE, Line(0, 1, 0)).reason is Reason.CALLERS_WAIT
