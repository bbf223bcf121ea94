"""Campaigns as supervisors steer them, and their ledgers on the board."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from campaigns import steering
from campaigns.coverage import State
from campaigns.lawful import RehearsalRefused
from campaigns.plans import PlanError
from campaigns.rule_files import RuleFileError
from crm_store import campaigns
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow
from workstation import protocol
from workstation.desk import Desk
from workstation.errors import Refused, Unreadable
from workstation.policy import Person
from workstation.protocol import CampaignArgs, CampaignEntries
from workstation.views import moment, moment_or_none

PAGE = 100
ENDED_SHOWN = 20
TURN_S = 10         # a campaign that does not run is read again after so long
_SHOWN_AS: dict[str, Literal["draft", "running", "paused", "ended"]] = {
    "draft": "draft", "running": "running", "paused": "paused"}


async def start(desk: Desk, person: Person, args: CampaignArgs) -> dict[str, object]:
    return await _steer(desk, person, args, steering.start)


async def pause(desk: Desk, person: Person, args: CampaignArgs) -> dict[str, object]:
    return await _steer(desk, person, args, steering.pause)


async def stop(desk: Desk, person: Person, args: CampaignArgs) -> dict[str, object]:
    return await _steer(desk, person, args, steering.stop)


async def entries(desk: Desk, person: Person, args: CampaignEntries) -> dict[str, object]:
    found, cursor = await entry_page(desk, args, limit=PAGE)
    return {"entries": found, "cursor": cursor}


async def entry_page(desk: Desk, args: CampaignEntries, *,
                     limit: int) -> tuple[list[dict[str, Any]], str | None]:
    """The people on the list, and the cursor of the next page."""
    state = _state(args.state)
    async with desk.store.read() as tx:
        rows = await steering.entries(tx, args.campaign, state=state,
                                      after=after(args.cursor), limit=limit + 1)
    shown = rows[:limit]
    return [_entry(row) for row in shown], str(shown[-1].id) if len(rows) > limit else None


async def listing(desk: Desk) -> list[protocol.CampaignView]:
    async with desk.store.read() as tx:
        return [await view(tx, row) for row in await steering.campaigns(tx)]


async def one(desk: Desk, campaign_id: int) -> protocol.CampaignView:
    async with desk.store.read() as tx:
        return await view(tx, await steering.campaign(tx, campaign_id))


async def view(tx: Tx, row: steering.CampaignView) -> protocol.CampaignView:
    return protocol.CampaignView(
        id=row.id, name=row.name, state=_SHOWN_AS.get(row.state, "ended"), size=row.size,
        ledger={str(state): count for state, count in row.coverage.counts.items()},
        attempts=row.attempts, lines=row.lines, why=row.why,
        started_at=moment_or_none(row.started_at), ended_at=moment_or_none(row.ended_at))


async def show_all(desk: Desk) -> None:
    """Campaigns' ledgers on the supervisors' screens; called every second.

    Those that have not ended and the last that did. The ones that run or just changed are read;
    of the others, where only a corrected outcome may come, each one in its turn.
    """
    async with desk.board_turns["campaigns"]:
        async with desk.store.read() as tx:
            rows = await campaigns.newest(tx, ended=ENDED_SHOWN)
            held = {row.id: _held(desk, row) for row in rows}
            fresh = await steering.views(tx, [row for row in rows if held[row.id] is None])
            shown = held | {row.id: await view(tx, row) for row in fresh}
        desk.board.replace(
            "campaigns", [(str(key), found) for key, found in shown.items() if found])


def _held(desk: Desk, row: CampaignRow) -> protocol.CampaignView | None:
    """What the board shows of it, where that is news enough."""
    held = desk.board.get("campaigns", str(row.id))
    is_its_turn = int(desk.clock().timestamp()) % TURN_S == row.id % TURN_S
    if row.state == "running" or is_its_turn or not isinstance(held, protocol.CampaignView):
        return None
    return held if held.state == _SHOWN_AS.get(row.state, "ended") else None


async def _steer(desk: Desk, person: Person, args: CampaignArgs,
                 wish: Callable[..., Awaitable[None]]) -> dict[str, object]:
    at: datetime = desk.clock()
    with said():
        async with desk.store.begin() as tx:
            await wish(tx, args.campaign, by=person.operator or person.login, at=at)
    await show_all(desk)
    return {}


@contextmanager
def said() -> Iterator[None]:
    """What a campaign cannot do, in the words that say why."""
    try:
        yield
    except (steering.SteeringError, RuleFileError, PlanError, RehearsalRefused) as exc:
        raise Refused("campaign_refused", "The campaign cannot be steered like this.",
                      str(exc)) from exc


def _state(text: str | None) -> State | None:
    if text is None:
        return None
    try:
        return State(text)
    except ValueError as exc:
        raise Unreadable(f"no such state: {text[:40]}") from exc


def after(cursor: str | None) -> int:
    """The id that a cursor names, 0 without one. Raises Unreadable."""
    if not cursor:
        return 0
    if not cursor.isdecimal() or len(cursor) > 18:
        raise Unreadable("unknown cursor")
    return int(cursor)


def _entry(row: steering.EntryView) -> dict[str, Any]:
    return {"id": row.id, "client_id": row.client_id, "name": row.client_name,
            "state": str(row.state),
            "why": row.why, "sentence": row.sentence, "since": moment(row.since),
            "numbers": list(row.numbers), "attempts": row.attempts,
            "next_at": moment_or_none(row.until_at),
            "debt_minor": row.debt_minor, "currency": row.currency}
