"""From the list to attempts: lease entries, ask the law, write the intents down.

All in one transaction, before anything is said to Asterisk. Whoever may not be dialled now is
moved in the ledger with the reason, so nobody is looked at and forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from campaigns import ledger
from campaigns.coverage import Facts, Happening
from campaigns.lawful import judge, person_of
from campaigns.rules import RuleSet, Verdict
from crm_store import campaigns as rows
from crm_store import claims, errors
from crm_store.base import Tx
from crm_store.campaigns import CampaignRow, EntryRow, NumberRow
from crm_store.claims import AttemptRow, NewAttempt

LOOKED_AT_ONCE = 50         # entries a step may look at in vain before the next second's step
ON_ANOTHER_LINE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Lease:
    """In whose name and until when intents are written; `token` makes channel ids unguessable
    and unlike those of an earlier database. `pace`: what the step that dials looked at, kept with
    the decision of each attempt."""

    dialler: str
    until: datetime
    token: str
    pace: Facts = field(default_factory=dict)
    held_by: str | None = None      # the operator on whose screen the card is put
    is_recorded: bool = False       # who answers hears a recorded voice


async def pick(tx: Tx, campaign: CampaignRow, rule_set: RuleSet, lease: Lease, *, wanted: int,
               now: datetime) -> list[AttemptRow]:
    """Up to `wanted` intents, each allowed by the law at `now`; fewer when nobody else is due."""
    picked: list[AttemptRow] = []
    looked_at = 0
    while len(picked) < wanted and looked_at < LOOKED_AT_ONCE:
        due = await claims.claim_due(tx, campaign.id, dialler=lease.dialler, now=now,
                                     until=lease.until, limit=wanted - len(picked))
        if not due:
            break
        looked_at += len(due)
        for entry_id in due:
            entry = await rows.entry(tx, entry_id)
            attempt = await _try(tx, entry, rule_set, lease, now)
            if attempt is not None:
                picked.append(attempt)
    return picked


async def _try(tx: Tx, entry: EntryRow, rule_set: RuleSet, lease: Lease,
               now: datetime) -> AttemptRow | None:
    """The intent, or None after the entry was moved to where the reason puts it."""
    numbers = await rows.numbers(tx, entry.id)
    alive = [number for number in numbers if number.dead_why is None]
    if not alive:
        await _forbid(tx, entry, "no_number", {}, now)
        return None
    try:
        person = await person_of(tx, entry, numbers, now)
    except errors.NotFound:
        await _forbid(tx, entry, "no_client", {}, now)
        return None
    callable_numbers = [number for number in alive if number.e164 not in person.dead]
    number = await _choose(tx, entry, callable_numbers or alive)
    verdict = await judge(tx, rule_set, entry, person, number.e164, now,
                          is_recorded=lease.is_recorded)
    if not verdict.is_allowed:
        await turn_down(tx, entry, verdict, now)
        return None
    if await claims.is_busy(tx, entry.client_id, number.e164):
        await ledger.step(tx, entry, Happening.POSTPONED, at=now, why="on_another_line",
                          until_at=now + ON_ANOTHER_LINE)
        return None
    return await _intend(tx, entry, number, verdict, lease, now)


async def _intend(tx: Tx, entry: EntryRow, number: NumberRow, verdict: Verdict, lease: Lease,
                  now: datetime) -> AttemptRow:
    attempt = await claims.intend(tx, NewAttempt(
        entry_id=entry.id, client_id=entry.client_id, e164=number.e164,
        channel_id=f"deskline-e{entry.id}-{lease.token}", dialler=lease.dialler,
        lease_until=lease.until, decision={**verdict.facts, **lease.pace},
        held_by=lease.held_by,
    ), at=now)
    facts: Facts = {"attempt": attempt.id, "ordinal": attempt.ordinal}
    if lease.held_by is not None:
        facts = {**facts, "operator": lease.held_by}
    await ledger.step(tx, entry, Happening.TRIED, at=now, facts=facts,
                      why="dialling" if lease.held_by is None else "on_a_card")
    return attempt


async def turn_down(tx: Tx, entry: EntryRow, verdict: Verdict, now: datetime) -> None:
    """The law says later, or never within sight: the entry waits, or is not callable."""
    if verdict.until_at is None:
        await _forbid(tx, entry, verdict.why, verdict.facts, now)
        return
    await ledger.step(tx, entry, Happening.POSTPONED, at=now, why=verdict.why,
                      facts=verdict.facts, until_at=verdict.until_at)


async def _forbid(tx: Tx, entry: EntryRow, why: str, facts: Facts, now: datetime) -> None:
    await ledger.step(tx, entry, Happening.FORBIDDEN, at=now, why=why, facts=facts)


async def _choose(tx: Tx, entry: EntryRow, numbers: list[NumberRow]) -> NumberRow:
    """The number tried least often, the more trusted one first."""
    tried = await claims.dials_by_number(tx, entry.id)
    return min(numbers, key=lambda number: (tried.get(number.e164, 0), number.place))
