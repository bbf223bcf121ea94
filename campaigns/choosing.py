"""A campaign's list from the client base: counted by conditions, put on a draft, then frozen.

A frozen list never changes silently: each addition and removal is an entry of the ledger, with
its author and reason. Nobody is ever taken off a list; who is removed is withdrawn.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns import settling
from campaigns.coverage import FINAL, State
from campaigns.steering import SteeringError
from crm_store import campaign_lists as lists
from crm_store import campaigns as rows
from crm_store import claims, restraints, selections
from crm_store.base import Tx
from crm_store.campaign_lists import Listed
from crm_store.selections import Chosen, Condition
from crm_store.store import Store
from crm_store.zones import candidate_zones

A_STEP = 500
COUNT_S = 10.0          # a count that takes longer is left
REASON_LEAST = 3        # letters


@dataclass(frozen=True, slots=True)
class Source:
    """What conditions are read with: `kinds` are the custom fields in use, by key."""

    kinds: Mapping[str, str]
    time_zone: str          # where nothing is known of a person's


async def count(store: Store, conditions: Sequence[Condition], source: Source, *,
                now: datetime) -> int | None:
    """None: the base is too big to count them in time. Raises SelectionInvalid."""
    selections.clause(conditions, source.kinds, now)
    try:
        async with asyncio.timeout(COUNT_S), store.read() as tx:
            return await selections.count(tx, conditions, source.kinds, now)
    except TimeoutError:
        return None


async def fill(store: Store, campaign_id: int, conditions: Sequence[Condition], source: Source, *,
               by: str, now: datetime) -> int:
    """Everybody whom the conditions mean onto the draft's list; how many came new.

    In steps, each a commit: whoever starts the campaign meanwhile ends it. Raises SteeringError
    (the list is frozen), SelectionInvalid.
    """
    selections.clause(conditions, source.kinds, now)
    added, after = 0, 0
    while True:
        async with store.begin() as tx:
            await _check_draft(tx, campaign_id)
            found = await selections.page(
                tx, conditions, source.kinds, now, after=after, limit=A_STEP)
            added += await _list(tx, campaign_id, found, source, by, now)
            if len(found) < A_STEP:
                await lists.keep_selection(tx, campaign_id, [one.as_json() for one in conditions])
                await rows.record(tx, campaign_id, f"selected: {added} by {len(conditions)} "
                                  "conditions", by=by, at=now)
                return added
            after = found[-1].client_id


async def _check_draft(tx: Tx, campaign_id: int) -> None:
    campaign = await rows.get(tx, campaign_id, lock=True)
    if campaign.size is not None:
        raise SteeringError(f"the list of {campaign.name!r} is frozen since its start")


async def _list(tx: Tx, campaign_id: int, found: Sequence[Chosen], source: Source, by: str,
                now: datetime) -> int:
    ids = [one.client_id for one in found]
    there = await lists.listed_among(tx, campaign_id, ids)
    numbers = await lists.numbers_of(tx, ids)
    people = [Listed(one.client_id, one.debt_minor, one.currency,
                     candidate_zones(numbers.get(one.client_id, ()), one.time_zone,
                                     source.time_zone), numbers.get(one.client_id, ()))
              for one in found if one.client_id not in there]
    await lists.add(tx, campaign_id, people, at=now, by=by)
    return len(people)


async def add(tx: Tx, campaign_id: int, client_id: int, reason: str, source: Source, *, by: str,
              now: datetime) -> int:
    """One more client, also on a list that is frozen; the entry's id. Raises SteeringError,
    `NotFound` (no such client or campaign)."""
    _check_reason(reason)
    campaign = await rows.get(tx, campaign_id, lock=True)
    if campaign.state == "ended":
        raise SteeringError(f"{campaign.name!r} has ended")
    known = await restraints.client_facts(tx, client_id)
    if await lists.listed_among(tx, campaign_id, [client_id]):
        raise SteeringError(f"{known.name} is on the list already")
    numbers = (await lists.numbers_of(tx, [client_id])).get(client_id, ())
    zones = candidate_zones(numbers, known.time_zone, source.time_zone)
    [owed] = await selections.owed(tx, [client_id])
    await lists.grow(tx, campaign_id, 1)
    [entry_id] = await lists.add(
        tx, campaign_id, [Listed(client_id, owed.debt_minor, owed.currency, zones, numbers)],
        at=now, by=by, facts={"reason": reason})
    await rows.record(tx, campaign_id, f"added: client {client_id}, {reason}", by=by, at=now)
    return entry_id


async def remove(tx: Tx, entry_id: int, reason: str, *, by: str, now: datetime) -> None:
    """He is dialled no more on this campaign; a call that rings already goes on. Raises
    SteeringError: his state is final."""
    _check_reason(reason)
    entry = await rows.entry(tx, entry_id)
    if State(entry.state) in FINAL:
        raise SteeringError(f"this entry is {entry.state} and cannot be removed")
    await rows.record(tx, entry.campaign_id, f"removed: client {entry.client_id}, {reason}",
                      by=by, at=now)
    if entry.state == State.BEING_TRIED:
        await rows.stop_later(tx, entry.id, "removed")
        for attempt in await claims.of_entry(tx, entry.id):
            if attempt.state == "intent":
                await settling.give_back(tx, attempt, "stopped", now=now)
        return
    await settling.stop(tx, entry, "removed", at=now, by=by, facts={"reason": reason})


def _check_reason(reason: str) -> None:
    if len(reason.strip()) < REASON_LEAST:
        raise SteeringError("say why, in a few words")
