"""The made-up company: the same every time, and true in itself."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from crm_store import clients, interactions, phones, requests, sample
from crm_store.base import Base
from crm_store.store import Store
from crm_store.tables.billing import (
    Accounts,
    Debts,
    InvoiceCorrections,
    Invoices,
    Payments,
    Readings,
)
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Interactions, Notes, Timeline
from crm_store.tables.requests import Requests

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


async def _rows(store: Store, table: type[Base]) -> list[Any]:
    async with store.read() as tx:
        rows = await tx.all(select(*table.__table__.columns).order_by(
            *table.__table__.primary_key.columns))
    return [tuple(row) for row in rows]


async def test_the_same_seed_gives_the_same_rows(store: Store, tmp_path: Any) -> None:
    other = Store.at(tmp_path / "other.db")
    await other.migrate()
    for base in (store, other):
        await sample.generate(base, clients=60, seed=7, now=NOW)
    for table in (Clients, ClientPhones, Accounts, Invoices, Interactions, Timeline):
        assert await _rows(store, table) == await _rows(other, table)
    await other.close()


async def test_sums_of_every_account_agree(store: Store) -> None:
    await sample.generate(store, clients=120, now=NOW)
    paid = select(func.coalesce(func.sum(Payments.amount_minor), 0)).where(
        Payments.account_id == Accounts.id).scalar_subquery()
    billed = select(func.coalesce(func.sum(Invoices.amount_minor), 0)).where(
        Invoices.account_id == Accounts.id).scalar_subquery()
    corrected = select(func.coalesce(func.sum(InvoiceCorrections.delta_minor), 0)).join(
        Invoices, Invoices.id == InvoiceCorrections.invoice_id).where(
        Invoices.account_id == Accounts.id).scalar_subquery()
    async with store.read() as tx:
        rows = await tx.all(
            select(Accounts.balance_minor, paid - billed - corrected,
                   func.coalesce(Debts.amount_minor, 0))
            .outerjoin(Debts, Debts.account_id == Accounts.id))
    assert len(rows) > 120
    assert all(balance == derived and debt == max(0, -balance) for balance, derived, debt in rows)


async def test_the_timeline_tells_everything_once(store: Store) -> None:
    await sample.generate(store, clients=80, now=NOW)
    async with store.read() as tx:
        counted = dict(await tx.all(select(Timeline.kind, func.count()).group_by(Timeline.kind)))
        for kind, table in (("invoice", Invoices), ("correction", InvoiceCorrections),
                            ("payment", Payments), ("reading", Readings), ("note", Notes),
                            ("call", Interactions), ("request", Requests)):
            in_table = await tx.scalar(select(func.count()).select_from(table))
            assert counted.get(kind, 0) == in_table, kind


async def test_debtors_primary_numbers_end_in_many_ways(store: Store) -> None:
    report = await sample.generate(store, clients=700, now=NOW)
    async with store.read() as tx:
        rows = await tx.all(
            select(ClientPhones.e164).join(Debts, Debts.client_id == ClientPhones.client_id)
            .where(ClientPhones.is_primary))
    assert report.debtors == len(rows) >= 60
    assert len({row.e164[-2:] for row in rows}) >= 80
    assert report.shared_phones > 10
    assert report.corrections > 50


async def test_sample_numbers_are_what_their_rows_say(store: Store) -> None:
    await sample.generate(store, clients=200, now=NOW)
    async with store.read() as tx:
        rows = await tx.all(
            select(ClientPhones.e164, ClientPhones.original, Phones.kind)
            .join(Phones, Phones.e164 == ClientPhones.e164))
    for e164, original, kind in rows:
        number = phones.normalise(original, region="RU")
        assert (number.e164, number.kind) == (e164, kind)


async def test_life_goes_on_after_the_sample(store: Store) -> None:
    """Ids given by the generator never collide with the database's own."""
    await sample.generate(store, clients=20, now=NOW)
    await sample.generate(store, clients=20, seed=2, now=NOW)
    async with store.begin() as tx:
        made = await clients.create(tx, name="New One", number="+79990001122", by="101", at=NOW)
        await interactions.upsert_call(tx, interactions.CallFacts(
            call_id="c1", pbx="main", direction="in", started_at=NOW))
        await requests.file(tx, requests.NewRequest(
            type="meter_dispute", group="billing", deadline_at=NOW, form={}, by="101", at=NOW))
    assert made == 41


@pytest.mark.parametrize("names", ["en", "ru"])
async def test_sample_clients_are_found_by_name_in_either_alphabet(
    store: Store, names: Any
) -> None:
    await sample.generate(store, clients=200, names=names, now=NOW)
    async with store.read() as tx:
        hits = await clients.search(tx, "ivan", region="RU")
        assert {hit.client_id for hit in hits} == {
            hit.client_id for hit in await clients.search(tx, "иван", region="RU")}
    assert hits


async def test_progress_is_told_to_the_end(store: Store) -> None:
    told: list[tuple[int, int]] = []
    await sample.generate(store, clients=260, now=NOW, progress=lambda *at: told.append(at))
    assert told == [(250, 260), (260, 260)]
