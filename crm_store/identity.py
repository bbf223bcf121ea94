"""Identity: an operator ticks that the person is who the card says, or that he is not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select

from crm_store import audit
from crm_store.base import Bytewise, Tx, Utc, Whole
from crm_store.clients import link_phone
from crm_store.prepared import Asked, Prepared
from crm_store.tables.clients import IdentityConfirmations
from crm_store.tables.contacts import Interactions

NO_CONTACT, NO_NUMBER = 0, ""       # no row has these


@dataclass(frozen=True, slots=True)
class Standing:
    """The latest that was said of him, in this contact or on this number. `interaction_id`: the
    contact it was said in."""
    by: str
    at: datetime
    interaction_id: int | None
    is_confirmed: bool


async def confirm(
    tx: Tx, client_id: int, e164: str | None, *, by: str, at: datetime,
    interaction_id: int | None = None, answered: Sequence[str] = (),
) -> None:
    """Store the fact; the client's link to the number becomes confirmed (made if missing).
    `answered`: the kinds of the questions that he answered."""
    await _say(tx, client_id, e164, by=by, at=at, interaction_id=interaction_id,
               is_confirmed=True, answered=list(answered))
    if e164:
        await link_phone(tx, client_id, e164, source="call", by=by, at=at, confirmed=True)


async def refuse(tx: Tx, client_id: int, e164: str | None, *, by: str, at: datetime,
                 interaction_id: int | None = None) -> None:
    """It is not he, or it was ticked by mistake: an earlier tick counts no longer."""
    await _say(tx, client_id, e164, by=by, at=at, interaction_id=interaction_id,
               is_confirmed=False, answered=[])


async def _say(tx: Tx, client_id: int, e164: str | None, *, by: str, at: datetime,
               interaction_id: int | None, is_confirmed: bool, answered: list[str]) -> None:
    await tx.run(insert(IdentityConfirmations).values(
        client_id=client_id, e164=e164, interaction_id=interaction_id, by=by, at=at,
        is_confirmed=is_confirmed, answered=answered or None))
    await audit.record(
        tx, by=by, at=at, client_id=client_id,
        what="client.identity" if is_confirmed else "client.identity_refused",
        facts={"contact": interaction_id, **({"answered": [*answered]} if answered else {})})


async def standing(tx: Tx, client_id: int, e164: str | None, *, interaction_id: int | None,
                   since: datetime) -> Standing | None:
    """What counts now: said in this contact at any time, or on this number since then."""
    asked = standing_asked(client_id, e164, interaction_id=interaction_id, since=since)
    return standing_made((await tx.fetch_each(asked))[0])


def standing_asked(client_id: int, e164: str | None, *, interaction_id: int | None,
                   since: datetime) -> Asked:
    return _STANDING, {"client_id": client_id, "number": e164 or NO_NUMBER, "since": since,
                       "interaction_id": interaction_id or NO_CONTACT}


def standing_made(rows: Sequence[Any]) -> Standing | None:
    return Standing(*rows[0]) if rows else None


async def confirmed_in(tx: Tx, interaction_ids: Collection[int]) -> frozenset[int]:
    """Those of these contacts in which the client himself was recognised: the last word on the
    contact's own client says so. What may call somebody "reached in person" asks this."""
    rows = await tx.all(
        select(IdentityConfirmations.interaction_id, IdentityConfirmations.is_confirmed)
        .join(Interactions, and_(Interactions.id == IdentityConfirmations.interaction_id,
                                 Interactions.client_id == IdentityConfirmations.client_id))
        .where(IdentityConfirmations.interaction_id.in_(interaction_ids))
        .order_by(IdentityConfirmations.id))
    latest = {row.interaction_id: row.is_confirmed for row in rows}
    return frozenset(key for key, is_confirmed in latest.items() if is_confirmed)


_SAID = IdentityConfirmations
_STANDING = Prepared(
    select(_SAID.by, _SAID.at, _SAID.interaction_id, _SAID.is_confirmed)
    .where(_SAID.client_id == bindparam("client_id", type_=Whole),
           or_(_SAID.interaction_id == bindparam("interaction_id", type_=Whole),
               and_(_SAID.e164 == bindparam("number", type_=Bytewise),
                    _SAID.at >= bindparam("since", type_=Utc))))
    .order_by(_SAID.id.desc()).limit(1))
