"""What a caller who waits is to hear: the dialplan asks here, at the gate's port, before he joins
a queue, now and then while he waits, and when he presses 1. Without an answer he just waits."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from crm_store import callbacks, phones
from crm_store.callbacks import Callback
from crm_store.errors import StoreError
from cti.agi import AgiSession, Request, Script
from workstation.desk import Desk
from workstation.settings import Queue
from workstation.waiting import turns, waits
from workstation.waiting.expecting import minutes
from workstation.waiting.waits import CALL_BACK

log = structlog.get_logger()
ROUTE = "line"
LIMIT_S = 1.0
SECONDS = re.compile(r"[0-9]{9,11}")    # since 1970


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Who asks, and when: `before` he joins, `while` he waits, after a `key`."""
    queue: str
    moment: str
    arrived_at: datetime
    number: str | None
    is_sent: bool           # another queue has sent him here already


def script(desk: Desk) -> Script:
    """The FastAGI script of route `line`."""
    async def answer(session: AgiSession, request: Request) -> None:
        who = waiter(desk, request)
        call = await session.get_variable("CHANNEL(linkedid)") or ""
        try:
            async with asyncio.timeout(LIMIT_S):
                told = await announced(desk, who)
        except (StoreError, TimeoutError) as exc:
            log.info("a caller is not told his place", error=str(exc) or type(exc).__name__)
            return
        since = told.get("SINCE", "")
        desk.waits.arrived[call] = (
            datetime.fromtimestamp(int(since), UTC) if since else who.arrived_at)
        if call.startswith(CALL_BACK):      # we called him: he has heard what there is to say
            return
        for name, value in told.items():
            await session.set_variable(f"DESKLINE_{name}", value)
    return answer


def waiter(desk: Desk, request: Request) -> Waiter:
    since = request.query.get("since", "")
    number = None if request.is_number_withheld else request.caller_number
    return Waiter(
        queue=request.query.get("queue", ""), moment=request.query.get("moment", ""),
        arrived_at=datetime.fromtimestamp(int(since), UTC) if SECONDS.fullmatch(since)
        else desk.clock(), is_sent=request.query.get("over", "") != "",
        number=phones.normalise(number, region=desk.settings.company.region).e164)


async def announced(desk: Desk, who: Waiter) -> dict[str, str]:
    """What the dialplan and the menu `waiting` are told."""
    queue = desk.queues.get(who.queue)
    if queue is None:
        return {}
    async with desk.store.read() as tx:
        tokens = [one for one in await callbacks.line(tx) if one.queue == queue.id]
    own = next((one for one in tokens if one.number == who.number), None)
    arrived_at = min(own.arrived_at, who.arrived_at) if own is not None else who.arrived_at
    told = {} if own is None else {"SINCE": str(int(arrived_at.timestamp()))}
    return told | _told(desk, queue, who, arrived_at, [one for one in tokens if one is not own])


def _told(desk: Desk, queue: Queue, who: Waiter, arrived_at: datetime,
          tokens: list[Callback]) -> dict[str, str]:
    floor, now = desk.sites.first.floor, desk.clock()
    line = desk.waits.line(floor, queue.id)
    place = turns.place([turns.Token(one.id, one.arrived_at) for one in tokens], line, arrived_at)
    free, here = waits.free(floor, queue.id), waits.signed_in(floor, queue.id)
    expected_s = desk.waits.pasts[queue.id].expected_s(place, now, signed_in=here)
    over = "" if who.moment == "key" else overflow(
        queue, waited_s=(now - arrived_at).total_seconds(), callers=place / max(1, here),
        is_sent=who.is_sent)
    if over in desk.queues:
        return {"OTHER": over}
    is_offered = _is_offered(desk, who, expected_s)
    return {
        "PLACE": str(place), "WAIT_MIN": str(minutes(expected_s) or ""),
        "OFFERED": "yes" if is_offered else "no", "OVERFLOW": over if place > free else "",
        "SAY": "yes" if _is_worth_a_word(who, place, free) or (over and place > free) else "no"}


def overflow(queue: Queue, *, waited_s: float, callers: float, is_sent: bool) -> str:
    """Where he goes instead, by the first rule that fits; "" nowhere. Nobody is sent on and on."""
    for rule in queue.overflow:
        if is_sent and rule.to not in ("call_back", "message"):
            continue
        if (rule.after_s is not None and waited_s >= rule.after_s) or (
                rule.callers is not None and callers > rule.callers):
            return str(rule.to)
    return ""


def _is_offered(desk: Desk, who: Waiter, expected_s: float | None) -> bool:
    settings = desk.settings
    if not settings.call_back.on:
        return False
    return who.moment == "key" or expected_s is None or (
        expected_s >= settings.waiting.offer_from_s)


def _is_worth_a_word(who: Waiter, place: int, free: int) -> bool:
    """Who is about to be spoken with hears nothing else; who is next is not kept from it."""
    if who.moment == "key":
        return True
    return place > free and (who.moment == "before" or place > 1)

