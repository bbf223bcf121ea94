"""Cards before calls, on the screens of who holds them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from campaigns import picking, previewing, steering
from campaigns.pacing import Pacing
from campaigns.rule_files import rule_set
from crm_store import campaigns as rows
from tests.campaigns.conftest import make_campaign
from tests.workstation.office import Office, Screen, open_office


async def _handed(office: Office, operator: str) -> int:
    """The client of a card that the dialler put on an operator's screen."""
    now = datetime.now(UTC)
    campaign_id = await make_campaign(
        office.store, [["+79160000001"]], law=("DEFAULT-strict",))
    async with office.store.begin() as tx:
        await steering.set_pace(tx, campaign_id, Pacing.PREVIEW, by="test", at=now)
        lease = picking.Lease("d1", now + timedelta(seconds=9), "token")
        [attempt] = await previewing.hand_out(
            tx, await rows.get(tx, campaign_id), rule_set(("rehearsal",)), lease,
            free=[operator], now=now)
        return attempt.client_id


async def _card(screen: Screen) -> int:
    await screen.until(lambda views: bool(views["previews"]))
    [card] = screen.views["previews"].values()
    return int(card["id"])


async def test_card_is_on_its_operators_screen_alone_and_leaves_it_when_skipped(
    tmp_path: Path,
) -> None:
    async with open_office(tmp_path) as office, office.screen("anna") as anna, \
            office.screen("sofia") as sofia:
        assert anna.snapshot is not None
        await _handed(office, anna.snapshot.me.id)
        card = await _card(anna)
        assert sofia.views["previews"] == {}
        reply = await sofia.ask("card.skip", card=card, reason="not_now")
        assert reply.problem is not None
        assert reply.problem.code == "card_gone"
        reply = await anna.ask("card.skip", card=card, reason="other", note="x")
        assert reply.problem is not None
        assert reply.problem.code == "note_missing"
        reply = await anna.ask("card.dial", card=card)
        assert reply.problem is not None
        assert reply.problem.code == "phone_unreachable"
        reply = await anna.ask("card.skip", card=card, reason="other", note="on holiday")
        assert reply.problem is None
        await anna.until(lambda views: not views["previews"])
        async with office.store.read() as tx:
            [entry] = await steering.entries(tx, 1)
        assert (entry.why, entry.facts["note"]) == ("skipped", "on holiday")
