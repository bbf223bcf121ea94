"""Recordings as rows, on both databases: begun, kept, gone; where their contact goes they go."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crm_store import clients, interactions, recordings
from crm_store.client_edits import ConsentEdit
from crm_store.consents import add
from crm_store.interactions import CallFacts
from crm_store.recordings import Sound
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SOUND = Sound(file="2026/11/22/1.wav", rate=8000, seconds=12.5, size=400_044, peaks="AAAA",
              marks=((0.0, 4.0), (6.0, 12.5)))


async def contact(store: Store, call: str, client_id: int | None = None) -> int:
    async with store.begin() as tx:
        return await interactions.upsert_call(tx, CallFacts(
            call_id=call, pbx="main", direction="in", started_at=NOW, client_id=client_id))


async def recorded(store: Store, contact_id: int, leg: str) -> int:
    async with store.begin() as tx:
        await recordings.begin(tx, contact_id, leg, started_at=NOW, marks=((2.0, None),))
        found = await recordings.of_leg(tx, leg)
        assert found is not None
        return found.id


async def test_a_recording_is_open_then_kept_and_its_timeline_says_so(store: Store) -> None:
    async with store.begin() as tx:
        client = await clients.create(tx, name="Ivan", kind="person", by="101", at=NOW)
    it = await contact(store, "c-1", client)
    made = await recorded(store, it, "leg-1")
    async with store.begin() as tx:
        assert [one.id for one in await recordings.open_ones(tx)] == [made]
        await recordings.keep(tx, made, SOUND, started_at=NOW, ended_at=NOW)
    async with store.begin() as tx:
        assert await recordings.open_ones(tx) == []
        await recordings.begin(tx, it, "leg-1", started_at=NOW, marks=())     # told again
        kept, = await recordings.of_interaction(tx, it)
        assert (kept.state, kept.seconds, kept.marks) == ("kept", 12.5, SOUND.marks)
        assert await recordings.peaks(tx, made) == "AAAA"
        page = await interactions.timeline(tx, client)
        assert [item.facts["recorded"] for item in page.items] == [1]


async def test_what_is_let_go_leaves_the_fact_alone(store: Store) -> None:
    it = await contact(store, "c-2")
    made = await recorded(store, it, "leg-2")
    async with store.begin() as tx:
        await recordings.keep(tx, made, SOUND, started_at=NOW, ended_at=NOW)
        assert [one.id for one in await recordings.older(
            tx, NOW + timedelta(seconds=1), limit=9)] == [made]
        await recordings.let_go(tx, [made], "too_old")
    async with store.read() as tx:
        left = await recordings.one(tx, made)
        assert (left.state, left.why, left.file, left.seconds) == ("gone", "too_old", None, 12.5)
        assert await recordings.peaks(tx, made) is None
        assert (await interactions.one(tx, it)).recorded is None
        assert await recordings.older(tx, NOW + timedelta(days=1), limit=9) == []


async def test_a_recording_follows_its_call_when_two_become_one(store: Store) -> None:
    kept, absorbed = await contact(store, "c-3"), await contact(store, "c-4")
    made = await recorded(store, absorbed, "leg-4")
    async with store.begin() as tx:
        await interactions.absorb(tx, "c-3", "c-4")
    async with store.read() as tx:
        assert [one.id for one in await recordings.of_interaction(tx, kept)] == [made]
        assert (await interactions.one(tx, kept)).recorded == 1


async def test_the_last_word_on_recording_counts(store: Store) -> None:
    async with store.begin() as tx:
        he, she = [await clients.create(tx, name=name, kind="person", by="101", at=NOW)
                   for name in ("Ivan", "Olga")]
        for given in (True, False):
            await add(tx, he, ConsentEdit(kind="recording", is_given=given, channel="call"),
                      by="101", at=NOW)
        assert await recordings.is_refused(tx, [he])
        assert await recordings.is_refused(tx, [she, he])
        assert not await recordings.is_refused(tx, [she])
        await add(tx, he, ConsentEdit(kind="recording", is_given=True, channel="call"),
                  by="101", at=NOW)
        assert not await recordings.is_refused(tx, [he])
