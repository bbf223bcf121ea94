"""Candidates of a number, the card, and search."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import insert

from crm_store import clients, editing, errors, identity, interactions, requests
from crm_store.base import Tx
from crm_store.editing import ClientChanges
from crm_store.interactions import CallFacts
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters, Readings

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
MOTHER = "+79161234567"


async def _client(tx: Tx, name: str, number: str | None = None) -> int:
    return await clients.create(tx, name=name, number=number, by="101", at=NOW)


async def _account(tx: Tx, client_id: int, number: str, debt: int = 0) -> None:
    address = await tx.scalar(insert(Addresses).values(
        city="Samara", street="Lenina", house="5", flat="12", search_key="samara lenina 5 12",
    ).returning(Addresses.id))
    account = await tx.scalar(insert(Accounts).values(
        number=number, client_id=client_id, address_id=address, balance_minor=-debt,
        currency="RUB", balance_at=NOW, opened_on=date(2020, 1, 1)).returning(Accounts.id))
    meter = await tx.scalar(insert(Meters).values(
        account_id=account, number=f"M{number}", resource="electricity", unit="kWh",
    ).returning(Meters.id))
    for month, value in ((9, 10_000_500), (10, 10_482_000)):
        await tx.run(insert(Readings).values(
            meter_id=meter, value_milli=value, read_at=NOW.replace(month=month), source="phone"))
    if debt:
        await tx.run(insert(Debts).values(
            account_id=account, client_id=client_id, amount_minor=debt, currency="RUB",
            since_on=date(2026, 8, 10), as_of=NOW))


async def test_card_shows_phones_accounts_meters_and_debt(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx, "Ivanov Ivan", MOTHER)
        await clients.link_phone(tx, client_id, "+74951112233", source="import:a.csv", by="x",
                                 at=NOW)
        await _account(tx, client_id, "400123", debt=481_250)
        await _account(tx, client_id, "400124")
    async with store.read() as tx:
        card = await clients.card(tx, client_id)
    assert [phone.e164 for phone in card.phones] == [MOTHER, "+74951112233"]
    assert [phone.kind for phone in card.phones] == ["mobile", "fixed"]
    assert (card.debt_minor, card.currency) == (481_250, "RUB")
    assert card.oldest_debt_on == date(2026, 8, 10)
    first = card.accounts[0]
    assert (first.number, first.address) == ("400123", "Samara, Lenina, 5, 12")
    assert (first.meters[0].last_reading, first.meters[0].last_read_at) == (
        10482.0, datetime(2026, 10, 22, 10, tzinfo=UTC))


async def test_card_of_nobody_is_not_found(store: Store) -> None:
    async with store.read() as tx:
        with pytest.raises(errors.NotFound):
            await clients.card(tx, 4711)


async def test_the_one_who_calls_more_stands_first_among_candidates(store: Store) -> None:
    async with store.begin() as tx:
        quiet = await _client(tx, "Petrova Anna", MOTHER)
        caller = await _client(tx, "Petrov Oleg", MOTHER)
        for minute in range(3):
            await interactions.upsert_call(tx, CallFacts(
                call_id=f"c{minute}", pbx="main", direction="in", number=MOTHER,
                client_id=caller, started_at=NOW.replace(minute=minute)))
    async with store.read() as tx:
        found = await clients.candidates(tx, MOTHER)
    assert [one.client_id for one in found] == [caller, quiet]
    reasons = {reason.kind: reason.facts for reason in found[0].reasons}
    assert reasons["called"]["times"] == 3


async def test_a_confirmed_client_stands_first(store: Store) -> None:
    async with store.begin() as tx:
        await _client(tx, "Petrova Anna", MOTHER)
        son = await _client(tx, "Petrov Oleg")
        await identity.confirm(tx, son, MOTHER, by="101", at=NOW)
        found = await clients.candidates(tx, MOTHER)
        card = await clients.card(tx, son)
    assert found[0].client_id == son
    assert found[0].reasons[0].kind == "confirmed"
    assert card.identity_confirmed_at == NOW
    assert card.phones[0].confirmed_by == "101"


async def test_who_is_related_to_the_holder_of_a_number_may_be_the_one(store: Store) -> None:
    """The bookkeeper rings from the firm's telephone, the son from his own for his mother."""
    firm_number = "+74951112233"
    async with store.begin() as tx:
        mother, son = await _client(tx, "Petrova Anna"), await _client(tx, "Petrov Oleg", MOTHER)
        firm = await clients.create(tx, name="Romashka", kind="organisation", number=firm_number,
                                    by="101", at=NOW)
        maria = await _client(tx, "Maria")
        for who, whom, role in ((son, mother, "son"), (maria, firm, "bookkeeper")):
            await editing.change(tx, who, version=1, by="101", at=NOW, changes=ClientChanges(
                relations=(editing.RelationEdit(other_id=whom, role=role),)))
        his = await clients.candidates(tx, MOTHER)
        firms = await clients.candidates(tx, firm_number)
    assert [(one.client_id, one.is_related) for one in his] == [(son, False), (mother, True)]
    assert [(reason.kind, reason.facts) for reason in his[1].reasons] == [
        ("called_for", {"role": "son", "name": "Petrov Oleg"})]
    assert [one.client_id for one in firms] == [firm, maria]
    assert [(reason.kind, reason.facts) for reason in firms[1].reasons] == [
        ("related", {"role": "bookkeeper", "name": "Romashka"})]
    assert clients.likeliest(his) == son


