"""What clients are compared by, read for many at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from crm_store.base import Tx
from crm_store.matching import Facts, account_key
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Clients

_CHUNK = 500
Row = Any


async def names_of(tx: Tx, client_ids: Collection[int]) -> dict[int, Facts]:
    """Folded name and kind only; merged clients are left out."""
    rows = await _each(
        tx, select(Clients.id, Clients.search_key, Clients.kind)
        .where(Clients.merged_into.is_(None)), Clients.id, client_ids)
    return {row.id: Facts(name=row.search_key, kind=row.kind) for row in rows}


async def facts_of(tx: Tx, client_ids: Collection[int]) -> dict[int, Facts]:
    """All that is compared; merged clients are left out."""
    named = await names_of(tx, client_ids)
    has: dict[str, dict[int, set[str]]] = {
        name: defaultdict(set) for name in ("phones", "emails", "accounts", "addresses")}
    for row in await _each(tx, select(ClientPhones.client_id, ClientPhones.e164),
                           ClientPhones.client_id, named):
        has["phones"][row.client_id].add(row.e164)
    for row in await _each(tx, select(ClientEmails.client_id, ClientEmails.email),
                           ClientEmails.client_id, named):
        has["emails"][row.client_id].add(row.email)
    for row in await _each(
            tx, select(Accounts.client_id, Accounts.number, Addresses.search_key)
            .outerjoin(Addresses, Addresses.id == Accounts.address_id),
            Accounts.client_id, named):
        has["accounts"][row.client_id].add(account_key(row.number))
        has["addresses"][row.client_id].add(row.search_key or "")
    for row in await _each(
            tx, select(ClientAddresses.client_id, Addresses.search_key)
            .join(Addresses, Addresses.id == ClientAddresses.address_id),
            ClientAddresses.client_id, named):
        has["addresses"][row.client_id].add(row.search_key)
    return {client_id: Facts(
        name=facts.name, kind=facts.kind,
        **{name: frozenset(found[client_id] - {""}) for name, found in has.items()})
        for client_id, facts in named.items()}


async def _each(
    tx: Tx, query: Select[*tuple[Any, ...]], column: ColumnElement[int] | Any,
    client_ids: Collection[int],
) -> list[Row]:
    found: list[Row] = []
    for some in _chunks(sorted(client_ids)):
        found += await tx.all(query.where(column.in_(some)))
    return found


def _chunks(items: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start:start + _CHUNK]
