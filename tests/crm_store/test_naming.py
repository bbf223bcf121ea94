"""Names and addresses are put where search finds them, and taken out again."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import create_async_engine

from crm_store import clients, migrate
from crm_store.base import Tx
from crm_store.folding import fold
from crm_store.naming import (
    address_rows,
    dictionary,
    forget,
    index_addresses,
    index_name,
    index_names,
    word_rows,
)
from crm_store.store import Store
from crm_store.tables.billing import Addresses
from crm_store.tables.clients import Clients
from crm_store.tables.search import AddressWords, ClientWords, KnownWords, WordPieces

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
NAMES = st.lists(st.text(max_size=30), max_size=20).map(" ".join)


async def _words(tx: Tx, client_id: int) -> set[tuple[int, str, str]]:
    rows = await tx.all(select(ClientWords.place, ClientWords.word, ClientWords.rest)
                        .where(ClientWords.client_id == client_id))
    return {(row.place, row.word, row.rest) for row in rows}


def test_each_word_stands_beside_the_others_and_the_surname_is_first() -> None:
    assert list(word_rows(7, "ivanov ivan petrovich")) == [
        (0, "ivanov", " ivan petrovich", 7), (1, "ivan", " ivanov petrovich", 7),
        (1, "petrovich", " ivanov ivan", 7)]


def test_a_company_is_sorted_by_its_name_and_not_by_its_form() -> None:
    first = [row for row in word_rows(1, fold("ООО Ромашка Сервис 15")) if row[0] == 0]
    assert first == [(0, "romashka", " o servis 15", 1)]
    assert [row[1] for row in word_rows(1, fold("LLC Volga")) if row[0] == 0] == ["volga"]


@given(NAMES)
def test_any_name_gives_a_bounded_number_of_short_rows(name: str) -> None:
    rows = list(word_rows(1, fold(name)))
    assert len(rows) <= 12
    assert len({row[1] for row in rows}) == len(rows)
    assert sum(row[0] == 0 for row in rows) == bool(rows)
    assert all(len(word) <= 40 and len(rest) <= 160 for _, word, rest, _ in rows)


def test_an_address_is_found_by_its_street_with_the_door_beside_it() -> None:
    assert list(address_rows(3, city="Самара", street="ул. Ленина", house="5", flat="12")) == [
        ("lenina", " 5 12 ul samara", 3)]
    assert [row[0] for row in address_rows(3, city="", street="Samara, Lenina 5", house="",
                                           flat=None)] == ["lenina", "samara"]
    assert [row[0] for row in address_rows(3, city="Kinel", street="5", house="1", flat=None)
            ] == ["5"]
    assert list(address_rows(3, city="", street="", house="", flat=None)) == []


def test_the_dictionary_leaves_out_what_has_digits() -> None:
    known, parts = dictionary(["ivanov", "15", "ivanov"])
    assert known == [{"word": "ivanov", "stem": "ivanov"}]
    assert {"piece": "ivnov", "stem": "ivanov"} in parts


async def test_a_new_client_has_words_and_a_new_name_has_others(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await clients.create(tx, name="Петрова Анна", by="101", at=NOW)
        assert await _words(tx, client_id) == {(0, "petrova", " ana"), (1, "ana", " petrova")}
        await index_name(tx, client_id, "Сидорова Анна")
        assert await _words(tx, client_id) == {(0, "sidorova", " ana"), (1, "ana", " sidorova")}
        assert await tx.scalar(select(Clients.search_key).where(Clients.id == client_id)
                               ) == "sidorova ana"
        known = {row.word for row in await tx.all(select(KnownWords.word))}
        assert {"petrova", "sidorova"} <= known
        assert await tx.scalar(select(WordPieces.stem).where(WordPieces.piece == "sidoro"))


async def test_saying_a_name_again_changes_nothing(store: Store) -> None:
    async with store.begin() as tx:
        client_id = await clients.create(tx, name="Ivanov Ivan", by="101", at=NOW)
        before = await _words(tx, client_id)
        await index_names(tx, [(client_id, "Ivanov Ivan"), (client_id, "Ivanov Ivan")])
        await index_name(tx, client_id, "Ivanov Ivan")
        assert await _words(tx, client_id) == before


async def test_who_is_forgotten_is_not_found(store: Store) -> None:
    async with store.begin() as tx:
        gone = await clients.create(tx, name="Ivanov Ivan", by="101", at=NOW)
        stays = await clients.create(tx, name="Ivanov Ivan", by="101", at=NOW)
        await forget(tx, gone)
        assert await _words(tx, gone) == set()
        assert len(await _words(tx, stays)) == 2
        await forget(tx, 999_999)


async def test_a_thousand_names_at_once(store: Store) -> None:
    async with store.begin() as tx:
        await index_names(tx, [(number, f"Ivanov{'abcdefghij'[number % 10]} Ivan {number}")
                               for number in range(1, 1001)])
        assert len(await tx.all(select(ClientWords.client_id).where(
            ClientWords.place == 1, ClientWords.word == "ivan"))) == 1000


async def test_addresses_are_found_by_street(store: Store) -> None:
    address = {"city": "Samara", "street": "Lenina", "house": "5", "flat": None}
    async with store.begin() as tx:
        made = int(await tx.scalar(insert(Addresses).values(
            **address, search_key="x").returning(Addresses.id)))
        await index_addresses(tx, [{"id": made, **address}])
        rows = await tx.all(select(AddressWords.word, AddressWords.rest, AddressWords.address_id))
        assert [tuple(row) for row in rows] == [("lenina", " 5 samara", made)]


async def test_a_base_made_before_is_searched_after_the_migration(empty_url: str) -> None:
    """The step fills the words of clients and addresses that stood there already."""
    base = Store(empty_url)
    engine = create_async_engine(base.url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate.upgrade, "0005")
        await connection.execute(text(
            "insert into clients (id, kind, name, search_key, flags, tags, source, created_at, "
            "version) values (5, 'person', 'Иванов Иван', 'ivanov ivan', '[]', '[]', 'x', "
            + ("now()" if engine.dialect.name == "postgresql" else "1") + ", 1)"))
        await connection.execute(text(
            "insert into addresses (id, city, street, house, search_key) "
            "values (9, 'Samara', 'Lenina', '5', 'x')"))
    await engine.dispose()
    await base.migrate()
    async with base.read() as tx:
        assert await _words(tx, 5) == {(0, "ivanov", " ivan"), (1, "ivan", " ivanov")}
        assert await tx.scalar(select(AddressWords.address_id)) == 9
        assert await tx.scalar(select(KnownWords.stem).where(KnownWords.word == "ivanov"))
    await base.close()
