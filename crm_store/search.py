"""One field finds clients: by phone, by name in either alphabet, by account, by request number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from crm_store.base import Tx
from crm_store.folding import words
from crm_store.phones import country_code, normalise, trunk_prefix
from crm_store.plain import plain
from crm_store.tables.billing import Accounts
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.requests import Requests
from crm_store.tables.search import ClientWords

HitKind = Literal["phone", "name", "account", "request"]
_LONGEST = 100
_SHORTEST_FRAGMENT = 3
_LAST_SIGN = "\U0010ffff"       # sorts after every other character, bytewise
_PHONE = re.compile(r"^[+0-9 ().\-/\u00a0]*$")


@dataclass(frozen=True, slots=True)
class Hit:
    """A client found. `matched` is the number, name, account or request number that matched."""
    client_id: int
    name: str
    kind: str                   # person, organisation
    by: HitKind
    matched: str
    request_id: int | None = None


async def search(tx: Tx, text: str, *, limit: int = 20, region: str) -> list[Hit]:
    """What a person typed, searched as everything it may be; best first, a client once."""
    typed = plain(text).strip()[:_LONGEST]
    digits = "".join(sign for sign in typed if sign in "0123456789")
    found: list[Hit] = []
    if digits and typed.lstrip("#№ ") == digits:
        found += await _by_request(tx, int(digits[:18]))
    if not typed.startswith(("#", "№")):
        found += await _by_account(tx, typed, limit)
        if len(digits) >= _SHORTEST_FRAGMENT and _PHONE.match(typed):
            found += await _by_phone(tx, typed, digits, limit, region)
        found += await _by_name(tx, words(typed), limit)
    return list({hit.client_id: hit for hit in reversed(found)}.values())[::-1][:limit]


async def _by_request(tx: Tx, number: int) -> list[Hit]:
    row = await tx.first(
        select(Clients.id, Clients.name, Clients.kind, Requests.id.label("request_id"))
        .join(Requests, Requests.client_id == Clients.id).where(Requests.id == number))
    return [Hit(row.id, row.name, row.kind, "request", f"#{number}", number)] if row else []


async def _by_account(tx: Tx, typed: str, limit: int) -> list[Hit]:
    """The account of this number, or those that begin so; spaces do not count."""
    number = "".join(typed.split()).upper()
    if len(number) < _SHORTEST_FRAGMENT:
        return []
    rows = await tx.all(
        select(Clients.id, Clients.name, Clients.kind, Accounts.number)
        .join(Accounts, Accounts.client_id == Clients.id)
        .where(_begins(Accounts.number, number), Clients.merged_into.is_(None))
        .order_by(Accounts.number).limit(limit))
    return [Hit(row.id, row.name, row.kind, "account", row.number) for row in rows]


async def _by_phone(tx: Tx, typed: str, digits: str, limit: int, region: str) -> list[Hit]:
    """The whole number; else its beginning or its end; else any part of it."""
    whole = normalise(typed, region=region).e164
    if whole:
        found = await _phones_where(tx, Phones.e164 == whole, limit)
        if found:
            return found
    beginnings = {f"+{digits}", f"+{country_code(region)}{digits}"}
    prefix = trunk_prefix(region)
    if prefix and digits.startswith(prefix):
        beginnings.add(f"+{country_code(region)}{digits.removeprefix(prefix)}")
    found = await _phones_where(
        tx, or_(*(_begins(Phones.e164, start) for start in sorted(beginnings))), limit)
    found += await _phones_where(tx, _begins(Phones.reversed, digits[::-1]), limit)
    if found:
        return found
    return await _phones_where(tx, Phones.e164.contains(digits, autoescape=True), limit)


async def _phones_where(tx: Tx, condition: ColumnElement[bool], limit: int) -> list[Hit]:
    rows = await tx.all(
        select(Clients.id, Clients.name, Clients.kind, Phones.e164)
        .join(ClientPhones, ClientPhones.e164 == Phones.e164)
        .join(Clients, Clients.id == ClientPhones.client_id)
        .where(condition, Clients.merged_into.is_(None))
        .order_by(Phones.e164, ClientPhones.trust.desc(), Clients.id).limit(limit))
    return [Hit(row.id, row.name, row.kind, "phone", row.e164) for row in rows]


async def _by_name(tx: Tx, typed: tuple[str, ...], limit: int) -> list[Hit]:
    """Every word typed begins a word of the name, in any order; surnames come first."""
    if not typed or not any(word.isalpha() for word in typed):
        return []
    wanted = select(Clients.id, Clients.name, Clients.kind, Clients.search_key).where(
        Clients.merged_into.is_(None))
    for word in sorted(set(typed), key=len, reverse=True):
        wanted = wanted.where(Clients.id.in_(
            select(ClientWords.client_id).where(
                ClientWords.place.in_((0, 1)), _begins(ClientWords.word, word))))
    is_surname = case((_begins(Clients.search_key, typed[0]), 0), else_=1)
    rows = await tx.all(
        wanted.order_by(is_surname, Clients.search_key, Clients.id).limit(limit * 3))
    best = sorted(rows, key=lambda row: -len(set(typed) & set(row.search_key.split())))
    return [Hit(row.id, row.name, row.kind, "name", row.name) for row in best[:limit]]


def _begins(column: InstrumentedAttribute[str], start: str) -> ColumnElement[bool]:
    """A prefix as a range: uses the index on both engines, and needs no escaping."""
    return and_(column >= start, column < start + _LAST_SIGN)
