"""The clock of the requests: who must be told is told, once; what nobody took is offered on."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from crm_store import request_alarms, request_matters, requests
from crm_store.base import Tx
from crm_store.errors import StoreError
from crm_store.requests import RequestRow
from workstation import unforeseen
from workstation.actions.requests import show_told
from workstation.desk import Desk
from workstation.requests import capacity, carrying, deeds
from workstation.requests.house import Notice, Told

log = structlog.get_logger()
BEAT_S = 2.0
AGAIN = timedelta(minutes=5)        # what could not be told now
NOBODY_FREE = timedelta(seconds=15)
NOBODY_THERE = timedelta(minutes=5)
ALL_EVERY = 1800                    # beats: requests that were put in by the thousand


async def run(desk: Desk) -> None:
    """For ever; cancel to stop."""
    beats = 0
    while True:
        with unforeseen.logged("requests"):
            try:
                if beats % ALL_EVERY == 0:
                    async with desk.store.begin() as tx:
                        await request_alarms.watch_unwatched(tx, desk.clock())
                await tell_due(desk)
            except StoreError as exc:
                log.warning("what is due could not be told", error=str(exc))
        beats += 1
        await asyncio.sleep(BEAT_S)


async def tell_due(desk: Desk) -> int:
    """Tell all that is due, each in a transaction of its own; how many it were."""
    count = 0
    while await _is_due(desk):
        try:
            await _tell_first(desk)
        except StoreError:
            raise
        except Exception:
            log.exception("a request's alarm cannot be told")
            async with desk.store.begin() as tx:
                await request_alarms.put_off(tx, desk.clock(), desk.clock() + AGAIN)
        count += 1
    return count


async def _is_due(desk: Desk) -> bool:
    async with desk.store.read() as tx:
        first = await request_alarms.next_due_at(tx)
    return first is not None and first <= desk.clock()


async def _tell_first(desk: Desk) -> None:
    told = Told()
    async with desk.board_turns["requests"], desk.board_turns["tasks"]:
        async with desk.store.begin() as tx:
            found = await request_alarms.take_due(tx, desk.clock())
            if found is not None:
                await _tell(desk, tx, *found, told)
        show_told(desk, told)


async def _tell(desk: Desk, tx: Tx, request_id: int, kind: str, told: Told) -> None:
    row = await requests.one(tx, request_id)
    if row.closed_at is not None:
        return
    match kind:
        case "late":
            await carrying.late(tx, desk.house, row, desk.clock(), told)
        case "remind":
            await _remind(desk, tx, row, told)
        case "reaction":
            await _no_reaction(desk, tx, row, told)
        case "offer":
            await _offer(desk, tx, row, told)


async def _remind(desk: Desk, tx: Tx, row: RequestRow, told: Told) -> None:
    """Him who has it in hand; else everybody of the group."""
    whom = (row.responsible,) if row.responsible else desk.house.members.get(row.group, ())
    told.notices.append(Notice("request_due", str(row.id), whom))
    told.row(await requests.change(tx, row.id, "reminded", by="clock", at=desk.clock()))


async def _no_reaction(desk: Desk, tx: Tx, row: RequestRow, told: Told) -> None:
    if row.responsible is not None:
        return
    await deeds.tell_leads(tx, desk.house, row, f"{row.id} · {row.client_name or ''}",
                           desk.clock(), told, code="request_untaken")
    told.row(await requests.change(tx, row.id, "unanswered", by="clock", at=desk.clock()))


async def _offer(desk: Desk, tx: Tx, row: RequestRow, told: Told) -> None:
    """To the next of the group who has room; nobody has: asked again soon."""
    kind = desk.kinds.get(row.type)
    if row.responsible is not None or kind is None or kind.reaction is None:
        return
    now = desk.clock()
    chosen = await next_operator(desk, tx, row)
    if chosen is None:
        if row.offered_to is not None:
            told.row(await requests.change(tx, row.id, "", by="clock", at=now, offered_to=None,
                                           offered_until=None))
        await request_alarms.set_one(tx, row.id, "offer", now + _pause(desk, row.group))
        return
    until = now + timedelta(minutes=kind.reaction.accept_minutes)
    await request_alarms.set_one(tx, row.id, "offer", until)
    told.notices.append(Notice("request_offered", str(row.id), (chosen,)))
    told.row(await requests.change(tx, row.id, "offered", by="clock", at=now, note=chosen,
                                   offered_to=chosen, offered_until=until))


def _pause(desk: Desk, group: str) -> timedelta:
    """Somebody will have room soon; or nobody is at work, and the night is long."""
    states = [desk.floor.operators[one].state for one in desk.house.members.get(group, ())
              if one in desk.floor.operators]
    return NOBODY_FREE if any(state in capacity.AT_WORK for state in states) else NOBODY_THERE


async def next_operator(desk: Desk, tx: Tx, row: RequestRow) -> str | None:
    """Whom it is offered to now, by the group's rule and what each has in hand."""
    members = [one for one in desk.house.members.get(row.group, ())
               if one in desk.floor.operators]
    if not members:
        return None
    states = {one: desk.floor.operators[one].state for one in members}
    held = _held(desk, await request_matters.held(tx, members))
    tried = await request_matters.offered_before(tx, row.id, row.stage_at or row.filed_at)
    loads = capacity.loads_of([one for one in members if one != row.offered_to], states, held)
    rule = desk.house.settings.capacity_of(row.group)
    return capacity.next_for(loads, rule, capacity.work_of(row.channel), tried)


def _held(desk: Desk, found: list[request_matters.Held]) -> dict[str, tuple[int, int]]:
    """operator → (mails, requests); what waits on others takes no room."""
    held: dict[str, tuple[int, int]] = {}
    for one in found:
        kind = desk.kinds.get(one.type)
        stage = kind.stage.get(one.stage) if kind is not None else None
        if stage is not None and stage.waits:
            continue
        mails, others = held.get(one.operator, (0, 0))
        is_mail = capacity.work_of(one.channel) == "mail"
        held[one.operator] = ((mails + one.count, others) if is_mail
                              else (mails, others + one.count))
    return held
