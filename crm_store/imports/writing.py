"""A chunk's work into the base: each table in one go, in an order that foreign keys allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, update

from crm_store import audit, custom_fields, duplicates, naming
from crm_store.base import JSON, Tx
from crm_store.custom_fields import Field
from crm_store.imports.facts import Done, Owing, Work
from crm_store.imports.numbering import next_ids, real
from crm_store.imports.planning import fold, place_of
from crm_store.reach import trust_of
from crm_store.tables.billing import Accounts, Addresses, Debts, Meters
from crm_store.tables.client_facts import ClientAddresses, ClientEmails, CustomWords
from crm_store.tables.client_facts import ClientChanges as Changes
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Timeline
from crm_store.tables.imports import ImportProblems, ImportRows

_CLIENTS, _ACCOUNTS = cast(Table, Clients.__table__), cast(Table, Accounts.__table__)
# Which deeds name a row by its reference, and of which table.
_OF = {"address": "addresses", "place": "places", "account": "accounts", "balance": "accounts",
       "debt": "accounts", "meter": "meters"}


@dataclass(frozen=True, slots=True)
class Context:
    """Who writes what for which import. `customs`: every field that has words in search."""
    import_id: int
    source: str
    by: str
    now: datetime
    customs: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ids:
    clients: list[int]
    addresses: list[int]
    places: list[int]
    accounts: list[int]
    meters: list[int]


async def write(tx: Tx, work: Work, context: Context) -> None:
    """Everything of the chunk but the import's own counts. Who was created beside somebody alike
    is put on the work list of duplicates. Raises the store's errors."""
    ids = _Ids(
        await next_ids(tx, Clients, len(work.clients)),
        await next_ids(tx, Addresses, len(work.addresses)),
        await next_ids(tx, ClientAddresses, len(work.places)),
        await next_ids(tx, Accounts, len(work.accounts)),
        await next_ids(tx, Meters, len(work.meters)))
    await _clients(tx, work, ids, context)
    await _phones(tx, work, ids, context)
    await _emails(tx, work, ids, context)
    await _addresses(tx, work, ids, context)
    await _billing(tx, work, ids, context)
    await _changed(tx, work, ids, context)
    await _traces(tx, work, ids, context)
    await duplicates.look_at(
        tx, [real(done.client_id, ids.clients) for done in work.done if done.suspects],
        found_by=f"import:{context.import_id}", at=context.now)


