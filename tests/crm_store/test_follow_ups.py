"""What was arranged in a contact is known in a transaction and at a glance, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from crm_store import follow_ups, interactions, tasks
from crm_store.interactions import CallFacts
from crm_store.store import Store
from crm_store.tasks import NewTask

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def test_both_ways_to_ask_tell_the_same(store: Store) -> None:
    async with store.begin() as tx:
        contact, other = [await interactions.upsert_call(tx, CallFacts(
            call_id=f"call-{number}", pbx="main", direction="in", started_at=NOW))
            for number in range(2)]
        made = await tasks.make(tx, NewTask(
            title="Call back about the meter", operator="101", due_at=NOW + timedelta(hours=4),
            by="101", at=NOW, interaction_id=contact))
    async with store.read() as tx:
        told = await follow_ups.of_contact(tx, contact)
    assert told == await follow_ups.glance(store, contact)
    assert (told.requests, told.tasks) == ({}, (made.id,))
    assert await follow_ups.glance(store, other) == follow_ups.FollowUps({}, ())
