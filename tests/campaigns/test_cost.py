"""What a step costs does not grow with the attempts of the past."""

from __future__ import annotations

import pytest
from sqlalchemy import Select, text
from sqlalchemy.dialects import postgresql, sqlite

from crm_store import claims, dial_cards
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
