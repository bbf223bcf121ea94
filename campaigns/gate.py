"""The claim gate: the dialplan asks here before the trunk is dialled. No claim, no call.

Asterisk runs `AGI(agi://…/claim?attempt=<id>)` on our Local channel. In one transaction the law
is asked again and the attempt goes from `intent` to `dialling`; only after that commit the
channel is told the number. Whatever comes second, late or twice finds no claim.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from campaigns import lawful, picking
from campaigns.coverage import LedgerError
from campaigns.pacing import Pacing
from campaigns.rule_files import RuleFileError, rule_set
from campaigns.rules import Verdict
from crm_store import campaigns as rows
from crm_store import claims, errors
from crm_store.base import Tx
from crm_store.claims import AttemptRow
from crm_store.store import Store
from cti.agi import AgiSession, Request, Script

log = logging.getLogger(__name__)

CLAIM_LIMIT_S = 5.0
ROUTE = "claim"
Clock: TypeAlias = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Pass:
    """The attempt may be dialled, once, by whoever holds this."""

    number: str
    queue: str
    caller_id: str
    ring_s: int
    menu: str = ""          # what who answers is told, where no operator is


@dataclass(frozen=True, slots=True)
class Refusal:
    why: str


@dataclass(frozen=True, slots=True)
class GatePlan:
    """`trunk_host` is the far end of the trunk; `caller_id` is shown where a campaign has none.

    `rehearses`: see `lawful.check_trunk`.
    """

    trunk_host: str
    caller_id: str
    rehearses: bool = False


async def claim(tx: Tx, attempt_id: int, plan: GatePlan, *, now: datetime) -> Pass | Refusal:
    """`intent` → `dialling`, if the law still allows it at `now`."""
    attempt = await claims.find(tx, attempt_id)
    if attempt is None:
        return Refusal("no_such_attempt")
    if attempt.state != "intent":
        return Refusal(f"attempt_is_{attempt.state}")
    campaign = await rows.get(tx, attempt.campaign_id)
    rules = rule_set(campaign.law)
    lawful.check_trunk(rules, plan.trunk_host, rehearses=plan.rehearses)
    entry = await rows.entry(tx, attempt.entry_id)
    person = await lawful.person_of(tx, entry, await rows.numbers(tx, entry.id), now)
    verdict = await lawful.judge(tx, rules, entry, person, attempt.e164, now,
                                 is_recorded=campaign.pacing == Pacing.MESSAGE)
    if not verdict.is_allowed:
        return await _refuse(tx, attempt, verdict, now)
    if not await claims.take(tx, attempt_id, now=now):
        return Refusal("not_wanted_any_more")
    ring_s = max([campaign.ring_s, *(rule.ring_at_least_s for rule in rules.rules)])
    menu = campaign.menu or "" if campaign.pacing == Pacing.MESSAGE else ""
    return Pass(attempt.e164, campaign.queue, campaign.caller_id or plan.caller_id, ring_s,
                menu)


async def _refuse(tx: Tx, attempt: AttemptRow, verdict: Verdict,
                  now: datetime) -> Refusal:
    if await claims.void(tx, attempt.id, f"law_{verdict.why}", now=now):
        entry = await rows.entry(tx, attempt.entry_id)
        if entry.state == "being_tried":
            await picking.turn_down(tx, entry, verdict, now)
    return Refusal(verdict.why)


def script(store: Store, plan: GatePlan, clock: Clock) -> Script:
    """The FastAGI script of route `claim`."""
    async def answer(session: AgiSession, request: Request) -> None:
        attempt_id = _attempt_in(request)
        decided = await _decide(store, attempt_id, plan, clock)
        if isinstance(decided, Refusal):
            log.info("The gate refused attempt %s: %s.", attempt_id, decided.why,
                     extra={"action": "gate_refused"})
            return
        await session.set_variable("DESKLINE_NUMBER", decided.number)
        await session.set_variable("DESKLINE_QUEUE", decided.queue)
        await session.set_variable("DESKLINE_CALLERID", decided.caller_id)
        await session.set_variable("DESKLINE_RING_S", str(decided.ring_s))
        await session.set_variable("DESKLINE_MENU", decided.menu)
        await session.set_variable("DESKLINE_CLAIM", "yes")
    return answer


async def _decide(store: Store, attempt_id: int | None, plan: GatePlan,
                  clock: Clock) -> Pass | Refusal:
    """Any doubt is a refusal: the store is slow, a rule cannot be read, the trunk is wrong."""
    if attempt_id is None:
        return Refusal("no_attempt_named")
    try:
        async with asyncio.timeout(CLAIM_LIMIT_S), store.begin() as tx:
            return await claim(tx, attempt_id, plan, now=clock())
    except (errors.StoreError, TimeoutError, RuleFileError, lawful.RehearsalRefused,
            LedgerError) as exc:
        log.warning("The gate could not decide on attempt %s: %s", attempt_id, exc,
                    extra={"action": "gate_failed"})
        return Refusal("in_doubt")


def _attempt_in(request: Request) -> int | None:
    text = request.query.get("attempt", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
