"""Identity: an operator ticks that the person is who the card says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, select

from crm_store import audit
from crm_store.base import Tx
from crm_store.clients import link_phone
from crm_store.tables.clients import IdentityConfirmations


async def confirm(
    tx: Tx, client_id: int, e164: str | None, *, by: str, at: datetime,
    interaction_id: int | None = None,
) -> None:
    """Store the fact; the client's link to the number becomes confirmed (made if missing)."""
    await tx.run(insert(IdentityConfirmations).values(
        client_id=client_id, e164=e164, interaction_id=interaction_id, by=by, at=at))
    await audit.record(tx, by=by, at=at, what="client.identity", client_id=client_id,
                       facts={"contact": interaction_id})
    if e164:
        await link_phone(tx, client_id, e164, source="call", by=by, at=at, confirmed=True)


async def is_confirmed(tx: Tx, client_id: int, *, by: str, interaction_id: int) -> bool:
    """Whether this operator ticked it in this contact."""
    row = await tx.first(
        select(IdentityConfirmations.id).where(
            IdentityConfirmations.client_id == client_id, IdentityConfirmations.by == by,
            IdentityConfirmations.interaction_id == interaction_id).limit(1))
    return row is not None
