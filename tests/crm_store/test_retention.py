"""What is too old goes, what is not stays, and a proof is left of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from crm_store import audit, audit_reading, interactions, retention, timeline
from crm_store.base import Base
from crm_store.store import Store
from crm_store.tables.audit import Audit
from crm_store.tables.contacts import Drafts
from tests.crm_store.persons import NOW, NUMBER, make

KEY = b"k" * 32
LATER = NOW + timedelta(days=100)


async def _run(store: Store, kind: retention.Kind, days: int,
               *, dry_run: bool = False) -> retention.Applied:
    found = await retention.run(store, {kind: days}, now=LATER, key=KEY, by="system",
                                dry_run=dry_run)
    return found[0]



@pytest.mark.parametrize(("kind", "rows"), [
    ("drafts", 1), ("notes", 2), ("numbers", 3), ("unknown_callers", 2), ("attempts", 1),
    ("requests", 1), ("changes", 1), ("imports", 1), ("sources", 1),
])
async def test_each_kind_goes_when_it_is_too_old_and_not_before(
    store: Store, kind: retention.Kind, rows: int,
) -> None:
    await make(store)
    async with store.begin() as tx:
        await tx.run(update(Drafts).values(finished_at=NOW))
        await tx.run(Base.metadata.tables["imports"].update().values(ended_at=NOW))
    assert (await _run(store, kind, 101)).rows == 0
    assert (await _run(store, kind, 99, dry_run=True)).rows == rows
    assert (await _run(store, kind, 99, dry_run=True)).rows == rows
    assert (await _run(store, kind, 99)).rows == rows
    assert (await _run(store, kind, 99)).rows == 0


async def test_a_batch_and_its_proof_are_one(store: Store) -> None:
    await make(store)
    applied = await _run(store, "notes", 99)
    async with store.read() as tx:
        told, _ = await audit_reading.page(tx, audit_reading.Filter(what=retention.DEED))
    facts = [entry.facts or {} for entry in told]
    assert sum(int(str(fact["rows"])) for fact in facts) == applied.rows == 2
    assert {fact["kind"] for fact in facts} == {"notes"}
    assert all(len(str(fact["digest"])) == 64 for fact in facts)


async def test_numbers_hashed_leave_rows_and_timeline_in_step(store: Store) -> None:
    him = await make(store)
    await _run(store, "numbers", 99)
    async with store.read() as tx:
        row = await interactions.by_call(tx, "main-1.1")
        stream = await timeline.page(tx, him, kinds=["call"])
    assert row is not None
    assert (row.number or "").startswith("#")
    assert stream.items[0].facts["number"] == row.number
    assert NUMBER not in str(stream)


async def test_a_cut_audit_still_verifies_and_a_forged_cut_does_not(store: Store) -> None:
    await make(store)
    rows = (await _run(store, "audit", 99, dry_run=True)).rows
    assert rows > 1
    assert (await _run(store, "audit", 101)).rows == 0
    assert (await _run(store, "audit", 99)).rows == rows
    async with store.begin() as tx:
        await audit.record(tx, by="101", at=LATER, what="client.seen", client_id=1)
        await audit.seal(tx)
        verdict = await audit_reading.verify(tx)
        assert (verdict.broken, verdict.begins_after, verdict.head) == (None, rows, rows + 2)
        await tx.run(Base.metadata.tables["audit_cuts"].update().values(hash=b"x" * 32))
        forged = (await audit_reading.verify(tx)).broken
        assert forged is not None
        assert forged.fault == "cut_unknown"
        assert await tx.scalar(select(func.count()).select_from(Audit)) == 2
