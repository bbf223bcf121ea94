"""Clients that only an import knows of, taken out with all that came with them.

Which tables may point at a client is read from the metadata: a table made tomorrow keeps its
clients from being deleted until somebody says here that its rows go along.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, and_, bindparam, delete, exists, or_, select

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store.base import Base, Tx
from crm_store.imports.matching import pieces
from crm_store.naming import address_rows, word_rows
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters
from crm_store.tables.client_facts import (
    ClientAddresses,
    ClientChanges,
    ClientEmails,
    CustomWords,
)
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Timeline
from crm_store.tables.duplicates import DuplicatePairs
from crm_store.tables.search import AddressWords, ClientWords
from crm_store.tables.sources import SourceAnswers

# Rows of these go with their client; accounts and the timeline are looked at more closely.
_ALONG: frozenset[str] = frozenset(table.__tablename__ for table in (
    ClientPhones, ClientEmails, ClientAddresses, ClientChanges, CustomWords, SourceAnswers,
    DuplicatePairs, Debts, Accounts, Timeline))
_WITH_ACCOUNT = frozenset({"debts", "meters"})


@dataclass(slots=True)
class Made:
    """What an import made for one client. `accounts`: id → balance, `debts`: account → [minor,
    since, …], both as the import left them."""
    bumps: int = 0
    accounts: dict[int, int] = field(default_factory=dict)
    debts: dict[int, list[Any]] = field(default_factory=dict)
    meters: set[int] = field(default_factory=set)
    addresses: set[int] = field(default_factory=set)

    def take(self, bumps: int, did: Iterable[Sequence[Any]]) -> None:
        """The deeds of one row; rows come in the order of the file."""
        self.bumps += bumps
        for deed in did:
            match deed:
                case ["account", int(account), int(balance)]:
                    self.accounts[account] = balance
                case ["balance", int(account), _, int(after)] if account in self.accounts:
                    self.accounts[account] = after
                case ["debt", int(account), _, after]:
                    self.debts[account] = after
                case ["meter", int(meter)]:
                    self.meters.add(meter)
                case ["address", int(address)]:
                    self.addresses.add(address)


async def used_elsewhere(tx: Tx, table: Any, ids: Collection[int], along: Collection[str]
                         ) -> dict[int, str]:
    """Which of these rows of `table` others point at, and from which table (the first one met).
    Tables of `along` do not count."""
    found: dict[int, str] = {}
    for other, column in _pointing(table):
        if other.name in along:
            continue
        for some in pieces(sorted(set(ids) - set(found))):
            rows = await tx.all(select(column).where(column.in_(some)).distinct())
            found |= {row[0]: other.name for row in rows}
    return found


def _pointing(table: Any) -> list[tuple[Table, Any]]:
    name = table.__tablename__
    return [(other, column) for other in Base.metadata.sorted_tables for column in other.columns
            if any(key.column.table.name == name for key in column.foreign_keys)]


async def kept_back(tx: Tx, made: Mapping[int, Made]) -> dict[int, str]:
    """Clients that are no longer only the import's, each with the reason: `changed`, or the table
    that knows them."""
    ids = sorted(made)
    why = await used_elsewhere(tx, Clients, ids, _ALONG)
    for some in pieces(ids):
        for row in await tx.all(select(Clients.id, Clients.version, Clients.merged_into)
                                .where(Clients.id.in_(some))):
            if row.merged_into is not None:
                why[row.id] = "merges"
            elif row.version != 1 + made[row.id].bumps:
                why.setdefault(row.id, "changed")
        for item in await tx.all(select(Timeline.client_id, Timeline.kind).distinct().where(
                Timeline.client_id.in_(some), Timeline.kind != "change")):
            why.setdefault(item.client_id, item.kind)
        for link in await tx.all(select(ClientPhones.client_id).where(
                ClientPhones.client_id.in_(some), ClientPhones.confirmed_at.is_not(None))):
            why.setdefault(link.client_id, "confirmed")
    await _of_accounts(tx, made, why)
    return why


async def _of_accounts(tx: Tx, made: Mapping[int, Made], why: dict[int, str]) -> None:
    """Accounts that are not the import's, or not as it left them, keep their clients."""
    whose: dict[int, int] = {}
    for some in pieces(sorted(made)):
        for row in await tx.all(
            select(Accounts.id, Accounts.client_id, Accounts.balance_minor, Debts.amount_minor,
                   Debts.since_on)
            .outerjoin(Debts, Debts.account_id == Accounts.id)
            .where(Accounts.client_id.in_(some))
        ):
            whose[row.id] = row.client_id
            mine = made[row.client_id]
            if mine.accounts.get(row.id) is None:
                why.setdefault(row.client_id, "accounts")
            elif not as_left(mine, row):
                why.setdefault(row.client_id, "changed")
    for account, table in (await used_elsewhere(tx, Accounts, whose, _WITH_ACCOUNT)).items():
        why.setdefault(whose[account], table)
    meters = {row.id: whose[row.account_id] for some in pieces(sorted(whose))
              for row in await tx.all(select(Meters.id, Meters.account_id)
                                      .where(Meters.account_id.in_(some)))}
    for meter, client_id in meters.items():
        if meter not in made[client_id].meters:
            why.setdefault(client_id, "meters")
    for meter, table in (await used_elsewhere(tx, Meters, meters, ())).items():
        why.setdefault(meters[meter], table)


