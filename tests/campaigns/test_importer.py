"""Debtors' lists as people send them."""

from __future__ import annotations

import asyncio

import pytest

from campaigns import steering
from campaigns.debtor_rows import Problem, Sheet, UnreadableList, money_minor, read
from campaigns.importer import Imported, ImportPlan, _check_draft, import_sheet
from campaigns.steering import EntryView, SteeringError
from crm_store import campaigns as rows
from crm_store import clients, restraints
from crm_store.store import Store
from tests.campaigns.conftest import make_campaign
from tests.campaigns.exchange import START

PLAN = ImportPlan(region="RU", time_zone="Europe/Samara", currency="RUB", source="import:x.csv")


async def _import(store: Store, text: str, plan: ImportPlan = PLAN,
                  ) -> tuple[Imported, list[EntryView]]:
    campaign_id = await make_campaign(store, [], start=False)
    done = await import_sheet(store, campaign_id, read(text.encode()), plan, by="t", at=START)
    async with store.read() as tx:
        return done, await steering.entries(tx, campaign_id)


def _lines(sheet: Sheet) -> list[int]:
    return [row.line for row in sheet.rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_encoding_separator_and_columns_are_guessed(encoding: str, separator: str) -> None:
    text = "Лицевой счёт;ФИО;Телефон;Сумма долга\n400123;Иванов Иван;8 916 123-45-67;1 234.50\n"
    sheet = read(text.replace(";", separator).encode(encoding))
    row = sheet.rows[0]
    assert (row.account, row.name, row.phones, row.debt_minor) == (
        "400123", "Иванов Иван", ("8 916 123-45-67",), 123_450)


def test_broken_lines_are_named_and_the_others_are_used() -> None:
    text = ('account,phone,name,debt\n'
            '1,+79160000001,A,10\n'
            '2,+79160000002,"open quote,10\n'
            '3,+79160000003,C,ten\n'
            '4,+79160000004,D,10,surplus\n'
            '\n'
            ',,E,10\n'
            '5,+79160000005,"two\nlines",10\n'
            '6,+79160000006,F,-10\n'
            '7,+79160000007,G\n')
    sheet = read(text.encode())
    assert _lines(sheet) == [2, 8, 11]
    assert [(problem.line, problem.reason) for problem in sheet.problems] == [
        (3, "a quote is opened and not closed"),
        (4, "the debt 'ten' is no sum of money"),
        (5, "5 fields where the header has 4"),
        (7, "neither account nor client nor phone is given"),
        (10, "the debt '-10' is no sum of money")]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"colour,size\nred,1\n", b"\x00\x01\x02"])
def test_file_that_is_no_list_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableList):
        read(data)


@pytest.mark.parametrize(("text", "minor"), [
    ("10", 1000), ("10.5", 1050), ("10,05", 1005), ("1 234,50", 123_450), ("1,234.50", 123_450),
    ("1.234,50", 123_450), ("12 345 ₽", 1_234_500), ("100 руб.", 10_000), ("1,234", 123_400),
    ("0", 0), ("", None), ("-5", None), ("1.2.3", None), ("5 apples", None), ("1e3", None)])
def test_sums_of_money(text: str, minor: int | None) -> None:
    assert money_minor(text) == minor


async def test_known_account_and_known_number_find_the_client(store: Store) -> None:
    async with store.begin() as tx:
        known = await clients.create(tx, name="Petrov", number="+79160000001", by="t", at=START)
    done, entries = await _import(store, "phone,name\n8 (916) 000-00-01,Whoever\n")
    assert (done.listed, done.clients_made) == (1, 0)
    assert [entry.client_id for entry in entries] == [known]


async def test_unknown_person_becomes_a_client_or_is_refused(store: Store) -> None:
    done, entries = await _import(store, "phone,name,debt\n+79160000001,Ivanov,5\n")
    assert (done.clients_made, entries[0].client_name, entries[0].debt_minor) == (1, "Ivanov", 500)
    strict = ImportPlan(region="RU", time_zone="Europe/Samara", currency="RUB", source="x",
                        unknown="refuse")
    campaign_id = await make_campaign(store, [], name="strict", start=False)
    sheet = read(b"phone,account\n+79160000002,77\n")
    done = await import_sheet(store, campaign_id, sheet, strict, by="t", at=START)
    assert done.listed == 0
    assert done.problems == [Problem(2, "nobody in the base is '77'")]


async def test_two_rows_of_one_person_are_one_entry_with_both_numbers(store: Store) -> None:
    done, entries = await _import(store, (
        "phone,phone2,name,debt\n+79160000001,+79160000002,Ivanov,5\n"
        "+79160000001,+79160000003,Ivanov,5\n"))
    assert (done.listed, done.joined, len(entries)) == (1, 1, 1)
    assert entries[0].numbers == ("+79160000001", "+79160000002", "+79160000003")


async def test_number_that_two_clients_share_needs_the_name(store: Store) -> None:
    async with store.begin() as tx:
        for name in ("Mother", "Son"):
            await clients.create(tx, name=name, number="+79160000001", by="t", at=START)
    done, entries = await _import(store, "phone,name\n+79160000001,son\n+79160000001,Aunt\n")
    assert [entry.client_name for entry in entries] == ["Son"]
    assert "2 clients share +79160000001" in done.problems[0].reason


async def test_unreadable_number_is_a_remark_when_somebody_else_tells_who(store: Store) -> None:
    async with store.begin() as tx:
        known = await clients.create(tx, name="Petrov", number="+79160000001", by="t", at=START)
    done, entries = await _import(store, f"client,phone\n{known},12\n99999,+79160000009\nx,1\n")
    assert [problem.line for problem in done.problems] == [2, 3, 4, 4]
    assert entries[0].numbers == ("+79160000001",)


async def test_zones_of_a_mobile_are_all_that_it_may_be_in(store: Store) -> None:
    _, _ = await _import(store, "phone,name\n+79160000001,Mobile\n+74951112233,Fixed\n")
    async with store.read() as tx:
        listed = await rows.page(tx, 1)
        assert "Asia/Vladivostok" in listed[0].entry.zones
        assert listed[1].entry.zones == ("Europe/Moscow",)
        assert await restraints.phones_of_client(tx, listed[1].entry.client_id) == ["+74951112233"]


async def test_started_list_is_frozen_for_importer_and_database(store: Store) -> None:
    campaign_id = await make_campaign(store, [["+79160000001"]])
    with pytest.raises(SteeringError, match="frozen"):
        await import_sheet(store, campaign_id, read(b"phone\n+79160000002\n"), PLAN, by="t",
                           at=START)


async def test_start_in_the_middle_of_an_import_freezes_what_was_committed(store: Store) -> None:
    campaign_id = await make_campaign(store, [], start=False)
    async with store.begin() as tx:
        first = await clients.create(tx, name="A", number="+79160000001", by="t", at=START)

    async def start() -> None:
        async with store.begin() as tx:
            await steering.start(tx, campaign_id, by="t", at=START)
    async with asyncio.TaskGroup() as tasks, store.begin() as tx:
        await _check_draft(tx, campaign_id)
        tasks.create_task(start())
        await asyncio.sleep(0.2)
        await rows.add_entry(tx, campaign_id, first, zones=["Europe/Moscow"], debt_minor=1,
                             currency="RUB", at=START, by="t")
    async with store.read() as tx:
        view = await steering.campaign(tx, campaign_id)
    assert (view.state, view.size, sum(view.coverage.counts.values())) == ("running", 1, 1)
