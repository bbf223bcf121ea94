"""Incidents: something is out in a street. Proposed by who calls, opened by a lead, told of at its
end to everybody who called because of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, insert, select, update

from crm_store import audit
from crm_store.base import Tx
from crm_store.errors import NotFound
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses, ClientEmails
from crm_store.tables.clients import Clients
from crm_store.tables.contacts import Interactions
from crm_store.tables.waiting import UNDECIDED, IncidentCallers, Incidents

MOST_CALLS = 2_000


@dataclass(frozen=True, slots=True)
class Incident:
    """`callers` of it; `untold` of them do not know that it is over."""
    id: int
    city: str
    street: str
    state: str
    note: str
    proposed_at: datetime
    opened_at: datetime | None
    opened_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    callers: int
    untold: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A call of somebody whose address we know."""
    client_id: int
    call_id: str
    number: str | None
    at: datetime
    city: str
    street: str


@dataclass(frozen=True, slots=True)
class Caller:
    client_id: int
    name: str
    number: str | None
    email: str | None
    at: datetime
    told_at: datetime | None
    told_by: str | None


async def heard(tx: Tx, since: datetime) -> list[Heard]:
    """Who of the clients called since, once for each street he has to do with."""
    calls = (select(Interactions.client_id, Interactions.call_id, Interactions.number,
                    Interactions.started_at)
             .where(Interactions.started_at >= since, Interactions.direction == "in",
                    Interactions.client_id.is_not(None), Interactions.call_id.is_not(None))
             .order_by(Interactions.started_at.desc()).limit(MOST_CALLS).subquery())
    found: dict[tuple[int, str, str], Heard] = {}
    for link in (_supplied(), _lives()):
        rows = await tx.all(
            select(calls.c.client_id, calls.c.call_id, calls.c.number, calls.c.started_at,
                   Addresses.city, Addresses.street)
            .join(link, link.c.client_id == calls.c.client_id)
            .join(Addresses, Addresses.id == link.c.address_id))
        for row in rows:
            found.setdefault((row.client_id, row.city, row.street), Heard(*row))
    return sorted(found.values(), key=lambda one: (one.at, one.call_id))


def _supplied() -> Any:
    return (select(Accounts.client_id, Accounts.address_id)
            .where(Accounts.closed_on.is_(None)).subquery())


def _lives() -> Any:
    return select(ClientAddresses.client_id, ClientAddresses.address_id).subquery()


async def undecided(tx: Tx) -> list[Incident]:
    """Proposed and open ones, the newest first."""
    return [Incident(*row) for row in await tx.all(
        _incidents().where(UNDECIDED).order_by(Incidents.id.desc()))]


async def untold(tx: Tx) -> list[Incident]:
    """Ended ones of whose callers some do not know it yet."""
    return [Incident(*row) for row in await tx.all(
        _incidents().where(Incidents.state == "ended", exists().where(and_(
            IncidentCallers.incident_id == Incidents.id, IncidentCallers.told_at.is_(None))))
        .order_by(Incidents.id.desc()).limit(20))]


async def one(tx: Tx, incident_id: int) -> Incident:
    """Raises `NotFound`."""
    row = await tx.first(_incidents().where(Incidents.id == incident_id))
    if row is None:
        raise NotFound(f"incident {incident_id}")
    return Incident(*row)


def _incidents() -> Any:
    of_it = IncidentCallers.incident_id == Incidents.id
    count = select(func.count()).select_from(IncidentCallers).where(of_it).scalar_subquery()
    left = (select(func.count()).select_from(IncidentCallers)
            .where(of_it, IncidentCallers.told_at.is_(None)).scalar_subquery())
    return select(
        Incidents.id, Incidents.city, Incidents.street, Incidents.state, Incidents.note,
        Incidents.proposed_at, Incidents.opened_at, Incidents.opened_by, Incidents.ended_at,
        Incidents.ended_by, count, left)


async def propose(tx: Tx, city: str, street: str, *, at: datetime) -> int | None:
    """None: it is known already."""
    if await tx.scalar(select(Incidents.id).where(
            UNDECIDED, Incidents.city == city, Incidents.street == street)) is not None:
        return None
    return int((await tx.run(insert(Incidents).values(
        city=city, street=street, state="proposed", note="", proposed_at=at,
    ).returning(Incidents.id))).scalar_one())


async def decided_since(tx: Tx, since: datetime) -> set[tuple[str, str]]:
    """Streets whose incident was ended or dismissed since: not proposed again at once."""
    rows = await tx.all(select(Incidents.city, Incidents.street).where(
        Incidents.ended_at >= since))
    return {(row.city, row.street) for row in rows}


async def decide(
    tx: Tx, incident_id: int, state: str, *, note: str, by: str, at: datetime,
) -> None:
    """`open`, `ended` or `dismissed`. Raises `NotFound` for one that is not before that."""
    before = ("proposed",) if state != "ended" else ("open",)
    values: dict[str, Any] = {"state": state}
    values |= ({"opened_at": at, "opened_by": by, "note": note} if state == "open"
               else {"ended_at": at, "ended_by": by})
    done = await tx.run(update(Incidents).where(
        Incidents.id == incident_id, Incidents.state.in_(before)).values(**values))
    if not done.rowcount:
        raise NotFound(f"incident {incident_id} that could be {state}")
    await audit.record(tx, by=by, at=at, what=f"incident.{state}",
                       facts={"incident": incident_id, "note": note})


async def of_client(tx: Tx, client_id: int) -> list[int]:
    """The open incidents in his streets."""
    streets: set[tuple[str, str]] = set()
    for link in (_supplied(), _lives()):
        rows = await tx.all(select(Addresses.city, Addresses.street)
                            .join(link, link.c.address_id == Addresses.id)
                            .where(link.c.client_id == client_id))
        streets |= {(row.city, row.street) for row in rows}
    if not streets:
        return []
    open_now = await tx.all(select(Incidents.id, Incidents.city, Incidents.street).where(
        UNDECIDED, Incidents.state == "open"))
    return [row.id for row in open_now if (row.city, row.street) in streets]


async def link(
    tx: Tx, incident_id: int, client_id: int, *, number: str | None, call_id: str | None,
    at: datetime,
) -> None:
    """Once, however often he calls."""
    await tx.run(tx.insert(IncidentCallers).values(
        incident_id=incident_id, client_id=client_id, number=number, call_id=call_id, at=at,
    ).on_conflict_do_nothing())


async def callers(tx: Tx, incident_id: int) -> list[Caller]:
    mail = (select(ClientEmails.email).where(ClientEmails.client_id == IncidentCallers.client_id)
            .order_by(ClientEmails.is_primary.desc()).limit(1).scalar_subquery())
    return [Caller(*row) for row in await tx.all(
        select(IncidentCallers.client_id, Clients.name, IncidentCallers.number, mail,
               IncidentCallers.at, IncidentCallers.told_at, IncidentCallers.told_by)
        .join(Clients, Clients.id == IncidentCallers.client_id)
        .where(IncidentCallers.incident_id == incident_id).order_by(IncidentCallers.at))]


async def told(tx: Tx, incident_id: int, client_id: int, *, by: str, at: datetime) -> bool:
    """He is told, in this transaction. False: he was already."""
    done = await tx.run(update(IncidentCallers).where(
        IncidentCallers.incident_id == incident_id, IncidentCallers.client_id == client_id,
        IncidentCallers.told_at.is_(None)).values(told_at=at, told_by=by))
    return bool(done.rowcount)
