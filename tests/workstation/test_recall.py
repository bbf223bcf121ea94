"""After a start: a screen's first picture has the contacts without an outcome already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from crm_store import interactions
from crm_store.interactions import CallFacts
from crm_store.store import Store
from tests.workstation.office import open_office, settings_in
from workstation.serve import prepare


async def test_the_first_snapshot_has_what_waits_for_its_outcome(tmp_path: Path) -> None:
    """Else a page that reconnects takes the note away under the hands of who types it."""
    settings, at = settings_in(tmp_path), datetime.now(UTC) - timedelta(hours=1)
    store = Store(settings.store_url)
    await prepare(store, settings)
    async with store.begin() as tx:
        await interactions.upsert_calls(tx, [CallFacts(
            call_id=f"waits-{n}", pbx="main", direction="in", started_at=at, operator=who,
            number=f"+7916123{n:04}", queue="billing", answered_at=at,
            ended_at=at + timedelta(minutes=2))
            for n, who in enumerate(["101", "102", "103", "108"] * 10)])
    await store.close()
    async with open_office(tmp_path, settings=settings) as office:
        login = next(one.login for one in office.desk.settings.operator if one.id == "108")
        async with office.screen(login) as screen:
            assert screen.snapshot is not None
            assert len(screen.snapshot.views["conversations"]) == 10
