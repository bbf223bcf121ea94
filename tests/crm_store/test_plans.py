"""Hot statements never read a whole table, on either engine."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql, sqlite

from crm_store import (
    belongings,
    call_routes,
    cards,
    claims,
    client_measures,
    clients,
    drafts,
    identity,
    interactions,
    pops,
    proposal_answers,
    sample,
    script_answers,
    timeline,
)
from crm_store.prepared import Prepared
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
VALUES = {"client_id": 1, "e164": "+79161234567", "count": 20, "at": NOW, "since": NOW,
          "kind": "call", "ref": 1, "interaction_id": 1, "besides": 0, "attempt": 1,
          "operator": "101", "number": "+79161234567"}
HOT = {
    "candidates: links": clients._LINKS, "candidates: contacts": clients._LATEST_CONTACTS,
    "card: client": cards._CLIENT, "card: belongings": belongings.BELONGINGS,
    "card: accounts": cards._ACCOUNTS, "card: meters": cards._METERS,
    "timeline: first page": timeline._FIRST_PAGE, "timeline: next page": timeline._NEXT_PAGE,
    "pop: named": pops._NAMED, "pop: meant by a campaign": pops._MEANT,
    "pop: chosen": pops._CHOSEN, "pop: ticked": identity._STANDING,
    "routing: client": call_routes._WHO, "routing: debt": call_routes._OWES,
    "routing: last talk": call_routes._LAST_OF_CLIENT,
    "routing: last talk at a number": call_routes._LAST_OF_NUMBER,
    "routing: request in hand": call_routes._IN_HAND, "routing: lately": call_routes._RECENT,
    "pop: drafts": drafts.OF_CONTACT,
    "script: answers": script_answers._OF_CONTACT,
    "proposals: answers": proposal_answers._LATEST,
    "measures: opened": client_measures._OPENED, "measures: made": client_measures._MADE,
    "measures: paid": client_measures._PAID, "measures: before": client_measures._BEFORE,
    "measures: recent": client_measures._RECENT,
    "pop: calls of a number": interactions._OF_NUMBER,
    "timeline: some kinds": timeline._filtered(("call", "note", "task"), is_next=False),
    "timeline: next of some kinds": timeline._filtered(("call", "note"), is_next=True),
}


def _literal(statement: Select[*tuple[object, ...]], engine: str) -> str:
    dialect = sqlite.dialect() if engine == "sqlite" else postgresql.dialect()
    at = 1_764_000_000_000_000 if engine == "sqlite" else NOW
    values = {name: value for name, value in (VALUES | {"at": at, "since": at}).items()
              if name in statement.compile().params}
    compiled = statement.compile(dialect=dialect)
    sql = str(compiled)
    for name in compiled.positiontup or ():
        sql = sql.replace("?", _quoted(values.get(name, compiled.params[name])), 1)
    for name, value in (compiled.params | values).items():
        sql = sql.replace(f"%({name})s", _quoted(value))
    return sql


def _quoted(value: object) -> str:
    return str(value) if isinstance(value, int) else f"'{value}'"


@pytest.mark.parametrize("name", HOT)
async def test_hot_statements_use_an_index(store: Store, name: str) -> None:
    prepared: Prepared = HOT[name]
    await sample.generate(store, clients=5, now=NOW)
    async with store.begin() as tx:
        sql = _literal(prepared.statement, tx.dialect)
        if tx.dialect == "sqlite":
            rows = [str(row[3]) for row in await tx.all(text(f"explain query plan {sql}"))]
            assert not [row for row in rows if row.startswith("SCAN") and "_LATEST" not in row
                        and "anon" not in row and "subquery" not in row], rows
        else:
            await tx.run(text("set local enable_seqscan = off"))
            rows = [str(row[0]) for row in await tx.all(text(f"explain {sql}"))]
            assert not [row for row in rows if "Seq Scan" in row], rows


async def test_talks_by_hand_are_looked_up_not_sought_among_all_recent_ones(store: Store) -> None:
    """PostgreSQL chooses by its statistics, which say nothing of a full base here."""
    async with store.begin() as tx:
        sql = _literal(claims._TALKS.statement, tx.dialect)
        if tx.dialect == "postgresql":
            await tx.run(text("set local enable_seqscan = off"))
        explain = "explain query plan" if tx.dialect == "sqlite" else "explain"
        plan = " ".join(str(row) for row in await tx.all(text(f"{explain} {sql}")))
    if store.path is None:
        assert "Seq Scan" not in plan
        return
    assert "ix_interactions_client_id_started_at" in plan
    assert "ix_interactions_number_contacts" in plan
    assert "ix_interactions_started_at" not in plan


async def test_a_rare_kind_is_not_looked_for_among_the_calls(store: Store) -> None:
    prepared = timeline._filtered(("call", "note"), is_next=True)
    async with store.begin() as tx:
        sql = _literal(prepared.statement, tx.dialect)
        if tx.dialect == "postgresql":
            await tx.run(text("set local enable_seqscan = off"))
            await tx.run(text("set local enable_bitmapscan = off"))
        explain = "explain query plan" if tx.dialect == "sqlite" else "explain"
        plan = " ".join(str(row) for row in await tx.all(text(f"{explain} {sql}")))
    assert "ix_timeline_rare" in plan
