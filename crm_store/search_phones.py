"""Parts of telephone numbers: the beginning, the end, and what somebody remembers of the middle.

A fragment in the middle has no index of its own: with a few digits before it, or behind it,
unknown, each possible filling is one short range of an index that is there, two thousand seeks
in all. Ten million numbers need no table of all their parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

from sqlalchemy import Integer, Select, bindparam, select, true
from sqlalchemy.orm import InstrumentedAttribute

from crm_store.base import Bytewise
from crm_store.listed import listed, texts
from crm_store.phones import country_code, normalise, trunk_prefix
from crm_store.prepared import Ask, Asked, Prepared
from crm_store.tables.clients import ClientPhones, Phones

LAST_SIGN = "\U0010ffff"
SHORTEST = 3
_UNKNOWN = 3                # digits before or behind a fragment that may be unknown

Found = tuple[str, int]     # e164, client_id

_COUNT = bindparam("count", type_=Integer)
_LINK = select(ClientPhones.e164, ClientPhones.client_id)
_BEGUN = Prepared(
    _LINK.where(ClientPhones.e164 >= bindparam("start", type_=Bytewise),
                ClientPhones.e164 < bindparam("end", type_=Bytewise))
    .order_by(ClientPhones.e164, ClientPhones.client_id).limit(_COUNT))
_WHOLE = Prepared(
    _LINK.where(ClientPhones.e164 == bindparam("start", type_=Bytewise))
    .order_by(ClientPhones.trust.desc(), ClientPhones.client_id).limit(_COUNT))
_ENDED = Prepared(
    _LINK.join(Phones, Phones.e164 == ClientPhones.e164)
    .where(Phones.reversed >= bindparam("start", type_=Bytewise),
           Phones.reversed < bindparam("end", type_=Bytewise))
    .order_by(Phones.reversed).limit(_COUNT))


def by_number(ask: Ask, typed: str, limit: int, region: str) -> tuple[list[Found], bool]:
    """Who has this number; else those whose number begins, ends or goes on with these digits.

    True with the whole number.
    """
    digits = "".join(sign for sign in typed if sign in "0123456789")
    whole = normalise(typed, region=region).e164
    if whole:
        found = _links(ask, [(_WHOLE, {"start": whole, "count": limit})])
        if found:
            return found, True
    starts = _starts(digits, region)
    asked: list[Asked] = [(_BEGUN, _range(start, limit)) for start in starts]
    found = _links(ask, [*asked, (_ENDED, _range(digits[::-1], limit))])
    if not found:
        found += _in_the_middle(ask, digits, limit, region)
    return list(dict.fromkeys(found))[:limit], False


def _starts(digits: str, region: str) -> list[str]:
    """What such a number may begin with: as typed, after the country, without its prefix."""
    code, prefix = country_code(region), trunk_prefix(region)
    found = {f"+{digits}", f"+{code}{digits}"}
    if prefix and digits.startswith(prefix):
        found.add(f"+{code}{digits.removeprefix(prefix)}")
    return sorted(found)


def _range(start: str, limit: int) -> dict[str, str | int]:
    return {"start": start, "end": start + LAST_SIGN, "count": limit}


def _links(ask: Ask, asked: list[Asked]) -> list[Found]:
    return [(row.e164, row.client_id) for rows in ask(*asked) for row in rows]


# ── in the middle ────────────────────────────────────────────────────────────────────────────
def _in_the_middle(ask: Ask, digits: str, limit: int, region: str) -> list[Found]:
    code = country_code(region)
    before = [f"+{code}{some}{digits}" for some in _fillings(_UNKNOWN)]
    behind = [f"{some}{digits[::-1]}" for some in _fillings(_UNKNOWN)]
    found = _links(ask, [
        (MIDDLE_BEHIND, {"starts": listed(behind), "count": limit}),
        (MIDDLE_BEFORE, {"starts": listed(before), "count": limit})])
    return [(e164, client_id) for e164, client_id in found if digits in e164]


def _fillings(longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        yield from ("".join(some) for some in product("0123456789", repeat=length))


def _middle(column: InstrumentedAttribute[str], engine: str) -> Select[str, int]:
    """Numbers in which `column` begins with one of `starts`, a JSON list: a seek for each.

    SQLite seeks because the list has no index and the numbers have one; PostgreSQL because of a
    limit inside LATERAL, without which it may prefer to read every number once.
    """
    rows, start = texts(engine, "starts")
    if engine == "sqlite":
        met = (select(Phones.e164).select_from(rows.join(Phones, true()))
               .where(column >= start, column < start + LAST_SIGN).limit(_COUNT).subquery("met"))
    else:
        one = (select(Phones.e164)
               .where(column >= start, column < start.op("||")(LAST_SIGN))
               .order_by(column).limit(_COUNT).lateral("one"))
        met = select(one.c.e164).select_from(rows.join(one, true())).limit(_COUNT).subquery("met")
    return _LINK.join(met, met.c.e164 == ClientPhones.e164).limit(_COUNT)


MIDDLE_BEHIND = Prepared(partial(_middle, Phones.reversed))
MIDDLE_BEFORE = Prepared(partial(_middle, Phones.e164))
