"""A person's own keys, and how the line of a contact was; on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm_store import clients, errors, interactions, lines, staff
from crm_store.interactions import CallFacts
from crm_store.lines import Line
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
GOOD = Line("101", seconds=60.0, loss=0.0, jitter_ms=4.0, round_trip_ms=30.0, worst="good",
            bad_s=0.0)
POOR = Line("101", seconds=20.0, loss=0.08, jitter_ms=44.0, round_trip_ms=430.0, worst="poor",
            bad_s=12.0)


async def test_keys_are_kept_for_each_person_and_can_be_given_up(store: Store) -> None:
    async with store.begin() as tx:
        anna = await staff.upsert(tx, login="anna", name="Anna")
        boris = await staff.upsert(tx, login="boris", name="Boris")
        await staff.set_own_keys(tx, anna, {"call.answer": "F5"})
    async with store.begin() as tx:
        assert await staff.own_keys(tx, anna) == {"call.answer": "F5"}
        assert await staff.own_keys(tx, boris) == {}
        await staff.set_own_keys(tx, anna, {})
        assert await staff.own_keys(tx, anna) == {}


async def test_a_line_is_stored_with_its_leg_and_told_in_the_timeline(store: Store) -> None:
    async with store.begin() as tx:
        client = await clients.create(tx, name="Ivan", kind="person", by="101", at=NOW)
        it = await interactions.upsert_call(tx, CallFacts(
            call_id="c-1", pbx="main", direction="in", started_at=NOW, client_id=client))
        await lines.add(tx, it, GOOD)
        await lines.add(tx, it, Line("102", 5.0, 0.0, 3.0, 20.0, "good", 0.0))
        await lines.add(tx, it, POOR)
    async with store.read() as tx:
        page = await interactions.timeline(tx, client)
    first, second = page.items[0].facts["lines"]
    assert first == {"operator": "101", "seconds": 80.0, "loss": 0.02, "jitter_ms": 14.0,
                     "round_trip_ms": 130.0, "worst": "poor", "bad_s": 12.0}
    assert second["operator"] == "102"


async def test_the_line_of_a_contact_nobody_knows_is_refused(store: Store) -> None:
    with pytest.raises(errors.NotFound):
        async with store.begin() as tx:
            await lines.add(tx, 4711, GOOD)
