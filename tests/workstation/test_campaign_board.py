"""Campaigns on the supervisors' screens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from tests.campaigns.conftest import make_campaign
from tests.workstation.office import Office, open_office
from workstation.actions import campaigns

NOW = datetime(2026, 11, 23, 9, 0, 5, tzinfo=UTC)


async def test_board_shows_what_lives_and_the_last_that_ended_and_reads_only_what_moves(
    tmp_path: Path,
) -> None:
    now = [NOW]
    async with open_office(tmp_path, clock=lambda: now[0]) as office:
        running, paused, *ended = [
            await make_campaign(office.store, [[f"+7916000{index:04d}"]], name=f"c{index}")
            for index in range(25)]
        await _do(office, f"update campaigns set state = 'paused' where id = {paused}")
        for at, campaign in enumerate(ended):
            await _do(office, "update campaigns set state = 'ended', end_reason = 'complete', "
                              f"ended_at = {at + 1} where id = {campaign}")
        await campaigns.show_all(office.desk)
        assert {int(key) for key in _shown(office)} == {running, paused, *ended[-20:]}
        await _do(office, "update campaign_entries set state = 'promised'")
        now[0] = NOW + timedelta(seconds=(ended[-1] + 1 - NOW.second) % 10)
        await campaigns.show_all(office.desk)
        assert _shown(office)[str(running)] == 1
        assert _shown(office)[str(ended[-1])] == 0, "not its turn"
        now[0] += timedelta(seconds=9)
        await campaigns.show_all(office.desk)
        assert _shown(office)[str(ended[-1])] == 1


def _shown(office: Office) -> dict[str, int]:
    """Campaign → how many have promised, as the board has it."""
    placed = office.desk.board._placed
    return {key[1]: getattr(held.view, "ledger", {}).get("promised", 0)
            for (_, key), held in placed.items() if key[0] == "campaigns"}


async def _do(office: Office, statement: str) -> None:
    async with office.store.begin() as tx:
        await tx.run(text(statement))
