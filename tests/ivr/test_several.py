"""A caller of another Asterisk than the first: what he leaves goes to his own call."""

from __future__ import annotations

from dataclasses import replace

from crm_store import menu_contacts
from crm_store.store import Store
from ivr.plan import IvrPlan
from tests.ivr.conftest import STRANGER, Serving
from tests.ivr.telephone import LEAVES_TALKING, call
from workstation.recording_files import Sources


async def test_messages_of_two_calls_of_one_id_are_kept_apart(
    ivr_plan: IvrPlan, serve_plan: Serving, company_url: str,
) -> None:
    store, plan = Store(company_url), replace(ivr_plan, further=frozenset({"north"}))
    try:
        async with serve_plan(plan) as port:
            for pbx in ("main", "north"):
                await call(port, ["7", LEAVES_TALKING], number=STRANGER, pbx=pbx)
        async with store.read() as tx:
            left = await menu_contacts.unsettled_messages(tx)
    finally:
        await store.close()
    assert {one.call_id for one in left} == {"1732269600.1", "1732269600.1@north"}
    found = [Sources.of(plan.messages_dir, one.sound).client for one in left]
    assert len(set(found)) == 2
    assert all(path.stat().st_size > 4_000 for path in found)
