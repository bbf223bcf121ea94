"""An import taken back: whom it created goes, what it changed goes back, the touched stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from crm_store import clients, custom_fields, editing, imports
from crm_store.custom_fields import Shape
from crm_store.imports import ImportReport, runs, undoing
from crm_store.store import Store
from crm_store.tables import search as search_tables
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Notes

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
TABLES = (Clients, Phones, ClientPhones, Accounts, Addresses, Debts, Meters,
          search_tables.ClientWords, search_tables.AddressWords)
FIRST = """Name,Phone,Account,Address,Debt,Debt since,Meter,Language,Tags,Email
Ivanov Ivan,89161234567,400123,"Samara, Lenina, 5, 12",100,2026-08-10,M1,ru,vip,i@example.org
Petrov Petr,"89161234568, 8 846 200-10-10",400124,,0,,,,,
Sidorov Sidor,89161234569,,"Samara, Mira, 1",,,,,,
"""
SECOND = FIRST.replace(",100,", ",250,").replace("ru,vip", "en,\"vip,new\"").replace(
    "Petrov Petr,\"89161234568", "Petrov Petr,\"89031234568").replace(
    "Sidorov Sidor,89161234569,,", "Sidorov Sidor,89161234569,400125,")


async def bring_in(store: Store, folder: Path, text: str, name: str = "x.csv") -> ImportReport:
    path = folder / name
    path.write_text(text)
    return await imports.run(store, path, region="RU", currency="RUB", by="admin", now=NOW)


async def undo(store: Store, folder: Path, import_id: int | None) -> runs.Import:
    assert import_id is not None
    return await undoing.undo(store, import_id, folder, by="admin", clock=lambda: LATER)


async def sizes(store: Store) -> dict[str, int]:
    async with store.read() as tx:
        return {table.__tablename__: int(await tx.scalar(select(func.count()).select_from(table)))
                for table in TABLES}


async def facts(store: Store) -> list[tuple[object, ...]]:
    """Everything an import may change, without versions."""
    async with store.read() as tx:
        found = [tuple(row) for row in await tx.all(
            select(Clients.id, Clients.language, Clients.tags, Clients.custom)
            .order_by(Clients.id))]
        found += [tuple(row) for row in await tx.all(
            select(ClientPhones.client_id, ClientPhones.e164, ClientPhones.is_primary)
            .order_by(ClientPhones.e164, ClientPhones.client_id))]
        found += [tuple(row) for row in await tx.all(
            select(Accounts.id, Accounts.balance_minor, Debts.amount_minor, Debts.since_on)
            .outerjoin(Debts, Debts.account_id == Accounts.id).order_by(Accounts.id))]
        return found


async def test_clients_an_import_created_go_with_all_that_came_with_them(
    store: Store, tmp_path: Path
) -> None:
    before = await sizes(store)
    report = await bring_in(store, tmp_path, FIRST)
    assert (report.created, report.refused) == (3, 0)
    undone = await undo(store, tmp_path, report.id)
    assert (undone.state, undone.gone, undone.restored, undone.stayed) == ("undone", 3, 0, 0)
    assert await sizes(store) == before
    async with store.read() as tx:
        assert await clients.search(tx, "Ivanov", region="RU") == []


async def test_what_an_import_updated_goes_back(store: Store, tmp_path: Path) -> None:
    await bring_in(store, tmp_path, FIRST)
    before = await facts(store)
    report = await bring_in(store, tmp_path, SECOND)
    assert (report.created, report.updated, report.refused) == (0, 3, 0)
    assert await facts(store) != before
    undone = await undo(store, tmp_path, report.id)
    assert (undone.gone, undone.restored, undone.stayed) == (0, 3, 0)
    assert await facts(store) == before


async def test_what_somebody_touched_since_stays_and_is_named(
    store: Store, tmp_path: Path
) -> None:
    report = await bring_in(store, tmp_path, FIRST)
    async with store.begin() as tx:
        ivanov = await clients.by_account(tx, "400123")
        petrov = await clients.by_account(tx, "400124")
        assert ivanov
        assert petrov
        await tx.run(insert(Notes).values(client_id=ivanov, text="called", by="101", at=NOW))
        await editing.change(tx, petrov, version=1, by="101", at=NOW,
                             changes=editing.ClientChanges(language="en"))
    undone = await undo(store, tmp_path, report.id)
    assert (undone.gone, undone.stayed) == (1, 2)
    async with store.read() as tx:
        why = {one.client_id: one.why for one in await runs.stayed(tx, undone.id)}
        assert why == {ivanov: "notes", petrov: "changed"}
        assert (await clients.card(tx, ivanov)).debt_minor == 10_000


async def test_a_field_changed_since_stays_and_the_others_go_back(
    store: Store, tmp_path: Path
) -> None:
    await bring_in(store, tmp_path, FIRST)
    report = await bring_in(store, tmp_path, SECOND)
    async with store.begin() as tx:
        ivanov = await clients.by_account(tx, "400123")
        assert ivanov
        version = await tx.scalar(select(Clients.version).where(Clients.id == ivanov))
        await editing.change(tx, ivanov, version=version, by="101", at=NOW,
                             changes=editing.ClientChanges(language="tt"))
    undone = await undo(store, tmp_path, report.id)
    assert (undone.restored, undone.stayed) == (2, 1)
    async with store.read() as tx:
        assert [one.why for one in await runs.stayed(tx, undone.id)] == ["language"]
        card = await clients.card(tx, ivanov)
        assert (card.language, card.tags, card.debt_minor) == ("tt", ("vip",), 10_000)


async def test_a_client_of_two_imports_stays_when_the_first_is_undone(
    store: Store, tmp_path: Path
) -> None:
    first = await bring_in(store, tmp_path, FIRST)
    second = await bring_in(store, tmp_path, SECOND)
    undone = await undo(store, tmp_path, first.id)
    assert (undone.gone, undone.stayed) == (0, 3)
    again = await undo(store, tmp_path, second.id)
    assert again.restored == 3


async def test_rows_of_one_file_about_one_client_are_undone_together(
    store: Store, tmp_path: Path
) -> None:
    before = await sizes(store)
    report = await bring_in(store, tmp_path, (
        "name,phone,account,debt,meter\nIvanov,89161234567,1,10,A\nIvanov,89161234568,1,20,B\n"
        "Ivanov,89161234567,2,,\n"))
    assert (report.created, report.updated) == (1, 2)
    undone = await undo(store, tmp_path, report.id)
    assert (undone.gone, undone.restored, undone.stayed) == (3, 0, 0)
    assert await sizes(store) == before


async def test_custom_values_go_back(store: Store, tmp_path: Path) -> None:
    async with store.begin() as tx:
        await custom_fields.define(tx, "limit", Shape(label="Credit limit", kind="number"),
                                   by="admin", at=NOW)
    text = "name,phone,Credit limit\nIvanov,89161234567,10\n"
    first = await bring_in(store, tmp_path, text)
    assert first.columns["custom.limit"] == "Credit limit"
    before = await facts(store)
    report = await bring_in(store, tmp_path, text.replace(",10", ",20"))
    assert report.updated == 1
    await undo(store, tmp_path, report.id)
    assert await facts(store) == before
    async with store.read() as tx:
        found = await custom_fields.find(tx, "10")
        assert [one.matched for one in found] == ["10"]


async def test_an_import_is_undone_once(store: Store, tmp_path: Path) -> None:
    report = await bring_in(store, tmp_path, FIRST)
    await undo(store, tmp_path, report.id)
    with pytest.raises(imports.NotPossible, match="undone"):
        await undo(store, tmp_path, report.id)


