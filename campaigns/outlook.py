"""Before a campaign starts and while it runs: the rehearsed forecast, and its figures so far."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from random import Random

from campaigns import plans
from campaigns.lawful import judge, person_of
from campaigns.pacing import Pacing
from campaigns.rehearsal.forecast import Forecast, Wish, forecast
from campaigns.rule_files import rule_set
from campaigns.rules import RuleSet
from campaigns.watching import DEFAULT_CAP
from crm_store import campaign_figures as figures
from crm_store import campaigns as rows
from crm_store.base import Tx
from crm_store.errors import NotFound
from crm_store.store import Store

SAMPLE = 200
WEEK = timedelta(days=7)
POINTS = 60         # of a curve


@dataclass(frozen=True, slots=True)
class Looked:
    """The list as it is now, by a sample of it."""

    entries: int
    impossible: int         # whom nothing allows to dial within a week
    because: tuple[tuple[str, int], ...]    # why not, the commonest first
    zones: tuple[tzinfo, ...]


async def rehearse(store: Store, campaign_id: int, *, operators: int, lines: int | None,
                   zone: tzinfo, now: datetime) -> tuple[Forecast, Looked]:
    """Raises `NotFound`, RuleFileError, PlanError. The hour is played in a thread."""
    async with store.read() as tx:
        row = await rows.get(tx, campaign_id)
        rules = rule_set(row.law)
        looked = await _look(tx, campaign_id, rules, zone, now)
    wish = Wish(
        entries=looked.entries, impossible=looked.impossible,
        lines=row.lines_max if lines is None else lines, operators=operators,
        is_predictive=row.pacing == Pacing.PREDICTIVE,
        max_attempts=plans.from_json(row.retry_plan).max_attempts,
        cap=rules.drop_ceiling(now.date()) or DEFAULT_CAP)
    told = await asyncio.to_thread(
        forecast, wish, rules, looked.zones, Random(campaign_id), now=now)
    return told, looked


async def _look(tx: Tx, campaign_id: int, rules: RuleSet, zone: tzinfo, now: datetime) -> Looked:
    entries, sampled = await figures.sample(tx, campaign_id, size=SAMPLE)
    why: Counter[str] = Counter()
    zones: Counter[tuple[tzinfo, ...]] = Counter()
    for entry_id in sampled:
        entry = await rows.entry(tx, entry_id)
        alive = [one for one in await rows.numbers(tx, entry_id) if one.dead_why is None]
        if not alive:
            why["no_number"] += 1
            continue
        try:
            person = await person_of(tx, entry, tuple(alive), now)
        except NotFound:
            why["no_client"] += 1
            continue
        zones[person.zones] += 1
        verdict = await judge(tx, rules, entry, person, alive[0].e164, now)
        if not verdict.is_allowed and (
                verdict.until_at is None or verdict.until_at > now + WEEK):
            why[verdict.why] += 1
    scale = entries / max(1, len(sampled))
    usual = zones.most_common(1)[0][0] if zones else ()
    return Looked(entries, round(sum(why.values()) * scale),
                  tuple((code, round(count * scale)) for code, count in why.most_common()),
                  usual or (zone,))


async def curves(tx: Tx, campaign_id: int) -> tuple[list[tuple[datetime, int, int]], int]:
    """Moments with how many were tried and reached until then; how many were tried in all."""
    tried = await figures.first_tries(tx, campaign_id)
    reached = await figures.first_reached(tx, campaign_id)
    if not tried:
        return [], 0
    begin, end = tried[0], max(tried[-1], reached[-1] if reached else tried[-1])
    step = (end - begin) / POINTS
    moments = [begin + step * index for index in range(POINTS + 1)]
    return [(at, sum(one <= at for one in tried), sum(one <= at for one in reached))
            for at in moments], len(tried)


def ends_at(tried: int, size: int, began_at: datetime, now: datetime) -> datetime | None:
    """When everybody was tried, at the mean pace so far; None: too little is known."""
    took = now - began_at
    if tried < 5 or took <= timedelta():
        return None
    return now + took * ((size - tried) / tried)