async def test_a_relative_on_the_same_number_stands_there_once(store: Store) -> None:
    async with store.begin() as tx:
        mother, son = await _client(tx, "Anna", MOTHER), await _client(tx, "Oleg", MOTHER)
        await editing.change(tx, son, version=1, by="101", at=NOW, changes=ClientChanges(
            relations=(editing.RelationEdit(other_id=mother, role="son"),)))
        found = await clients.candidates(tx, MOTHER)
    assert sorted(one.client_id for one in found) == [mother, son]
    assert {one.client_id: one.reasons[-1].kind for one in found} == {
        mother: "called_for", son: "related"}
    assert clients.likeliest(found) is None


async def test_nobody_is_at_an_unknown_number(store: Store) -> None:
    async with store.read() as tx:
        assert await clients.candidates(tx, "+79990000000") == []


@pytest.mark.parametrize("typed", [
    "Иванов", "ivanov", "IWANOW", "ivan iva", "Ива", "+7 916 123-45-67", "8 (916) 123 45 67",
    "916123", "8916", "4567", "2345", "400123", "4001", "400 123", "#1", "1",
])
async def test_one_field_finds_the_client(store: Store, typed: str) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx, "Иванов Иван Петрович", MOTHER)
        await _client(tx, "Sidorov Oleg", "+74957770000")
        await _account(tx, client_id, "400123")
        await requests.ensure_groups(tx, {"metering": "Metering"})
        await requests.file(tx, requests.NewRequest(
            type="dispute", group="metering", deadline_at=NOW, form={}, by="101", at=NOW,
            client_id=client_id))
    async with store.read() as tx:
        hits = await clients.search(tx, typed, region="RU")
    assert [hit.client_id for hit in hits] == [client_id]


@pytest.mark.parametrize("typed", [
    "", "   ", "%", "_", "'", '"; drop table clients; --', "\x00", "\ud800", "*", "NEAR(", "#",
    "#99999999999999999999999", "+", "🙂", "a" * 10_000, "😀" * 500,
])
async def test_hostile_search_finds_nothing_and_breaks_nothing(store: Store, typed: str) -> None:
    async with store.begin() as tx:
        await _client(tx, "Иванов Иван Петрович", MOTHER)
    async with store.read() as tx:
        assert await clients.search(tx, typed, region="RU") == []


async def test_a_name_that_no_engine_can_hold_is_kept_without_the_bad_part(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx, "Iva\x00nov \ud800Ivan")
        card = await clients.card(tx, client_id)
    assert card.name == "Ivanov Ivan"


async def test_the_menu_finds_a_client_by_account(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await _client(tx, "Ivanov")
        await _account(tx, client_id, "400123")
        assert await clients.by_account(tx, "400123") == client_id
        assert await clients.by_account(tx, "400124") is None
