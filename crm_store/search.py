"""One field finds clients, by whatever somebody knows of them, in either alphabet.

Phone numbers and parts of them, names with typos, accounts, e-mails, addresses, request numbers,
fields an administrator marked searchable. What is exact comes first, then what begins so, then
what sounds like it; every hit says what matched and where, and whom it is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Integer, bindparam, select

from crm_store import marks, search_names
from crm_store.base import Bytewise, Tx
from crm_store.folding import words
from crm_store.layouts import other_layout
from crm_store.plain import plain
from crm_store.prepared import Ask, Prepared
from crm_store.search_addresses import by_address
from crm_store.search_fields import by_field
from crm_store.search_people import Person, people
from crm_store.search_phones import SHORTEST, by_number
from crm_store.tables.billing import Accounts
from crm_store.tables.client_facts import ClientEmails
from crm_store.tables.requests import Requests

HitKind = Literal["phone", "name", "account", "request", "email", "address", "custom"]
_LONGEST = 100
_ENOUGH = 5                     # fewer hits than this, and what sounds like it is looked for too
_LAST_SIGN = search_names.LAST_SIGN
_PHONE = re.compile(r"^[+0-9 ().\-/\u00a0]*$")
_EMAIL = re.compile(r"^[^\s@]+@?[^\s@]*$")


@dataclass(frozen=True, slots=True)
class Hit:
    """A client found. `matched` is what met the text, `marks` its `[start, end)` parts that did.

    `number`, `account` and `address` tell two of one name apart. `field` is the label of a
    searchable field. `is_similar`: nothing typed is there as typed, this is like it.
    """
    client_id: int
    name: str
    kind: str                   # person, organisation
    by: HitKind
    matched: str
    request_id: int | None = None
    marks: marks.Marks = ()
    number: str | None = None
    account: str | None = None
    address: str | None = None
    field: str | None = None
    is_similar: bool = False


@dataclass(frozen=True, slots=True)
class _Met:
    """A client before we know who he is; `matched` None is his name."""
    client_id: int
    by: HitKind
    matched: str | None = None
    marks: marks.Marks = ()
    request_id: int | None = None
    field: str | None = None
    meant: tuple[str, ...] = ()         # words looked for in place of those typed
    is_similar: bool = False


async def search(tx: Tx, text: str, *, limit: int = 20, region: str) -> list[Hit]:
    """What a person typed, searched as everything it may be; best first, a client once."""
    typed = plain(text).strip()[:_LONGEST]
    return await tx.trip(lambda ask: _search(ask, typed, limit, region))


def _search(ask: Ask, typed: str, limit: int, region: str) -> list[Hit]:
    """In one trip: on SQLite in the reader's thread, all of it."""
    met = _exact(ask, typed, limit, region)
    folded = _once(words(typed))
    if typed and not typed.startswith(("#", "№")):
        met += _begun(ask, typed, folded, limit - len(met))
        if not met and (other := _once(words(other_layout(typed)))) != folded:
            met += _named(ask, other, limit)
        if len({one.client_id for one in met}) < _ENOUGH:
            met += _similar(ask, folded, limit)
    return _hits(ask, met, limit)


def _exact(ask: Ask, typed: str, limit: int, region: str) -> list[_Met]:
    """By number: request, account, phone."""
    digits = "".join(sign for sign in typed if sign in "0123456789")
    met: list[_Met] = []
    if digits and typed.lstrip("#№ ") == digits:
        met += _by_request(ask, int(digits[:18]))
    if not typed.startswith(("#", "№")):
        met += _by_account(ask, typed, limit)
        if any(one.matched == typed for one in met):
            return met
        if len(digits) >= SHORTEST and _PHONE.match(typed):
            met += _by_phone(ask, typed, digits, limit, region)
    return met


def _begun(ask: Ask, typed: str, folded: Sequence[str], limit: int) -> list[_Met]:
    """By words: name, e-mail, address, custom fields; each only while there is room."""
    met = _named(ask, folded, limit)
    if len(met) < limit and _EMAIL.match(typed) and len(typed) >= SHORTEST:
        met += _by_email(ask, typed, limit - len(met))
    if len(met) < limit:
        found, _ = by_address(ask, folded, limit - len(met))
        met += [_Met(one.client_id, "address", one.address, marks.of_words(one.address, folded))
                for one in found]
    if len(met) < limit and folded:
        met += [_Met(one.client_id, "custom", one.value, marks.of_words(one.value, folded),
                     field=one.label) for one in by_field(ask, folded, limit - len(met))]
    return met


def _named(ask: Ask, folded: Sequence[str], limit: int) -> list[_Met]:
    """`folded` may not be what was typed, but the same keys in the other layout."""
    if limit <= 0 or not any(word.isalpha() for word in folded):
        return []
    return [_Met(client_id, "name", meant=tuple(folded))
            for client_id in search_names.begun(ask, folded, limit)]


