"""What rules of who may see whom look at: the towns, tags and flags of clients."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from crm_store.base import Tx
from crm_store.folding import fold
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses
from crm_store.tables.clients import Clients


@dataclass(frozen=True, slots=True)
class Traits:
    """`towns` are folded: of his own addresses and of those he is supplied at."""
    towns: frozenset[str]
    tags: frozenset[str]
    flags: frozenset[str]


async def traits(tx: Tx, client_ids: Collection[int]) -> dict[int, Traits]:
    """Of those who exist."""
    ids = sorted(client_ids)
    towns: dict[int, set[str]] = {}
    supplied = (select(Accounts.client_id, Addresses.city)
                .join(Addresses, Addresses.id == Accounts.address_id)
                .where(Accounts.client_id.in_(ids)))
    living = (select(ClientAddresses.client_id, Addresses.city)
              .join(Addresses, Addresses.id == ClientAddresses.address_id)
              .where(ClientAddresses.client_id.in_(ids)))
    for row in await tx.all(supplied.union(living)):
        towns.setdefault(row.client_id, set()).add(fold(row.city))
    rows = await tx.all(select(Clients.id, Clients.tags, Clients.flags)
                        .where(Clients.id.in_(ids)))
    return {row.id: Traits(frozenset(towns.get(row.id, ())), frozenset(row.tags),
                           frozenset(row.flags)) for row in rows}
