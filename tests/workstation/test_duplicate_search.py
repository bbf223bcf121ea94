"""The nightly search: a process of its own that gets the database's URL by its standard input."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from crm_store import clients, merges
from crm_store.store import Store
from crm_store.tables.contacts import Notes
from tests.crm_store.two_clients import NOW, NUMBERS
from workstation.duplicate_search import next_at, search
from workstation.duplicate_settings import Duplicates

SAMARA = ZoneInfo("Europe/Samara")


@pytest.mark.parametrize(("now", "hours"), [("02:29", 0), ("02:30", 24), ("23:30", 3)])
def test_it_is_due_once_a_day_by_the_companys_clock(now: str, hours: int) -> None:
    at = datetime.fromisoformat(f"2026-11-22T{now}").replace(tzinfo=SAMARA)
    wait = next_at("02:30", at) - at
    assert wait > timedelta(0)
    assert round(wait / timedelta(hours=1)) == hours


@pytest.mark.parametrize("at", ["24:00", "2:30", "soon"])
def test_an_hour_that_is_none_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match="at"):
        Duplicates(at=at)
    assert Duplicates(at="").at == ""


async def test_the_child_searches_and_gathers(store: Store, store_url: str) -> None:
    async with store.begin() as tx:
        kept, absorbed, _, _ = [await clients.create(
            tx, name=name, number=NUMBERS[0], by="x", at=NOW)
            for name in ("Orlov Petr", "Orlov P", "Иванов Иван", "Ivanov Ivan")]
        await merges.merge(tx, kept, absorbed, by="x", at=NOW, reason="")
        await tx.run(insert(Notes).values(client_id=absorbed, text="late", by="x", at=NOW))
    report = await search(store_url)
    assert report is not None
    assert (report["suspects"], report["gathered"]) == (1, 1)


async def test_a_base_that_is_not_there_is_a_warning_and_no_crash() -> None:
    assert await search("sqlite:////nowhere/at/all.db") is None
