"""What hangs on a client: numbers, mail, addresses, relations, consents, in one statement.

Five short ranges as one UNION: the card stays a handful of statements, each one trip where the
database is across a wire.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from crm_store.base import Plain, Utc, Whole
from crm_store.client_edits import Place
from crm_store.prepared import Prepared
from crm_store.tables.billing import Addresses
from crm_store.tables.client_facts import (
    ClientAddresses,
    ClientEmails,
    ClientRelations,
    Consents,
)
from crm_store.tables.clients import ClientPhones, Clients, Phones

_MOST_RELATIONS = 50        # of an organisation with a thousand employees the first ones are told


@dataclass(frozen=True, slots=True)
class PhoneLink:
    e164: str
    kind: str                       # mobile, fixed, unknown
    is_primary: bool
    label: str | None
    source: str
    trust: int                      # 0..100
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class EmailLink:
    email: str
    is_primary: bool
    label: str | None
    source: str
    trust: int
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class AddressLink:
    id: int
    place: Place
    is_primary: bool
    label: str | None
    source: str
    trust: int
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class Relation:
    """`calls_for`: the card's client calls for `client_id` as his `role`; else it is he."""
    id: int
    client_id: int
    name: str
    role: str
    calls_for: bool
    note: str | None
    source: str
    confirmed_at: datetime | None
    confirmed_by: str | None


@dataclass(frozen=True, slots=True)
class LatestConsent:
    kind: str
    is_given: bool
    channel: str
    note: str | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Belongings:
    phones: tuple[PhoneLink, ...]       # first the preferred, then by trust; so mail, addresses
    emails: tuple[EmailLink, ...]
    addresses: tuple[AddressLink, ...]
    relations: tuple[Relation, ...]
    consents: tuple[LatestConsent, ...]


def sorted_out(rows: Iterable[Any]) -> Belongings:
    """The rows of `BELONGINGS` by what they are."""
    parts: dict[str, list[Any]] = {}
    for row in rows:
        parts.setdefault(row.what, []).append(row)
    for found in parts.values():
        found.sort(key=lambda row: (not row.flag, -(row.trust or 0), row.one))
    return Belongings(
        tuple(PhoneLink(row.one, row.two, *_link(row)) for row in parts.get("phone", ())),
        tuple(EmailLink(row.one, *_link(row)) for row in parts.get("email", ())),
        tuple(AddressLink(row.id, Place(city=row.one, street=row.two, house=row.three,
                                        flat=row.four, postcode=row.five), *_link(row))
              for row in parts.get("address", ())),
        tuple(Relation(row.id, row.other, row.one, row.two, bool(row.flag), row.three, row.source,
                       row.at, row.by) for row in parts.get("relation", ())),
        tuple(LatestConsent(row.one, bool(row.flag), row.two, row.three, row.by, row.at)
              for row in parts.get("consent", ())))


def _link(row: Any) -> tuple[bool, str | None, str, int, datetime | None, str | None]:
    return bool(row.flag), row.label, row.source, row.trust, row.at, row.by


_WHOSE = bindparam("client_id", type_=Whole)
_NO_TEXT, _NO_NUMBER = cast(null(), Text), cast(null(), Whole)
_COLUMNS = ("what", "id", "one", "two", "three", "four", "five", "label", "flag", "source",
            "trust", "at", "by", "other")


def _part(name: str, **columns: ColumnElement[Any] | Any) -> list[ColumnElement[Any]]:
    """The columns that all parts have, in one order; what a part lacks is null."""
    lacking: dict[str, Any] = {
        "id": _NO_NUMBER, "trust": _NO_NUMBER, "other": _NO_NUMBER, "at": cast(null(), Utc()),
        "flag": cast(null(), Boolean)}
    found = {"what": literal_column(f"'{name}'", Plain())} | columns
    return [found.get(column, lacking.get(column, _NO_TEXT)).label(column)
            for column in _COLUMNS]


def _of_link(table: Any) -> dict[str, Any]:
    return {"label": table.label, "flag": table.is_primary, "source": table.source,
            "trust": table.trust, "at": table.confirmed_at, "by": table.confirmed_by}


def _relations(*, calls_for: bool) -> Select[*tuple[Any, ...]]:
    mine, theirs = ClientRelations.client_id, ClientRelations.other_id
    if not calls_for:
        mine, theirs = theirs, mine
    some = select(*_part(
        "relation", id=ClientRelations.id, one=Clients.name, two=ClientRelations.role,
        three=ClientRelations.note, flag=literal_column("true" if calls_for else "false", Boolean),
        source=ClientRelations.source, trust=ClientRelations.trust,
        at=ClientRelations.confirmed_at, by=ClientRelations.confirmed_by, other=theirs,
    )).join(Clients, Clients.id == theirs).where(
        mine == _WHOSE, Clients.merged_into.is_(None),
    ).order_by(ClientRelations.trust.desc(), ClientRelations.id).limit(_MOST_RELATIONS)
    return select(some.subquery())


_NEWER = aliased(Consents)
_STATEMENT = union_all(
    select(*_part("phone", one=ClientPhones.e164, two=Phones.kind, **_of_link(ClientPhones)))
    .join(Phones, Phones.e164 == ClientPhones.e164).where(ClientPhones.client_id == _WHOSE),
    select(*_part("email", one=ClientEmails.email, **_of_link(ClientEmails)))
    .where(ClientEmails.client_id == _WHOSE),
    select(*_part("address", id=ClientAddresses.id, one=Addresses.city, two=Addresses.street,
                  three=Addresses.house, four=Addresses.flat, five=Addresses.postcode,
                  **_of_link(ClientAddresses)))
    .join(Addresses, Addresses.id == ClientAddresses.address_id)
    .where(ClientAddresses.client_id == _WHOSE),
    _relations(calls_for=True),
    _relations(calls_for=False),
    select(*_part("consent", one=Consents.kind, two=Consents.channel, three=Consents.note,
                  flag=Consents.is_given, at=Consents.at, by=Consents.by))
    .where(Consents.client_id == _WHOSE, ~select(_NEWER.id).where(and_(
        _NEWER.client_id == Consents.client_id, _NEWER.kind == Consents.kind,
        _NEWER.id > Consents.id)).exists()),
)
BELONGINGS = Prepared(_STATEMENT)
