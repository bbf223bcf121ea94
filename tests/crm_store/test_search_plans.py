"""What search asks reads no whole table, on either engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from crm_store import (
    sample,
    search,
    search_addresses,
    search_fields,
    search_names,
    search_people,
    search_phones,
)
from crm_store.base import Base, Tx
from crm_store.listed import listed
from crm_store.prepared import Ask, Prepared
from crm_store.search_names import LAST_SIGN, patterns
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WORD = {"place": 0, "word": "iv", "word_end": "iv" + LAST_SIGN, "count": 20}
NUMBER = {"start": "+7916", "end": "+7916" + LAST_SIGN, "count": 20}
STATEMENTS: dict[str, tuple[Prepared, dict[str, Any], str]] = {
    "a word begun": (search_names.BEGUN, WORD, "client_words"),
    "a word with others": (search_names.WITH_OTHERS, WORD | patterns(["petr"]), "client_words"),
    "two words side by side": (
        search_names.PAIR, WORD | {"next": " i", "next_end": " j"} | patterns([]),
        "client_words"),
    "how many have a word": (search_names.HOW_MANY, WORD, "client_words"),
    "words like one": (search_names.ALIKE, {"pieces": listed(["ivanov", "ivano"])},
                       "word_pieces"),
    "a number": (search_phones._WHOLE, NUMBER, "client_phones"),
    "a number's beginning": (search_phones._BEGUN, NUMBER, "client_phones"),
    "a number's end": (search_phones._ENDED, NUMBER, "phones_reversed"),
    "a number's middle, the end unknown": (
        search_phones.MIDDLE_BEHIND, {"starts": listed(["1234", "2234"]), "count": 20},
        "phones_reversed"),
    "a number's middle, the beginning unknown": (
        search_phones.MIDDLE_BEFORE, {"starts": listed(["+71234", "+72234"]), "count": 20},
        "phones"),
    "a street": (search_addresses.BEGUN, WORD | patterns(["5"]), "address_words"),
    "a door of a street": (
        search_addresses.DOOR, {"word": "lenina", "door": " 5", "door_end": " 5x", "count": 20}
        | patterns([]), "address_words"),
    "who is at addresses": (search_addresses.WHO, {"addresses": listed([1, 2])}, "address_id"),
    "an account": (search._ACCOUNTS, NUMBER, "accounts"),
    "mail": (search._EMAILS, NUMBER, "client_emails"),
    "a request": (search._REQUEST, {"number": 1}, "requests"),
    "a field's value": (search_fields.VALUES, WORD, "custom_words"),
    "who they are": (search_people.PEOPLE, {"ids": listed([1, 2])}, "clients"),
    "where they are": (search_people.LINES, {"ids": listed([1, 2])}, "addresses"),
}


async def _plan(tx: Tx, prepared: Prepared, values: dict[str, Any]) -> list[str]:
    explain = "explain query plan " if tx.dialect == "sqlite" else "explain "

    def asked(ask: Ask) -> list[str]:
        plan = prepared.plan(ask._dialect)
        rows = ask._fetch((explain + plan.sql, plan.arguments(values)))
        return [str(row[-1]) for row in rows]
    return await tx.trip(asked)


@pytest.mark.parametrize("name", STATEMENTS)
async def test_search_uses_an_index(store: Store, name: str) -> None:
    prepared, values, index = STATEMENTS[name]
    await sample.generate(store, clients=5, now=NOW)
    async with store.begin(keep=False) as tx:
        if tx.dialect == "postgresql":
            await tx.trip(lambda ask: ask._cursor.execute("set local enable_seqscan = off"))
        plan = await _plan(tx, prepared, values)
    assert index in " ".join(plan), plan
    read_whole = [line for line in plan for table in Base.metadata.tables
                  if line.startswith(f"SCAN {table}") or f"Seq Scan on {table}" in line]
    assert read_whole in ([], ["SCAN custom_fields"]), plan
