"""Call-backs at work: dialled in their turn, claimed at the gate, settled by what Asterisk says.

A dial is committed before it is asked for; the dialplan claims it before it dials. So after any
crash each is dialled once or not at all, and one of which nobody knows counts as made.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

import structlog

from campaigns import by_hand
from campaigns.rule_files import RuleFileError
from crm_store import callbacks, entry_switches, phones
from crm_store.callbacks import Callback, Dial, Rule
from crm_store.errors import StoreError
from cti.agi import AgiSession, Request, Script
from cti.changes import CallAnswered, CallChange, CallEnded, CallQueued, Change
from cti.errors import CommandRefused, CtiError, NotSendable
from cti.feed import Subscription
from ivr import hours
from workstation import hours_plan, unforeseen
from workstation.desk import Desk
from workstation.waiting import turns, waits
from workstation.waiting.waits import CALL_BACK

log = structlog.get_logger()
ROUTE = "callback"
BEAT_S = 0.5
CLAIM_LIMIT_S = 5.0
UNCLAIMED = timedelta(seconds=30)       # a dial that the dialplan never asked for
UNKNOWN = timedelta(seconds=90)         # beyond the ringing: of one that vanished


class CallBacks:
    """Of the first Asterisk, as the dialler. `numbers` are those of the open tokens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._numbers: frozenset[str] = frozenset()
        self._hours = hours_plan.by_entry(desk.settings)
        rule = desk.settings.call_back
        self._rule = Rule(rule.tries, timedelta(seconds=rule.again_after_s))

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(subscription), name="call-backs: follow")
            tasks.create_task(self._beat(), name="call-backs: dial")

    async def _beat(self) -> None:
        while True:
            with unforeseen.logged("call-backs"):
                try:
                    await self.dial_due()
                    await self.tidy()
                except (StoreError, CtiError, TimeoutError) as exc:
                    log.info("call-backs wait", error=str(exc) or type(exc).__name__)
            await asyncio.sleep(BEAT_S)

    async def _follow(self, subscription: Subscription) -> None:
        with subscription:
            async for fed in subscription.told(lambda: None):
                for change in fed.changes:
                    with unforeseen.logged("call-backs"):
                        await self.take(change)

    # ── what Asterisk says ───────────────────────────────────────────────────────────────────
    async def take(self, change: Change) -> None:
        if not isinstance(change, CallQueued | CallAnswered | CallEnded):
            return
        dial = dial_of(change.call)
        if dial is not None:
            await self._settle(dial, change)
        elif not isinstance(change, CallEnded):
            await self._withdraw(change)

    async def _settle(self, dial: int, change: CallQueued | CallAnswered | CallEnded) -> None:
        async with self._desk.store.begin() as tx:
            if isinstance(change, CallEnded):
                await callbacks.missed(tx, dial, missed_as(change), self._rule, at=change.at)
                return
            row = await callbacks.of_dial(tx, dial)
            if row is not None:
                self._desk.waits.arrived[change.call] = row
            await callbacks.reached(tx, dial, at=change.at)

    async def _withdraw(self, change: CallChange) -> None:
        """He is on the line again, or somebody talks with him."""
        said = change.caller_number if change.direction == "in" else change.dialled_number
        number = phones.normalise(said, region=self._desk.settings.company.region).e164
        if number is None or number not in self._numbers:
            return
        why = "served" if isinstance(change, CallAnswered) else "called_again"
        async with self._desk.store.begin() as tx:
            known = await callbacks.of_number(tx, number)
            if known is not None:
                self._desk.waits.arrived[change.call] = known.arrived_at
            await callbacks.settle_person(
                tx, number=number, client_id=None, why=why, at=change.at,
                state="served" if why == "served" else "withdrawn")

    # ── whose turn it is ─────────────────────────────────────────────────────────────────────
    async def dial_due(self) -> None:
        desk, now = self._desk, self._desk.clock()
        async with desk.store.read() as tx:
            line = await callbacks.line(tx)
            closed = await entry_switches.closed(tx)
        self._numbers = frozenset(one.number for one in line)
        if not line or not desk.settings.call_back.on or not desk.sites.first.engine.may_dial():
            return
        if not self._is_decent(now):
            return
        callable_now = [one for one in line if self._is_open(one.entry, now, closed)]
        for queue in dict.fromkeys(one.queue for one in callable_now):
            for token in self.due(queue, callable_now, now):
                await self._dial(token, now)

    def due(self, queue: str, line: Iterable[Callback], now: datetime) -> list[int]:
        desk, floor = self._desk, self._desk.sites.first.floor
        return turns.due(
            [turns.Token(one.id, one.arrived_at, one.state == "dialling", one.not_before)
             for one in line if one.queue == queue],
            desk.waits.line(floor, queue), free=waits.free(floor, queue),
            soon=turns.soon_free(
                talking=waits.talking(floor, queue), talk_s=desk.waits.pasts[queue].talk_s(),
                ring_s=desk.settings.call_back.ring_s), now=now)

    def _is_decent(self, now: datetime) -> bool:
        rule, local = self._desk.settings.call_back, now.astimezone(self._desk.zone).time()
        return time.fromisoformat(rule.earliest) <= local < time.fromisoformat(rule.latest)

    def _is_open(self, entry: str, now: datetime,
                 closed: Mapping[str, entry_switches.Closed]) -> bool:
        kept = self._hours.get(entry)
        return entry not in closed and entry_switches.ALL not in closed and (
            kept is None or hours.at(kept, now).is_open)

    async def _dial(self, token: int, now: datetime) -> None:
        desk = self._desk
        async with desk.store.begin() as tx:
            dial = await callbacks.begin(tx, token, at=now)
        if dial is None:
            return
        try:
            await desk.sites.first.commands.dial_callback(dial, f"{CALL_BACK}{dial}")
        except (CommandRefused, NotSendable) as exc:
            log.warning("a call-back was refused", error=str(exc))
            async with desk.store.begin() as tx:
                await callbacks.void(tx, dial, "refused", at=now)

    async def tidy(self) -> None:
        """Dials that nobody will say anything of any more; tokens that nobody wants any more."""
        desk, now = self._desk, self._desk.clock()
        keep = timedelta(days=desk.settings.call_back.keep_days)
        async with desk.store.read() as tx:
            dials = await callbacks.open_dials(tx)
        for dial in dials:
            if f"{CALL_BACK}{dial.id}" not in desk.sites.first.floor.calls:
                await self._give_up(dial, now)
        if self._numbers:
            async with desk.store.begin() as tx:
                await callbacks.expire(tx, now - keep, at=now)

    async def _give_up(self, dial: Dial, now: datetime) -> None:
        ringing = timedelta(seconds=self._desk.settings.call_back.ring_s)
        async with self._desk.store.begin() as tx:
            if dial.claimed_at is None and now - dial.at > UNCLAIMED:
                await callbacks.void(tx, dial.id, "unclaimed", at=now)
            elif dial.claimed_at is not None and now - dial.claimed_at > ringing + UNKNOWN:
                await callbacks.missed(tx, dial.id, "unknown", self._rule, at=now)


