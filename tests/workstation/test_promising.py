"""A promise typed with an outcome: its instalments, silence until each, one broken ends them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaigns import lawful, settling
from campaigns.promises import Promise
from campaigns.stopping import keep
from crm_store import campaigns as rows
from crm_store import promises, restraints
from tests.campaigns.conftest import make_campaign
from tests.workstation.office import open_office
from workstation.errors import Refused
from workstation.promising import promised

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def test_sum_is_parted_into_instalments_that_add_up() -> None:
    typed = {"kind": "promise", "sum": "1 000,01", "due_at": "2026-12-01T10:00:00Z",
             "parts": "3", "every_days": "14"}
    assert promised(typed, NOW, ZONE) == (
        Promise(33335, date(2026, 12, 1)), Promise(33333, date(2026, 12, 15)),
        Promise(33333, date(2026, 12, 29)))
    assert promised({"kind": "task"}, NOW, ZONE) == ()


@pytest.mark.parametrize("wrong", [
    {"sum": "much"}, {"sum": "0"}, {"due_at": "soon"}, {"due_at": "2026-11-22"},
    {"due_at": "2028-01-01"}, {"parts": "0"}, {"parts": "25"}, {"every_days": "0"}])
def test_promise_that_cannot_be_read_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(Refused, match="promise"):
        promised({"kind": "promise", "sum": "10", "due_at": "2026-11-30", **wrong}, NOW, ZONE)


async def test_broken_instalment_ends_the_silence_of_the_others(tmp_path: Path) -> None:
    async with open_office(tmp_path, clock=lambda: NOW) as office:
        campaign = await make_campaign(office.store, [["+79160000001"]])
        async with office.store.begin() as tx:
            entry = (await rows.page(tx, campaign))[0].entry
            day = NOW.date() + timedelta(days=3)
            await settling.keep_promises(
                tx, entry.client_id, None, (Promise(500, day), Promise(
                    500, day + timedelta(days=30))), "RUB", by="101", at=NOW)
            person = await lawful.person_of(tx, entry, await rows.numbers(tx, entry.id), NOW)
            assert person.silent_until is not None
            assert person.silent_until.date() == day, "until the next day that he named"
        later = NOW + timedelta(days=5)
        async with office.store.begin() as tx:
            await keep(tx, entry.client_id, now=later, zone=ZONE)
            states = [one.state for one in await promises.of_client(tx, entry.client_id)]
            assert states == ["broken", "open"]
            assert await restraints.open_promises(tx, entry.client_id) == []
