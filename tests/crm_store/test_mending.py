"""Calls written anew as a whole, on both engines; gaps; the journal's place on the tape."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from crm_store import gaps, interactions, mending
from crm_store.interactions import SegmentFacts
from crm_store.store import Store
from tests.crm_store.test_interactions import ENDED, NOW, STARTED, _client

LOST = replace(ENDED, outcome="lost_sight", ended_at=NOW + timedelta(seconds=60), talked_s=18.0,
               ended_by=None, segments=(
                   SegmentFacts(kind="waiting", started_at=NOW, who="billing",
                                ended_at=NOW + timedelta(seconds=42)),
                   SegmentFacts(kind="talk", started_at=NOW + timedelta(seconds=42), who="101",
                                ended_at=NOW + timedelta(seconds=60))))
TRUE = replace(ENDED, segments=(LOST.segments[0], ENDED.segments[1]))


async def parts(store: Store, interaction: int) -> list[tuple[str, datetime | None]]:
    async with store.read() as tx:
        return [(one.kind, one.ended_at) for one in await interactions.segments(tx, interaction)]


async def test_a_call_that_was_lost_from_sight_gets_its_true_end_and_keeps_what_people_did(
    store: Store
) -> None:
    client = await _client(store)
    wrap_up = SegmentFacts(kind="wrap_up", started_at=NOW + timedelta(seconds=70), who="101")
    async with store.begin() as tx:
        number = await interactions.upsert_call(tx, LOST)
        await interactions.choose_client(tx, number, client, by="101", at=NOW)
        await interactions.set_disposition(tx, number, outcome_id="resolved", by="101", at=NOW)
        await interactions.add_segments(tx, number, (wrap_up,))
        assert await mending.without_end(tx, "main", NOW, NOW + timedelta(hours=1),
                                         ended_since=NOW) == ["main-1.1"]
        assert await mending.rewrite(tx, TRUE, reconstructed=True) == number
        row = await interactions.one(tx, number)
        page = await interactions.timeline(tx, client, limit=5)
        assert await mending.without_end(tx, "main", NOW, NOW + timedelta(hours=1),
                                         ended_since=NOW) == []
    assert (row.outcome, row.talked_s, row.reconstructed) == ("answered", 190.0, True)
    assert (row.client_id, row.disposition) == (client, "resolved")
    assert await parts(store, number) == [
        ("waiting", NOW + timedelta(seconds=42)), ("talk", NOW + timedelta(seconds=232)),
        ("wrap_up", None)]
    assert [item.facts.get("reconstructed") for item in page.items] == [True]


async def test_the_tape_told_again_does_not_undo_what_was_mended(store: Store) -> None:
    async with store.begin() as tx:
        number = await mending.rewrite(tx, TRUE, reconstructed=True)
        before = await interactions.one(tx, number)
    async with store.begin() as tx:
        for facts in (STARTED, LOST):
            assert await interactions.upsert_call(tx, facts) == number
        assert await interactions.one(tx, number) == before
    assert [end for _, end in await parts(store, number)] == [
        NOW + timedelta(seconds=42), NOW + timedelta(seconds=232)]


async def test_a_transfer_in_the_gap_makes_one_call_of_two(store: Store) -> None:
    part = replace(STARTED, call_id="main-1.2", direction="internal")
    async with store.begin() as tx:
        await interactions.upsert_calls(tx, [LOST, part])
        await mending.rewrite(tx, TRUE, absorbed=["main-1.2"], reconstructed=True)
        known = await mending.stored(tx, ["main-1.1", "main-1.2", "main-9"])
    assert set(known) == {"main-1.1", "main-1.2"}
    assert known["main-1.2"].kept == "main-1.1"
    assert known["main-1.1"].facts == replace(TRUE, client_id=None)
    assert known["main-1.1"].reconstructed


async def test_a_gap_told_twice_is_one_and_is_counted_on(store: Store) -> None:
    until = NOW + timedelta(seconds=9)
    async with store.begin() as tx:
        opened = await gaps.write(tx, pbx="main", since=NOW, until=None, why="link")
        closed = await gaps.write(tx, pbx="main", since=NOW, until=until, why="asterisk",
                                  calls_lost=2)
        again = await gaps.write(tx, pbx="main", since=NOW, until=until, why="server")
        assert [one.id for one in await gaps.unsettled(tx, "main")] == [opened.id]
        await gaps.note_mended(tx, opened.id, mended=1, unknown=1, settled_at=None)
        done = await gaps.note_mended(tx, opened.id, mended=1, unknown=0, settled_at=until)
        assert await gaps.unsettled(tx, "main") == []
        assert await gaps.between(tx, NOW, until) == [done]
        assert await gaps.between(tx, until, until + timedelta(hours=1)) == []
    assert opened.id == closed.id == again.id
    assert (again.why, again.calls_lost, again.until) == ("asterisk", 2, until)
    assert (done.mended, done.unknown, done.settled_at) == (2, 0, until)


async def test_the_place_on_the_tape_is_the_newest(store: Store) -> None:
    async with store.begin() as tx:
        assert await gaps.place(tx, "main") is None
        await gaps.note_place(tx, "main", "2026-11-22", 5)
        await gaps.note_place(tx, "main", "2026-11-22.0002", 7)
        assert await gaps.place(tx, "main") == ("2026-11-22.0002", 7)
