"""Answers to scripts and proposals, messages with receipts, calls for help, a day's figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from crm_store import (
    client_measures,
    clients,
    day_figures,
    errors,
    help_calls,
    interactions,
    messages,
    proposal_answers,
    script_answers,
    timeline,
)
from crm_store.base import Tx
from crm_store.interactions import CallFacts, SegmentFacts
from crm_store.proposal_answers import Said
from crm_store.script_answers import Answer
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def contact(tx: Tx, call: str, client: int | None = None, *, at: datetime = NOW,
                  segments: tuple[SegmentFacts, ...] = ()) -> int:
    return await interactions.upsert_call(tx, CallFacts(
        call_id=call, pbx="main", direction="in", started_at=at, client_id=client,
        answered_at=at, number="+79161110000", segments=segments))


async def test_the_latest_answer_counts_and_a_card_number_is_not_kept(store: Store) -> None:
    async with store.begin() as tx:
        one = await contact(tx, "c-1")
        for step, answer in (("a", "yes"), ("b", "4111 1111 1111 1111"), ("a", "no")):
            await script_answers.add(tx, one, Answer("s", step, answer, "101", NOW))
        found = await script_answers.latest(tx, one)
    assert [(given.step, given.answer) for given in found][1] == ("a", "no")
    assert "4111 1111 1111 1111" not in found[0].answer
    async with store.read() as tx:
        assert await script_answers.latest(tx, one + 1) == []


async def test_an_answer_to_a_proposal_is_in_the_timeline_and_the_latest_counts(
    store: Store
) -> None:
    async with store.begin() as tx:
        client = await clients.create(tx, name="Ivanov", number=None, by="101", at=NOW)
        for minute, answer in enumerate(("later", "accepted")):
            await proposal_answers.add(tx, client, Said(
                proposal="paperless", answer=answer, until_at=None, why="w", by="101",
                at=NOW + timedelta(minutes=minute)), {"en": "Bill by e-mail"})
        page = await timeline.page(tx, client, kinds=["proposal"])
        latest = await proposal_answers.latest(tx, client)
    assert [item.facts["answer"] for item in page.items] == ["accepted", "later"]
    assert latest["paperless"].answer == "accepted"


async def test_what_rules_look_at_leaves_the_contact_out_that_goes_on(store: Store) -> None:
    async with store.begin() as tx:
        client = await clients.create(tx, name="Ivanov", number=None, by="101", at=NOW)
        await contact(tx, "old", client, at=NOW - timedelta(days=40))
        await contact(tx, "before", client, at=NOW - timedelta(days=3))
        now_on = await contact(tx, "now", client)
        found = await client_measures.of_client(tx, client, now=NOW, besides=now_on)
        nobody = await client_measures.of_client(tx, client + 99, now=NOW)
    assert found.contacted_at == NOW - timedelta(days=3)
    assert (found.recent, found.since_on, found.paid_at) == (2, NOW.date(), None)
    assert (nobody.recent, nobody.since_on) == (0, None)


async def test_a_message_is_seen_once_and_only_by_whom_it_is_for(store: Store) -> None:
    async with store.begin() as tx:
        sent = await messages.send(tx, by="109", to_kind="all", to_id="", text="Lunch",
                                   operators=["102", "101"], at=NOW)
    assert sent.seen == {"101": None, "102": None}
    later = NOW + timedelta(minutes=1)
    async with store.begin() as tx:
        await messages.see(tx, sent.id, "101", at=later)
        again = await messages.see(tx, sent.id, "101", at=later + timedelta(hours=1))
        with pytest.raises(errors.NotFound):
            await messages.see(tx, sent.id, "103", at=later)
    assert again.seen == {"101": later, "102": None}
    async with store.read() as tx:
        shown = await messages.on_screens(tx, NOW + timedelta(days=9))
        his = [await messages.between(tx, who, limit=5) for who in ("109", "102", "103")]
    assert [one.id for one in shown] == [sent.id]
    assert [len(found) for found in his] == [1, 1, 0]


async def test_help_is_asked_once_answered_by_the_first_and_ended(store: Store) -> None:
    async with store.begin() as tx:
        first = await help_calls.ask(tx, "101", text="", call_id="c-1", at=NOW)
        again = await help_calls.ask(tx, "101", text="He shouts", call_id="c-1",
                                     at=NOW + timedelta(minutes=1))
        assert (again.id, again.at, again.text) == (first.id, NOW, "He shouts")
        answered = await help_calls.answer(tx, first.id, by="109", text="Coming", at=NOW)
        assert (answered.answered_by, answered.answer) == ("109", "Coming")
        with pytest.raises(errors.NotFound):
            await help_calls.answer(tx, first.id, by="110", text="", at=NOW)
        assert [one.operator for one in await help_calls.open_ones(tx)] == ["101"]
        await help_calls.end(tx, first.id, by="101", at=NOW)
        with pytest.raises(errors.NotFound):
            await help_calls.end(tx, first.id, by="101", at=NOW)
        assert await help_calls.open_ones(tx) == []
        assert (await help_calls.ask(tx, "101", text="", call_id=None, at=NOW)).id != first.id


async def test_a_days_figures_are_what_each_spent_on_his_calls(store: Store) -> None:
    def spent(kind: str, begin: int, end: int, who: str) -> SegmentFacts:
        return SegmentFacts(kind=kind, started_at=NOW + timedelta(seconds=begin),
                            ended_at=NOW + timedelta(seconds=end), who=who)
    async with store.begin() as tx:
        await contact(tx, "c-1", segments=(
            spent("talk", 0, 60, "101"), spent("hold", 60, 70, "101"),
            spent("talk", 70, 100, "102"), spent("wrap_up", 70, 90, "101")))
        await contact(tx, "c-2", segments=(spent("talk", 0, 30, "101"),))
        await contact(tx, "old", at=NOW - timedelta(days=2), segments=(
            SegmentFacts(kind="talk", started_at=NOW - timedelta(days=2), ended_at=NOW,
                         who="101"),))
        found = await day_figures.since(tx, NOW - timedelta(hours=1))
    assert found["101"] == day_figures.Figures(2, 90.0, 10.0, 20.0)
    assert (found["101"].handling_s, found["101"].wrap_up_s) == (60.0, 10.0)
    assert found["102"].calls == 1
