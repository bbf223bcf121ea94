"""The client's one stream: every kind in it, filtered, page by page, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from crm_store import clients, timeline
from crm_store.store import Store
from crm_store.tables.contacts import Timeline

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ORDER = tuple[datetime, str, int]


async def _client(store: Store) -> int:
    async with store.begin() as tx:
        return await clients.create(tx, name="Ivanov", number=None, by="101", at=NOW)


async def _told(store: Store, client_id: int, rows: list[tuple[int, str, int]]) -> list[ORDER]:
    """Rows (seconds ago, kind, ref) put into a stream that was empty; newest first."""
    async with store.begin() as tx:
        await tx.run(delete(Timeline))
        for ago, kind, ref in rows:
            await timeline.put(tx, client_id, NOW - timedelta(seconds=ago), kind,  # type: ignore[arg-type]
                               ref, {"ref": ref})
    return sorted({(NOW - timedelta(seconds=ago), kind, ref) for ago, kind, ref in rows},
                  reverse=True)


async def _all_pages(store: Store, client_id: int, **wanted: Any) -> list[ORDER]:
    found: list[ORDER] = []
    before = None
    while True:
        async with store.read() as tx:
            page = await timeline.page(tx, client_id, before=before, **wanted)
        found += [(item.at, item.kind, int(item.key.partition(":")[2])) for item in page.items]
        if page.next is None:
            return found
        before = timeline.Cursor.parse(str(page.next))


@pytest.mark.parametrize("kinds", [(), ("call",), ("note",), ("call", "attempt"),
                                   ("merge", "task", "mail", "web", "consent", "change")])
async def test_pages_tell_every_kind_once_and_in_order(
    store: Store, kinds: tuple[str, ...]
) -> None:
    client_id = await _client(store)
    rows = [(n // 3, kind, n) for n, kind in enumerate(sorted(timeline.KINDS) * 7)]
    told = await _told(store, client_id, rows)
    wanted = [row for row in told if not kinds or row[1] in kinds]
    assert await _all_pages(store, client_id, kinds=kinds, limit=4) == wanted
    assert await _all_pages(store, client_id, kinds=kinds, limit=1000) == wanted


async def test_a_filter_finds_one_note_behind_thousands_of_calls(store: Store) -> None:
    client_id = await _client(store)
    await _told(store, client_id, [(9_999, "note", 1), *((n, "call", n) for n in range(2_000))])
    async with store.read() as tx:
        page = await timeline.page(tx, client_id, kinds=["note"], limit=5)
    assert [item.key for item in page.items] == ["note:1"]
    assert page.next is None


async def test_nobody_elses_rows_are_on_a_page(store: Store) -> None:
    one, other = await _client(store), await _client(store)
    await _told(store, one, [(1, "call", 1), (2, "note", 2)])
    async with store.read() as tx:
        assert (await timeline.page(tx, other)).items == ()
        assert (await timeline.page(tx, other, kinds=["call", "note"])).items == ()


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
async def test_any_filter_and_page_size_is_the_whole_stream_cut(
    sqlite_store: Store, data: st.DataObject
) -> None:
    kind = st.sampled_from(sorted(timeline.KINDS))
    rows = data.draw(st.lists(st.tuples(st.integers(0, 3), kind, st.integers(1, 9)), max_size=12))
    kinds = data.draw(st.frozensets(kind, max_size=4))
    client_id = await _client(sqlite_store)
    told = await _told(sqlite_store, client_id, rows)
    assert await _all_pages(sqlite_store, client_id, kinds=kinds,
                            limit=data.draw(st.integers(1, 5))) == [
        row for row in told if not kinds or row[1] in kinds]


@pytest.fixture
async def sqlite_store(sqlite_template: Any, tmp_path: Any) -> Any:
    path = tmp_path / "one.db"
    path.write_bytes(sqlite_template.read_bytes())
    base = Store.at(path)
    yield base
    await base.close()
