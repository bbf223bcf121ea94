"""The base of millions: what it writes is what the product would have written."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select, text

from crm_store import billing, clients, interactions, naming, phones, requests, sample
from crm_store.base import Base
from crm_store.contacts import call_item
from crm_store.folding import fold
from crm_store.sample import bulk
from crm_store.sample.bulk.layout import COLUMNS
from crm_store.sample.bulk.shape import BLOCK, lots
from crm_store.store import Store
from crm_store.tables.billing import (
    Accounts,
    Addresses,
    Debts,
    InvoiceCorrections,
    Invoices,
    Meters,
    Payments,
    Readings,
)
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Dispositions, Interactions, Notes, Segments, Timeline
from crm_store.tables.requests import Requests
from crm_store.tables.search import AddressWords, ClientWords, KnownWords, WordPieces

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SIZE = 3 * BLOCK + 7


@pytest.fixture
async def base(store: Store) -> Store:
    await bulk.generate(store, clients=SIZE, names="ru", now=NOW)
    return store


async def _rows(store: Store, table: Any) -> list[Any]:
    async with store.read() as tx:
        return list(await tx.all(select(*table.__table__.columns).order_by(
            *table.__table__.primary_key.columns)))


async def test_the_timeline_says_what_the_product_says(base: Store) -> None:
    told = {(row.kind, row.ref): (row.client_id, row.at, row.facts)
            for row in await _rows(base, Timeline)}
    for row in await _rows(base, Interactions):
        assert told.pop(("call", row.id)) == (row.client_id, row.started_at, call_item(row))
    async with base.read() as tx:
        for row in await _rows(base, Requests):
            shown = await requests.one(tx, row.id)
            assert told.pop(("request", row.id)) == (
                row.client_id, row.filed_at, requests.request_item(shown))
    for row in await _rows(base, Notes):
        assert told.pop(("note", row.id)) == (
            row.client_id, row.at, {"text": row.text, "by": row.by})
    accounts = {row.id: row for row in await _rows(base, Accounts)}
    await _bills_are_told(base, accounts, told)
    assert told == {}


async def _bills_are_told(
    base: Store, accounts: Mapping[int, Any], told: dict[Any, Any]
) -> None:
    deltas = {row.invoice_id: row for row in await _rows(base, InvoiceCorrections)}
    for row in await _rows(base, Invoices):
        account, correction = accounts[row.account_id], deltas.get(row.id)
        assert told.pop(("invoice", row.id)) == (account.client_id, row.issued_at, (
            billing.invoice_item(
                number=row.number, account=account.number, period_on=row.period_on,
                amount_minor=row.amount_minor, currency=row.currency, due_on=row.due_on,
                corrected=correction is not None)))
        if correction:
            assert told.pop(("correction", correction.id)) == (
                account.client_id, correction.issued_at, billing.correction_item(
                    invoice=row.number, account=account.number, reason=correction.reason,
                    delta_minor=correction.delta_minor, currency=row.currency,
                    amount_minor=row.amount_minor + correction.delta_minor))
    for row in await _rows(base, Payments):
        account = accounts[row.account_id]
        assert told.pop(("payment", row.id)) == (account.client_id, row.paid_at, (
            billing.payment_item(account=account.number, amount_minor=row.amount_minor,
                                 currency=row.currency, method=row.method)))
    meters = {row.id: row for row in await _rows(base, Meters)}
    for row in await _rows(base, Readings):
        meter = meters[row.meter_id]
        assert told.pop(("reading", row.id)) == (
            accounts[meter.account_id].client_id, row.read_at, billing.reading_item(
                meter=meter.number, resource=meter.resource, unit=meter.unit,
                value_milli=row.value_milli, source=row.source))


async def test_search_finds_what_the_product_would_have_indexed(base: Store) -> None:
    names = await _rows(base, Clients)
    assert all(row.search_key == fold(row.name) for row in names)
    words = {row for one in names for row in naming.word_rows(one.id, fold(one.name))}
    assert {tuple(row) for row in await _rows(base, ClientWords)} == words
    streets = await _rows(base, Addresses)
    roads = {row for one in streets for row in naming.address_rows(
        one.id, city=one.city, street=one.street, house=one.house, flat=one.flat)}
    assert {tuple(row) for row in await _rows(base, AddressWords)} == roads
    assert all(row.search_key == fold(f"{row.city} {row.street} {row.house} {row.flat}")
               for row in streets)
    known, pieces = naming.dictionary({row[1] for row in words} | {row[0] for row in roads})
    assert [dict(row._mapping) for row in await _rows(base, KnownWords)] == known
    assert [dict(row._mapping) for row in await _rows(base, WordPieces)] == pieces


async def test_numbers_are_what_their_rows_say(base: Store) -> None:
    kinds = {row.e164: row.kind for row in await _rows(base, Phones)}
    links = await _rows(base, ClientPhones)
    for row in links:
        number = phones.normalise(row.original, region="RU")
        assert (number.e164, number.kind) == (row.e164, kinds[row.e164])
        assert row.trust == clients.trust_of("sample", confirmed=row.confirmed_at is not None)
    assert {row.client_id for row in links if row.is_primary} == set(range(1, SIZE + 1))


async def test_sums_of_every_account_agree(base: Store) -> None:
    async with base.read() as tx:
        paid = dict(await tx.all(select(Payments.account_id, func.sum(Payments.amount_minor))
                                 .group_by(Payments.account_id)))
        billed = dict(await tx.all(select(Invoices.account_id, func.sum(Invoices.amount_minor))
                                   .group_by(Invoices.account_id)))
        mended = dict(await tx.all(
            select(Invoices.account_id, func.sum(InvoiceCorrections.delta_minor))
            .join(Invoices, Invoices.id == InvoiceCorrections.invoice_id)
            .group_by(Invoices.account_id)))
        owed = dict(await tx.all(select(Debts.account_id, Debts.amount_minor)))
    for row in await _rows(base, Accounts):
        balance = paid.get(row.id, 0) - billed[row.id] - mended.get(row.id, 0)
        assert row.balance_minor == balance
        assert owed.get(row.id, 0) == -balance


async def test_calls_have_their_segments_and_outcomes(base: Store) -> None:
    async with base.read() as tx:
        ends = dict(await tx.all(select(Segments.interaction_id, func.max(Segments.ended_at))
                                 .group_by(Segments.interaction_id)))
        chosen = {row.interaction_id: row for row in await _rows(base, Dispositions)}
    calls = await _rows(base, Interactions)
    assert len(calls) > SIZE * 3
    for row in calls:
        assert ends[row.id] == row.ended_at
        last = chosen.get(row.id)
        assert (row.disposition, row.note, row.disposed_by, row.disposed_at) == (
            (last.outcome_id, last.note, last.by, last.at) if last else (None,) * 4)
        assert (row.answered_at is None) == (last is None)
    assert [(row.client_id, row.started_at) for row in calls] == sorted(
        (row.client_id, row.started_at) for row in calls)


async def test_no_row_refers_to_nothing_and_every_index_is_there(
    base: Store, empty_url: str
) -> None:
    async with base.begin() as tx:
        if tx.dialect == "sqlite":
            assert await tx.scalar(text("pragma foreign_key_check")) is None
            assert await tx.scalar(text("pragma integrity_check")) == "ok"
            of: Any = text("select name from sqlite_master where type = 'index' order by name")
        else:
            await _keys_hold(tx)
            of = text("select indexname from pg_indexes where schemaname = 'public' order by 1")
        found = [row[0] for row in await tx.all(of)]
    other = Store(empty_url)
    if other.url.get_backend_name() == base.url.get_backend_name():
        await other.migrate()
        async with other.begin() as tx:
            assert [row[0] for row in await tx.all(of)] == found
    await other.close()


async def _keys_hold(tx: Any) -> None:
    """PostgreSQL does not look again at what was copied without looking."""
    for name in COLUMNS:
        for key in Base.metadata.tables[name].foreign_keys:
            mine, theirs = key.parent, key.column
            lost = select(func.count()).select_from(mine.table).where(
                mine.is_not(None), mine.not_in(select(theirs)))
            assert await tx.scalar(lost) == 0, key


async def test_the_same_seed_gives_the_same_base(base: Store, tmp_path: Any) -> None:
    other = Store.at(tmp_path / "other.db")
    await other.migrate()
    counts = await bulk.generate(other, clients=SIZE, names="ru", now=NOW)
    for name in COLUMNS:
        table: Any = SimpleNamespace(__table__=Base.metadata.tables[name])
        mine, theirs = await _rows(base, table), await _rows(other, table)
        assert [tuple(row) for row in mine] == [tuple(row) for row in theirs], name
        assert counts[name] == len(mine)
    await other.close()


async def test_life_goes_on_after_the_bulk(base: Store) -> None:
    async with base.begin() as tx:
        made = await clients.create(tx, name="Новый", number="+79990001122", by="101", at=NOW)
        assert await interactions.upsert_call(tx, interactions.CallFacts(
            call_id="c1", pbx="main", direction="in", started_at=NOW, client_id=made))
        assert [hit.client_id for hit in await clients.search(tx, "новый", region="RU")] == [made]
    await sample.generate(base, clients=5, now=NOW)
    assert made == SIZE + 1


async def test_a_base_with_clients_is_refused_and_left_as_it_is(base: Store) -> None:
    with pytest.raises(bulk.NotEmpty):
        await bulk.generate(base, clients=10, now=NOW)
    assert len(await _rows(base, Clients)) == SIZE


def test_blocks_have_the_proportions_of_the_reference_case() -> None:
    import random
    dealt = lots(4, 10_000, random.Random(1))
    assert len(dealt) == 31
    assert sum(lot.contacts for lot in dealt) == 150
    assert sum(1 + lot.more_numbers for lot in dealt) == 40
    assert dealt[-1].contact + dealt[-1].contacts == 5 * 150


async def test_the_file_stays_for_our_eyes_only(tmp_path: Path) -> None:
    base = Store.at(tmp_path / "own.db")
    await base.migrate()
    await bulk.generate(base, clients=3, now=NOW)
    await base.close()
    assert (tmp_path / "own.db").stat().st_mode & 0o077 == 0
    assert os.listdir(tmp_path) == ["own.db"]
