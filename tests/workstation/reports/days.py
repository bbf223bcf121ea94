"""Days of contacts in a store, drawn from a seed: transfers, gaps, long calls, other hours."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from crm_store import interactions
from crm_store.contacts import CallFacts, SegmentFacts
from crm_store.store import Store

START = datetime(2026, 10, 23, 6, 0, tzinfo=UTC)    # the clock goes back on the 25th in Berlin


def call(chance: random.Random, n: int, at: datetime) -> CallFacts:
    way = chance.choice(("in", "in", "in", "out"))
    queue = chance.choice(("billing", "outages", None)) if way == "in" else None
    number = f"+7916000{chance.randrange(40):04}"
    waited = chance.choice((0.0, 4.9, 12.25, 19.999, 75.0, 400.0)) if queue else 0.0
    base = {"call_id": f"call-{n}", "pbx": "main", "direction": way, "started_at": at,
            "number": number, "queue": queue, "waited_s": waited}
    if chance.random() < 0.3:
        outcome = "abandoned" if queue else ("served" if way == "in" else "busy")
        return CallFacts(**base, ended_at=at + timedelta(seconds=waited + 1),  # type: ignore[arg-type]
                         outcome=outcome)
    talk = chance.choice((3.5, 90.0, 241.123, 9 * 3600.0))
    who = chance.sample(("101", "102", "103"), chance.choice((1, 1, 1, 2)))
    answered = at + timedelta(seconds=waited)
    parts, begin = [], answered
    for operator in who:
        end = begin + timedelta(seconds=talk / len(who))
        parts.append(SegmentFacts(kind="talk", who=operator, started_at=begin, ended_at=end))
        begin = end
    parts.append(SegmentFacts(kind="wrap_up", who=who[-1], started_at=begin,
                              ended_at=begin + timedelta(seconds=20)))
    return CallFacts(**base, answered_at=answered, ended_at=begin, operator=who[-1],  # type: ignore[arg-type]
                     outcome="answered", talked_s=talk, held_s=0.0, segments=tuple(parts))


async def fill(store: Store, *, seed: int, calls: int = 300, days: int = 4) -> None:
    chance = random.Random(seed)
    async with store.begin() as tx:
        await interactions.upsert_calls(tx, [
            call(chance, n, START + timedelta(seconds=chance.randrange(days * 86_400)))
            for n in range(calls)])
