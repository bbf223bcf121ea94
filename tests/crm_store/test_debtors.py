"""Whom a demo or a rehearsal calls: all of a small base, some from everywhere of a big one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crm_store import debtors, sample
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def test_of_a_big_base_some_are_taken_from_everywhere(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sample.generate(store, clients=400, now=NOW)
    async with store.read() as tx:
        everybody = await debtors.client_numbers(tx, limit=10_000)
        in_debt = await debtors.debtors(tx, limit=10_000)
        monkeypatch.setattr(debtors, "SAMPLED", 100)
        some = await debtors.client_numbers(tx, limit=10_000)
        some_in_debt = await debtors.debtors(tx, limit=10_000)
    assert set(some) < set(everybody)
    assert 60 < len(some) <= 250        # a number may be several clients'
    assert {one.client_id for one in some_in_debt} < {one.client_id for one in in_debt}
    assert max(one.client_id for one in some_in_debt) > 200
    sums = [one.amount_minor for one in some_in_debt]
    assert sums == sorted(sums, reverse=True)
