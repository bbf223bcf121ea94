"""What speaks against dialling somebody: flags, suppressions, promises; and where he may be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ScalarSelect, insert, or_, select
from sqlalchemy.orm import aliased

from crm_store import audit, errors
from crm_store.base import Tx
from crm_store.tables.campaigns import Promises, Suppressions
from crm_store.tables.client_facts import Consents
from crm_store.tables.clients import ClientPhones, Clients

UNDIALLABLE = ("do_not_call", "deceased", "in_court")      # flags; whatever the law's rules say


@dataclass(frozen=True, slots=True)
class ClientFacts:
    name: str
    flags: frozenset[str]
    time_zone: str | None       # IANA, where it is known
    refuses_calls: bool = False     # he withdrew his consent to be called
    hears_recorded: bool = False    # he consented to calls by a recorded voice

    @property
    def forbidding(self) -> str | None:
        """The flag on the card that forbids every call to him, or None."""
        return next((flag for flag in UNDIALLABLE if flag in self.flags), None)


@dataclass(frozen=True, slots=True)
class PromiseRow:
    id: int
    amount_minor: int
    currency: str
    due_on: date


async def client_facts(tx: Tx, client_id: int) -> ClientFacts:
    """Raises `NotFound`."""
    row = await tx.first(select(
        Clients.name, Clients.flags, Clients.time_zone,
        _consented(client_id, "calls").label("consented"),
        _consented(client_id, "recorded_calls").label("recorded"),
    ).where(Clients.id == client_id))
    if row is None:
        raise errors.NotFound(f"client {client_id}")
    return ClientFacts(row.name, frozenset(row.flags), row.time_zone,
                       refuses_calls=row.consented is False, hears_recorded=row.recorded is True)


def _consented(client_id: int, kind: str) -> ScalarSelect[bool]:
    """What he said last of it, if anything."""
    return (select(Consents.is_given).where(
        Consents.client_id == client_id, Consents.kind == kind)
        .order_by(Consents.id.desc()).limit(1).scalar_subquery())


async def phones_of_client(tx: Tx, client_id: int) -> list[str]:
    """E.164, most trusted first."""
    rows = await tx.all(select(ClientPhones.e164).where(
        ClientPhones.client_id == client_id,
    ).order_by(ClientPhones.is_primary.desc(), ClientPhones.trust.desc(), ClientPhones.e164))
    return [row.e164 for row in rows]


async def clients_of_phone(tx: Tx, e164: str) -> list[int]:
    """Most trusted first."""
    rows = await tx.all(select(ClientPhones.client_id).where(
        ClientPhones.e164 == e164,
    ).order_by(ClientPhones.trust.desc(), ClientPhones.client_id))
    return [row.client_id for row in rows]


async def client_exists(tx: Tx, client_id: int) -> bool:
    return await tx.scalar(select(Clients.id).where(Clients.id == client_id)) is not None


async def suppress(
    tx: Tx, *, client_id: int | None, e164: str | None, reason: str, by: str, at: datetime,
) -> int:
    result = await tx.run(insert(Suppressions).values(
        client_id=client_id, e164=e164, reason=reason, by=by, at=at).returning(Suppressions.id))
    suppression = int(result.scalar_one())
    await audit.record(tx, by=by, at=at, what="client.suppressed", client_id=client_id,
                       facts={"suppression": suppression})
    return suppression


async def suppressed(tx: Tx, client_id: int, e164s: Collection[str]) -> dict[str | None, str]:
    """Reasons in force: by number, and under None the one on the person himself."""
    rows = await tx.all(select(
        Suppressions.client_id, Suppressions.e164, Suppressions.reason,
    ).where(Suppressions.lifted_at.is_(None), or_(
        Suppressions.client_id == client_id, Suppressions.e164.in_(e164s),
    )).order_by(Suppressions.id))
    return {None if row.client_id == client_id else row.e164: row.reason for row in rows}


async def add_promise(
    tx: Tx, *, client_id: int, attempt_id: int | None, amount_minor: int, currency: str,
    due_on: date, by: str, at: datetime,
) -> int:
    result = await tx.run(insert(Promises).values(
        client_id=client_id, attempt_id=attempt_id, amount_minor=amount_minor, currency=currency,
        due_on=due_on, state="open", by=by, at=at).returning(Promises.id))
    return int(result.scalar_one())


async def open_promises(tx: Tx, client_id: int) -> list[PromiseRow]:
    """Those that may still be kept. Of instalments of which one was broken, the others say
    nothing any more: they were one promise."""
    other = aliased(Promises)
    is_broken = select(other.id).where(
        other.client_id == Promises.client_id, other.at == Promises.at, other.state == "broken",
    ).exists()
    rows = await tx.all(select(
        Promises.id, Promises.amount_minor, Promises.currency, Promises.due_on,
    ).where(Promises.client_id == client_id, Promises.state == "open", ~is_broken,
            ).order_by(Promises.due_on))
    return [PromiseRow(*row) for row in rows]
