"""Consents: what a client allows us, given and withdrawn, with its whole history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from crm_store import timeline
from crm_store.base import JSON, Tx
from crm_store.client_edits import ConsentEdit, Difference
from crm_store.tables.client_facts import Consents


@dataclass(frozen=True, slots=True)
class Consent:
    """One event; the latest of its kind counts."""
    kind: str
    is_given: bool
    channel: str
    note: str | None
    by: str
    at: datetime


async def history(tx: Tx, client_id: int) -> list[Consent]:
    """Every event, newest first."""
    rows = await tx.all(
        select(Consents.kind, Consents.is_given, Consents.channel, Consents.note, Consents.by,
               Consents.at)
        .where(Consents.client_id == client_id).order_by(Consents.id.desc()))
    return [Consent(*row) for row in rows]


async def add(
    tx: Tx, client_id: int, edit: ConsentEdit, *, by: str, at: datetime,
) -> list[Difference]:
    """Add the event, also where it repeats the last one: it was asked for again."""
    before = await tx.first(
        select(Consents.is_given, Consents.by, Consents.at)
        .where(Consents.client_id == client_id, Consents.kind == edit.kind)
        .order_by(Consents.id.desc()).limit(1))
    made = int(await tx.scalar(insert(Consents).values(
        client_id=client_id, kind=edit.kind, is_given=edit.is_given, channel=edit.channel,
        note=edit.note or None, interaction_id=edit.interaction_id, by=by, at=at,
    ).returning(Consents.id)))
    facts: dict[str, JSON] = {"consent": edit.kind, "is_given": edit.is_given,
                              "channel": edit.channel, "note": edit.note or None, "by": by}
    await timeline.put(tx, client_id, at, "consent", made, facts)
    return [Difference(f"consent:{edit.kind}", None if before is None else bool(before.is_given),
                       edit.is_given)]
