"""Everything of one person: who he is in this base, what there is of him, all of it as JSON."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Table, func, select

from crm_store import errors
from crm_store.base import JSON, Base, Tx
from crm_store.personal_data import HASHED, PERSONAL, Whose, hashed
from crm_store.tables.audit import Erasures
from crm_store.tables.billing import Accounts, Addresses, Debts
from crm_store.tables.campaigns import OPEN_ATTEMPTS, Attempts, Promises, Suppressions
from crm_store.tables.client_facts import ClientAddresses
from crm_store.tables.clients import ClientPhones, Clients
from crm_store.tables.contacts import Interactions
from crm_store.tables.requests import Requests
from crm_store.tables.tasks import Tasks

ObstacleKind = Literal["attempt", "contact", "debt", "promise", "request", "task"]
KINDS: tuple[ObstacleKind, ...] = ("attempt", "contact", "debt", "promise", "request", "task")
# What only machines read is not part of what a person is given.
_INTERNAL = frozenset({"search_key", "reversed", "facts_hash", "salt", "hash", "place", "version",
                       "peaks"})
_CONTACT_LASTS = timedelta(days=1)      # one that never ended was lost sight of


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something that is not over yet; `ref` is its id."""
    kind: ObstacleKind
    ref: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`client_ids`: himself first, then those merged into him. `rows` counts by table.

    `others` are clients who share a number with him: the same person, or somebody near.
    """
    client_ids: tuple[int, ...]
    name: str
    rows: Mapping[str, int]
    others: tuple[tuple[int, str], ...]
    erased_at: datetime | None


async def whose(tx: Tx, client_id: int) -> Whose:
    """The person behind a client, merged ones included. Raises `NotFound`."""
    ids = await _family(tx, client_id)
    numbers = {row.e164 for row in await tx.all(
        select(ClientPhones.e164).where(ClientPhones.client_id.in_(ids)))}
    for column, owner in ((Interactions.number, Interactions.client_id),
                          (Attempts.e164, Attempts.client_id),
                          (Suppressions.e164, Suppressions.client_id)):
        rows = await tx.all(select(column.label("number")).where(owner.in_(ids)).distinct())
        numbers |= {row.number for row in rows if row.number}
    known = frozenset(number for number in numbers if not number.startswith(HASHED))
    return Whose(ids, known, known - await _shared(tx, ids, known))


async def _family(tx: Tx, client_id: int) -> tuple[int, ...]:
    """The kept client of all of them first."""
    root = client_id
    seen = {root}
    while True:
        row = await tx.first(select(Clients.merged_into).where(Clients.id == root))
        if row is None:
            raise errors.NotFound(f"client {root}")
        if row.merged_into is None or row.merged_into in seen:
            break
        root = row.merged_into
        seen.add(root)
    found, fresh = [root], [root]
    while fresh:
        rows = await tx.all(select(Clients.id).where(Clients.merged_into.in_(fresh)))
        fresh = [row.id for row in rows if row.id not in found]
        found += fresh
    return tuple(found)


async def _shared(tx: Tx, ids: Collection[int], numbers: Collection[str]) -> frozenset[str]:
    """Those that are somebody else's too."""
    wanted = sorted(numbers)
    rows = [*await tx.all(select(ClientPhones.e164.label("number")).where(
                ClientPhones.e164.in_(wanted), ClientPhones.client_id.not_in(ids))),
            *await tx.all(select(Interactions.number.label("number")).where(
                Interactions.number.in_(wanted), Interactions.client_id.not_in(ids)).distinct())]
    return frozenset(row.number for row in rows)


