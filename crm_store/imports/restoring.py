"""Rows that an import updated, put back: field by field, where nobody changed it since."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select, tuple_, update

from crm_store.base import Tx
from crm_store.custom_fields import Field
from crm_store.imports.facts import Owing
from crm_store.imports.matching import pieces
from crm_store.imports.parsing import CUSTOM
from crm_store.imports.removing import (
    remove_accounts,
    remove_addresses,
    remove_numbers,
    used_elsewhere,
)
from crm_store.imports.writing import put_changes, set_debts, set_values
from crm_store.tables.billing import Accounts, Debts, Meters
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import ClientPhones, Clients


@dataclass(slots=True)
class _Picture:
    """What the rows of a chunk touched, as it is now; changed while they are put back."""
    clients: dict[int, Any]                     # id → {version, language, …}
    accounts: dict[int, dict[str, Any]]         # id → {client_id, balance, debt}
    phones: dict[tuple[int, str], bool]         # whether the link may go
    emails: dict[tuple[int, str], bool]
    places: dict[int, bool]
    held: dict[int, str]                        # accounts in use → by which table
    read: dict[int, str]                        # meters in use


@dataclass(slots=True)
class _Undone:
    values: dict[int, dict[str, Any]] = field(default_factory=dict)
    changes: dict[int, dict[str, tuple[Any, Any]]] = field(default_factory=dict)
    balances: dict[int, int] = field(default_factory=dict)
    debts: dict[int, tuple[int, Owing | None]] = field(default_factory=dict)
    phones: list[tuple[int, str]] = field(default_factory=list)
    emails: list[tuple[int, str]] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    meters: list[int] = field(default_factory=list)
    accounts: list[int] = field(default_factory=list)


async def restore(tx: Tx, rows: Sequence[Any], customs: Sequence[Field], *, source: str, by: str,
                  now: datetime) -> dict[int, str]:
    """Put back these rows of `import_rows`, newest first. Row → what of it stayed, "" if all of
    it went back."""
    picture = await _picture(tx, rows, source)
    undone = _Undone()
    fates = {row.row: ", ".join(dict.fromkeys(
        why for deed in reversed(row.did)
        if (why := _put_back(picture, undone, row, deed)))) for row in rows}
    await _write(tx, picture, undone, customs, by=by, now=now)
    return fates


def _put_back(picture: _Picture, undone: _Undone, row: Any, deed: Sequence[Any]) -> str:
    """One deed; why it stays, or ""."""
    match deed:
        case ["phone", str(e164)]:
            return _unlink(picture.phones, undone.phones, undone, row.client_id, e164, "phone")
        case ["email", str(email)]:
            return _unlink(picture.emails, undone.emails, undone, row.client_id, email, "email")
        case ["place", int(place)]:
            if picture.places.get(place, True):
                undone.places.append(place)
                return ""
            return "address"
        case ["address", int(address)]:
            undone.addresses.append(address)
        case ["meter", int(meter)]:
            if meter in picture.read:
                return picture.read[meter]
            undone.meters.append(meter)
        case ["account", int(account), int(balance)]:
            return _close(picture, undone, account, balance)
        case ["balance", int(account), int(before), int(after)]:
            return _balance(picture, undone, account, before, after)
        case ["debt", int(account), before, after]:
            return _debt(picture, undone, account, before, after)
        case ["field", str(name), before, after]:
            return _field(picture, undone, row.client_id, name, before, after)
    return ""


def _unlink(links: dict[tuple[int, str], bool], gone: list[tuple[int, str]], undone: _Undone,
            client_id: int, value: str, name: str) -> str:
    may_go = links.get((client_id, value))
    if may_go is None:
        return ""                       # somebody took it away already
    if not may_go:
        return name
    gone.append((client_id, value))
    undone.changes.setdefault(client_id, {})[f"{name}:{value}"] = ({}, None)
    return ""


def _close(picture: _Picture, undone: _Undone, account: int, balance: int) -> str:
    """The account that a known client got. Its meters and debt were put back before it."""
    now = picture.accounts.get(account)
    if now is None:
        return ""
    if account in picture.held:
        return picture.held[account]
    if now["balance"] != balance or now["debt"] is not None:
        return "balance"
    undone.accounts.append(account)
    return ""


def _balance(picture: _Picture, undone: _Undone, account: int, before: int, after: int) -> str:
    now = picture.accounts.get(account)
    if now is None or now["balance"] != after:
        return "balance"
    now["balance"] = undone.balances[account] = before
    return ""


def _debt(picture: _Picture, undone: _Undone, account: int, before: list[Any] | None,
          after: list[Any] | None) -> str:
    now = picture.accounts.get(account)
    if now is None or now["debt"] != (after[:2] if after else None):
        return "debt"
    now["debt"] = before[:2] if before else None
    undone.debts[account] = (now["client_id"], None if before is None else Owing(
        before[0], date.fromisoformat(before[1]), before[2], datetime.fromisoformat(before[3])))
    return ""


def _field(picture: _Picture, undone: _Undone, client_id: int, name: str, before: Any, after: Any
           ) -> str:
    client = picture.clients.get(client_id)
    if client is None:
        return name
    if name.startswith(CUSTOM):
        key = name.removeprefix(CUSTOM)
        if client["custom"].get(key) != after:
            return name
        client["custom"] = {other: value for other, value in client["custom"].items()
                            if other != key} | ({} if before is None else {key: before})
        name_of = "custom"
    else:
        if client[name] != after:
            return name
        client[name], name_of = before, name
    undone.values.setdefault(client_id, {})[name_of] = client[name_of]
    undone.changes.setdefault(client_id, {})[name] = (after, before)
    return ""


async def _picture(tx: Tx, rows: Sequence[Any], source: str) -> _Picture:
    clients = {row.client_id for row in rows}
    deeds = [deed for row in rows for deed in row.did]
    accounts = {deed[1] for deed in deeds if deed[0] in ("account", "balance", "debt")}
    made = {deed[1] for deed in deeds if deed[0] == "account"}
    meters = {deed[1] for deed in deeds if deed[0] == "meter"}
    places = {deed[1] for deed in deeds if deed[0] == "place"}
    held = await used_elsewhere(tx, Accounts, made, ("debts", "meters"))
    return _Picture(
        await _clients(tx, clients), await _accounts(tx, accounts),
        await _links(tx, ClientPhones, ClientPhones.e164, clients, source),
        await _links(tx, ClientEmails, ClientEmails.email, clients, source),
        {row.id: row.confirmed_at is None and row.source == source
         for some in pieces(sorted(places)) for row in await tx.all(
             select(ClientAddresses.id, ClientAddresses.confirmed_at, ClientAddresses.source)
             .where(ClientAddresses.id.in_(some)))},
        held | await _foreign_meters(tx, made, meters),
        await used_elsewhere(tx, Meters, meters, ()))


async def _clients(tx: Tx, ids: Collection[int]) -> dict[int, Any]:
    return {row.id: dict(row._mapping) for some in pieces(sorted(ids)) for row in await tx.all(
        select(Clients.id, Clients.version, Clients.language, Clients.time_zone, Clients.tags,
               Clients.custom, Clients.merged_into).where(Clients.id.in_(some)))
        if row.merged_into is None}


async def _accounts(tx: Tx, ids: Collection[int]) -> dict[int, dict[str, Any]]:
    return {row.id: {"client_id": row.client_id, "balance": row.balance_minor,
                     "debt": None if row.since_on is None else [
                         row.amount_minor, row.since_on.isoformat()]}
            for some in pieces(sorted(ids)) for row in await tx.all(
                select(Accounts.id, Accounts.client_id, Accounts.balance_minor,
                       Debts.amount_minor, Debts.since_on)
                .outerjoin(Debts, Debts.account_id == Accounts.id).where(Accounts.id.in_(some)))}


async def _links(tx: Tx, table: Any, value: Any, clients: Collection[int], source: str
                 ) -> dict[tuple[int, str], bool]:
    """The clients' links; whether one is still as an import made it."""
    return {(row.client_id, row.value): row.source == source and row.confirmed_at is None
            for some in pieces(sorted(clients)) for row in await tx.all(
                select(table.client_id, value.label("value"), table.source, table.confirmed_at)
                .where(table.client_id.in_(some)))}


