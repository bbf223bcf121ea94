"""Cards before calls: whom a preview campaign puts on whose screen, and what he does with it.

A card is an attempt that is meant and not dialled, held by one operator: his entry is being tried
by nobody else, on any campaign. He dials it, which asks the claim gate and so the law once more;
or he skips it with a reason, or leaves it until its time is over. Whoever pauses hands it back.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal, get_args

from campaigns import lawful, ledger, picking, settling
from campaigns.capacity import SETTLED_IN
from campaigns.coverage import Facts, Happening
from campaigns.picking import Lease
from campaigns.rule_files import rule_set
from campaigns.rules import RuleSet
from crm_store import campaigns as rows
from crm_store import claims, errors
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow
from crm_store.claims import AttemptRow
from cti.operators import Operator

Reason = Literal["not_now", "talked_already", "not_suitable", "other"]
REASONS: tuple[str, ...] = get_args(Reason)
CARD = timedelta(minutes=3)         # so long a card is one operator's
DIALS = timedelta(seconds=30)       # his own phone rings, then the gate is asked
_AWAY = frozenset({"paused", "offline"})


class CardGone(Exception):
    """The card is not his any more; `why` is a code of `campaigns.why`."""

    def __init__(self, why: str, until_at: datetime | None = None,
                 facts: Facts | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.until_at = until_at
        self.facts = facts or {}


def free_for_cards(operators: Mapping[str, Operator], queue: str, holding: Collection[str],
                   now: datetime) -> list[str]:
    """Who is ready for a card and has none, the longest ready first."""
    free = [one for one in operators.values()
            if one.state == "ready" and one.registered and queue in one.queues
            and one.id not in holding and now - one.since >= SETTLED_IN]
    return [one.id for one in sorted(free, key=lambda one: (one.since, one.id))]


async def hand_out(tx: Tx, campaign: CampaignRow, rules: RuleSet, lease: Lease, *,
                   free: Sequence[str], now: datetime) -> list[AttemptRow]:
    """A card to each, as long as somebody is due whom the law allows to call now."""
    handed: list[AttemptRow] = []
    for operator in free:
        own = replace(lease, until=now + CARD, held_by=operator)
        found = await picking.pick(tx, campaign, rules, own, wanted=1, now=now)
        if not found:
            break
        handed += found
    return handed


def abandoned(open_attempts: Sequence[AttemptRow],
              operators: Mapping[str, Operator]) -> list[AttemptRow]:
    """Cards of operators who went away without dialling them. Of whom the floor knows nothing
    (it was just begun) the card's time decides."""
    return [one for one in open_attempts
            if one.held_by and one.state == "intent" and one.status is None
            and _is_away(operators.get(one.held_by))]


def _is_away(operator: Operator | None) -> bool:
    return operator is not None and (not operator.registered or operator.state in _AWAY)


async def dial(tx: Tx, attempt_id: int, operator: str, *, now: datetime) -> AttemptRow:
    """He takes his card to the telephone: the law is asked here, so that he hears its answer, and
    again at the gate. Raises CardGone, with the law's answer where that is why."""
    attempt = await _own(tx, attempt_id, operator, now)
    campaign = await rows.get(tx, attempt.campaign_id)
    if campaign.state != "running":
        raise CardGone("campaign_rests")
    entry = await rows.entry(tx, attempt.entry_id)
    person = await lawful.person_of(tx, entry, await rows.numbers(tx, entry.id), now)
    verdict = await lawful.judge(tx, rule_set(campaign.law), entry, person, attempt.e164, now)
    if not verdict.is_allowed:
        raise CardGone(verdict.why, verdict.until_at, verdict.facts)
    if not await claims.take_card(tx, attempt_id, operator, until=now + DIALS, now=now):
        raise CardGone("card_gone")
    return attempt


async def skip(tx: Tx, attempt_id: int, operator: str, reason: Reason, note: str, *,
               now: datetime) -> None:
    """Not dialled: owed again after the plan's pause for people who asked to be called later.
    Raises CardGone."""
    attempt = await _own(tx, attempt_id, operator, now)
    if not await claims.void(tx, attempt_id, "skipped", now=now):
        raise CardGone("card_gone")
    entry = await rows.entry(tx, attempt.entry_id)
    if entry.stop_because is not None:
        await settling.stop(tx, entry, entry.stop_because, at=now, by=operator)
        return
    plan = await settling.plan_of(tx, entry)
    await ledger.step(
        tx, entry, Happening.POSTPONED, at=now, why="skipped", by=operator,
        facts={"operator": operator, "reason": reason, "note": note, "attempt": attempt_id},
        until_at=now + timedelta(seconds=plan.call_later_s))


async def _own(tx: Tx, attempt_id: int, operator: str, now: datetime) -> AttemptRow:
    try:
        attempt = await claims.locked(tx, attempt_id)
    except errors.NotFound as exc:
        raise CardGone("card_gone") from exc
    if (attempt.held_by != operator or attempt.state != "intent" or attempt.status is not None
            or attempt.lease_until <= now):
        raise CardGone("card_gone")
    return attempt
