"""What the base knows of the people, accounts and meters that a chunk names: a few statements
for hundreds of rows, never one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import select

from crm_store.base import Tx
from crm_store.imports.facts import Known, KnownAccount, KnownClient, Owing, Read
from crm_store.imports.planning import asked
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Clients

_AT_ONCE = 1_000            # values in one IN: engines and drivers have limits
_Item = TypeVar("_Item")


async def look_up(tx: Tx, rows: Sequence[Read]) -> Known:
    """Everything `planning.plan` asks of the base about these rows."""
    clients, accounts, meters, phones, emails = asked(rows)
    known = Known()
    await _accounts(tx, accounts, known)
    await _meters(tx, meters, known)
    for row in await _links(tx, ClientPhones.e164, ClientPhones.client_id, phones):
        known.at_phone.setdefault(row.value, []).append(row.client_id)
    for row in await _links(tx, ClientEmails.email, ClientEmails.client_id, emails):
        known.at_email.setdefault(row.value, []).append(row.client_id)
    clients.update(account.client_id for account in known.accounts.values())
    clients.update(one for ids in known.at_phone.values() for one in ids)
    clients.update(one for ids in known.at_email.values() for one in ids)
    await _clients(tx, clients, known)
    _leave_out_merged(known)
    await _reach(tx, known)
    return known


async def _links(tx: Tx, value: Any, client_id: Any, wanted: Collection[str]) -> list[Any]:
    found: list[Any] = []
    for some in pieces(sorted(wanted)):
        found += await tx.all(
            select(value.label("value"), client_id.label("client_id"))
            .where(value.in_(some)).order_by(client_id))
    return found


def _leave_out_merged(known: Known) -> None:
    """Links of clients who were absorbed by others. Not in SQL: asked for `merged_into is null`,
    SQLite without statistics begins with all clients of whom that is true."""
    for links in (known.at_phone, known.at_email):
        for value, clients in links.items():
            links[value] = [one for one in clients if one in known.clients]


async def _accounts(tx: Tx, wanted: Collection[str], known: Known) -> None:
    for some in pieces(sorted(wanted)):
        for row in await tx.all(
            select(Accounts.id, Accounts.client_id, Accounts.number, Accounts.balance_minor,
                   Accounts.currency, Debts.amount_minor, Debts.since_on, Debts.as_of,
                   Debts.currency.label("debt_currency"))
            .outerjoin(Debts, Debts.account_id == Accounts.id).where(Accounts.number.in_(some))
        ):
            debt = None if row.as_of is None else Owing(
                row.amount_minor, row.since_on, row.debt_currency, row.as_of)
            known.accounts[row.number] = KnownAccount(
                row.id, row.client_id, row.number, row.balance_minor, row.currency, debt)


async def _meters(tx: Tx, wanted: Collection[str], known: Known) -> None:
    for some in pieces(sorted(wanted)):
        for row in await tx.all(
            select(Meters.number, Accounts.number.label("account"))
            .join(Accounts, Accounts.id == Meters.account_id).where(Meters.number.in_(some))
        ):
            known.meters[row.number] = row.account


async def _clients(tx: Tx, wanted: Collection[int], known: Known) -> None:
    for some in pieces(sorted(wanted)):
        for row in await tx.all(
            select(Clients.id, Clients.name, Clients.search_key, Clients.version,
                   Clients.language, Clients.time_zone, Clients.tags, Clients.custom,
                   Clients.merged_into)
            .where(Clients.id.in_(some))
        ):
            if row.merged_into is not None:
                continue
            known.clients[row.id] = KnownClient(
                row.id, row.name, row.search_key, row.version, row.language, row.time_zone,
                list(row.tags), dict(row.custom))


async def _reach(tx: Tx, known: Known) -> None:
    """How the clients met can be reached already."""
    for some in pieces(sorted(known.clients)):
        for row in await tx.all(select(ClientPhones.client_id, ClientPhones.e164)
                                .where(ClientPhones.client_id.in_(some))):
            known.clients[row.client_id].phones.add(row.e164)
        for mail in await tx.all(select(ClientEmails.client_id, ClientEmails.email)
                                 .where(ClientEmails.client_id.in_(some))):
            known.clients[mail.client_id].emails.add(mail.email)
        for place in await tx.all(
            select(ClientAddresses.client_id, Addresses.search_key)
            .join(Addresses, Addresses.id == ClientAddresses.address_id)
            .where(ClientAddresses.client_id.in_(some))
        ):
            known.clients[place.client_id].addresses.add(place.search_key)


def pieces(items: Iterable[_Item]) -> Iterator[list[_Item]]:
    every = list(items)
    for start in range(0, len(every), _AT_ONCE):
        yield every[start:start + _AT_ONCE]
