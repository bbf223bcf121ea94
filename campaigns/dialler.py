"""The dialler: once a second it looks at what runs, who is free and what is lawful, and dials.

Its memory is the database alone: it may be killed between any two statements, and several may
run on one base. Changes from the floor settle attempts; what no change settles (a crash, a lost
link) is settled by looking whether the channel is still alive.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import TypeAlias

from campaigns import gate, ledger, picking, plans, previewing, settling
from campaigns.capacity import Drops, FloorView, holder, line_for
from campaigns.coverage import LedgerError
from campaigns.gate import GatePlan
from campaigns.lawful import RehearsalRefused, check_trunk
from campaigns.lines import open_lines
from campaigns.pacing import Pacing, Reason, Step, next_step
from campaigns.plans import PlanError
from campaigns.rule_files import RuleFileError, rule_set
from campaigns.rules import RuleSet
from campaigns.stopping import Stopper
from campaigns.watching import DEFAULT_CAP, Watch
from crm_store import campaigns as rows
from crm_store import claims
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow
from crm_store.claims import AttemptRow
from crm_store.errors import StoreError
from crm_store.store import Store
from cti import agi
from cti.changes import AttemptSettled, CallAnswered, CallEnded, CallsMerged, Change
from cti.errors import CommandRefused, CommandTimedOut, LinkDown, NotSendable, Overrun
from cti.feed import Feed, MergedFeed

log = logging.getLogger(__name__)

Dial: TypeAlias = Callable[[int, str], Awaitable[None]]     # attempt id, channel id
_EVERY_S = 1.0
_DIAL_LIMIT_S = 10.0
_RETRY_CHANGE_S = 0.5
_TROUBLE = (LedgerError, PlanError, RuleFileError, ValueError)   # of one campaign or entry
_STEP_NOTE_S = 30               # an unchanged decision is written again after so long


def utc_now() -> datetime:
    return datetime.now(UTC)


def _own_name() -> str:
    return f"{os.uname().nodename[:32]}-{os.getpid()}-{secrets.token_hex(2)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiallerPlan:
    """`trunk_host`, the far end of the trunk, and `rehearses`: see `lawful.check_trunk`."""

    trunk_host: str
    caller_id: str
    rehearses: bool = False
    zone: tzinfo = UTC              # of the day whose drops are counted
    gate_host: str = "127.0.0.1"
    gate_port: int = 4574
    name: str = field(default_factory=_own_name)
    lease_s: float = 10.0           # an intent that did not pass the gate by then is void
    lost_after_s: float = 20.0      # a dialled attempt that the floor does not show for so long
    wrap_up_s: float = 45.0         # the longest that any queue gives after a talk
    untold_after_s: float = 30.0    # after that: an outcome that nobody gave
    untold_at_most_s: float = 900.0     # in a wrap-up that is prolonged and prolonged


class Dialler:
    """Owns the claim gate and the dialling of every running campaign. `run` until cancelled."""

    def __init__(
        self, store: Store, dial: Dial, floor: FloorView, feed: Feed | MergedFeed, *,
        plan: DiallerPlan,
        clock: Callable[[], datetime] = utc_now, link_is_up: Callable[[], bool] = lambda: True,
        sees_all: Callable[[], bool] | None = None,
        also_asked: Mapping[str, agi.Script] = MappingProxyType({}),
    ) -> None:
        """`link_is_up`: there is a way to dial; `sees_all`: a call that the floor does not show
        is nowhere. `also_asked`: what else the dialplan asks at the gate's port, by route."""
        self._store = store
        self._dial = dial
        self._floor = floor
        self._subscription = feed.subscribe("dialler")
        self._plan = plan
        self._clock = clock
        self._link_is_up = link_is_up
        self._sees_all = sees_all or link_is_up
        self._also_asked = also_asked
        self._calls: frozenset[str] = frozenset()   # that belong to open attempts
        self._troubles: dict[str, str] = {}         # what cannot be served, and why
        self._watch = Watch()
        self._stopper = Stopper(store, plan.zone)

    async def run(self) -> None:
        """Serve the gate, follow the floor, dial. Raises OSError when the gate's port is taken."""
        plan = self._plan
        asks = GatePlan(plan.trunk_host, plan.caller_id, plan.rehearses)
        script = gate.script(self._store, asks, self._clock)
        routes = {**self._also_asked, gate.ROUTE: script}
        async with agi.serve(plan.gate_host, plan.gate_port, routes), asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(), name="dialler: follow the floor")
            tasks.create_task(self._beat(), name="dialler: dial")

    async def _beat(self) -> None:
        while True:
            await self._safely("the step", self.step(self._clock()))
            await asyncio.sleep(_EVERY_S)

    async def _safely(self, about: str, deed: Awaitable[None]) -> str | None:
        """One entry or campaign that cannot be served is left for the next second; the others
        are not kept waiting for it. What is wrong with it is logged once, and returned."""
        try:
            await deed
        except (StoreError, ledger.EntryMoved) as exc:
            log.warning("The dialler left %s for later: %s", about, exc,
                        extra={"action": "dialler_skipped"})
            return None
        except _TROUBLE as exc:
            if self._troubles.get(about) != str(exc):
                log.warning("The dialler cannot serve %s: %s", about, exc,
                            extra={"action": "dialler_trouble"})
            self._troubles[about] = str(exc)
            return str(exc)
        self._troubles.pop(about, None)
        return None

    async def _follow(self) -> None:
        with self._subscription as feed:
            while True:
                try:
                    async for fed in feed:
                        for change in fed.changes:
                            await self._take_until_stored(change)
                except Overrun:
                    log.warning("The dialler fell behind the floor and looks again.",
                                extra={"action": "dialler_overrun"})

    async def _take_until_stored(self, change: Change) -> None:
        """A busy database delays a change, it does not lose it."""
        while True:
            try:
                await self.take(change)
            except (StoreError, ledger.EntryMoved) as exc:
                log.warning("A change waits for the database: %s", exc,
                            extra={"action": "dialler_waits"})
                await asyncio.sleep(_RETRY_CHANGE_S)
            except (LedgerError, PlanError):
                log.exception("A change contradicts the ledger.",
                              extra={"action": "dialler_contradiction"})
                return
            else:
                return

    async def take(self, change: Change) -> None:
        """Settle what the floor says about attempts; other people's calls cost no statement."""
        if not self._concerns_us(change):
            return
        async with self._store.begin() as tx:
            await settling.take_change(tx, change)
        if isinstance(change, AttemptSettled) and change.call:
            self._calls |= {change.call}

    def _concerns_us(self, change: Change) -> bool:
        if isinstance(change, AttemptSettled):
            return True
        if isinstance(change, CallAnswered | CallEnded):
            call = self._floor.calls.get(change.call)
            return change.call in self._calls or (call is not None and call.attempt is not None)
        return isinstance(change, CallsMerged) and change.absorbed in self._calls

    # ── one second ───────────────────────────────────────────────────────────────────────────
    async def step(self, now: datetime) -> None:
        """Withdraw whom something speaks against since, mend what a crash left, then dial for
        every running campaign, by priority."""
        await self._safely("the news of clients", self._stopper.look(now))
        async with self._store.read() as tx:
            open_attempts = await claims.open_attempts(tx)
            campaigns = await rows.running(tx)
            untold = await claims.undisposed(tx)
            await self._watch.look(tx, campaigns, self._floor, open_attempts, now)
        self._calls = frozenset(call for attempt in open_attempts
                                for call in (attempt.channel_id, attempt.call_id) if call)
        await self._mend(open_attempts, untold, now)
        for campaign in campaigns:
            trouble = await self._safely(
                f"campaign {campaign.id}", self._serve(campaign.id, now))
            if trouble is not None:
                await self._safely("a note", self._note_trouble(campaign, trouble, now))

    async def _mend(self, open_attempts: list[AttemptRow], untold: list[AttemptRow],
                    now: datetime) -> None:
        for attempt in open_attempts:
            name = f"attempt {attempt.id}"
            if attempt.state == "intent" and attempt.lease_until <= now:
                await self._safely(name, self._settle(attempt, "lease_ran_out", now))
            elif attempt.state != "intent" and self._is_lost(attempt, now):
                await self._safely(name, self._settle(attempt, "LOST", now))
        for attempt in previewing.abandoned(open_attempts, self._floor.operators):
            await self._safely(f"card {attempt.id}", self._settle(attempt, "card_returned", now))
        for attempt in untold:
            if self._is_untold(attempt, now):
                await self._safely(f"attempt {attempt.id}", self._close_untold(attempt, now))

    async def _close_untold(self, attempt: AttemptRow, now: datetime) -> None:
        async with self._store.begin() as tx:
            await settling.close_untold(tx, attempt.id, now=now)

    async def _settle(self, attempt: AttemptRow, status: str, now: datetime) -> None:
        async with self._store.begin() as tx:
            current = await claims.get(tx, attempt.id)
            if current.state != attempt.state:
                return
            if current.state == "intent":
                await settling.give_back(tx, current, status, now=now)
            else:
                await settling.end(tx, current, status, 0, at=now)

    def _is_lost(self, attempt: AttemptRow, now: datetime) -> bool:
        """Dialled a while ago, and Asterisk, whom we see, has no call for it."""
        if not self._sees_all() or attempt.dialling_at is None:
            return False
        latest = max(moment for moment in (
            attempt.dialling_at, attempt.answered_at, attempt.talking_at) if moment is not None)
        if now - latest < timedelta(seconds=self._plan.lost_after_s):
            return False
        names = {attempt.channel_id, attempt.call_id}
        return not any(call.attempt == attempt.id or call.id in names or call.channel in names
                       for call in self._floor.calls.values())

    def _is_untold(self, attempt: AttemptRow, now: datetime) -> bool:
        """The talk and its wrap-up are over and no outcome came."""
        if attempt.ended_at is None:
            return False
        silent_s = (now - attempt.ended_at).total_seconds() - self._plan.wrap_up_s
        if silent_s >= self._plan.untold_at_most_s:
            return True
        operator = self._floor.operators.get(attempt.operator or "")
        is_busy_with_it = operator is not None and operator.state == "wrap_up"
        return silent_s >= self._plan.untold_after_s and not is_busy_with_it

    # ── one campaign ─────────────────────────────────────────────────────────────────────────
    async def _serve(self, campaign_id: int, now: datetime) -> None:
        async with self._store.begin() as tx:
            running = await rows.running(tx, lock=True)
            campaign = next((item for item in running if item.id == campaign_id), None)
            picked = [] if campaign is None else await self._pick(tx, campaign, running, now)
        for attempt in picked:
            await self._place(attempt)

    async def _note_trouble(self, campaign: CampaignRow, trouble: str, now: datetime) -> None:
        async with self._store.begin() as tx:
            await _note(tx, campaign, "broken", {"because": trouble}, now)

    async def _pick(self, tx: Tx, campaign: CampaignRow, running: list[CampaignRow],
                    now: datetime) -> list[AttemptRow]:
        plans.from_json(campaign.retry_plan)        # nobody is dialled under one that is unread
        if (await ledger.coverage_of(tx, campaign.id)).is_complete:
            await _finish(tx, campaign, now)
            return []
        rules = await self._rules(tx, campaign, now)
        if rules is None:
            return []
        lines = await open_lines(tx)
        line = line_for(campaign.id, campaign.queue, campaign.lines_max, self._floor, lines, now,
                        await self._drops(tx, campaign, rules, now))
        dose = self._watch.dose(campaign, line, self._floor, lines, now)
        step = next_step(Pacing(campaign.pacing), line, dose)
        facts = _facts(step, campaign, self._watch.answer_rate(campaign.id))
        if campaign.pacing == Pacing.PREVIEW:
            await self._hand_out(tx, campaign, rules, step, facts, now)
            return []
        lease = replace(self._lease(now, facts), is_recorded=campaign.pacing == Pacing.MESSAGE)
        picked = await picking.pick(tx, campaign, rules, lease, wanted=step.dial, now=now)
        why = step.reason.value
        if step.reason is Reason.DIALLING and not picked:
            why = "nobody_due"
        elif step.reason is Reason.NO_OPERATOR_READY and facts["own_lines"]:
            why = "operators_busy"
        elif other := holder(step, campaign.id, lines):
            why = "another_campaign"
            facts["other"] = next((one.name for one in running if one.id == other), str(other))
        await _note(tx, campaign, why, facts, now)
        return picked

    async def _hand_out(self, tx: Tx, campaign: CampaignRow, rules: RuleSet, step: Step,
                        facts: Mapping[str, int | str], now: datetime) -> None:
        holding = {one.held_by for one in await claims.open_attempts(tx) if one.held_by}
        free = previewing.free_for_cards(
            self._floor.operators, campaign.queue, holding, now)[:step.dial]
        handed = await previewing.hand_out(
            tx, campaign, rules, self._lease(now, facts), free=free, now=now)
        is_dry = bool(free) and not handed and not facts["own_lines"]
        await _note(tx, campaign, "nobody_due" if is_dry else step.reason.value, facts, now)

    async def _drops(self, tx: Tx, campaign: CampaignRow, rules: RuleSet,
                     now: datetime) -> Drops:
        today = now.astimezone(self._plan.zone)
        ceiling = rules.drop_ceiling(today.date())
        if ceiling is None and campaign.pacing == Pacing.PREDICTIVE:
            ceiling = DEFAULT_CAP       # whoever dials ahead has a cap, whatever the law says
        if ceiling is None:
            return Drops()
        midnight = datetime.combine(today.date(), time(), self._plan.zone)
        return Drops(*await claims.answered_and_dropped(tx, campaign.id, since=midnight), ceiling)

    async def _rules(self, tx: Tx, campaign: CampaignRow, now: datetime) -> RuleSet | None:
        """None, with the reason noted: the link or the law forbid every call of this campaign."""
        if not self._link_is_up():
            await _note(tx, campaign, "link_down", {}, now)
            return None
        try:
            rules = rule_set(campaign.law)
            check_trunk(rules, self._plan.trunk_host, rehearses=self._plan.rehearses)
        except (RuleFileError, RehearsalRefused) as exc:
            await _note(tx, campaign, "law_refused", {"because": str(exc)}, now)
            return None
        return rules

    def _lease(self, now: datetime, pace: Mapping[str, int | str]) -> picking.Lease:
        until = now + timedelta(seconds=self._plan.lease_s)
        return picking.Lease(self._plan.name, until, secrets.token_hex(4), dict(pace))

    async def _place(self, attempt: AttemptRow) -> None:
        """Ask Asterisk. An unclear answer is left to the gate: unclaimed intents become void."""
        try:
            async with asyncio.timeout(_DIAL_LIMIT_S):
                await self._dial(attempt.id, attempt.channel_id)
        except (CommandRefused, LinkDown, NotSendable) as exc:
            log.warning("Attempt %s was not dialled: %s", attempt.id, exc,
                        extra={"action": "dial_refused"})
            with suppress(StoreError):
                async with self._store.begin() as tx:
                    await settling.give_back(tx, attempt, "never_dialled", now=self._clock())
        except (CommandTimedOut, TimeoutError):
            log.warning("Asterisk did not answer about attempt %s.", attempt.id,
                        extra={"action": "dial_unclear"})


