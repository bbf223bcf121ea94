"""Decisions of routing per second: the rules alone, and with the facts asked of a base and the
decision kept in it, as a call on its way out of the menu does.

    python -m bench.routing [--url postgresql://…] [--count N]

SQLite always; `--url` names an empty PostgreSQL base beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from bench.machine import machine
from crm_store import call_routes, sample
from crm_store.call_routes import Route
from crm_store.store import Store
from ivr.plan import shipped_rules
from ivr.routing.caller import Coming, facts_of
from ivr.routing.rules import Rule, decide
from ivr.routing.rules_file import House, parse

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CLIENTS, AT_ONCE, ALONE = 2_000, 16, 50_000
OPERATORS = tuple(str(number) for number in range(101, 111))
HOUSE = House(queues=("billing", "outages", "collection"), operators=OPERATORS)
MORE = '''
[[rule]]
id = "debt"
when = { debt_days = ">= 90", queue = "billing", hour = "8..20" }
queue = "collection"

[[rule]]
id = "same_person"
when = { last_days = "<= 7" }
prefer = "last"
'''


async def main(url: str | None, count: int) -> None:
    rules = parse(shipped_rules() + MORE, HOUSE)
    print(f"{machine()}\n{len(rules)} rules, {CLIENTS} clients, {count} calls")
    print(f"rules alone  {pure(rules):9.0f} decisions a second")
    with tempfile.TemporaryDirectory() as folder:
        await measure("SQLite", Store.at(Path(folder) / "bench.db"), rules, count)
    if url is not None:
        await measure("PostgreSQL", Store(url), rules, count)


def pure(rules: tuple[Rule, ...]) -> float:
    chance = random.Random(1)
    calls = [{"queue": "billing", "client": "known", "hour": str(chance.randrange(24)),
              "debt_days": str(chance.randrange(200)), "waited": str(chance.randrange(300)),
              "campaign_return": "no", "last_operator": "101",
              "last_days": str(chance.randrange(60))} for _ in range(1_000)]
    began = time.process_time()
    for place in range(ALONE):
        decide(rules, calls[place % len(calls)], OPERATORS)
    return ALONE / (time.process_time() - began)


async def measure(name: str, store: Store, rules: tuple[Rule, ...], count: int) -> None:
    try:
        await store.migrate()
        await sample.generate(store, clients=CLIENTS, now=NOW)

        async def one(place: int) -> None:
            await routed(store, rules, place)
        await timed(one, 20, 1)
        alone, together = await timed(one, count, 1), await timed(one, count, AT_ONCE)
        print(f"{name:<12} {alone:9.0f} a second one by one, {together:7.0f} a second "
              f"{AT_ONCE} at once")
    finally:
        await store.close()


async def routed(store: Store, rules: tuple[Rule, ...], place: int) -> None:
    coming = Coming(queue="billing", entry="74951200000", number=None, client=1 + place % CLIENTS,
                    language="en", call_id=f"bench-{place}")
    async with store.read() as tx:
        client, facts = await facts_of(tx, coming, NOW)
    decision = decide(rules, facts, OPERATORS)
    async with store.begin() as tx:
        await call_routes.keep(tx, Route(
            call_id=coming.call_id, client_id=client, at=NOW, queue=decision.queue,
            priority=decision.priority, operator=decision.operator, level=decision.level,
            version=None, facts=facts, reasons=[asdict(one) for one in decision.reasons]))


async def timed(work: Callable[[int], Awaitable[None]], count: int, at_once: int) -> float:
    """How many a second."""
    async def some(first: int) -> None:
        for place in range(first, count, at_once):
            await work(place)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as tasks:
        for first in range(at_once):
            tasks.create_task(some(first), name=f"bench {first}")
    return count / (time.perf_counter() - began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url")
    parser.add_argument("--count", type=int, default=2000)
    asked = parser.parse_args()
    asyncio.run(main(asked.url, asked.count))
