"""Addresses by street, house, flat and town in any order: who is supplied there or lives there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Select, bindparam, select, union

from crm_store.listed import ids, listed
from crm_store.naming import is_driver
from crm_store.prepared import Ask, Asked, Prepared
from crm_store.search_names import LAST_SIGN, contains, like_it, patterns, text
from crm_store.tables.billing import Accounts, Addresses
from crm_store.tables.client_facts import ClientAddresses
from crm_store.tables.search import AddressWords

_READ_AT_MOST = 50_000


@dataclass(frozen=True, slots=True)
class Lived:
    """A client at an address, written in one line."""
    client_id: int
    address: str


_COUNT = bindparam("count", type_=Integer)
_READ = (select(AddressWords.rest, AddressWords.address_id, AddressWords.word)
         .where(AddressWords.word >= text("word"), AddressWords.word < text("word_end"))
         .order_by(AddressWords.word, AddressWords.rest, AddressWords.address_id)
         .limit(_READ_AT_MOST).subquery("read"))
_DOOR = (select(AddressWords.rest, AddressWords.address_id)
         .where(AddressWords.word == text("word"), AddressWords.rest >= text("door"),
                AddressWords.rest < text("door_end"))
         .order_by(AddressWords.rest, AddressWords.address_id)
         .limit(_READ_AT_MOST).subquery("door"))
BEGUN = Prepared(select(_READ.c.address_id).where(contains(_READ.c.rest)).limit(_COUNT))
DOOR = Prepared(select(_DOOR.c.address_id).where(contains(_DOOR.c.rest)).limit(_COUNT))


def by_address(ask: Ask, typed: Sequence[str], limit: int, *, misspelt: bool = False
                     ) -> tuple[list[Lived], list[str]]:
    """Who is at the addresses with all these words, and the words that were meant by them."""
    drivers = [word for word in typed if is_driver(word)]
    asked, meant = _each(drivers, typed, limit), list[str]()
    if misspelt:
        asked = []
        for word in drivers:
            alike = list(like_it(ask, word))
            asked += [one for other in alike for one in _each(
                [other], [other if one == word else one for one in typed], limit)]
            meant += alike
    if not asked:
        return [], []
    found = [row.address_id for rows in ask(*asked) for row in rows]
    return _at(ask, list(dict.fromkeys(found))[:limit], limit), meant


def _each(drivers: Sequence[str], typed: Sequence[str], limit: int) -> list[Asked]:
    return [one for word in drivers for one in _asked(word, typed, limit)]


def _asked(word: str, typed: Sequence[str], limit: int) -> Iterator[Asked]:
    """By the door as it was typed, one range; then by every word that begins so."""
    others = [other for other in typed if other != word]
    door = "".join(f" {other}" for other in others if other[0].isdigit())
    if door:
        streets = [other for other in others if not other[0].isdigit()]
        yield DOOR, {"word": word, "door": door, "door_end": door + LAST_SIGN,
                     "count": limit} | patterns(streets)
    yield BEGUN, {"word": word, "word_end": word + LAST_SIGN, "count": limit} | patterns(others)


def _at(ask: Ask, addresses: Sequence[int], limit: int) -> list[Lived]:
    if not addresses:
        return []
    rows = ask.rows(WHO, addresses=listed(addresses))
    place = {address: index for index, address in enumerate(addresses)}
    best = sorted(rows, key=lambda row: (place[row.address_id], row.client_id))
    return [Lived(row.client_id, one_line(row.city, row.street, row.house, row.flat))
            for row in best[:limit]]


PARTS = (Addresses.city, Addresses.street, Addresses.house, Addresses.flat)


def _who(engine: str) -> Select[int, int, str, str, str, str | None]:
    """Clients supplied at the addresses, or who live there."""
    supplied = select(Accounts.client_id, Accounts.address_id).where(
        Accounts.address_id.in_(ids(engine, "addresses")))
    lived = select(ClientAddresses.client_id, ClientAddresses.address_id).where(
        ClientAddresses.address_id.in_(ids(engine, "addresses")))
    who = union(supplied, lived).subquery("who")
    return (select(who.c.client_id, who.c.address_id, *PARTS)
            .join(Addresses, Addresses.id == who.c.address_id))


WHO = Prepared(_who)


def one_line(city: str | None, street: str | None, house: str | None, flat: str | None) -> str:
    """`Samara, Lenina 5-12`; "" when nothing is known."""
    door = "-".join(part for part in (house, flat) if part)
    return ", ".join(part for part in (city, f"{street or ''} {door}".strip()) if part)

