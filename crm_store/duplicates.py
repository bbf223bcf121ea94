"""Who may be the same client: found as one types, and the work list on which people decide.

A decision is kept: a pair that somebody called "not the same" never comes again, whoever finds
it, and whichever of the two is merged with somebody else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, update

from crm_store import audit, errors, merges, search_names
from crm_store.base import JSON, Base, Tx
from crm_store.duplicate_facts import facts_of
from crm_store.matching import SUSPECT, Facts, Reason, Verdict, as_json, compare
from crm_store.prepared import Ask
from crm_store.tables.billing import Accounts
from crm_store.tables.client_facts import ClientEmails
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.duplicates import DuplicatePairs

State = Literal["open", "later", "same", "different"]
Decision = Literal["same", "different", "later", "open"]
LATER = timedelta(days=7)
_MOST_AT_ONE_PLACE = 30
_MOST_OF_A_NAME = 60
_MOST_COUNTED = 10_000
_CURSOR = re.compile(r"^([0-9]{1,3})_([0-9]{1,18})$")
_LOW = Base.metadata.tables["clients"].alias("low")
_HIGH = Base.metadata.tables["clients"].alias("high")


@dataclass(frozen=True, slots=True)
class Suspect:
    """A client who may be the one that somebody is about to create."""
    client_id: int
    name: str
    kind: str
    score: int                      # 0..100
    reasons: tuple[Reason, ...]     # the weightiest first


@dataclass(frozen=True, slots=True)
class Pair:
    """Two clients who may be one. `keep` is whom we would keep: the one with more accounts and
    numbers, then the older one."""
    id: int
    low_id: int
    low_name: str
    high_id: int
    high_name: str
    score: int
    reasons: tuple[dict[str, Any], ...]     # {code, points, count}
    state: State
    found_by: str
    found_at: datetime
    not_before: datetime | None
    decided_by: str | None
    decided_at: datetime | None
    keep: int


# ── as one types, and on import ──────────────────────────────────────────────────────────────
async def find_for(
    tx: Tx, facts: Facts, *, but: Collection[int] = (), least: int = SUSPECT, limit: int = 5,
    by_name: bool = True,
) -> list[Suspect]:
    """Clients like this one, likeliest first; `but` leaves some out.

    A few look-ups by key. With a lower `least` than `SUSPECT`, namesakes are told too.
    """
    ids = set(await _at(tx, ClientPhones.e164, ClientPhones.client_id, facts.phones))
    ids |= set(await _at(tx, ClientEmails.email, ClientEmails.client_id, facts.emails))
    ids |= set(await _at(tx, Accounts.number, Accounts.client_id, facts.accounts))
    words = tuple(dict.fromkeys(facts.name.split()))
    if by_name and words and len(facts.name) > 2:
        ids |= set(await tx.trip(partial(_named, words)))
    known = await facts_of(tx, ids - set(but))
    found = [(client_id, other, compare(facts, other)) for client_id, other in known.items()]
    best = sorted((one for one in found if one[2].score >= least),
                  key=lambda one: (-one[2].score, one[0]))[:limit]
    names = {row.id: row.name for row in await tx.all(
        select(Clients.id, Clients.name).where(Clients.id.in_([one[0] for one in best])))}
    return [Suspect(client_id, names[client_id], other.kind, verdict.score, verdict.reasons)
            for client_id, other, verdict in best]


def _named(words: tuple[str, ...], ask: Ask) -> list[int]:
    return search_names.begun(ask, words, _MOST_OF_A_NAME)


async def _at(tx: Tx, key: Any, whose: Any, values: Collection[str]) -> list[int]:
    if not values:
        return []
    rows = await tx.all(select(whose).where(key.in_(sorted(values)))
                        .limit(_MOST_AT_ONE_PLACE * len(values)))
    return [int(row[0]) for row in rows]


async def look_at(
    tx: Tx, client_ids: Iterable[int], *, found_by: str, at: datetime, by_name: bool = False,
) -> int:
    """Look whether clients who were just made are there already; how many new pairs are on the
    work list. For import, after a chunk, in its transaction."""
    pairs: dict[tuple[int, int], Verdict] = {}
    known = await facts_of(tx, list(client_ids))
    for client_id, facts in known.items():
        for one in await find_for(tx, facts, but=[client_id], by_name=by_name):
            pair = (min(client_id, one.client_id), max(client_id, one.client_id))
            pairs[pair] = Verdict(one.score, one.reasons)
    return await note(tx, pairs.items(), found_by=found_by, at=at)


# ── the work list ────────────────────────────────────────────────────────────────────────────
async def note(
    tx: Tx, found: Iterable[tuple[tuple[int, int], Verdict]], *, found_by: str, at: datetime,
) -> int:
    """Pairs (low id, high id) onto the list; how many are new. What was decided stays so."""
    rows = [{"low_id": low, "high_id": high, "score": verdict.score,
             "reasons": as_json(verdict.reasons), "state": "open", "found_by": found_by,
             "found_at": at} for (low, high), verdict in found]
    before = await _highest(tx)
    new = tx.insert(DuplicatePairs)
    better = and_(DuplicatePairs.state == "open", DuplicatePairs.score < new.excluded.score)
    for start in range(0, len(rows), 500):
        await tx.run(new.on_conflict_do_update(
            index_elements=["low_id", "high_id"], where=better,
            set_={"score": new.excluded.score, "reasons": new.excluded.reasons}),
            rows[start:start + 500])
    return int(await tx.scalar(select(func.count()).where(DuplicatePairs.id > before)) or 0)


async def _highest(tx: Tx) -> int:
    return int(await tx.scalar(select(func.max(DuplicatePairs.id))) or 0)


async def listing(
    tx: Tx, *, now: datetime, state: State = "open", client_id: int | None = None,
    cursor: str | None = None, limit: int = 50,
) -> tuple[list[Pair], str | None]:
    """The likeliest first, and the next page's cursor, None on the last. Raises `BadCursor`."""
    wanted = _pairs(now).where(*_in_state(state, now))
    if client_id is not None:
        wanted = wanted.where(or_(DuplicatePairs.low_id == client_id,
                                  DuplicatePairs.high_id == client_id))
    if cursor is not None:
        found = _CURSOR.match(cursor)
        if found is None:
            raise errors.BadCursor(cursor[:80])
        score, last = int(found[1]), int(found[2])
        wanted = wanted.where(or_(DuplicatePairs.score < score,
                                  and_(DuplicatePairs.score == score, DuplicatePairs.id < last)))
    rows = await tx.all(wanted.order_by(
        DuplicatePairs.score.desc(), DuplicatePairs.id.desc()).limit(limit + 1))
    pairs = [_pair(row) for row in rows[:limit]]
    more = len(rows) > limit
    return pairs, f"{pairs[-1].score}_{pairs[-1].id}" if more else None


