"""Who the clients of a search are: what stands beside a name tells two of it apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from crm_store.listed import ids as among
from crm_store.listed import listed
from crm_store.prepared import Ask, Prepared
from crm_store.search_addresses import PARTS, one_line
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses
from crm_store.tables.clients import ClientPhones, Clients

_MERGES_DEEP = 8            # clients merged into one that was merged himself


@dataclass(frozen=True, slots=True)
class Person:
    """A client as a line of a list shows him."""
    id: int
    name: str
    kind: str
    search_key: str
    merged_into: int | None
    number: str | None
    account: str | None
    address: str


_number = (select(ClientPhones.e164).where(ClientPhones.client_id == Clients.id)
           .order_by(ClientPhones.is_primary.desc(), ClientPhones.trust.desc(), ClientPhones.e164)
           .limit(1).scalar_subquery())
_account = (select(Accounts.number).where(Accounts.client_id == Clients.id)
            .order_by(Accounts.closed_on.is_not(None), Accounts.id).limit(1).scalar_subquery())
_supplied = (select(Accounts.address_id).where(
    Accounts.client_id == Clients.id, Accounts.address_id.is_not(None))
    .order_by(Accounts.closed_on.is_not(None), Accounts.id).limit(1).scalar_subquery())
_lived = (select(ClientAddresses.address_id).where(ClientAddresses.client_id == Clients.id)
          .order_by(ClientAddresses.is_primary.desc(), ClientAddresses.id).limit(1)
          .scalar_subquery())
PEOPLE = Prepared(lambda engine: select(
    Clients.id, Clients.name, Clients.kind, Clients.search_key, Clients.merged_into,
    _number.label("number"), _account.label("account"), _supplied.label("supplied"),
    _lived.label("lived")).where(Clients.id.in_(among(engine, "ids"))))
LINES = Prepared(lambda engine: select(Addresses.id, *PARTS).where(
    Addresses.id.in_(among(engine, "ids"))))


def people(ask: Ask, ids: Iterable[int]) -> dict[int, tuple[Person, Person]]:
    """By id: the client as he was found, and the one he is now if he was merged."""
    asked = list(ids)
    found = _read(ask, asked)
    wanted = _elsewhere(found)
    for _ in range(_MERGES_DEEP):
        if not wanted:
            break
        found |= _read(ask, wanted)
        wanted = _elsewhere(found)
    return {one: (found[one], _now(found, one)) for one in asked if one in found}


def _elsewhere(found: dict[int, Person]) -> list[int]:
    return [person.merged_into for person in found.values()
            if person.merged_into is not None and person.merged_into not in found]


def _now(found: dict[int, Person], one: int) -> Person:
    person = found[one]
    for _ in range(_MERGES_DEEP):
        if person.merged_into is None or person.merged_into not in found:
            break
        person = found[person.merged_into]
    return person


def _read(ask: Ask, ids: list[int]) -> dict[int, Person]:
    if not ids:
        return {}
    rows = ask.rows(PEOPLE, ids=listed(ids))
    wanted = {address for row in rows if (address := row.supplied or row.lived)}
    lines = _lines(ask, wanted)
    return {row.id: _person(row, lines) for row in rows}


def _lines(ask: Ask, addresses: set[int]) -> dict[int, str]:
    if not addresses:
        return {}
    rows = ask.rows(LINES, ids=listed(addresses))
    return {row.id: one_line(row.city, row.street, row.house, row.flat) for row in rows}


def _person(row: Any, lines: dict[int, str]) -> Person:
    return Person(row.id, row.name, row.kind, row.search_key, row.merged_into, row.number,
                  row.account, lines.get(row.supplied or row.lived, ""))