def _similar(ask: Ask, folded: Sequence[str], limit: int) -> list[_Met]:
    if not any(word.isalpha() for word in folded):
        return []
    met: list[_Met] = []
    meant = [search_names.like_it(ask, word) for word in folded]
    if any(meant):
        alike = tuple(word for words_ in meant for word in words_)
        met = [_Met(client_id, "name", meant=alike, is_similar=True)
               for client_id in search_names.misspelt(ask, folded, meant, limit)]
    if len(met) < _ENOUGH:
        found, alike_too = by_address(ask, folded, limit, misspelt=True)
        met += [_Met(one.client_id, "address", one.address, marks.of_words(
            one.address, (word for word in folded if word.isdigit()), whole=alike_too),
            is_similar=True) for one in found]
    return met


# ── by number ────────────────────────────────────────────────────────────────────────────────
_COUNT = bindparam("count", type_=Integer)
_REQUEST = Prepared(select(Requests.client_id).where(
    Requests.id == bindparam("number"), Requests.client_id.is_not(None)))
_ACCOUNTS = Prepared(
    select(Accounts.client_id, Accounts.number)
    .where(Accounts.number >= bindparam("start", type_=Bytewise),
           Accounts.number < bindparam("end", type_=Bytewise))
    .order_by(Accounts.number).limit(_COUNT))
_EMAILS = Prepared(
    select(ClientEmails.client_id, ClientEmails.email)
    .where(ClientEmails.email >= bindparam("start", type_=Bytewise),
           ClientEmails.email < bindparam("end", type_=Bytewise))
    .order_by(ClientEmails.email, ClientEmails.client_id).limit(_COUNT))


def _by_request(ask: Ask, number: int) -> list[_Met]:
    shown = f"#{number}"
    return [_Met(row.client_id, "request", shown, ((1, len(shown)),), number)
            for row in ask.rows(_REQUEST, number=number)]


def _by_account(ask: Ask, typed: str, limit: int) -> list[_Met]:
    """The account of this number, or those that begin so; spaces do not count."""
    number = "".join(typed.split()).upper()
    if len(number) < SHORTEST:
        return []
    rows = ask.rows(_ACCOUNTS, start=number, end=number + _LAST_SIGN, count=limit)
    return [_Met(row.client_id, "account", row.number, marks.of_start(row.number, len(number)))
            for row in rows]


def _by_phone(ask: Ask, typed: str, digits: str, limit: int, region: str) -> list[_Met]:
    found, is_whole = by_number(ask, typed, limit, region)
    return [_Met(client_id, "phone", e164,
                 ((0, len(e164)),) if is_whole else _digits_in(e164, digits))
            for e164, client_id in found]


def _digits_in(e164: str, digits: str) -> marks.Marks:
    """As typed, or without the prefix that nobody stores."""
    return marks.of_digits(e164, digits) or marks.of_digits(e164, digits[1:])


def _by_email(ask: Ask, typed: str, limit: int) -> list[_Met]:
    start = typed.casefold()
    rows = ask.rows(_EMAILS, start=start, end=start + _LAST_SIGN, count=limit)
    return [_Met(row.client_id, "email", row.email, marks.of_start(row.email, len(start)))
            for row in rows]


# ── who they are ─────────────────────────────────────────────────────────────────────────────
def _hits(ask: Ask, met: Sequence[_Met], limit: int) -> list[Hit]:
    """Names in order, merged clients as those they went into, each client once."""
    found = people(ask, dict.fromkeys(one.client_id for one in met))
    ranked = sorted(enumerate(met), key=lambda one: _rank(one[1], found, one[0]))
    hits: dict[int, Hit] = {}
    for _, one in ranked:
        stood, who = found.get(one.client_id, (None, None))
        if stood and who and (one.by != "name" or _has(stood, one.meant, one.is_similar)):
            hits.setdefault(who.id, _hit(one, stood, who))
    return list(hits.values())[:limit]


def _hit(one: _Met, stood: Person, who: Person) -> Hit:
    matched, marked = one.matched, one.marks
    if matched is None:
        matched = stood.name
        marked = marks.of_words(matched, one.meant, whole=one.meant if one.is_similar else ())
    return Hit(who.id, who.name, who.kind, one.by, matched, one.request_id, marked, who.number,
               who.account, who.address or None, one.field, one.is_similar)


def _rank(one: _Met, found: dict[int, tuple[Person, Person]], index: int) -> tuple[int, ...]:
    """Among the names of one search: whole words first, then those sorted by the first typed."""
    if one.by != "name" or one.client_id not in found or one.is_similar:
        return (_GROUPS[one.is_similar, one.by], 0, 0, index)
    key = found[one.client_id][0].search_key
    whole = len(set(one.meant) & set(key.split()))
    return (_GROUPS[False, "name"], -whole, not key.startswith(one.meant[0]), index)


_KINDS: tuple[HitKind, ...] = ("request", "account", "phone", "name", "email", "address", "custom")
_GROUPS = {(is_similar, by): place + len(_KINDS) * is_similar
           for is_similar in (False, True) for place, by in enumerate(_KINDS)}


def _has(person: Person, meant: Sequence[str], is_similar: bool) -> bool:
    """The index may be behind the client's name: what is not there is not shown."""
    has = person.search_key.split()
    begun = (any(word.startswith(start) for word in has) for start in meant)
    return any(begun) if is_similar else all(begun)


def _once(folded: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(folded))

