"""Who calls for whom: a son for his mother, a bookkeeper for an organisation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, delete, false, insert, select, true, update
from sqlalchemy.orm import aliased

from crm_store import errors
from crm_store.base import JSON, Tx
from crm_store.client_edits import Difference, RelationEdit
from crm_store.reach import trust_of
from crm_store.tables.client_facts import ClientRelations
from crm_store.tables.clients import ClientPhones, Clients


async def edit_relation(
    tx: Tx, client_id: int, edit: RelationEdit, *, by: str, at: datetime,
) -> list[Difference]:
    """Make, confirm or end one. Raises `NotFound` for another client that is not there and for
    a relation that is not this client's, `Conflict` for one of a client with himself."""
    if edit.id is not None:
        return await _edit_known(tx, client_id, edit.id, edit, by, at)
    if edit.other_id == client_id:
        raise errors.Conflict("a client does not call for himself")
    other = await tx.scalar(select(Clients.name).where(Clients.id == edit.other_id))
    if other is None:
        raise errors.NotFound(f"client {edit.other_id}")
    who, whom = (client_id, edit.other_id) if edit.calls_for else (edit.other_id, client_id)
    known = await tx.scalar(select(ClientRelations.id).where(
        ClientRelations.client_id == who, ClientRelations.other_id == whom,
        ClientRelations.role == edit.role))
    if known is not None:
        return await _edit_known(tx, client_id, known, edit, by, at)
    await tx.run(insert(ClientRelations).values(
        client_id=who, other_id=whom, role=edit.role, note=edit.note or None, source="operator",
        trust=trust_of("operator", confirmed=edit.is_confirmed), created_at=at, created_by=by,
        confirmed_at=at if edit.is_confirmed else None,
        confirmed_by=by if edit.is_confirmed else None))
    facts: dict[str, JSON] = {"role": edit.role, "client_id": edit.other_id, "name": str(other),
                              "calls_for": edit.calls_for}
    return [Difference(f"relation:{edit.other_id}", None, facts)]


async def _edit_known(tx: Tx, client_id: int, relation_id: int, edit: RelationEdit, by: str,
                      at: datetime) -> list[Difference]:
    row = await tx.first(select(
        ClientRelations.client_id, ClientRelations.other_id, ClientRelations.role,
        ClientRelations.note, ClientRelations.source, ClientRelations.confirmed_by,
    ).where(ClientRelations.id == relation_id))
    if row is None or client_id not in (row.client_id, row.other_id):
        raise errors.NotFound(f"relation {relation_id}")
    other = row.other_id if row.client_id == client_id else row.client_id
    facts: dict[str, JSON] = {"role": row.role, "client_id": other, "note": row.note,
                              "calls_for": row.client_id == client_id,
                              "confirmed_by": row.confirmed_by}
    here = ClientRelations.id == relation_id
    if edit.is_removed:
        await tx.run(delete(ClientRelations).where(here))
        return [Difference(f"relation:{other}", facts, None)]
    values: dict[str, object] = {}
    if edit.note is not None and (edit.note or None) != row.note:
        values["note"] = edit.note or None
    if edit.is_confirmed:
        values |= {"confirmed_at": at, "confirmed_by": by,
                   "trust": trust_of(row.source, confirmed=True)}
    if not values:
        return []
    await tx.run(update(ClientRelations).where(here).values(**values))
    told: dict[str, JSON] = facts | {
        "note": str(values.get("note", row.note) or "") or None,
        "confirmed_by": by if edit.is_confirmed else row.confirmed_by}
    return [Difference(f"relation:{other}", facts, told)]


def related_to(number: BindParameter[str], *, calls_for: bool) -> Select[*tuple[Any, ...]]:
    """Clients related to those who have a number, in the columns of a number's candidates.

    `calls_for`: for whom its holder calls; else who calls for its holder.
    """
    holder, other = aliased(Clients), aliased(Clients)
    his, theirs = ClientRelations.client_id, ClientRelations.other_id
    if not calls_for:
        his, theirs = theirs, his
    return (
        select(other.id, other.name, other.kind, ClientRelations.source, ClientRelations.trust,
               false().label("is_primary"), ClientRelations.confirmed_at,
               ClientRelations.confirmed_by, ClientRelations.role, holder.name.label("via"),
               (true() if calls_for else false()).label("calls_for"))
        .select_from(ClientPhones)
        .join(ClientRelations, his == ClientPhones.client_id)
        .join(holder, holder.id == ClientPhones.client_id).join(other, other.id == theirs)
        .where(ClientPhones.e164 == number, other.merged_into.is_(None))
        .order_by(ClientRelations.trust.desc(), ClientRelations.id))
