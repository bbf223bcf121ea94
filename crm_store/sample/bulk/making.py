"""A chunk of the bulk's rows: pure, from a seed of its own, the same in whatever process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random

from crm_store.sample.bulk.bills import Months, add_account
from crm_store.sample.bulk.calls import (
    Calendar,
    Pattern,
    add_calls,
    add_note,
    add_request,
    patterns,
)
from crm_store.sample.bulk.layout import Rows, Spelling, empty
from crm_store.sample.bulk.people import Made, add_client
from crm_store.sample.bulk.shape import BLOCK, BLOCKS_A_CHUNK, CHUNK, lots


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole base that is made; `now` is where its past ends."""
    clients: int
    seed: int
    names: str
    now: datetime

    def chunks(self) -> Iterable[int]:
        return range(-(-self.clients // CHUNK))


class Maker:
    """What is made once for all chunks of a process."""

    def __init__(self, plan: Plan, spell: Spelling) -> None:
        self._plan = plan
        self._spell = spell
        self._now_us = int(plan.now.astimezone(UTC).timestamp()) * 1_000_000
        self._months = Months.before(plan.now)
        self._calendar = Calendar.before(plan.now)
        self._patterns: list[Pattern] = patterns(
            Random(f"{plan.seed}:patterns"), plan.names, spell)     # nosec B311  made-up data

    def chunk(self, index: int) -> Rows:
        """Rows by table, in the order of COLUMNS; the timeline in order of client and time,
        its moments spelt."""
        rng, rows = Random(f"{self._plan.seed}:{index}"), empty()   # nosec B311  made-up data
        first = index * BLOCKS_A_CHUNK
        for block in range(first, min(first + BLOCKS_A_CHUNK, -(-self._plan.clients // BLOCK))):
            self._block(rows, block, rng)
        rows["timeline"].sort()
        rows["timeline"] = [(client, self._spell.moment(at), kind, ref, facts)
                            for client, at, kind, ref, facts in rows["timeline"]]
        return rows

    def _block(self, rows: Rows, block: int, rng: Random) -> None:
        neighbour, spell, names = "", self._spell, self._plan.names
        clients: list[Made] = []
        for lot in lots(block, self._plan.clients, rng):
            made = add_client(rows, lot, rng, spell, self._now_us, names, neighbour)
            clients.append(made)
            neighbour = made.number
            for account in range(lot.account + 1, lot.account + lot.accounts + 1):
                add_account(rows, account, made, rng, spell, self._now_us, self._months, names)
            add_calls(rows, made, rng, spell, self._calendar, self._patterns)
        self._extras(rows, block + 1, clients, rng)

    def _extras(self, rows: Rows, number: int, clients: list[Made], rng: Random) -> None:
        """One note and one request to a block."""
        whose = clients[int(rng.random() * len(clients))]
        add_note(rows, number, whose, rng, self._spell, self._calendar.moment(rng.random()),
                 self._plan.names)
        served = next((made for made in clients if made.lot.accounts), None)
        if served:
            add_request(rows, number, served, rng, self._spell,
                        self._calendar.moment(rng.random() * 0.99))
