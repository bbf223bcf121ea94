"""Sums of closed days: equal to the contacts, to the last digit, whatever changed meanwhile."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from crm_store import interactions, report_contacts, report_sums
from crm_store.report_contacts import Chosen
from crm_store.store import Store
from cti.measures import PARTS, total
from tests.workstation.reports.days import START, fill
from workstation.reports.counting import day_bounds, sums_of, tally
from workstation.reports.summing import Summing, days
from workstation.settings import Queue

LATER = START + timedelta(days=8)
FIRST, LAST = date(2026, 10, 22), date(2026, 10, 28)
QUEUES = {"billing": Queue(id="billing", name="Billing", service_level_s=20)}


def summing(store: Store, zone: str) -> Summing:
    return Summing(store, ZoneInfo(zone), QUEUES, lambda: LATER)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"])
async def test_sums_of_days_are_those_of_the_contacts_in_every_zone(
    store: Store, zone: str
) -> None:
    """Berlin's 25 October has 25 hours; Kathmandu is 5:45 h ahead."""
    await fill(store, seed=7)
    assert await summing(store, zone).sum_between(FIRST, LAST, rests=False) == len(
        days(FIRST, LAST))
    since, _ = day_bounds(FIRST, ZoneInfo(zone))
    _, until = day_bounds(LAST, ZoneInfo(zone))
    async with store.read() as tx:
        contacts = await report_contacts.all_of(tx, Chosen(since=since, until=until))
        quarters = await report_sums.quarters(tx, since, until, queue=None, direction=None)
        people = await report_sums.operators(tx, FIRST, LAST, queue=None, direction=None)
        ends = await report_sums.outcomes(tx, FIRST, LAST, queue=None, direction=None)
    assert len(contacts) == 300
    whole = total(tally(one, QUEUES) for one in contacts)
    assert {name: sum(row[name] for row in quarters) for name in PARTS} == {
        name: getattr(whole, name) for name in PARTS}
    ended: Counter[str] = Counter()
    for row in ends:
        ended[row["outcome"]] += row["contacts"]
    assert ended == Counter(one.outcome for one in contacts)
    assert sum(row["talked_ms"] for row in people) == whole.talked_ms
    assert sum(row["wrap_up_ms"] for row in people) == whole.wrap_up_ms


async def test_an_operator_has_his_own_time_and_no_colleagues(store: Store) -> None:
    await fill(store, seed=11, calls=60)
    async with store.read() as tx:
        contacts = await report_contacts.all_of(
            tx, Chosen(since=START, until=START + timedelta(days=9)))
    rows = sums_of(contacts, ZoneInfo("UTC"), QUEUES).operators
    by_hand: Counter[str] = Counter()
    for one in contacts:
        for part in one.stretches:
            by_hand[part.who] += round(part.seconds * 1000) * (part.kind == "talk")
    summed: Counter[str] = Counter()
    for row in rows:
        summed[row["operator"]] += row["talked_ms"]
    assert summed == by_hand


async def test_a_day_is_summed_again_after_an_outcome_was_corrected(store: Store) -> None:
    await fill(store, seed=3, calls=40, days=1)
    work = summing(store, "UTC")
    await work.sum_between(FIRST, LAST, rests=False)
    async with store.begin() as tx:
        last, = (await report_contacts.page(
            tx, Chosen(since=START, until=LATER), limit=1))
        await interactions.set_disposition(tx, last.id, outcome_id="solved", by="anna",
                                           at=datetime.now(UTC))
        on = last.started_at.date()
        assert on not in await report_sums.summed(tx, FIRST, LAST)
        ends = await report_sums.outcomes(tx, on, on, queue=None, direction=None)
        assert ends == [], "sums that no longer stand are not read"
    assert await work.sum_between(FIRST, LAST, rests=False) == 3, "the day and its neighbours"
    async with store.read() as tx:
        ends = await report_sums.outcomes(tx, FIRST, LAST, queue=None, direction=None)
    assert sum(row["contacts"] for row in ends if row["disposition"] == "solved") == 1


async def test_what_changes_while_a_day_is_summed_leaves_it_unsummed(store: Store) -> None:
    await fill(store, seed=3, calls=10, days=1)
    async with store.begin() as tx:
        await report_sums.begin(tx, START.date())
    async with store.begin() as tx:
        await report_sums.forget_near(tx, START)
        is_put = await report_sums.put(
            tx, START.date(), START, START + timedelta(days=1), quarters=[], operators=[],
            outcomes=[], at=LATER)
    assert not is_put
    async with store.read() as tx:
        assert await report_sums.summed(tx, FIRST, LAST) == set()


async def test_today_is_never_summed(store: Store) -> None:
    await fill(store, seed=3, calls=10, days=1)
    work = Summing(store, ZoneInfo("UTC"), QUEUES, lambda: START + timedelta(hours=20))
    assert await work.catch_up() == 0
