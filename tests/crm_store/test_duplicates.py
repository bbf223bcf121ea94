"""Finding duplicates, and the list on which people decide about them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from crm_store import clients, duplicate_search, duplicates, errors, merges
from crm_store.base import Tx
from crm_store.duplicate_search import AlreadyRunning
from crm_store.folding import fold
from crm_store.matching import Facts
from crm_store.store import Store
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.duplicates import DuplicatePairs, DuplicateRuns
from tests.crm_store.two_clients import NOW, NUMBERS

LATER = NOW + timedelta(hours=1)


async def _client(tx: Tx, name: str, *numbers: str, mail: str = "", home: str = "") -> int:
    made = await clients.create(tx, name=name, by="101", at=NOW)
    for number in numbers:
        await clients.link_phone(tx, made, number, source="billing", by="101", at=NOW)
    if mail:
        await tx.run(insert(ClientEmails).values(
            email=mail, client_id=made, original=mail, source="x", trust=50, created_at=NOW))
    if home:
        place = await tx.scalar(insert(Addresses).values(
            city="", street=home, house="", search_key=fold(home)).returning(Addresses.id))
        await tx.run(insert(ClientAddresses).values(
            client_id=made, address_id=place, source="x", trust=50, created_at=NOW))
    return made


async def _account(tx: Tx, client_id: int, number: str) -> None:
    await tx.run(insert(Accounts).values(
        number=number, client_id=client_id, balance_minor=0, currency="RUB", balance_at=NOW,
        opened_on=date(2020, 1, 1)))


async def _pairs(store: Store, state: duplicates.State = "open") -> dict[tuple[int, int], int]:
    async with store.read() as tx:
        found, _ = await duplicates.listing(tx, now=LATER, state=state)
    return {(pair.low_id, pair.high_id): pair.score for pair in found}


async def _search(store: Store, at: datetime = NOW, **how: bool) -> duplicate_search.Report:
    return await duplicate_search.run(store, clock=lambda: at, **how)


# ── as one types ─────────────────────────────────────────────────────────────────────────────
async def test_who_is_typed_in_again_is_found_while_typing(store: Store) -> None:
    async with store.begin() as tx:
        ivan = await _client(tx, "Иванов Иван Петрович", NUMBERS[0])
        await _client(tx, "Иванова Анна", NUMBERS[0])
    async with store.read() as tx:
        found = await duplicates.find_for(tx, Facts(
            name=fold("Ivanov Ivan"), phones=frozenset({NUMBERS[0]})))
        namesakes = await duplicates.find_for(tx, Facts(name=fold("иванов иван")), least=30)
        nobody = await duplicates.find_for(tx, Facts(name=fold("иванов иван")))
    assert [(one.client_id, one.name) for one in found] == [(ivan, "Иванов Иван Петрович")]
    assert [reason.code for reason in found[0].reasons] == ["same_phone", "name_within"]
    assert [one.client_id for one in namesakes] == [ivan]
    assert nobody == []


@pytest.mark.parametrize("name", ["", " ", "%", "\x00", "🙂", "a" * 5_000, "' or 1=1"])
async def test_whatever_is_typed_finds_nobody_and_breaks_nothing(store: Store, name: str) -> None:
    async with store.begin() as tx:
        await _client(tx, "Иванов Иван", NUMBERS[0])
        assert await duplicates.find_for(tx, Facts(name=fold(name)), least=1) == []


async def test_clients_just_made_are_looked_at_and_noted(store: Store) -> None:
    async with store.begin() as tx:
        old = await _client(tx, "Иванов Иван", NUMBERS[0])
        new = await _client(tx, "Ivanov I", NUMBERS[0])
        count = await duplicates.look_at(tx, [new], found_by="import:a.csv", at=NOW)
        again = await duplicates.look_at(tx, [new], found_by="import:a.csv", at=NOW)
    assert (count, again) == (1, 0)
    assert set(await _pairs(store)) == {(old, new)}


# ── through the whole base ───────────────────────────────────────────────────────────────────
async def test_the_search_finds_pairs_by_each_key(store: Store) -> None:
    async with store.begin() as tx:
        by_phone = (await _client(tx, "Иванов Иван", NUMBERS[0]),
                    await _client(tx, "Ivanov I", NUMBERS[0]))
        by_mail = (await _client(tx, "Petrov Oleg", mail="a@b.c"),
                   await _client(tx, "Petrof Oleg", mail="a@b.c"))
        by_home = (await _client(tx, "Sidorova Anna", home="Samara, Lenina, 5, 12"),
                   await _client(tx, "Анна Сидорова", home="САМАРА Ленина 5-12"))
        by_name = (await _client(tx, "Orlov Pavel Sergeevich", home="Samara, Gagarina 7, 3"),
                   await _client(tx, "Павел Сергеевич Орлов", home="Самара Гагарина д7кв3"))
        by_account = (await _client(tx, "Kozlov Petr"), await _client(tx, "Kozlov P"))
        await _account(tx, by_account[0], "00400-123")
        await _account(tx, by_account[1], "400123")
        await _client(tx, "Иванова Анна", NUMBERS[0])
    report = await _search(store)
    assert set(await _pairs(store)) == {by_phone, by_mail, by_home, by_name, by_account}
    assert (report.suspects, report.too_large) == (5, 0)
    assert (await _search(store)).suspects == 0, "a second search finds nothing new"


async def test_a_run_that_was_killed_goes_on_where_it_was(
    store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duplicate_search, "_ROWS", 2)
    async with store.begin() as tx:
        for place in range(6):
            for name in ("Иванов Иван", "Ivanov Ivan"):
                await _client(tx, name, f"+7916123450{place}", mail=f"m{place}@b.c")
    seen = 0

    def stop(done: int, total: int) -> None:
        nonlocal seen
        seen += 1
        if seen == 14:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await duplicate_search.run(store, clock=lambda: NOW, progress=stop)
    with pytest.raises(AlreadyRunning):
        await _search(store)
    report = await _search(store, NOW + duplicate_search.SILENT)
    assert report.resumed
    assert (report.run, report.suspects) == (1, 6)
    async with store.read() as tx:
        assert await tx.scalar(select(DuplicateRuns.ended_at)) is not None


async def test_a_hostels_telephone_is_compared_within_one_name(
    store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("crm_store.duplicate_blocks.WHOLE", 4)
    async with store.begin() as tx:
        for place in range(9):
            await _client(tx, f"Guest Number{place}", NUMBERS[0])
        twins = (await _client(tx, "Иванов Иван", NUMBERS[0], home="Samara Lenina 5"),
                 await _client(tx, "Ivanov Ivan", NUMBERS[0], home="Samara Lenina 5"))
    await _search(store)
    assert set(await _pairs(store)) == {twins}


async def test_a_telephone_of_everybody_is_left_out_and_counted(
    store: Store, monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(duplicate_search, "LARGEST", 3)
    async with store.begin() as tx:
        for _ in range(4):
            await _client(tx, "Ivanov Ivan", NUMBERS[0])
    report = await _search(store)
    assert (report.too_large, report.suspects) == (1, 0)


# ── deciding ─────────────────────────────────────────────────────────────────────────────────
async def _suspects(store: Store) -> tuple[int, int, int]:
    """Two clients and their pair's id."""
    async with store.begin() as tx:
        low = await _client(tx, "Иванов Иван", NUMBERS[0])
        high = await _client(tx, "Ivanov Ivan", NUMBERS[0], NUMBERS[1])
    await _search(store)
    async with store.read() as tx:
        return low, high, int(await tx.scalar(select(DuplicatePairs.id)))


