"""Changing a card: whoever saves upon an older version is told what changed, by whom, and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from crm_store import audit, consents, custom_fields, errors, naming, timeline
from crm_store.base import JSON, Tx
from crm_store.client_edits import (
    AddressEdit,
    Changed,
    ClientChanges,
    ClientKind,
    ConsentEdit,
    Difference,
    EmailEdit,
    PhoneEdit,
    Place,
    RelationEdit,
)
from crm_store.custom_values import Value
from crm_store.reach import edit_address, edit_email, edit_phone
from crm_store.relations import edit_relation
from crm_store.tables.client_facts import ClientChanges as ChangeRows
from crm_store.tables.clients import Clients

__all__ = ["AddressEdit", "Changed", "ClientChanges", "ClientKind", "ConsentEdit", "Difference",
           "EmailEdit", "PhoneEdit", "Place", "RelationEdit", "change", "history", "record",
           "since"]

_PLAIN = ("name", "kind", "language", "time_zone", "tags", "flags")
_TOLD_AT_ONCE = 100


async def change(
    tx: Tx, client_id: int, *, version: int, changes: ClientChanges, by: str, at: datetime,
) -> int:
    """Save what somebody changed upon `version`; the new version (the same if nothing differs).

    Raises `Stale` with what changed since in `.since` (`Changed`, oldest first), `NotFound`,
    `Conflict` for a client that was merged into another, `ValueInvalid` for a custom field that
    is not there or points nowhere. Nothing is written then.
    """
    known = await _locked(tx, client_id)
    if known.version != version:
        raise errors.Stale(known.version, tuple(await since(tx, client_id, version)))
    values, found = await _own(tx, known, changes)
    for phone in changes.phones:
        found += await edit_phone(tx, client_id, phone, by=by, at=at)
    for email in changes.emails:
        found += await edit_email(tx, client_id, email, by=by, at=at)
    for address in changes.addresses:
        found += await edit_address(tx, client_id, address, by=by, at=at)
    for relation in changes.relations:
        found += await edit_relation(tx, client_id, relation, by=by, at=at)
    for consent in changes.consents:
        found += await consents.add(tx, client_id, consent, by=by, at=at)
    if values:
        await tx.run(update(Clients).where(Clients.id == client_id).values(**values))
    if "name" in values:
        await naming.index_name(tx, client_id, values["name"])
    if "custom" in values:
        await custom_fields.put_words(tx, client_id, values["custom"])
    return await record(tx, client_id, version, found, by=by, at=at)


async def record(
    tx: Tx, client_id: int, version: int, found: list[Difference], *, by: str, at: datetime,
) -> int:
    """The next version, with a row for each difference; for imports and merges too. Whoever
    calls it by himself holds the client's row."""
    if not found:
        return version
    await tx.run(update(Clients).where(Clients.id == client_id).values(version=version + 1))
    ids = [int(await tx.scalar(insert(ChangeRows).values(
        client_id=client_id, version=version + 1, field=one.field, before=one.before,
        after=one.after, by=by, at=at).returning(ChangeRows.id))) for one in found]
    names: list[JSON] = [*sorted({one.field for one in found})]
    told = [name for name in names if not str(name).startswith("consent:")]
    if told:        # a consent has its own row in the timeline
        await timeline.put(tx, client_id, at, "change", ids[0], {
            "by": by, "fields": told, "version": version + 1})
    await audit.record(tx, by=by, at=at, what="client.changed", client_id=client_id,
                       facts={"fields": names, "version": version + 1})
    return version + 1


async def since(tx: Tx, client_id: int, version: int) -> list[Changed]:
    """What changed after `version`, oldest first."""
    rows = await tx.all(_CHANGES.where(
        ChangeRows.client_id == client_id, ChangeRows.version > version,
    ).order_by(ChangeRows.version, ChangeRows.id).limit(_TOLD_AT_ONCE))
    return [Changed(*row) for row in rows]


async def history(
    tx: Tx, client_id: int, *, before: int | None = None, limit: int = 50,
) -> list[Changed]:
    """Who changed what, newest first: `limit` versions, those before the version `before`."""
    versions = select(ChangeRows.version).where(ChangeRows.client_id == client_id)
    if before is not None:
        versions = versions.where(ChangeRows.version < before)
    versions = versions.distinct().order_by(ChangeRows.version.desc()).limit(limit)
    rows = await tx.all(_CHANGES.where(
        ChangeRows.client_id == client_id, ChangeRows.version.in_(versions),
    ).order_by(ChangeRows.version.desc(), ChangeRows.id))
    return [Changed(*row) for row in rows]


_CHANGES = select(ChangeRows.version, ChangeRows.field, ChangeRows.before, ChangeRows.after,
                  ChangeRows.by, ChangeRows.at)


async def _locked(tx: Tx, client_id: int) -> Any:
    row = await tx.first(select(
        Clients.id, Clients.version, Clients.name, Clients.kind, Clients.language,
        Clients.time_zone, Clients.tags, Clients.flags, Clients.custom, Clients.merged_into,
    ).where(Clients.id == client_id).with_for_update())
    if row is None:
        raise errors.NotFound(f"client {client_id}")
    if row.merged_into is not None:
        raise errors.Conflict(f"client {client_id} was merged into {row.merged_into}")
    return row


async def _own(
    tx: Tx, known: Any, changes: ClientChanges,
) -> tuple[dict[str, Any], list[Difference]]:
    """New values of the client's own columns, and how they differ."""
    values: dict[str, Any] = {}
    found: list[Difference] = []
    for name in _PLAIN:
        wanted: Any = getattr(changes, name)
        before = getattr(known, name)
        if wanted is None:
            continue
        if isinstance(wanted, tuple):
            wanted = list(dict.fromkeys(wanted))
        elif name in ("language", "time_zone"):
            wanted = wanted or None
        if wanted != before:
            values[name] = wanted
            found.append(Difference(name, before, wanted))
    custom, different = await _custom(tx, known.custom, changes.custom)
    if different:
        values["custom"] = custom
    return values, found + different


async def _custom(
    tx: Tx, before: Mapping[str, JSON], changes: Mapping[str, Value],
) -> tuple[dict[str, JSON], list[Difference]]:
    after = dict(before)
    fields = {field.key: field for field in await custom_fields.defined(tx)} if changes else {}
    for key, value in changes.items():
        if key not in fields:
            raise errors.ValueInvalid("no_field", key[:40], f"custom.{key[:40]}")
        if value is None:
            after.pop(key, None)
        elif value != before.get(key):
            await custom_fields.check_reference(tx, fields[key], value)
            after[key] = _as_json(value)
    return after, [Difference(f"custom.{key}", before.get(key), after.get(key))
                   for key in changes if before.get(key) != after.get(key)]


def _as_json(value: Value) -> JSON:
    return {**value} if isinstance(value, dict) else value