async def _foreign_meters(tx: Tx, accounts: Collection[int], mine: Collection[int]
                          ) -> dict[int, str]:
    """Accounts of ours that got meters of somebody else's."""
    return {row.account_id: "meters" for some in pieces(sorted(accounts)) for row in await tx.all(
        select(Meters.id, Meters.account_id).where(Meters.account_id.in_(some)))
        if row.id not in mine}


async def _write(tx: Tx, picture: _Picture, undone: _Undone, customs: Sequence[Field], *,
                 by: str, now: datetime) -> None:
    await _unlink_all(tx, ClientPhones, ClientPhones.e164, undone.phones)
    await remove_numbers(tx, [e164 for _, e164 in undone.phones])
    await _unlink_all(tx, ClientEmails, ClientEmails.email, undone.emails)
    for some in pieces(undone.places):
        await tx.run(delete(ClientAddresses).where(ClientAddresses.id.in_(some)))
    for some in pieces(undone.meters):
        await tx.run(delete(Meters).where(Meters.id.in_(some)))
    for account, balance in undone.balances.items():
        if account not in undone.accounts:
            await tx.run(update(Accounts).where(Accounts.id == account).values(
                balance_minor=balance, balance_at=now))
    await set_debts(tx, undone.debts)
    await remove_accounts(tx, undone.accounts)
    await remove_addresses(tx, undone.addresses)
    await _tell(tx, picture, undone, customs, by=by, now=now)


async def _unlink_all(tx: Tx, table: Any, value: Any, links: Sequence[tuple[int, str]]) -> None:
    for some in pieces(links):
        await tx.run(delete(table).where(tuple_(table.client_id, value).in_(some)))


async def _tell(tx: Tx, picture: _Picture, undone: _Undone, customs: Sequence[Field], *, by: str,
                now: datetime) -> None:
    """The clients' own facts, each client one version on, with the trace on his card."""
    rows = []
    for client_id, told in undone.changes.items():
        if client_id not in picture.clients:
            continue
        version = picture.clients[client_id]["version"] + 1
        undone.values.setdefault(client_id, {})["version"] = version
        rows += [{"client_id": client_id, "version": version, "field": name, "before": before,
                  "after": after, "by": by, "at": now}
                 for name, (before, after) in told.items()]
    await set_values(tx, undone.values, customs)
    await put_changes(tx, rows, by=by, now=now)
