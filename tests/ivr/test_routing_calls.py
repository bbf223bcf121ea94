"""Callers on their way out of the menu: what routing knows of them, tells Asterisk and keeps."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from crm_store import call_routes, interactions, menus
from crm_store.contacts import CallFacts
from crm_store.store import Store
from crm_store.tables.clients import Clients
from ivr.flows import Enquiries
from ivr.plan import IvrPlan
from ivr.routing.in_use import InUse
from ivr.routing.rules_file import House, parse
from tests.ivr.conftest import DEBTOR, QUEUES, STRANGER, Serving
from tests.ivr.telephone import call

HOUSE = House(queues=QUEUES, operators=("101", "102"))
RULES = '''
[[rule]]
id = "vip"
says = "Important clients come first"
when = { "flag.vip" = "yes" }
priority = 6

[[rule]]
id = "same_person"
when = { last_days = "<= 7" }
prefer = "last"
prefer_s = 12

[[rule]]
id = "gave_up"
when = { waited = ">= 60", "waiting.billing" = ">= 3" }
queue = "collection"
'''
CALL = "1732269600.1"       # of tests.ivr.telephone


@pytest.fixture
def plan(ivr_plan: IvrPlan) -> IvrPlan:
    return replace(ivr_plan, routing=parse(RULES, HOUSE), routing_house=HOUSE)


async def earlier(url: str, number: str, ago: timedelta, operator: str | None = None,
                  **facts: object) -> None:
    store, at = Store(url), datetime.now(UTC) - ago
    async with store.begin() as tx:
        await interactions.upsert_call(tx, CallFacts(
            call_id=f"past-{ago.total_seconds()}", pbx="main", direction="in", number=number,
            started_at=at, ended_at=at, operator=operator, queue="billing",
            answered_at=at if operator else None, **facts))      # type: ignore[arg-type]
    await store.close()


async def kept(url: str) -> call_routes.Route | None:
    store = Store(url)
    async with store.read() as tx:
        found = await call_routes.of_call(tx, CALL)
    await store.close()
    return found


async def test_a_known_caller_goes_first_and_to_whom_he_talked_with_and_it_is_kept_why(
    plan: IvrPlan, serve_plan: Serving, company_url: str,
) -> None:
    store = Store(company_url)
    async with store.begin() as tx:
        await tx.run(update(Clients).where(Clients.id == 1).values(flags=["vip"]))
    await store.close()
    await earlier(company_url, DEBTOR, timedelta(days=2), "102")
    async with serve_plan(plan) as port:
        telephone = await call(port, ["2"], number=DEBTOR)
    assert telephone.variables == {
        "QUEUE_PRIO": "6", "DESKLINE_PREFER_S": "12", "DESKLINE_PREFER": "102",
        "DESKLINE_NEXT": "queue:billing"}
    route = await kept(company_url)
    assert route is not None
    assert (route.client_id, route.queue, route.priority, route.operator) == (
        1, "billing", 6, "102")
    assert route.facts.items() >= {
        "client": "known", "flag.vip": "yes", "last_operator": "102", "last_days": "2",
        "debt": "4812", "queue": "billing", "number": "known", "request": "none"}.items()
    assert [(one["rule"], one["what"], one["because"]) for one in route.reasons] == [
        ("vip", "priority", {"flag.vip": "yes"}), ("same_person", "prefer", {"last_days": "2"})]


async def test_who_gave_up_today_is_sent_elsewhere_while_others_wait(
    plan: IvrPlan, serve_plan: Serving, company_url: str,
) -> None:
    await earlier(company_url, STRANGER, timedelta(hours=1), waited_s=50.0)
    await earlier(company_url, STRANGER, timedelta(hours=2), waited_s=30.0)
    async with serve_plan(plan) as port:
        telephone = await call(port, ["0"], number=STRANGER)
    assert telephone.variables == {"DESKLINE_NEXT": "queue:collection"}
    route = await kept(company_url)
    assert route is not None
    assert (route.facts["waited"], route.facts["calls"]) == ("80", "2")
    assert (route.facts["waiting.billing"], route.facts["client"]) == ("3", "unknown")


async def test_a_version_taken_into_use_counts_and_one_that_is_broken_changes_nothing(
    company_url: str,
) -> None:
    store, now = Store(company_url), datetime.now(UTC)
    in_use = InUse(store, parse(RULES, HOUSE), HOUSE)

    async def take(text: str) -> int:
        async with store.begin() as tx:
            version = await menus.save(tx, "rules", text, note="", by="110", at=now,
                                       kind="routing")
            await menus.use(tx, "rules", version, by="110", at=now, kind="routing")
        await in_use.look()
        return version

    await in_use.look()
    assert (in_use.rules.version, len(in_use.rules.rules)) == (None, 3)
    version = await take("")
    assert (in_use.rules.version, in_use.rules.rules) == (version, ())
    await take("[[rule]]\nid = 'x'\nwhen = {}\nqueue = 'gone'")
    assert in_use.rules.version == version
    async with store.begin() as tx:
        await menus.use(tx, "rules", None, by="110", at=now, kind="routing")
    await in_use.look()
    assert (in_use.rules.version, len(in_use.rules.rules)) == (None, 3)
    await store.close()


async def test_a_base_that_was_late_is_not_waited_for_again(
    plan: IvrPlan, company_url: str,
) -> None:
    store = Store(company_url)

    async def slow(tx: object, now: datetime) -> str:
        await asyncio.sleep(60)
        return "never"

    async def quick(tx: object, now: datetime) -> str:
        return "here"

    async with Enquiries(store, region="RU", time_zone=plan.time_zone) as enquiries:
        assert await enquiries.asked(quick, what="t", limit_s=30) == "here"
        assert await enquiries.asked(slow, what="t", limit_s=0.01) is None
        assert await enquiries.asked(quick, what="t", limit_s=30) is None
    await store.close()


async def test_without_a_base_a_caller_goes_where_the_menu_sent_him(
    plan: IvrPlan, without_base: Callable[[str], IvrPlan], serve_plan: Serving,
) -> None:
    lost = replace(without_base("sqlite:////nowhere/at/all.db"), routing=plan.routing,
                   routing_house=HOUSE)
    async with serve_plan(lost) as port:
        telephone = await call(port, [], number=DEBTOR)
    assert telephone.variables == {"DESKLINE_NEXT": "queue:billing"}
