"""A list from the client base by conditions; what is added or removed later has its reason."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import insert, update

from campaigns import choosing, ledger, steering
from campaigns.choosing import Source
from campaigns.steering import SteeringError
from crm_store import campaigns as rows
from crm_store import clients
from crm_store.base import Tx
from crm_store.selections import FIELDS, Condition, SelectionInvalid
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters
from crm_store.tables.clients import Clients
from tests.campaigns.conftest import WatchedStore
from tests.campaigns.exchange import START

SOURCE = Source({"score": "number", "block": "text"}, "Europe/Moscow")


async def _people(tx: Tx) -> list[int]:
    """Ten clients: client n owes n × 100, since n × 10 days; odd ones in Tver with gas."""
    for place, city in ((1, "Tver"), (2, "Moscow")):
        await tx.run(insert(Addresses).values(
            id=place, city=city, street="Lenina", house="1", search_key=city.lower()))
    made = []
    for n in range(1, 11):
        client = await clients.create(tx, name=f"Debtor {n}", number=f"+79160000{n:03d}",
                                      by="test", at=START)
        await tx.run(insert(Accounts).values(
            id=n, number=f"A-{n}", client_id=client, address_id=1 + (n + 1) % 2,
            balance_minor=-n * 100_00, currency="RUB", balance_at=START,
            opened_on=date(2020, 1, 1)))
        await tx.run(insert(Debts).values(
            account_id=n, client_id=client, amount_minor=n * 100_00, currency="RUB",
            since_on=START.date() - timedelta(days=10 * n), as_of=START))
        await tx.run(insert(Meters).values(
            account_id=n, number=f"M-{n}", unit="m3", resource="gas" if n % 2 else "heat"))
        await tx.run(update(Clients).where(Clients.id == client).values(
            custom={"score": n, "block": "north" if n < 4 else "south"},
            tags=["slow"] if n == 7 else []))
        made.append(client)
    return made


CASES = [
    ([("debt", "at_least", 800_00)], {8, 9, 10}),
    ([("debt", "at_most", 200_00)], {1, 2}),
    ([("debt_age", "at_least", 90)], {9, 10}),
    ([("debt_age", "at_most", 20)], {1, 2}),
    ([("city", "is", "Tver"), ("debt", "at_least", 500_00)], {5, 7, 9}),
    ([("city", "is_not", "Tver"), ("meter", "is", "gas")], set()),
    ([("meter", "is", "heat"), ("debt", "at_most", 400_00)], {2, 4}),
    ([("custom.score", "at_least", 9)], {9, 10}),
    ([("custom.block", "is", "north")], {1, 2, 3}),
    ([("tag", "is", "slow")], {7}),
    ([("tag", "is_not", "slow"), ("custom.score", "at_least", 6)], {6, 8, 9, 10}),
    ([("last_contact", "at_least", 30), ("custom.score", "at_most", 2)], {1, 2}),
    ([("last_contact", "at_most", 30)], set()),
    ([("account", "is", "A-4")], {4}),
    ([("name", "contains", "tor 10")], {10}),
    ([("phone", "contains", "0007")], {7}),
    ([("promise", "unknown", None), ("kind", "is", "person"), ("custom.score", "at_most", 1)],
     {1}),
]


async def test_conditions_over_every_kind_of_field_mean_whom_they_say(
    watched: WatchedStore,
) -> None:
    async with watched.begin() as tx:
        made = await _people(tx)
    for wanted, expected in CASES:
        conditions = [Condition(*one) for one in wanted]
        counted = await choosing.count(watched, conditions, SOURCE, now=START)
        assert counted == len(expected), wanted
        async with watched.begin() as tx:
            campaign = await steering.create(tx, f"{wanted}", queue="collection", by="t",
                                             at=START)
        added = await choosing.fill(watched, campaign, conditions, SOURCE, by="lead", now=START)
        async with watched.read() as tx:
            listed = {made.index(one.client_id) + 1
                      for one in await steering.entries(tx, campaign)}
        assert (listed, added) == (expected, len(expected)), wanted
    for name in FIELDS:
        assert await choosing.count(
            watched, [Condition(name, "is", "x")] if name not in (
                "debt", "debt_age", "last_contact", "last_payment", "last_attempt")
            else [Condition(name, "at_least", 1)], SOURCE, now=START) is not None


@pytest.mark.parametrize("wrong", [
    ("debt", "is", 5), ("nothing", "is", "x"), ("debt", "at_least", "much"),
    ("custom.unknown", "is", "x"), ("name", "like", "x"), ("city", "is", "")])
async def test_condition_that_cannot_be_read_is_named(
    watched: WatchedStore, wrong: tuple[str, str, str],
) -> None:
    with pytest.raises(SelectionInvalid):
        await choosing.count(watched, [Condition(*wrong)], SOURCE, now=START)


async def test_frozen_list_changes_only_by_entries_with_author_and_reason(
    watched: WatchedStore,
) -> None:
    async with watched.begin() as tx:
        made = await _people(tx)
        campaign = await steering.create(tx, "run", queue="collection", by="t", at=START)
    few = [Condition("debt", "at_least", 900_00)]
    assert await choosing.fill(watched, campaign, few, SOURCE, by="lead", now=START) == 2
    assert await choosing.fill(watched, campaign, few, SOURCE, by="lead", now=START) == 0
    async with watched.begin() as tx:
        await steering.start(tx, campaign, by="lead", at=START)
    with pytest.raises(SteeringError, match="frozen"):
        await choosing.fill(watched, campaign, [], SOURCE, by="lead", now=START)
    async with watched.begin() as tx:
        with pytest.raises(SteeringError, match="say why"):
            await choosing.add(tx, campaign, made[0], " ", SOURCE, by="lead", now=START)
        entry = await choosing.add(tx, campaign, made[0], "asked to", SOURCE, by="lead",
                                   now=START)
    async with watched.begin() as tx:
        with pytest.raises(SteeringError, match="already"):
            await choosing.add(tx, campaign, made[0], "again", SOURCE, by="lead", now=START)
        await choosing.remove(tx, entry, "moved away", by="lead", now=START)
    async with watched.read() as tx:
        assert (await ledger.coverage_of(tx, campaign)).size == 3
        told = [(one.happening, one.by, one.facts.get("reason"))
                for one in await rows.events(tx, entry)]
        assert told == [("listed", "lead", "asked to"), ("stopped", "lead", "moved away")]
        assert await steering.why_not_called(tx, entry) == "Removed from the list: moved away."
        assert (await rows.numbers(tx, entry))[0].e164 == "+79160000001"
