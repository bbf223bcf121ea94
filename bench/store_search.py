"""Figures of GOALS.md "store": search as one types, on a base that is there already.

What is asked is made from clients drawn by chance, each kind of question in turn, so that a slow
minute of the machine falls on all of them. Machines are shared: beside the time stands the CPU it
took (of this process: not of a PostgreSQL server). The peer of a prefix is the same range of the
index and nothing else, that of a number's middle is reading every number.

    python -m bench.store_search --url URL [--rounds N] [--json]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sqlalchemy import TextClause, func, select, text

from bench.machine import machine
from crm_store.base import Tx
from crm_store.folding import words
from crm_store.search import search
from crm_store.store import Store
from crm_store.tables.billing import Accounts
from crm_store.tables.clients import ClientPhones, Clients

REGION = "RU"
GOALS_MS = {"prefix": 30, "surname, name": 100, "name, patronymic": 100, "two common words": 100,
            "nobody of two common": 100, "typo": 150, "typo in two words": 150}
Ask = Callable[[Tx, str], Awaitable[object]]
_ROUNDS_OF_PEERS = 3        # they are slow, and only to be compared with


@dataclass(frozen=True, slots=True)
class Drawn:
    """A client of the base by chance: where the questions come from."""
    words: tuple[str, ...]
    number: str
    account: str


async def draw(store: Store, count: int, rng: random.Random) -> list[Drawn]:
    async with store.read() as tx:
        last = int(await tx.scalar(select(func.max(Clients.id))) or 0)
        found: list[Drawn] = []
        while len(found) < count and last:
            row = await tx.first(
                select(Clients.id, Clients.name).where(
                    Clients.id >= rng.randint(1, last), Clients.kind == "person")
                .order_by(Clients.id).limit(1))
            if row is None or len(words(row.name)) < 3:
                continue
            number = await tx.scalar(select(ClientPhones.e164).where(
                ClientPhones.client_id == row.id).limit(1))
            account = await tx.scalar(select(Accounts.number).where(
                Accounts.client_id == row.id).limit(1))
            found.append(Drawn(words(row.name), number or "+79030000000", account or "1"))
    return found


def misspelt(word: str, rng: random.Random) -> str:
    """Two letters swapped, one left out, or another in its place; not the first one."""
    at = rng.randrange(1, max(2, len(word) - 1))
    before, after = word[:at], word[at + 1:]
    return rng.choice((before + word[at:at + 2][::-1] + word[at + 2:], before + after,
                       before + rng.choice("bgmt") + after))


def questions(who: Drawn, rng: random.Random) -> dict[str, str]:
    """One of each kind."""
    surname, name, patronymic = who.words[:3]
    digits = who.number[1:]
    start = rng.randrange(2, 6)
    other = "petrovna" if name.endswith(("r", "n", "i", "l")) else "petrovich"
    return {
        "prefix": surname[:rng.randint(2, len(surname))],
        "surname, name": f"{surname} {name[:rng.randint(1, len(name))]}",
        "name, patronymic": f"{name} {patronymic}",
        "two common words": rng.choice(("ivanov aleksandr", "aleksandr aleksandrovich",
                                        "elena ivanova", "kuznetsova anna")),
        "nobody of two common": f"{name} {other}",
        "typo": misspelt(surname, rng),
        "typo in two words": f"{misspelt(surname, rng)} {misspelt(name, rng)}",
        "number, end": digits[-rng.randint(4, 7):],
        "number, beginning": digits[1:rng.randint(5, 9)],
        "number, middle": digits[start:start + 5], "account": who.account,
        "nothing like it": f"{rng.choice('qwxzj')}{rng.randrange(10**6)}"}


async def ask_ours(tx: Tx, typed: str) -> object:
    return await search(tx, typed, region=REGION)


async def rows(tx: Tx, statement: TextClause) -> list[object]:
    return list((await tx.run(statement)).all())


async def peer_range(tx: Tx, typed: str) -> object:
    """The limit: nothing but the range of the index."""
    return await rows(tx, text(
        "select client_id from client_words where place = 0 and word >= :a and word < :z "
        "order by word, rest, client_id limit 20").bindparams(a=typed, z=typed + "\U0010ffff"))


async def peer_scan(tx: Tx, typed: str) -> object:
    return await rows(tx, text("select e164 from phones where e164 like :like limit 20")
                      .bindparams(like=f"%{typed}%"))


PEERS: dict[str, tuple[str, Ask]] = {
    "prefix": ("bare range", peer_range), "number, middle": ("every number read", peer_scan)}


@dataclass(frozen=True, slots=True)
class Timed:
    ms: float
    cpu_ms: float
    found: int


async def timed(store: Store, ask: Ask, typed: str) -> Timed:
    began, cpu = time.perf_counter(), time.process_time()
    async with store.read() as tx:
        found = await ask(tx, typed)
    return Timed((time.perf_counter() - began) * 1000, (time.process_time() - cpu) * 1000,
                 len(found) if isinstance(found, list) else 0)


async def measure(store: Store, rounds: int, rng: random.Random, *, peer_rounds: int = 0
                  ) -> dict[str, dict[str, float]]:
    drawn = await draw(store, rounds, rng)
    times: dict[str, list[Timed]] = {}
    peers: dict[str, list[float]] = {}
    for place, who in enumerate(drawn):
        for kind, typed in questions(who, rng).items():
            times.setdefault(kind, []).append(await timed(store, ask_ours, typed))
            if place < peer_rounds and kind in PEERS:
                peers.setdefault(kind, []).append((await timed(store, PEERS[kind][1], typed)).ms)
    return {kind: _figure(kind, rows, peers.get(kind, [])) for kind, rows in times.items()}


def _figure(kind: str, rows: list[Timed], peer: list[float]) -> dict[str, float]:
    told = {"p50_ms": statistics.median(row.ms for row in rows),
            "p99_ms": _p99([row.ms for row in rows]),
            "cpu_p99_ms": _p99([row.cpu_ms for row in rows]),
            "found": statistics.mean(row.found for row in rows)}
    if kind in GOALS_MS:
        told["goal_p99_ms"] = GOALS_MS[kind]
    return told | ({"peer_p50_ms": statistics.median(peer)} if peer else {})


def _p99(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.99))]


async def run(url: str, rounds: int) -> dict[str, object]:
    """`url` is a migrated base with clients in it."""
    store = Store(url)
    try:
        async with store.read() as tx:
            clients = await tx.scalar(select(func.max(Clients.id)))
        await measure(store, 10, random.Random(0))      # warm
        figures = await measure(store, rounds, random.Random(1), peer_rounds=_ROUNDS_OF_PEERS)
    finally:
        await store.close()
    return {"machine": machine(), "engine": store.url.get_backend_name(), "clients": clients,
            "rounds": rounds, "search": figures}


def told(result: dict[str, object]) -> str:
    """As `make bench-store` prints it."""
    figures = result["search"]
    assert isinstance(figures, dict)
    lines = [f"search, {result['engine']}, {result['clients']:,} clients, one at a time, warm; ms"]
    for kind, of in figures.items():
        goal = f"  goal p99 {of['goal_p99_ms']}" if "goal_p99_ms" in of else ""
        peer = f"  {PEERS[kind][0]}: p50 {of['peer_p50_ms']:.1f}" if "peer_p50_ms" in of else ""
        lines.append(f"  {kind:22} p50 {of['p50_ms']:7.1f}  p99 {of['p99_ms']:7.1f}"
                     f"  cpu p99 {of['cpu_p99_ms']:6.1f}  found {of['found']:4.1f}{goal}{peer}")
    return "\n".join(lines)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--url", required=True, help="a base with clients in it")
    options.add_argument("--rounds", type=int, default=100)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    result = asyncio.run(run(chosen.url, chosen.rounds))
    print(json.dumps(result, indent=2) if chosen.json else told(result))


if __name__ == "__main__":
    main()
