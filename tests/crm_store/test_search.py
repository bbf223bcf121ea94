"""One field finds clients, whatever somebody knows of them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from crm_store import custom_fields, naming
from crm_store.base import Tx
from crm_store.clients import create, link_phone
from crm_store.layouts import other_layout
from crm_store.search import Hit, search
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientEmails
from crm_store.tables.clients import Clients

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
PEOPLE = ("Иванов Иван Петрович", "Иванова Мария Сергеевна", "Petrov Ivan Sergeevich",
          "Шевченко Александр Юрьевич", "Ковалёв Юрий Ильич", "ООО Ромашка Сервис")


async def _make(tx: Tx, *names: str) -> list[int]:
    return [await create(tx, name=name, by="101", at=NOW) for name in names]


async def _lives(tx: Tx, client_id: int, account: str, street: str, house: str, flat: str) -> None:
    address = {"city": "Самара", "street": street, "house": house, "flat": flat}
    made = int(await tx.scalar(insert(Addresses).values(
        **address, search_key="x").returning(Addresses.id)))
    await naming.index_addresses(tx, [{"id": made, **address}])
    await tx.run(insert(Accounts).values(
        number=account, client_id=client_id, address_id=made, balance_minor=0, currency="RUB",
        balance_at=NOW, opened_on=date(2020, 1, 1)))


async def _found(tx: Tx, text: str) -> list[str]:
    return [hit.name for hit in await search(tx, text, region="RU")]


def _marked(hit: Hit) -> list[str]:
    return [hit.matched[start:end] for start, end in hit.marks]


@pytest.mark.parametrize("typed", [
    "Иванов Иван", "ivanov ivan", "Iwanow Iwan", "иван иванов", "петрович иванов", "ИВАНОВ П",
    "иван петр", "ivan petrovich ivanov",
])
async def test_a_name_is_found_in_either_alphabet_and_any_order(store: Store, typed: str) -> None:
    async with store.begin(keep=False) as tx:
        await _make(tx, *PEOPLE)
        assert (await _found(tx, typed))[0] == "Иванов Иван Петрович"


@pytest.mark.parametrize(("typed", "name"), [
    ("Ивнаов Иван П", "Иванов Иван Петрович"), ("Шевчнеко", "Шевченко Александр Юрьевич"),
    ("Shewchenko Alexander", "Шевченко Александр Юрьевич"),
    ("Ковальов", "Ковалёв Юрий Ильич"), ("Kovalyoff", "Ковалёв Юрий Ильич"),
    ("Рамашка", "ООО Ромашка Сервис"),
    ("алексндр шевченко", "Шевченко Александр Юрьевич"), ("Шевчнеко Алескандр", PEOPLE[3]),
])
async def test_a_typo_is_forgiven(store: Store, typed: str, name: str) -> None:
    async with store.begin(keep=False) as tx:
        await _make(tx, *PEOPLE)
        hits = await search(tx, typed, region="RU")
        assert (hits[0].name, hits[0].is_similar) == (name, True)
        assert _marked(hits[0])


async def test_the_wrong_keyboard_layout_is_seen_through(store: Store) -> None:
    assert other_layout("Bdfyjd") == "Иванов"
    assert other_layout("Шмфтщм") == "Ivanov"
    async with store.begin(keep=False) as tx:
        await _make(tx, *PEOPLE)
        hits = await search(tx, "Itdxtyrj", region="RU")
        assert [hit.name for hit in hits] == ["Шевченко Александр Юрьевич"]
        assert _marked(hits[0]) == ["Шевченко"]


async def test_exact_names_come_before_those_like_them(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        await _make(tx, "Ivanof Petr", "Иванов Пётр", "Иван Грозный", "Ивонин Олег")
        assert await _found(tx, "ivanov") == ["Иванов Пётр", "Ivanof Petr"]
        assert (await _found(tx, "иван"))[:2] == ["Иван Грозный", "Ivanof Petr"]


async def test_two_of_one_name_can_be_told_apart(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        one, other = await _make(tx, "Иванов Иван", "Иванов Иван")
        await link_phone(tx, one, "+79161234567", source="billing", by="x", at=NOW)
        await link_phone(tx, one, "+79160000000", source="call", by="x", at=NOW, is_primary=True)
        await _lives(tx, other, "ACC-7", "Ленина", "5", "12")
        found = {hit.client_id: hit for hit in await search(tx, "иванов", region="RU")}
        assert (found[one].number, found[one].account, found[one].address) == (
            "+79160000000", None, None)
        assert (found[other].number, found[other].account, found[other].address) == (
            None, "ACC-7", "Самара, Ленина 5-12")


async def test_what_matched_is_marked(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        client_id, = await _make(tx, "Иванов Иван Петрович")
        await link_phone(tx, client_id, "+79161234567", source="billing", by="x", at=NOW)
        await _lives(tx, client_id, "ACC-700", "Ленина", "5", "12")
        for typed, by, parts in (
            ("ivano petr", "name", ["Ивано", "Петр"]), ("1234567", "phone", ["1234567"]),
            ("8 916 123", "phone", ["916123"]), ("345", "phone", ["345"]),
            ("acc-7", "account", ["ACC-7"]), ("ленина 5 12", "address", ["Ленина", "5", "12"]),
        ):
            hits = await search(tx, typed, region="RU")
            assert [(hit.client_id, hit.by) for hit in hits] == [(client_id, by)], typed
            assert _marked(hits[0]) == parts


@pytest.mark.parametrize("typed", [
    "+7 916 123-45-67", "89161234567", "9161234567", "1234567", "45-67", "916 123", "8916",
    "23456", "61234", "3456", "12345", "91612", "161234", "(916) 12345",
])
async def test_any_part_of_a_number_finds_it(store: Store, typed: str) -> None:
    async with store.begin(keep=False) as tx:
        right, wrong = await _make(tx, "Right One", "Wrong One")
        await link_phone(tx, right, "+79161234567", source="billing", by="x", at=NOW)
        await link_phone(tx, wrong, "+79058889900", source="billing", by="x", at=NOW)
        assert await _found(tx, typed) == ["Right One"]


async def test_an_address_is_found_in_any_order_and_with_a_typo(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        one, other = await _make(tx, "Один Олег", "Другой Денис")
        await _lives(tx, one, "A1", "ул. Красноармейская", "5", "12")
        await _lives(tx, other, "A2", "ул. Красноармейская", "51", "2")
        for typed in ("красноармейская 5", "самара красноарм 5 12", "5 12 krasnoarmeyskaya",
                      "улица красноармейская 5-12"[6:], "краснармейская 5 12"):
            hits = await search(tx, typed, region="RU")
            assert (hits[0].client_id, hits[0].by) == (one, "address"), typed
        assert {hit.client_id for hit in await search(tx, "красноармейская", region="RU")} == {
            one, other}


async def test_mail_and_fields_of_the_administrators_are_searched(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        client_id, = await _make(tx, "Иванов Иван")
        await tx.run(insert(ClientEmails).values(
            email="vanya@example.org", client_id=client_id, original="Vanya@example.org",
            source="x", trust=50, created_at=NOW))
        hits = await search(tx, "Vanya@ex", region="RU")
        assert [(hit.by, _marked(hit)) for hit in hits] == [("email", ["vanya@ex"])]
        await custom_fields.define(tx, "contract", custom_fields.Shape(
            label="Договор", kind="text"), by="x", at=NOW)
        await tx.run(update(Clients).where(Clients.id == client_id)
                     .values(custom={"contract": "Синяя птица 77"}))
        await custom_fields.put_words(tx, client_id, {"contract": "Синяя птица 77"})
        hits = await search(tx, "птица", region="RU")
        assert [(hit.by, hit.field, _marked(hit)) for hit in hits] == [
            ("custom", "Договор", ["птица"])]


async def test_who_was_merged_is_found_by_the_name_he_had(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        kept, absorbed = await _make(tx, "Сидорова Анна", "Девичева Анна")
        await tx.run(update(Clients).where(Clients.id == absorbed).values(merged_into=kept))
        hits = await search(tx, "девичева", region="RU")
        assert [(hit.client_id, hit.name, hit.matched) for hit in hits] == [
            (kept, "Сидорова Анна", "Девичева Анна")]
        assert len(await search(tx, "анна", region="RU")) == 1


async def test_a_word_left_behind_in_the_index_is_not_shown(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        client_id, = await _make(tx, "Иванов Иван")
        await tx.run(update(Clients).where(Clients.id == client_id)
                     .values(name="Петров Олег", search_key="petrov oleg"))
        assert await _found(tx, "иванов") == []


async def test_never_more_than_asked_for(store: Store) -> None:
    async with store.begin(keep=False) as tx:
        await _make(tx, *(f"Иванов Иван {number}" for number in range(30)))
        assert len(await search(tx, "иванов иван", region="RU", limit=7)) == 7


@settings(max_examples=60, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40) | st.from_regex(r"[а-я0-9 +#()\-@.]{0,30}", fullmatch=True))
async def test_any_text_is_searched(store: Store, typed: str) -> None:
    async with store.begin(keep=False) as tx:
        for hit in await search(tx, typed, region="RU"):
            assert all(start < end <= len(hit.matched) for start, end in hit.marks)