def _facts(step: Step, campaign: CampaignRow, answer_rate: float | None) -> dict[str, int | str]:
    line = step.line
    facts: dict[str, int | str] = {
        "operators_ready": line.operators_ready, "dial": step.dial,
        "lines_in_flight": line.lines_in_flight, "callers_waiting": line.callers_waiting,
        "answered": line.answered, "dropped": line.dropped,
        "own_lines": campaign.lines_max - line.lines_free}
    if step.dose is not None and answer_rate is not None:
        facts |= {"chance": f"{step.dose.chance:.1%}", "threshold": f"{step.dose.threshold:.1%}",
                  "answer_rate": f"{answer_rate:.0%}"}
    return facts


async def _finish(tx: Tx, campaign: CampaignRow, now: datetime) -> None:
    """Everybody on the list has a final state: the campaign ends by itself."""
    if await rows.change_state(tx, campaign.id, ("running",), "ended", ended_at=now,
                               end_reason="complete"):
        await rows.record(tx, campaign.id, "ended: everybody has a final state",
                          by=ledger.DIALLER, at=now)
        await rows.note_step(tx, campaign.id, "complete", {}, at=now)


async def _note(tx: Tx, campaign: CampaignRow, why: str,
                facts: Mapping[str, int | str], now: datetime) -> None:
    """Keep the decision where it differs from the last one, or that one is old."""
    is_old = (campaign.step_at is None
              or now - campaign.step_at >= timedelta(seconds=_STEP_NOTE_S))
    if why != campaign.step_why or is_old:
        await rows.note_step(tx, campaign.id, why, dict(facts), at=now)