def dial_of(call: str) -> int | None:
    """The dial that this call is."""
    text = call.removeprefix(CALL_BACK)
    return int(text) if text != call and text.isascii() and text.isdecimal() else None


def missed_as(change: CallEnded) -> str:
    """He was there, but pressed nothing: a machine perhaps."""
    return change.outcome if change.outcome in ("busy", "no_answer", "failed") else "unconfirmed"


# ── the gate ─────────────────────────────────────────────────────────────────────────────────
def script(desk: Desk) -> Script:
    """The FastAGI script of route `callback`: no claim, no call; any doubt is a refusal."""
    async def answer(session: AgiSession, request: Request) -> None:
        text = request.query.get("dial", "")
        if not text.isascii() or not text.isdecimal() or len(text) > 18:
            return
        try:
            async with asyncio.timeout(CLAIM_LIMIT_S):
                claimed = await claim(desk, int(text))
        except (StoreError, TimeoutError, RuleFileError) as exc:
            log.warning("a call-back could not be claimed", error=str(exc))
            return
        for name, value in _variables(desk, claimed).items() if claimed is not None else ():
            await session.set_variable(f"DESKLINE_{name}", value)
    return answer


async def claim(desk: Desk, dial: int) -> Callback | None:
    """In one transaction with what the law says of calls that are not a campaign's."""
    settings, now = desk.settings, desk.clock()
    async with desk.store.begin() as tx:
        claimed = await callbacks.claim(tx, dial, at=now)
        if claimed is None or not settings.dialling.law:
            return claimed
        refused = await by_hand.refused(tx, by_hand.Wish(
            e164=claimed.number, client_id=claimed.client_id, queue=claimed.queue,
            law=settings.dialling.law, zone=settings.company.time_zone, now=now))
        if refused is None or refused.why == "suppressed":      # he asked for it himself
            return claimed
        await callbacks.missed(tx, dial, f"law_{refused.why}", Rule(
            settings.call_back.tries, timedelta(seconds=settings.call_back.again_after_s)),
            at=now)
        return None


def _variables(desk: Desk, claimed: Callback) -> dict[str, str]:
    return {"NUMBER": claimed.number, "QUEUE": claimed.queue,
            "SINCE": str(int(claimed.arrived_at.timestamp())), "ENTRY": claimed.entry,
            "LANGUAGE": claimed.language, "RING_S": str(desk.settings.call_back.ring_s),
            "CLAIM": "yes"}