async def test_not_the_same_never_comes_again(store: Store) -> None:
    low, high, pair = await _suspects(store)
    async with store.begin() as tx:
        await duplicates.decide(tx, pair, "different", by="102", at=LATER)
    await _search(store)
    assert await _pairs(store) == {}
    assert set(await _pairs(store, "different")) == {(low, high)}
    async with store.begin() as tx:
        await duplicates.decide(tx, pair, "open", by="102", at=LATER)
    assert set(await _pairs(store)) == {(low, high)}


async def test_not_the_same_holds_for_who_was_merged_since(store: Store) -> None:
    """A and C are two people. A becomes B: the search does not ask about B and C."""
    low, high, pair = await _suspects(store)
    async with store.begin() as tx:
        await duplicates.decide(tx, pair, "different", by="102", at=LATER)
        other = await _client(tx, "Iwanow Iwan")
        await merges.merge(tx, other, low, by="102", at=LATER, reason="")
    await _search(store)
    assert await _pairs(store) == {}
    assert set(await _pairs(store, "different")) == {(low, high), (high, other)}


async def test_later_comes_again_after_a_week(store: Store) -> None:
    low, high, pair = await _suspects(store)
    async with store.begin() as tx:
        await duplicates.decide(tx, pair, "later", by="102", at=NOW)
        assert await duplicates.waiting(tx, now=LATER) == 0
        assert await duplicates.waiting(tx, now=NOW + duplicates.LATER) == 1
    assert set(await _pairs(store, "later")) == {(low, high)}


async def test_the_same_are_merged_into_the_one_with_more(store: Store) -> None:
    low, high, pair = await _suspects(store)
    async with store.begin() as tx:
        merge_id = await duplicates.decide(tx, pair, "same", by="102", at=LATER, take=["name"])
        assert merge_id is not None
        assert await merges.current(tx, low) == high
        assert (await clients.card(tx, high)).name == "Иванов Иван"
        with pytest.raises(merges.MergeRefused):
            await duplicates.decide(tx, pair, "later", by="102", at=LATER)
    assert set(await _pairs(store, "same")) == {(low, high)}


async def test_a_decision_must_name_one_of_the_two(store: Store) -> None:
    *_, pair = await _suspects(store)
    async with store.begin() as tx:
        with pytest.raises(errors.Conflict):
            await duplicates.decide(tx, pair, "same", by="102", at=LATER, keep=4711)
        with pytest.raises(errors.NotFound):
            await duplicates.decide(tx, 4711, "later", by="102", at=LATER)


async def test_the_list_pages_from_the_likeliest_on(store: Store) -> None:
    async with store.begin() as tx:
        for place in range(5):
            ids = [await _client(tx, f"Name{place} Given") for _ in range(2)]
            await tx.run(insert(DuplicatePairs).values(
                low_id=ids[0], high_id=ids[1], score=60 + 10 * (place % 3), reasons=[],
                state="open", found_by="x", found_at=NOW))
    scores, cursor = [], None
    async with store.read() as tx:
        while True:
            found, cursor = await duplicates.listing(tx, now=NOW, cursor=cursor, limit=2)
            scores += [pair.score for pair in found]
            if cursor is None:
                break
        with pytest.raises(errors.BadCursor):
            await duplicates.listing(tx, now=NOW, cursor="x")
    assert scores == [80, 70, 70, 60, 60]
