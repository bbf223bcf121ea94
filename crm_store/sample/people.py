"""Sample clients and their telephone numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from crm_store.clients import trust_of
from crm_store.folding import fold
from crm_store.naming import word_rows
from crm_store.sample import words as texts
from crm_store.sample.rows import Rows
from crm_store.tables.clients import ClientPhones, Clients, Phones
from crm_store.tables.search import ClientWords

_SLOTS = 4                      # numbers reserved for each client
_OPERATORS = ("903", "905", "909", "915", "916", "917", "921", "925", "926", "927", "937", "960",
              "962", "985", "999")
SPELLINGS = ("+7{a}{b}{c}{d}", "8{a}{b}{c}{d}", "8 ({a}) {b}-{c}-{d}", "+7 {a} {b} {c} {d}",
              "{a}{b}{c}{d}", "8-{a}-{b}-{c}-{d}")


@dataclass(frozen=True, slots=True)
class Sampled:
    """A made-up client: what the other parts of the sample need to know."""
    id: int
    kind: str
    name: str
    number: str                 # the primary one
    since: datetime


def mobile(client_id: int, slot: int = 0) -> str:
    """A number of this client's own (up to 37 million of them); all last two digits occur."""
    place = client_id * _SLOTS + slot
    turn, code = divmod(place, len(_OPERATORS))
    return f"+7{_OPERATORS[code]}{(turn * 4_567_891 + code * 1_000_040) % 10_000_000:07d}"


def office(client_id: int) -> str:
    """A fixed line in Samara."""
    return f"+7846{2_000_000 + (client_id * 7_919) % 7_000_000:07d}"


def add_client(
    rows: Rows, rng: Random, client_id: int, *, names: str, now: datetime, has_neighbour: bool
) -> Sampled:
    """One client with his words and numbers."""
    kind = "organisation" if rng.random() < 0.08 else "person"
    name = _company(rng, names) if kind == "organisation" else _person(rng, names)
    since = now - timedelta(days=rng.randrange(400, 4000), minutes=rng.randrange(1440))
    number = office(client_id) if kind == "organisation" else mobile(client_id)
    rows.add(Clients, {
        "id": client_id, "kind": kind, "name": name, "search_key": fold(name), "language": names,
        "time_zone": "Europe/Samara", "flags": ["vip"] if rng.random() < 0.01 else [],
        "tags": [], "source": "sample", "created_at": since, "created_by": None,
        "merged_into": None, "version": 1, "custom": {}})
    for row in word_rows(client_id, fold(name)):
        rows.add(ClientWords, dict(zip(("place", "word", "rest", "client_id"), row, strict=True)))
    _add_phones(rows, rng, client_id, number, since, has_neighbour)
    return Sampled(client_id, kind, name, number, since)


def _add_phones(
    rows: Rows, rng: Random, client_id: int, number: str, since: datetime, has_neighbour: bool
) -> None:
    own = [number, *(mobile(client_id, slot) for slot in (1, 2) if rng.random() < 0.3)]
    for e164 in own:
        rows.add(Phones, {"e164": e164, "kind": "fixed" if e164.startswith("+7846") else "mobile",
                          "reversed": e164[::-1]})
        rows.add(ClientPhones, _link(rng, client_id, e164, since, is_primary=e164 == number))
    if has_neighbour and rng.random() < 0.06:
        rows.shared_phones += 1
        rows.add(ClientPhones, _link(rng, client_id, rows.last_number, since, is_primary=False))
    rows.last_number = number


def _link(
    rng: Random, client_id: int, e164: str, since: datetime, *, is_primary: bool
) -> dict[str, Any]:
    a, b, c, d = e164[2:5], e164[5:8], e164[8:10], e164[10:]
    is_confirmed = is_primary and rng.random() < 0.2
    return {
        "e164": e164, "client_id": client_id, "is_primary": is_primary, "label": None,
        "original": rng.choice(SPELLINGS).format(a=a, b=b, c=c, d=d), "source": "sample",
        "trust": trust_of("sample", confirmed=is_confirmed), "created_at": since,
        "confirmed_at": since + timedelta(days=30) if is_confirmed else None,
        "confirmed_by": "101" if is_confirmed else None}


def _person(rng: Random, names: str) -> str:
    is_woman = rng.random() < 0.55
    surname = rng.choice(texts.SURNAMES)
    full = " ".join((
        texts.feminine(surname) if is_woman else surname,
        rng.choice(texts.WOMEN if is_woman else texts.MEN),
        texts.patronymic(rng.choice(texts.FATHERS), is_woman=is_woman)))
    return full if names == "ru" else texts.latin(full)


def _company(rng: Random, names: str) -> str:
    name = f"{rng.choice(texts.COMPANY_FIRST)}-{rng.choice(texts.COMPANY_LAST)}"
    name = f"{name} {rng.randrange(1, 60)}"
    return texts.COMPANY_FORM[names].format(name if names == "ru" else texts.latin(name))