async def waiting(tx: Tx, *, now: datetime) -> int:
    """How many pairs wait for a decision; 10,000 means that many or more."""
    some = _pairs(now).where(*_in_state("open", now)).limit(_MOST_COUNTED).subquery()
    return int(await tx.scalar(select(func.count()).select_from(some)))


async def one(tx: Tx, pair_id: int, *, now: datetime) -> Pair:
    """Raises `NotFound`."""
    row = await tx.first(_pairs(now).where(DuplicatePairs.id == pair_id))
    if row is None:
        raise errors.NotFound(f"pair {pair_id}")
    return _pair(row)


async def decide(
    tx: Tx, pair_id: int, decision: Decision, *, by: str, at: datetime, keep: int | None = None,
    take: Collection[str] = (),
) -> int | None:
    """What a person says about a pair; the merge's id when they are the same.

    `keep` and `take` as `merges.merge`; without `keep` the pair's own. Raises `NotFound`,
    `MergeRefused`; `Conflict` when `keep` is neither of them.
    """
    pair = await one(tx, pair_id, now=at)
    if decision == "same":
        kept = pair.keep if keep is None else keep
        if kept not in (pair.low_id, pair.high_id):
            raise errors.Conflict(f"client {kept} is not of this pair")
        absorbed = pair.low_id + pair.high_id - kept
        return await merges.merge(tx, kept, absorbed, by=by, at=at, take=take,
                                  reason=f"pair {pair_id}")
    values: dict[str, Any] = {"not_before": at + LATER if decision == "later" else None}
    if decision == "different":
        values |= {"state": "different", "decided_by": by, "decided_at": at}
    elif decision == "open":
        values |= {"state": "open", "decided_by": None, "decided_at": None}
    if decision != "different" and await _are_merged(tx, pair):
        raise merges.MergeRefused("already_merged", "they are merged: undo that merge")
    await tx.run(update(DuplicatePairs).where(DuplicatePairs.id == pair_id).values(**values))
    facts: dict[str, JSON] = {"pair": pair_id, "low": pair.low_id, "high": pair.high_id}
    for client_id in (pair.low_id, pair.high_id):
        await audit.record(tx, by=by, at=at, what=f"duplicate.{decision}", client_id=client_id,
                           facts=facts)
    return None


async def _are_merged(tx: Tx, pair: Pair) -> bool:
    return await merges.current(tx, pair.low_id) == await merges.current(tx, pair.high_id)


def _in_state(state: State, now: datetime) -> list[ColumnElement[bool]]:
    if state in ("same", "different"):
        return [DuplicatePairs.state == state]
    waits = DuplicatePairs.not_before > now
    return [DuplicatePairs.state == "open", _LOW.c.merged_into.is_(None),
            _HIGH.c.merged_into.is_(None),
            waits if state == "later" else or_(DuplicatePairs.not_before.is_(None), ~waits)]


def _pairs(now: datetime) -> Select[*tuple[Any, ...]]:
    waits = DuplicatePairs.not_before > now
    state = case((and_(DuplicatePairs.state == "open", waits), "later"),
                 else_=DuplicatePairs.state)
    return (
        select(DuplicatePairs.id, DuplicatePairs.low_id, _LOW.c.name.label("low_name"),
               DuplicatePairs.high_id, _HIGH.c.name.label("high_name"), DuplicatePairs.score,
               DuplicatePairs.reasons, state.label("state"), DuplicatePairs.found_by,
               DuplicatePairs.found_at, DuplicatePairs.not_before, DuplicatePairs.decided_by,
               DuplicatePairs.decided_at, _weight(_LOW).label("low_weight"),
               _weight(_HIGH).label("high_weight"))
        .join(_LOW, _LOW.c.id == DuplicatePairs.low_id)
        .join(_HIGH, _HIGH.c.id == DuplicatePairs.high_id))


def _weight(side: Any) -> Any:
    """How much hangs on a client."""
    accounts = select(func.count()).where(Accounts.client_id == side.c.id).scalar_subquery()
    phones = select(func.count()).where(ClientPhones.client_id == side.c.id).scalar_subquery()
    return accounts * 10 + phones


def _pair(row: Any) -> Pair:
    values = dict(row._mapping)
    low, high = values.pop("low_weight"), values.pop("high_weight")
    values["reasons"] = tuple(values["reasons"])
    return Pair(**values, keep=row.high_id if high > low else row.low_id)