async def _clients(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    rows = [{"id": made, **values} for made, values in zip(ids.clients, work.clients, strict=True)]
    await put(tx, Clients, rows)
    if rows:
        await naming.index_names(tx, [(row["id"], row["name"]) for row in rows])
    await put(tx, CustomWords, [
        word for row in rows if row["custom"]
        for word in custom_fields.word_rows(context.customs, row["id"], row["custom"])])


def _link(context: Context, *, is_primary: bool, label: str | None) -> dict[str, Any]:
    return {"is_primary": is_primary, "label": label, "source": context.source,
            "trust": trust_of(context.source), "created_at": context.now,
            "confirmed_at": None, "confirmed_by": None}


async def _phones(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    if not work.phones:
        return
    numbers = {phone.e164: phone.kind for _, phone, _ in work.phones}
    await tx.run(tx.insert(Phones).on_conflict_do_nothing(), [
        {"e164": e164, "kind": kind, "reversed": e164[::-1]}
        for e164, kind in sorted(numbers.items())])
    await tx.run(tx.insert(ClientPhones).on_conflict_do_nothing(), sorted((
        {"e164": phone.e164, "client_id": real(client, ids.clients), "original": phone.original,
         **_link(context, is_primary=is_primary, label=phone.label)}
        for client, phone, is_primary in work.phones), key=lambda row: row["e164"]))


async def _emails(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    if work.emails:
        await tx.run(tx.insert(ClientEmails).on_conflict_do_nothing(), [
            {"email": email, "client_id": real(client, ids.clients), "original": email,
             **_link(context, is_primary=is_primary, label=None)}
            for client, email, is_primary in work.emails])


async def _addresses(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    rows = [{"id": made, **place_of(text), "search_key": fold(text), "postcode": None}
            for made, text in zip(ids.addresses, work.addresses, strict=True)]
    await put(tx, Addresses, rows)
    if rows:
        await naming.index_addresses(tx, rows)
    await put(tx, ClientAddresses, [
        {"id": made, "client_id": real(client, ids.clients),
         "address_id": real(address, ids.addresses),
         **_link(context, is_primary=False, label=None)}
        for made, (client, address) in zip(ids.places, work.places, strict=True)])


async def _billing(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    await put(tx, Accounts, [
        {**values, "id": made, "client_id": real(values["client_id"], ids.clients),
         "address_id": values["address_id"] and real(values["address_id"], ids.addresses)}
        for made, values in zip(ids.accounts, work.accounts, strict=True)])
    await put(tx, Meters, [
        {**values, "id": made, "account_id": real(values["account_id"], ids.accounts)}
        for made, values in zip(ids.meters, work.meters, strict=True)])
    if work.balances:
        await tx.run(
            update(_ACCOUNTS).where(_ACCOUNTS.c.id == bindparam("of_account"))
            .values(balance_minor=bindparam("balance"), balance_at=context.now),
            [{"of_account": account, "balance": balance}
             for account, balance in work.balances.items()])
    await set_debts(tx, {real(account, ids.accounts): (real(client, ids.clients), debt)
                         for account, (client, debt) in work.debts.items()})


async def set_debts(tx: Tx, debts: Mapping[int, tuple[int, Owing | None]]) -> None:
    """Account → its client and his open debt, or None for none."""
    gone = [account for account, (_, debt) in debts.items() if debt is None]
    if gone:
        await tx.run(delete(Debts).where(Debts.account_id.in_(gone)))
    told = [{"account_id": account, "client_id": client, "amount_minor": debt.amount_minor,
             "currency": debt.currency, "since_on": debt.since, "as_of": debt.as_of}
            for account, (client, debt) in debts.items() if debt is not None]
    if told:
        new = tx.insert(Debts)
        await tx.run(new.on_conflict_do_update(index_elements=["account_id"], set_={
            name: new.excluded[name] for name in ("amount_minor", "currency", "since_on",
                                                  "as_of")}), told)


async def _changed(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    """Clients who were there already: their new values, and the trace on their cards."""
    await set_values(tx, work.values, context.customs)
    await put_changes(tx, work.changes, by=context.by, now=context.now)
    await audit.record_all(tx, [
        audit.Deed(by=context.by, at=context.now, what="client.changed", client_id=client_id,
                   facts={"import": context.import_id, "version": version})
        for client_id, version in sorted({(row["client_id"], row["version"])
                                          for row in work.changes})])


async def set_values(
    tx: Tx, values: Mapping[int, Mapping[str, Any]], customs: Sequence[Field]
) -> None:
    """New values of `clients` by id; those with the same columns in one go."""
    alike: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for client_id, told in values.items():
        alike.setdefault(tuple(sorted(told)), []).append(
            {"of_client": client_id, **{f"new_{name}": value for name, value in told.items()}})
    for names, rows in alike.items():
        await tx.run(
            update(_CLIENTS).where(_CLIENTS.c.id == bindparam("of_client"))
            .values({name: bindparam(f"new_{name}", type_=_CLIENTS.c[name].type)
                     for name in names}), rows)
    custom = {client_id: told["custom"] for client_id, told in values.items() if "custom" in told}
    if custom and customs:
        await tx.run(delete(CustomWords).where(CustomWords.client_id.in_(custom)))
        await put(tx, CustomWords, [
            word for client_id, told in custom.items()
            for word in custom_fields.word_rows(customs, client_id, told)])


async def put_changes(
    tx: Tx, changes: Sequence[Mapping[str, Any]], *, by: str, now: datetime
) -> None:
    """Rows of `client_changes`, and one in the timeline for each new version."""
    if not changes:
        return
    ids = await next_ids(tx, Changes, len(changes))
    await put(tx, Changes, [{"id": made, **row} for made, row in zip(ids, changes, strict=True)])
    told: dict[tuple[int, int], tuple[int, list[JSON]]] = {}
    for made, row in zip(ids, changes, strict=True):
        told.setdefault((row["client_id"], row["version"]), (made, []))[1].append(row["field"])
    await put(tx, Timeline, [
        {"client_id": client_id, "at": now, "kind": "change", "ref": ref,
         "facts": {"by": by, "fields": sorted(map(str, fields)), "version": version}}
        for (client_id, version), (ref, fields) in sorted(told.items())])


async def _traces(tx: Tx, work: Work, ids: _Ids, context: Context) -> None:
    await put(tx, ImportRows, [
        {"import_id": context.import_id, "row": done.row, "outcome": done.outcome,
         "client_id": real(done.client_id, ids.clients), "bumps": done.bumps,
         "did": _resolved(done, ids), "undone": None, "why": None}
        for done in work.done if done.outcome != "unchanged"])
    await put(tx, ImportProblems, [
        {"import_id": context.import_id, "row": refusal.row, "cells": list(refusal.cells),
         "reasons": [reason.packed() for reason in refusal.reasons]}
        for refusal in work.refused])


def _resolved(done: Done, ids: _Ids) -> list[list[Any]]:
    """The deeds with the ids that their rows got."""
    return [[deed[0], real(deed[1], getattr(ids, _OF[deed[0]])), *deed[2:]]
            if deed[0] in _OF else deed for deed in done.did]


async def put(tx: Tx, table: Any, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        await tx.insert_all(table, rows)


__all__ = ["Context", "put", "put_changes", "set_debts", "set_values", "write"]
