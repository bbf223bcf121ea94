"""Clients: who may be calling, the card, finding and making them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Text, bindparam, cast, false, func, null, select, union_all

from crm_store import audit
from crm_store.base import JSON, Bytewise, Tx, Utc
from crm_store.belongings import PhoneLink
from crm_store.cards import Account, Card, Meter, card
from crm_store.folding import fold
from crm_store.naming import index_names
from crm_store.phones import normalise
from crm_store.prepared import Asked, Prepared
from crm_store.reach import trust_of
from crm_store.relations import related_to
from crm_store.search import Hit, search
from crm_store.tables.billing import Accounts
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.contacts import Interactions

__all__ = ["Account", "Candidate", "Card", "Hit", "Meter", "PhoneLink", "Reason", "by_account",
           "candidates", "candidates_asked", "candidates_made", "card", "create", "likeliest",
           "link_phone", "search", "trust_of"]

ClientKind = Literal["person", "organisation"]
ReasonKind = Literal["confirmed", "called", "source", "primary", "related", "called_for"]
_MOST_ON_ONE_NUMBER = 50        # a hostel's telephone must not slow the pop
_CONTACTS_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a client may be the one who calls.

    confirmed: by at · called: times last_at · source: source · primary: {} · related: he is the
    `role` of `name`, whose number it is · called_for: `name`, whose number it is, is his `role`
    """
    kind: ReasonKind
    facts: dict[str, JSON]


@dataclass(frozen=True, slots=True)
class Candidate:
    """`trust` is 0..100, the list is sorted by it."""
    client_id: int
    name: str
    kind: str
    reasons: tuple[Reason, ...]
    trust: int
    is_related: bool = False        # it is not his number, but that of somebody related to him


_NUMBER = bindparam("e164", type_=Bytewise)
_NO_TEXT = cast(null(), Text)
_HOLDERS = select(
    Clients.id, Clients.name, Clients.kind, ClientPhones.source, ClientPhones.trust,
    ClientPhones.is_primary, ClientPhones.confirmed_at, ClientPhones.confirmed_by,
    _NO_TEXT.label("role"), _NO_TEXT.label("via"), false().label("calls_for"),
).join(ClientPhones, ClientPhones.client_id == Clients.id).where(
    ClientPhones.e164 == _NUMBER, Clients.merged_into.is_(None),
).order_by(ClientPhones.trust.desc(), Clients.id).limit(_MOST_ON_ONE_NUMBER)
_LINKS = Prepared(union_all(
    select(_HOLDERS.subquery()),
    select(related_to(_NUMBER, calls_for=True).limit(_MOST_ON_ONE_NUMBER).subquery()),
    select(related_to(_NUMBER, calls_for=False).limit(_MOST_ON_ONE_NUMBER).subquery())))
_LATEST = (
    select(Interactions.client_id, Interactions.started_at)
    .where(Interactions.number == _NUMBER, Interactions.absorbed_into.is_(None))
    .order_by(Interactions.started_at.desc()).limit(_CONTACTS_LOOKED_AT).subquery())
_LATEST_CONTACTS = Prepared(
    select(_LATEST.c.client_id, func.count().label("times"),
           func.max(_LATEST.c.started_at, type_=Utc()).label("last_at"))
    .where(_LATEST.c.client_id.is_not(None)).group_by(_LATEST.c.client_id))


async def candidates(tx: Tx, e164: str, *, limit: int = 9) -> list[Candidate]:
    """The clients who may be at this number, likeliest first."""
    return candidates_made(await tx.fetch_each(*candidates_asked(e164)), limit)


def candidates_asked(e164: str) -> tuple[Asked, ...]:
    """What to ask for them, together with anything else; `candidates_made` ranks the rows."""
    number = {"e164": e164}
    return (_LINKS, number), (_LATEST_CONTACTS, number)


