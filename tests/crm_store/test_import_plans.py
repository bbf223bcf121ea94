"""A chunk of an import reads a few rows of a large base: no statement of it scans a table."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event

from crm_store import imports
from crm_store.imports import undoing
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
# Asked once for the whole import, or small for ever.
_ALLOWED = ("custom_fields", "json_each", "CONSTANT ROW", "max(")


async def _recorded(store: Store, work: Any) -> set[tuple[str, tuple[Any, ...]]]:
    """The reading and writing statements of `work`, with values that fit."""
    seen: dict[str, tuple[Any, ...]] = {}

    def hear(_c: Any, _cursor: Any, sql: str, values: Any, _context: Any, many: bool) -> None:
        seen.setdefault(sql, tuple(values[0] if many else values))

    engine = store._writer.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    await work
    event.remove(engine, "before_cursor_execute", hear)
    return set(seen.items())


def _scans(path: Path, statements: set[tuple[str, tuple[Any, ...]]]) -> list[str]:
    base = sqlite3.connect(path)
    found = []
    for sql, values in statements:
        if not sql.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
            continue
        steps = [str(row[3]) for row in base.execute(f"explain query plan {sql}", values)]
        found += [f"{step}: {sql}" for step in steps if step.startswith("SCAN")
                  and not any(known in f"{step} {sql}" for known in _ALLOWED)]
        found += [f"{step}: {sql}" for step in steps if "merged_into=?" in step
                  and "merged_into IS NULL" in sql]     # nearly every client is not merged
    base.close()
    return found


async def test_an_import_and_its_undoing_scan_no_table(tmp_path: Path) -> None:
    store = Store.at(tmp_path / "deskline.db")
    await store.migrate()
    path = tmp_path / "x.csv"

    def table(debt: int) -> None:
        path.write_text("name,phone,email,account,address,debt,meter,tags\n" + "".join(
            f'Ivanov {place},8916{place:07d},i{place}@example.org,{place},"Samara, Mira, {place}",'
            f"{debt},M{place},t{debt}\n" for place in range(1, 60)))

    async def bring_in() -> imports.ImportReport:
        return await imports.run(store, path, region="RU", currency="RUB", by="admin", now=NOW)

    table(10)
    statements = await _recorded(store, bring_in())
    table(20)
    statements |= await _recorded(store, bring_in())
    for import_id in (2, 1):
        statements |= await _recorded(store, undoing.undo(
            store, import_id, tmp_path, by="admin", clock=lambda: NOW))
    assert len(statements) > 40
    await store.close()
    assert _scans(tmp_path / "deskline.db", statements) == []
