"""What a step costs does not grow with the attempts of the past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql, sqlite

from crm_store import claims, dial_cards, stopping
from crm_store.stopping import Marks
from crm_store.store import Store

EVERY_SECOND = {"open": claims.OPEN_NOW, "untold": claims.UNTOLD, "cards": dial_cards.HELD}


@pytest.mark.parametrize("name", EVERY_SECOND)
async def test_statement_of_every_second_reads_no_finished_attempts(
    store: Store, name: str,
) -> None:
    statement: Select[*tuple[object, ...]] = EVERY_SECOND[name]
    async with store.begin() as tx:
        dialect = sqlite.dialect() if tx.dialect == "sqlite" else postgresql.dialect()
        sql = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        if tx.dialect == "sqlite":
            plan = [str(row[3]) for row in await tx.all(text(f"explain query plan {sql}"))]
        else:
            await tx.run(text("set local enable_seqscan = off"))
            plan = [str(row[0]) for row in await tx.all(text(f"explain {sql}"))]
    used = " ".join(plan)
    assert "ix_attempts_" in used, used
    assert "SCAN attempts" not in used or "SCAN attempts USING INDEX ix_attempts_" in used, used
    assert "Seq Scan on attempts" not in used, used


NEWS = {"paid": stopping._paid(Marks(9, 9, 9)), "asked": stopping._asked(Marks(9, 9, 9)),
        "suppressed": stopping._suppressed(Marks(9, 9, 9)),
        "called": stopping._called(9, datetime(2026, 11, 23, tzinfo=UTC))}


@pytest.mark.parametrize("name", NEWS)
@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_news_of_clients_are_read_from_the_last_row_on(store: Store, name: str) -> None:
    """Of 30 million calls the last hour's: by id, the others are not read every second."""
    sql = str(NEWS[name].compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}))
    async with store.read() as tx:
        first, *_ = [str(row[3]) for row in await tx.all(text(f"explain query plan {sql}"))]
    assert first.startswith("SEARCH"), first
    assert first.endswith("USING INTEGER PRIMARY KEY (rowid>?)"), first
