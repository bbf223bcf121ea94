"""A source that is a real PostgreSQL: read by bound values only, and never waited for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from crm_store import clients
from crm_store.sources import answers, reading, sql
from crm_store.sources.answers import Answer
from crm_store.sources.values import AccountSaid, NoAnswer, PartPlan, Said, SourcePlan
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_BILLING = """
drop schema if exists k7 cascade; create schema k7;
create table k7.ledger (account text primary key, balance numeric, currency text, since date);
create table k7.bills (no text, account text, sum numeric, on_day date, due date);
insert into k7.ledger values ('400-1', -4812.50, 'RUB', '2026-09-09'), ('it''s', 7, 'RUB', null);
insert into k7.bills values ('A-1', '400-1', 1240.00, '2026-10-01', '2026-10-25'),
                            ('A-2', '400-1', 1300.10, '2026-11-01', null);
"""
_ACCOUNT = PartPlan(
    rows="select account, balance, currency, since from k7.ledger where account = :key",
    fields={"number": "account", "balance": "balance", "currency": "currency",
            "debt_since": "since"})
_INVOICE = PartPlan(
    rows="select no, account, sum, on_day, due from k7.bills where account = :key order by on_day",
    fields={"number": "no", "account": "account", "amount": "sum", "issued_on": "on_day",
            "due_on": "due"})


@pytest.fixture
async def plan(postgres_server: str) -> SourcePlan:
    connection = await asyncpg.connect(f"{postgres_server}/postgres", timeout=10)
    await connection.execute(_BILLING, timeout=30)
    await connection.close()
    return SourcePlan(
        id="ledger", name="Ledger", kind="sql", url=f"{postgres_server}/postgres", key="account",
        money="decimal", parts={"account": _ACCOUNT, "invoice": _INVOICE}, limit_s=5.0)


@pytest.fixture
async def source(plan: SourcePlan) -> AsyncIterator[sql.SqlSource]:
    opened = sql.SqlSource(plan, "")
    yield opened
    await opened.close()


async def test_figures_come_from_a_real_postgresql(
    plan: SourcePlan, source: sql.SqlSource
) -> None:
    said = reading.said(plan, await source.ask("400-1"), "400-1")
    [account] = said.accounts
    assert (account.balance_minor, account.debt_minor, account.debt_since) == (
        -481_250, 481_250, date(2026, 9, 9))
    assert [invoice.number for invoice in said.invoices] == ["A-2", "A-1"]


@pytest.mark.parametrize(("key", "accounts"), [
    ("it's", 1), ("400-1' or '1'='1", 0), ("'; drop table k7.ledger; --", 0), ("400-1 ", 0)])
async def test_a_key_is_a_value_and_never_sql(
    source: sql.SqlSource, key: str, accounts: int
) -> None:
    assert len((await source.ask(key))["account"]) == accounts
    assert len((await source.ask("400-1"))["account"]) == 1


@pytest.mark.parametrize(("statement", "reason"), [
    ("select nothing from k7.ledger where account = :key", "statement"),
    ("select pg_sleep(30)::text as account where :key <> ''", "timeout"),
    ("with gone as (delete from k7.ledger where account = :key returning 1) "
     "select * from gone", "statement")])
async def test_a_statement_that_fails_or_writes_or_sleeps_gives_no_answer(
    plan: SourcePlan, statement: str, reason: str
) -> None:
    bad = replace(plan, limit_s=0.2, parts={"account": replace(_ACCOUNT, rows=statement)})
    source = sql.SqlSource(bad, "")
    try:
        with pytest.raises(NoAnswer) as refused:
            await source.ask("400-1")
        assert refused.value.reason == reason
        assert "400-1" not in str(refused.value)
    finally:
        await source.close()
    whole = sql.SqlSource(plan, "")
    assert len((await whole.ask("400-1"))["account"]) == 1      # nothing was deleted
    await whole.close()


async def test_an_endless_answer_is_not_read_to_its_end(plan: SourcePlan) -> None:
    endless = replace(_ACCOUNT, rows="with recursive n(i) as (select 1 union all select i + 1 "
                      "from n) select 'x' || i as account, 0 as balance from n where :key <> ''",
                      fields={"number": "account", "balance": "balance"})
    source = sql.SqlSource(replace(plan, parts={"account": endless}, most_rows=50), "")
    found = await source.ask("400-1")
    assert len(found["account"]) == 51
    await source.close()


async def test_a_database_that_is_not_there_is_no_answer(plan: SourcePlan) -> None:
    source = sql.SqlSource(replace(plan, url="postgresql://deskline@127.0.0.1:1/billing"), "")
    with pytest.raises(NoAnswer) as refused:
        await source.ask("400-1")
    assert refused.value.reason == "unreachable"
    await source.close()


@pytest.mark.parametrize(("statement", "says"), [
    ("delete from ledger where account = :key", "begin with"),
    ("select 1; drop table ledger", "one statement"), ("select * from ledger", ":key"),
    ("select * from ledger where account = :account", ":key"),
    ("select :key, :other from ledger", "no other")])
def test_sql_of_the_settings_is_one_select_with_one_value(statement: str, says: str) -> None:
    with pytest.raises(sql.StatementUnusable, match=says):
        sql.check_statement(statement)
    sql.check_statement("select a::text from ledger where account = :key")


@pytest.mark.parametrize("url", [
    "sqlite:///x.db", "postgresql://u:secret@host/db", "postgresql://host", "nonsense",
    "mysql://u@host/db"])
def test_a_url_names_a_postgresql_and_no_password(url: str) -> None:
    with pytest.raises(sql.UrlUnusable) as refused:
        sql.checked_url(url)
    assert "secret@" not in str(refused.value)


async def test_what_was_said_last_is_kept_and_forgotten_with_its_time(store: Store) -> None:
    said = Said(accounts=(AccountSaid(number="400-1", balance_minor=-5, currency="RUB",
                                      debt_minor=5, debt_since=date(2026, 1, 2)),))
    async with store.begin() as tx:
        client_id = await clients.create(tx, name="Ivanov", by="t", at=NOW)
        for at in (NOW - timedelta(days=1), NOW):
            await answers.keep(tx, source="billing", key="400-1", client_id=client_id,
                               answer=Answer(said, at))
        assert await answers.of_client(tx, client_id) == {
            ("billing", "400-1"): Answer(said, NOW)}
        assert await answers.forget(tx, before=NOW) == 0
        assert await answers.forget(tx, before=NOW + timedelta(seconds=1)) == 1


async def test_a_cancelled_question_leaves_the_source_usable(
    plan: SourcePlan
) -> None:
    slow = replace(_ACCOUNT, rows="select pg_sleep(5)::text as account where :key <> ''")
    source = sql.SqlSource(replace(plan, parts={"account": slow}, concurrency=1), "")
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await source.ask("400-1")
    await source.close()
