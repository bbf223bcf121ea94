"""One imported row into the base: whose it is, and what it changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, delete, insert, select, update

from crm_store import clients
from crm_store.base import Tx
from crm_store.folding import fold
from crm_store.imports.parsing import ImportedRow
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters
from crm_store.tables.clients import ClientPhones, Clients

Done = Literal["created", "updated", "unchanged"]
_UNITS = {"electricity": "kWh", "heat": "Gcal"}


class RowRefused(Exception):
    """The row contradicts what the base knows; the message says how."""


@dataclass(frozen=True, slots=True)
class Context:
    source: str
    by: str
    now: datetime


async def write(tx: Tx, row: ImportedRow, context: Context) -> Done:
    """Create the client or add to him what is new. Raises `RowRefused` before it writes."""
    client_id = await _whose(tx, row)
    if row.meter:
        await _refuse_foreign_meter(tx, row)
    is_new = client_id is None
    if client_id is None:
        client_id = await clients.create(
            tx, name=row.name, kind=row.kind, by=context.by, at=context.now,
            language=row.language, time_zone=row.time_zone, source=context.source)
    changes = [await _add_phones(tx, client_id, row, context)]
    if row.account:
        changes.append(await _set_account(tx, client_id, row, context))
    if is_new:
        return "created"
    return "updated" if any(changes) else "unchanged"


async def _whose(tx: Tx, row: ImportedRow) -> int | None:
    """By account; else by a number and the same folded name. A name alone is nobody's."""
    if row.account:
        found = await clients.by_account(tx, row.account)
        if found is not None:
            await _refuse_other_name(tx, found, row)
            return found
    numbers = [number.e164 for number in row.phones]
    if not numbers:
        return None
    known: int | None = await tx.scalar(
        select(Clients.id).join(ClientPhones, ClientPhones.client_id == Clients.id)
        .where(ClientPhones.e164.in_(numbers), Clients.search_key == fold(row.name),
               Clients.merged_into.is_(None)).order_by(Clients.id).limit(1))
    return known


async def _refuse_other_name(tx: Tx, client_id: int, row: ImportedRow) -> None:
    stored = await tx.first(select(Clients.name, Clients.search_key).where(
        Clients.id == client_id))
    if stored and not set(stored.search_key.split()) & set(fold(row.name).split()):
        raise RowRefused(f"account {row.account} is {stored.name}'s, not {row.name}'s")


async def _refuse_foreign_meter(tx: Tx, row: ImportedRow) -> None:
    owner = await tx.scalar(
        select(Accounts.number).join(Meters, Meters.account_id == Accounts.id)
        .where(Meters.number == row.meter))
    if owner not in (None, row.account):
        raise RowRefused(f"meter {row.meter} belongs to account {owner}")


async def _add_phones(tx: Tx, client_id: int, row: ImportedRow, context: Context) -> bool:
    has = {link.e164 for link in await tx.all(
        select(ClientPhones.e164).where(ClientPhones.client_id == client_id))}
    new = [number for number in row.phones if number.e164 and number.e164 not in has]
    for number in new:
        await clients.link_phone(
            tx, client_id, number.e164 or "", source=context.source, by=context.by,
            at=context.now, original=number.original, is_primary=not has and number is new[0])
    return bool(new)


async def _set_account(tx: Tx, client_id: int, row: ImportedRow, context: Context) -> bool:
    """The account with its balance, debt and meter; says whether anything is new."""
    stored = await tx.first(
        select(Accounts.id, Accounts.balance_minor).where(Accounts.number == row.account))
    balance = row.balance_minor if row.balance_minor is not None else (
        -row.debt_minor if row.debt_minor is not None else None)
    if stored is None:
        account_id = int(await tx.scalar(insert(Accounts).values(
            number=row.account, client_id=client_id, address_id=await _address(tx, row),
            balance_minor=balance or 0, currency=row.currency, balance_at=context.now,
            opened_on=context.now.date()).returning(Accounts.id)))
        is_changed = True
    else:
        account_id, is_changed = stored.id, balance not in (None, stored.balance_minor)
        if is_changed:
            await tx.run(update(Accounts).where(Accounts.id == account_id).values(
                balance_minor=balance, balance_at=context.now))
    is_owing_else = await _set_debt(tx, client_id, account_id, row, context)
    has_new_meter = await _add_meter(tx, account_id, row)
    return is_changed or is_owing_else or has_new_meter


async def _set_debt(
    tx: Tx, client_id: int, account_id: int, row: ImportedRow, context: Context
) -> bool:
    if row.debt_minor is None:
        return False
    mine: ColumnElement[bool] = Debts.account_id == account_id
    stored = await tx.first(select(Debts.amount_minor, Debts.since_on).where(mine))
    if row.debt_minor == 0:
        await tx.run(delete(Debts).where(mine))
        return stored is not None
    since = row.debt_since or (stored.since_on if stored else context.now.date())
    if stored and (stored.amount_minor, stored.since_on) == (row.debt_minor, since):
        return False
    told: dict[str, Any] = {"amount_minor": row.debt_minor, "since_on": since,
                            "currency": row.currency, "as_of": context.now}
    new = tx.insert(Debts).values(account_id=account_id, client_id=client_id, **told)
    await tx.run(new.on_conflict_do_update(index_elements=["account_id"], set_=told))
    return True


async def _add_meter(tx: Tx, account_id: int, row: ImportedRow) -> bool:
    if not row.meter or await tx.scalar(select(Meters.id).where(Meters.number == row.meter)):
        return False
    resource = (row.resource or "electricity").casefold()
    await tx.run(insert(Meters).values(
        account_id=account_id, number=row.meter, resource=resource,
        unit=_UNITS.get(resource, "m3")))
    return True


async def _address(tx: Tx, row: ImportedRow) -> int | None:
    """`City, street, house, flat`; what has another shape is kept whole as the street."""
    if not row.address:
        return None
    parts = [part.strip() for part in row.address.split(",")]
    city, street, house, flat = ("", row.address, "", None)
    if len(parts) in (3, 4):
        city, street, house = parts[:3]
        flat = parts[3] if len(parts) == 4 else None
    return int(await tx.scalar(insert(Addresses).values(
        city=city, street=street, house=house, flat=flat, search_key=fold(row.address),
    ).returning(Addresses.id)))