def as_left(mine: Made, row: Any) -> bool:
    """An account as the import left it; `row` has its balance and open debt."""
    debt = mine.debts.get(row.id)
    owes = None if row.since_on is None else [row.amount_minor, row.since_on.isoformat()]
    return row.balance_minor == mine.accounts[row.id] and owes == (debt[:2] if debt else None)


async def remove_clients(tx: Tx, made: Mapping[int, Made]) -> None:
    """Delete them and what came with them, in an order that foreign keys allow."""
    for ids in pieces(sorted(made)):
        await _forget_names(tx, ids)
        numbers = [row[0] for row in await tx.all(
            select(ClientPhones.e164).distinct().where(ClientPhones.client_id.in_(ids)))]
        accounts = [account for one in ids for account in made[one].accounts]
        await remove_accounts(tx, accounts)
        for table in (Timeline, ClientPhones, ClientEmails, ClientAddresses, ClientChanges,
                      CustomWords, SourceAnswers):
            await tx.run(delete(table).where(table.client_id.in_(ids)))
        await tx.run(delete(DuplicatePairs).where(or_(
            DuplicatePairs.low_id.in_(ids), DuplicatePairs.high_id.in_(ids))))
        await tx.run(delete(Clients).where(Clients.id.in_(ids)))
        await remove_numbers(tx, numbers)
        await remove_addresses(tx, [place for one in ids for place in made[one].addresses])


async def remove_accounts(tx: Tx, accounts: Collection[int]) -> None:
    """With their debts and meters."""
    for some in pieces(sorted(accounts)):
        await tx.run(delete(Debts).where(Debts.account_id.in_(some)))
        await tx.run(delete(Meters).where(Meters.account_id.in_(some)))
        await tx.run(delete(Accounts).where(Accounts.id.in_(some)))


async def remove_numbers(tx: Tx, numbers: Collection[str]) -> None:
    """Numbers that nobody is at any more."""
    for some in pieces(sorted(numbers)):
        await tx.run(delete(Phones).where(Phones.e164.in_(some), ~exists().where(
            ClientPhones.e164 == Phones.e164)))


async def remove_addresses(tx: Tx, addresses: Collection[int]) -> None:
    """Addresses that nothing stands at any more, out of search too."""
    used = await used_elsewhere(tx, Addresses, addresses, ())
    for some in pieces(sorted(set(addresses) - set(used))):
        rows = await tx.all(select(Addresses.id, Addresses.city, Addresses.street,
                                   Addresses.house, Addresses.flat).where(Addresses.id.in_(some)))
        await _forget_words(tx, AddressWords, ("word", "rest", "address_id"), [
            words for row in rows for words in address_rows(
                row.id, city=row.city, street=row.street, house=row.house, flat=row.flat)])
        await tx.run(delete(Addresses).where(Addresses.id.in_(some)))


async def _forget_names(tx: Tx, ids: Collection[int]) -> None:
    rows = await tx.all(select(Clients.id, Clients.search_key).where(Clients.id.in_(ids)))
    await _forget_words(tx, ClientWords, ("place", "word", "rest", "client_id"), [
        words for row in rows for words in word_rows(row.id, row.search_key)])


async def _forget_words(tx: Tx, model: Any, names: Sequence[str], rows: Sequence[Sequence[Any]]
                        ) -> None:
    """Rows of a table of search words, each named whole: its key begins with the word."""
    table = cast(Table, model.__table__)
    if rows:
        await tx.run(
            delete(table).where(and_(*(table.c[name] == bindparam(f"of_{name}", type_=(
                table.c[name].type)) for name in names))),
            [{f"of_{name}": value for name, value in zip(names, row, strict=True)}
             for row in rows])