async def find(tx: Tx, client_id: int) -> Person:
    """Raises `NotFound`."""
    who = await whose(tx, client_id)
    rows = {name: await tx.scalar(select(func.count()).select_from(table).where(
        _of(table, who))) for name, table in _told()}
    others = await tx.all(
        select(Clients.id, Clients.name).join(ClientPhones, ClientPhones.client_id == Clients.id)
        .where(ClientPhones.e164.in_(sorted(who.numbers)), Clients.id.not_in(who.ids),
               Clients.merged_into.is_(None)).distinct().order_by(Clients.id).limit(50))
    erased = await tx.first(select(Erasures.finished_at).where(Erasures.client_id == who.ids[0]))
    name = await tx.scalar(select(Clients.name).where(Clients.id == who.ids[0]))
    return Person(client_ids=who.ids, name=name or "",
                  rows={name: int(count) for name, count in rows.items() if count},
                  others=tuple((row.id, row.name) for row in others),
                  erased_at=erased.finished_at if erased else None)


async def erased_with_number(tx: Tx, e164: str, *, key: bytes) -> bool:
    """Whether somebody who was erased had this number: only a hash of it is left."""
    what = hashed(key, e164)
    for column in (Interactions.number, Attempts.e164, Suppressions.e164):
        if await tx.first(select(column).where(column == what).limit(1)) is not None:
            return True
    return False


async def obstacles(tx: Tx, client_id: int, *, now: datetime,
                    kinds: Collection[str]) -> list[Obstacle]:
    """What of these kinds is not over yet, so that he cannot be erased."""
    ids = await _family(tx, client_id)
    found: list[Obstacle] = []
    looked_at: tuple[tuple[ObstacleKind, Any, tuple[Any, ...]], ...] = (
        ("attempt", Attempts.id, (Attempts.client_id.in_(ids),
                                  Attempts.state.in_(OPEN_ATTEMPTS))),
        ("contact", Interactions.id, (
            Interactions.client_id.in_(ids), Interactions.ended_at.is_(None),
            Interactions.absorbed_into.is_(None),
            Interactions.started_at > now - _CONTACT_LASTS)),
        ("debt", Debts.account_id, (Debts.client_id.in_(ids), Debts.amount_minor > 0)),
        ("promise", Promises.id, (Promises.client_id.in_(ids), Promises.state == "open")),
        ("request", Requests.id, (Requests.client_id.in_(ids), Requests.closed_at.is_(None))),
        ("task", Tasks.id, (Tasks.client_id.in_(ids), Tasks.done_at.is_(None))),
    )
    for kind, column, conditions in looked_at:
        if kind in kinds:
            rows = await tx.all(select(column.label("ref")).where(*conditions).order_by(column))
            found += [Obstacle(kind, row.ref) for row in rows]
    return found


async def export(tx: Tx, client_id: int) -> dict[str, JSON]:
    """All that is kept of him: table → rows. Raises `NotFound`."""
    who = await whose(tx, client_id)
    tables: dict[str, JSON] = {}
    for name, table in _told():
        columns = [column for column in table.columns if column.name not in _INTERNAL]
        rows = await tx.all(select(*columns).where(_of(table, who)).order_by(
            *table.primary_key.columns))
        if rows:
            tables[name] = [
                {key: as_json(value) for key, value in row._mapping.items()} for row in rows]
    places = await _places(tx, who)
    if places:
        tables["addresses"] = places
    return {"client_ids": list(who.ids), "tables": tables}


async def _places(tx: Tx, who: Whose) -> list[JSON]:
    at_accounts = select(Accounts.address_id).where(Accounts.client_id.in_(who.ids))
    his_own = select(ClientAddresses.address_id).where(ClientAddresses.client_id.in_(who.ids))
    rows = await tx.all(
        select(Addresses.id, Addresses.city, Addresses.street, Addresses.house, Addresses.flat,
               Addresses.postcode)
        .where(Addresses.id.in_(at_accounts.union(his_own))).order_by(Addresses.id))
    return [{key: as_json(value) for key, value in row._mapping.items()} for row in rows]


def _told() -> list[tuple[str, Table]]:
    """The tables a person is told of: himself first."""
    return [(name, Base.metadata.tables[name])
            for name in reversed(PERSONAL) if not PERSONAL[name].is_derived]


def _of(table: Table, who: Whose) -> ColumnElement[bool]:
    return PERSONAL[table.name].belongs(table, who)


def as_json(value: Any) -> JSON:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return value    # type: ignore[no-any-return]