def candidates_made(fetched: Sequence[list[Any]], limit: int = 9) -> list[Candidate]:
    links, contacts = fetched
    called = {row.client_id: (row.times, row.last_at) for row in contacts}
    found: dict[int, Candidate] = {}
    for link in links:      # who has the number comes before who is related to him
        made = _related(link) if link.role else _candidate(link)
        known = found.get(link.id)
        found[link.id] = made if known is None else replace(
            known, reasons=(*known.reasons, *made.reasons))
    ranked = [_with_calls(one, called.get(one.client_id)) for one in found.values()]
    return sorted(ranked, key=lambda one: -one.trust)[:limit]


def likeliest(found: Sequence[Candidate]) -> int | None:
    """The only one who has the number himself; None where there is a choice."""
    holders = [one.client_id for one in found if not one.is_related]
    return holders[0] if len(holders) == 1 else None


def _candidate(link: Any) -> Candidate:
    reasons: list[Reason] = []
    if link.confirmed_at:
        reasons.append(Reason("confirmed", {"by": link.confirmed_by,
                                            "at": link.confirmed_at.isoformat()}))
    if link.is_primary:
        reasons.append(Reason("primary", {}))
    reasons.append(Reason("source", {"source": link.source}))
    return Candidate(link.id, link.name, link.kind, tuple(reasons),
                     min(100, link.trust + 5 * bool(link.is_primary)))


def _related(link: Any) -> Candidate:
    """Half as likely as if he had the number himself."""
    kind: ReasonKind = "called_for" if link.calls_for else "related"
    reason = Reason(kind, {"role": link.role, "name": link.via})
    return Candidate(link.id, link.name, link.kind, (reason,), link.trust // 2, is_related=True)


def _with_calls(one: Candidate, called: tuple[int, datetime] | None) -> Candidate:
    if called is None:
        return one
    reason = Reason("called", {"times": called[0], "last_at": called[1].isoformat()})
    place = 1 if one.reasons[0].kind == "confirmed" else 0
    return replace(one, reasons=(*one.reasons[:place], reason, *one.reasons[place:]),
                   trust=min(100, one.trust + min(called[0], 10) * 2))


async def create(
    tx: Tx, *, name: str, kind: ClientKind = "person", number: str | None = None, by: str,
    at: datetime, language: str | None = None, time_zone: str | None = None,
    source: str = "operator",
) -> int:
    """A new client, with a number (E.164) if one is known; his id."""
    client_id = int(await tx.scalar(
        tx.insert(Clients).values(
            kind=kind, name=name.strip(), search_key=fold(name), language=language,
            time_zone=time_zone, flags=[], tags=[], source=source, created_at=at, created_by=by,
            version=1,
        ).returning(Clients.id)))
    await index_names(tx, [(client_id, name)])
    if number:
        await link_phone(tx, client_id, number, source=source, by=by, at=at, is_primary=True)
    await audit.record(tx, by=by, at=at, what="client.created", client_id=client_id,
                       facts={"source": source})
    return client_id


async def link_phone(
    tx: Tx, client_id: int, e164: str, *, source: str, by: str, at: datetime,
    confirmed: bool = False, original: str | None = None, is_primary: bool = False,
) -> None:
    """Say that the client may be reached there; again with `confirmed` to say who vouches."""
    kind = normalise(e164, region="ZZ").kind
    await tx.run(tx.insert(Phones).values(e164=e164, kind=kind, reversed=e164[::-1])
                 .on_conflict_do_nothing())
    trust = trust_of(source, confirmed=confirmed)
    link = tx.insert(ClientPhones).values(
        e164=e164, client_id=client_id, original=original or e164, is_primary=is_primary,
        source=source, trust=trust, created_at=at, confirmed_at=at if confirmed else None,
        confirmed_by=by if confirmed else None)
    changes = {"confirmed_at": at, "confirmed_by": by, "trust": trust} if confirmed else {}
    keys = ["e164", "client_id"]
    await tx.run(link.on_conflict_do_update(index_elements=keys, set_=changes) if changes
                 else link.on_conflict_do_nothing(index_elements=keys))


async def by_account(tx: Tx, account_number: str) -> int | None:
    """The client of an account, for the menu."""
    found: int | None = await tx.scalar(
        select(Accounts.client_id).where(Accounts.number == account_number))
    return found
