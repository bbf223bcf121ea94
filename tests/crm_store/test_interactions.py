"""What becomes of calls: rows, timeline, choices, dispositions, joined calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm_store import clients, drafts, errors, interactions
from crm_store.interactions import CallFacts, Cursor, SegmentFacts
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NUMBER = "+79161234567"
STARTED = CallFacts(call_id="main-1.1", pbx="main", direction="in", number=NUMBER,
                    started_at=NOW, dialled="+74951200000", entry="+74951200000")
ENDED = replace(
    STARTED, queue="billing", operator="101", answered_at=NOW + timedelta(seconds=42),
    ended_at=NOW + timedelta(seconds=232), outcome="answered", cause=16, ended_by="client",
    waited_s=42.0, talked_s=190.0, held_s=0.0, menu_path=("main", "balance"),
    segments=(SegmentFacts(kind="waiting", started_at=NOW, who="billing"),
              SegmentFacts(kind="talk", started_at=NOW + timedelta(seconds=42), who="101",
                           ended_at=NOW + timedelta(seconds=232))))


async def _client(store: Store, name: str = "Ivanov") -> int:
    async with store.begin() as tx:
        return await clients.create(tx, name=name, number=None, by="101", at=NOW)


async def test_a_replayed_tape_changes_nothing(store: Store) -> None:
    async with store.begin() as tx:
        for facts in (STARTED, ENDED):
            interaction_id = await interactions.upsert_call(tx, facts)
        before = await interactions.one(tx, interaction_id), \
            await interactions.segments(tx, interaction_id)
    async with store.begin() as tx:
        for facts in (STARTED, ENDED):
            assert await interactions.upsert_call(tx, facts) == interaction_id
        after = await interactions.one(tx, interaction_id), \
            await interactions.segments(tx, interaction_id)
    assert after == before
    assert after[0].menu_path == ("main", "balance")
    assert [segment.kind for segment in after[1]] == ["waiting", "talk"]


async def test_what_is_not_known_never_overwrites_what_was(store: Store) -> None:
    client_id = await _client(store)
    async with store.begin() as tx:
        interaction_id = await interactions.upsert_call(tx, replace(ENDED, client_id=client_id))
        await interactions.upsert_call(tx, STARTED)
        row = await interactions.one(tx, interaction_id)
    assert (row.client_id, row.client_name, row.outcome) == (client_id, "Ivanov", "answered")


async def test_lost_sight_never_overwrites_a_seen_outcome(store: Store) -> None:
    async with store.begin() as tx:
        interaction_id = await interactions.upsert_call(tx, replace(STARTED, outcome="lost_sight"))
        await interactions.upsert_call(tx, ENDED)
        await interactions.upsert_call(tx, replace(STARTED, outcome="lost_sight"))
        assert (await interactions.one(tx, interaction_id)).outcome == "answered"


async def test_a_persons_choice_survives_the_machines_guess(store: Store) -> None:
    guessed, chosen = await _client(store), await _client(store, "Petrov")
    async with store.begin() as tx:
        interaction_id = await interactions.upsert_call(tx, replace(STARTED, client_id=guessed))
        await interactions.choose_client(tx, interaction_id, chosen, by="101", at=NOW)
        await interactions.upsert_call(tx, replace(ENDED, client_id=guessed))
    async with store.read() as tx:
        assert (await interactions.timeline(tx, guessed)).items == ()
        item, = (await interactions.timeline(tx, chosen)).items
    assert (item.kind, item.at, item.facts["outcome"]) == ("call", NOW, "answered")


async def test_none_of_these_is_a_choice_too(store: Store) -> None:
    guessed = await _client(store)
    async with store.begin() as tx:
        interaction_id = await interactions.upsert_call(tx, replace(ENDED, client_id=guessed))
        await interactions.choose_client(tx, interaction_id, None, by="101", at=NOW)
        await interactions.upsert_call(tx, replace(ENDED, client_id=guessed))
        assert (await interactions.one(tx, interaction_id)).client_id is None
        assert (await interactions.timeline(tx, guessed)).items == ()
        assert len(await interactions.by_number(tx, NUMBER, 5)) == 1


async def test_the_latest_disposition_counts_and_is_in_the_timeline(store: Store) -> None:
    client_id = await _client(store)
    async with store.begin() as tx:
        interaction_id = await interactions.upsert_call(tx, replace(ENDED, client_id=client_id))
        assert [row.id for row in await interactions.without_disposition(
            tx, "101", since=NOW - timedelta(days=7))] == [
            interaction_id]
        for outcome, note in (("other", "x"), ("resolved", "asked about March")):
            await interactions.set_disposition(
                tx, interaction_id, outcome_id=outcome, note=note, by="101", at=NOW)
    async with store.read() as tx:
        assert await interactions.without_disposition(
            tx, "101", since=NOW - timedelta(days=7)) == []
        item, = (await interactions.timeline(tx, client_id)).items
    assert item.facts["disposition"] == "resolved"
    assert item.facts["note"] == "asked about March"
    assert item.facts["operator"] == "101"


async def test_disposition_of_nothing_is_not_found(store: Store) -> None:
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await interactions.set_disposition(tx, 7, outcome_id="x", by="101", at=NOW)


async def test_the_older_call_keeps_everything_when_two_join(store: Store) -> None:
    client_id = await _client(store)
    younger = replace(
        ENDED, call_id="main-1.2", client_id=client_id, started_at=NOW + timedelta(seconds=60),
        attempt=7, campaign_entry=3,
        segments=(SegmentFacts(kind="talk", started_at=NOW + timedelta(seconds=70), who="102"),))
    async with store.begin() as tx:
        kept = await interactions.upsert_call(tx, ENDED)
        absorbed = await interactions.upsert_call(tx, younger)
        await drafts.save(tx, absorbed, "102", version=0, content={"note": "x"}, at=NOW)
        await interactions.set_disposition(tx, absorbed, outcome_id="paid", by="102", at=NOW)
        await interactions.absorb(tx, "main-1.1", "main-1.2")
    async with store.begin() as tx:
        await interactions.upsert_call(tx, younger)         # the tape, once more
        await interactions.absorb(tx, "main-1.1", "main-1.2")
        row = await interactions.by_call(tx, "main-1.2")
        page = await interactions.timeline(tx, client_id)
        segments = await interactions.segments(tx, kept)
        draft = await drafts.load(tx, kept, "102")
    assert row is not None
    assert (row.id, row.client_id, row.disposition) == (kept, client_id, "paid")
    assert (row.attempt, row.campaign_entry) == (7, 3)
    assert [item.key for item in page.items] == [f"call:{kept}"]
    assert [segment.who for segment in segments] == ["billing", "101", "102"]
    assert draft is not None
    assert draft.content == {"note": "x"}


async def test_joining_into_an_unknown_call_is_an_error(store: Store) -> None:
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await interactions.absorb(tx, "nobody", "main-1.2")


async def test_timeline_pages_by_keyset_without_a_gap_or_a_double(store: Store) -> None:
    client_id = await _client(store)
    async with store.begin() as tx:
        for minute in range(25):
            await interactions.upsert_call(tx, replace(
                ENDED, call_id=f"main-{minute}", client_id=client_id,
                started_at=NOW + timedelta(minutes=minute // 2)))
        await interactions.add_note(tx, client_id, "moved house", by="101", at=NOW)
    keys: list[str] = []
    before: Cursor | None = None
    async with store.read() as tx:
        while True:
            page = await interactions.timeline(tx, client_id, before=before, limit=7)
            keys += [item.key for item in page.items]
            if page.next is None:
                break
            before = Cursor.parse(str(page.next))
        whole = await interactions.timeline(tx, client_id, limit=100)
        notes = await interactions.timeline(tx, client_id, kinds=("note", "payment"))
    assert keys == [item.key for item in whole.items]
    assert len(set(keys)) == 26
    assert [item.at for item in whole.items] == sorted(
        (item.at for item in whole.items), reverse=True)
    assert [item.facts["text"] for item in notes.items] == ["moved house"]


@pytest.mark.parametrize("text", ["", "x", "2026-11-22~call~1", "~~", "a" * 5000, "\x00"])
def test_a_foreign_cursor_is_refused(text: str) -> None:
    with pytest.raises(errors.BadCursor):
        Cursor.parse(text)


async def test_a_hostile_caller_is_only_text(store: Store) -> None:
    number = "<script>\x00alert(1)</script>' or 1=1 --\ud800"
    async with store.begin() as tx:
        interaction_id = await interactions.upsert_call(tx, replace(STARTED, number=number))
        row = await interactions.one(tx, interaction_id)
    assert row.number == "<script>alert(1)</script>' or 1=1 --"
