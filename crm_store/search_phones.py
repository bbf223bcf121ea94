"""Parts of telephone numbers: the beginning, the end, and what somebody remembers of the middle.

A fragment in the middle has no index of its own: with a few digits before it, or behind it,
unknown, each possible filling is one short range of an index that is there, two thousand seeks
in all. Ten million numbers need no table of all their parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product

from sqlalchemy import ColumnElement, Integer, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import String, Text

from crm_store.base import Bytewise, Tx
from crm_store.phones import country_code, normalise, trunk_prefix
from crm_store.prepared import Asked, Prepared
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


async def by_number(tx: Tx, typed: str, limit: int, region: str) -> tuple[list[Found], bool]:
    """Who has this number; else those whose number begins, ends or goes on with these digits.

    True with the whole number.
    """
    digits = "".join(sign for sign in typed if sign in "0123456789")
    whole = normalise(typed, region=region).e164
    if whole:
        found = await _links(tx, [(_WHOLE, {"start": whole, "count": limit})])
        if found:
            return found, True
    starts = _starts(digits, region)
    asked: list[Asked] = [(_BEGUN, _range(start, limit)) for start in starts]
    found = await _links(tx, [*asked, (_ENDED, _range(digits[::-1], limit))])
    if len(found) < limit:
        found += await _in_the_middle(tx, digits, limit, region)
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


async def _links(tx: Tx, asked: list[Asked]) -> list[Found]:
    return [(row.e164, row.client_id) for rows in await tx.fetch_each(*asked) for row in rows]


# ── in the middle ────────────────────────────────────────────────────────────────────────────
async def _in_the_middle(tx: Tx, digits: str, limit: int, region: str) -> list[Found]:
    code = country_code(region)
    before = [f"+{code}{some}{digits}" for some in _fillings(_UNKNOWN)]
    behind = [f"{some}{digits[::-1]}" for some in _fillings(_UNKNOWN)]
    found = await _links(tx, [
        (MIDDLE[tx.dialect]["reversed"], {"starts": json.dumps(behind), "count": limit}),
        (MIDDLE[tx.dialect]["e164"], {"starts": json.dumps(before), "count": limit})])
    return [(e164, client_id) for e164, client_id in found if digits in e164]


def _fillings(longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        yield from ("".join(some) for some in product("0123456789", repeat=length))


def _middle(column: InstrumentedAttribute[str], dialect: str) -> Prepared:
    """Numbers in which `column` begins with one of `starts`, a JSON list: a seek for each.

    SQLite keeps to the order that CROSS JOIN gives; PostgreSQL to a limit inside LATERAL, without
    which it may prefer to read every number once.
    """
    if dialect == "sqlite":
        listed = func.json_each(bindparam("starts", type_=Text)).table_valued("value")
        start: ColumnElement[str] = listed.c.value
        numbers = (select(Phones.e164).select_from(listed.join(Phones, true()))
                   .where(column >= start, column < start + LAST_SIGN))
        met = numbers.limit(_COUNT).subquery("met")
        return Prepared(_LINK.join(met, met.c.e164 == ClientPhones.e164).limit(_COUNT))
    items = func.jsonb_array_elements_text(
        cast(bindparam("starts", type_=String), JSONB)).table_valued("value")
    begin = items.c.value.collate("C")
    one = (select(Phones.e164).where(column >= begin, column < begin.op("||")(LAST_SIGN))
           .order_by(column).limit(_COUNT).lateral("one"))
    met = select(one.c.e164).select_from(items.join(one, true())).limit(_COUNT).subquery("met")
    return Prepared(_LINK.join(met, met.c.e164 == ClientPhones.e164).limit(_COUNT))


MIDDLE = {dialect: {"reversed": _middle(Phones.reversed, dialect),
                    "e164": _middle(Phones.e164, dialect)}
          for dialect in ("sqlite", "postgresql")}
