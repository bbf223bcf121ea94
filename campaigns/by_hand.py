"""May somebody dial this number himself, now, and if not, why and from when?

Marks and flags speak first. Then the law: the rules that the settings name for all calls by hand,
and those of each running campaign on whose list the person is when he is called from its queue.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from campaigns import lawful, rule_files
from campaigns.rules import Verdict
from crm_store import by_hand, restraints
from crm_store.base import Tx
from crm_store.campaigns import EntryRow, NumberRow
from crm_store.zones import candidate_zones

NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`client_id` None: whoever has the number. `law` are the settings' rules for every call."""
    e164: str
    client_id: int | None
    queue: str
    law: Collection[str]
    zone: str               # where nothing is known of the person
    now: datetime


async def refused(tx: Tx, wish: Wish) -> Verdict | None:
    """The first that speaks against it. Raises `NotFound`, `RuleFileError`."""
    because = await lawful.refused_by_hand(tx, wish.client_id, wish.e164)
    if because is not None:
        return Verdict(False, "suppressed", facts={"because": because})
    people = [wish.client_id] if wish.client_id is not None else (
        await restraints.clients_of_phone(tx, wish.e164))
    for person in people or [NOBODY]:
        verdict = await _judged(tx, wish, person)
        if verdict is not None and not verdict.is_allowed:
            return verdict
    return None


async def _judged(tx: Tx, wish: Wish, client_id: int) -> Verdict | None:
    lists = [one for one in await by_hand.running(tx, client_id) if one.queue == wish.queue]
    law = sorted({*wish.law, *(rule for one in lists for rule in one.law)})
    if not law:
        return None
    zones = {zone for one in lists for zone in one.zones}
    entry = await _entry(tx, wish, client_id, zones)
    numbers = (NumberRow(wish.e164, 0, None),)
    person = (lawful.nobody(entry) if client_id == NOBODY
              else await lawful.person_of(tx, entry, numbers, wish.now))
    return await lawful.judge(tx, rule_files.rule_set(law), entry, person, wish.e164, wish.now)


async def _entry(tx: Tx, wish: Wish, client_id: int, listed: Collection[str]) -> EntryRow:
    """As he would stand on a list."""
    known = None
    if client_id != NOBODY:
        known = (await restraints.client_facts(tx, client_id)).time_zone
    zones: Sequence[str] = sorted(listed) or candidate_zones((wish.e164,), known, wish.zone)
    return EntryRow(
        id=0, campaign_id=0, client_id=client_id, zones=tuple(zones), debt_minor=None,
        currency=None, state="not_tried", since=wish.now, why="", facts={}, until_at=None,
        stop_because=None)
