"""What hangs on a client, table by table: how its rows go along when two clients become one.

`HOLDERS` names every table that has a client's id in it; a test fails for one that is missing.
At run time a table nobody thought of moves its rows like most do: nothing is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Column, Table, UniqueConstraint

import crm_store.tables  # noqa: F401  completes the metadata
from crm_store.base import Base

How = Literal["moves", "stays", "own"]
_NUMBERS = ("e164", "number")


@dataclass(frozen=True, slots=True)
class Held:
    """`moves`: rows go to the kept client. `stays`: they are the absorbed client's own past, or
    a copy that is made again. `own`: merging itself takes care of them.

    `follows` are columns that tell whose a row is that came while a merge stood: a telephone
    number, or the id of a row (of the table given) that has a client too.
    """
    how: How = "moves"
    columns: tuple[str, ...] = ("client_id",)
    follows: tuple[tuple[str, str], ...] = ()      # (column, table; "" for a number)


_OF_CALL = ("interaction_id", "interactions")
HOLDERS: dict[str, Held] = {
    "clients": Held("own", ("merged_into",)),
    "client_phones": Held(),
    "client_emails": Held(),
    "client_addresses": Held(),
    "client_relations": Held(columns=("client_id", "other_id")),
    "client_changes": Held("stays"),        # versions of one client's card count by themselves
    "client_words": Held("stays"),          # search leads from the absorbed to the kept client
    "custom_words": Held("stays"),
    "client_pins": Held(),
    "call_routes": Held("stays"),           # what was known of him when he called
    "callbacks": Held(follows=(("number", ""),)),
    "incident_callers": Held(),
    "consents": Held(follows=(_OF_CALL,)),
    "identity_confirmations": Held(follows=(_OF_CALL, ("e164", ""))),
    "client_choices": Held(follows=(_OF_CALL,)),
    "accounts": Held(),
    "debts": Held(follows=(("account_id", "accounts"),)),
    "source_answers": Held("stays"),        # a cache: asked again for the kept client
    "campaign_entries": Held("own"),
    "attempts": Held(follows=(("entry_id", "campaign_entries"), ("e164", ""))),
    "interactions": Held(follows=(("campaign_entry", "campaign_entries"), ("number", ""))),
    "promises": Held(follows=(("attempt_id", "attempts"),)),
    "suppressions": Held(follows=(("e164", ""),)),
    "notes": Held(follows=(_OF_CALL,)),
    "proposal_answers": Held(follows=(_OF_CALL,)),
    "requests": Held(follows=(("account_id", "accounts"), _OF_CALL)),
    "mails": Held(follows=(("request_id", "requests"),)),
    "tasks": Held(follows=(("request_id", "requests"), _OF_CALL)),
    "timeline": Held(),
    "audit": Held("stays"),                 # what was done to him then
    "erasures": Held("stays"),
    "import_rows": Held("stays"),           # what a file said of him then
    "duplicate_pairs": Held("own", ("low_id", "high_id")),
    "merges": Held("own", ("kept_id", "absorbed_id")),
}
# Timeline kinds and the table whose row `ref` is; what is not here moves by the record alone.
SOURCES: dict[str, str] = {
    "call": "interactions", "request": "requests", "note": "notes", "promise": "promises",
    "attempt": "attempts", "task": "tasks", "consent": "consents",
    "proposal": "proposal_answers", "mail": "mails",
}
# Timeline kinds that come from an account: kind → the way from `ref` to the account's id.
OF_ACCOUNTS = {
    "invoice": ("invoices",), "payment": ("payments",),
    "correction": ("invoice_corrections", "invoices"), "reading": ("readings", "meters"),
}


def naming_clients(table: Table) -> tuple[str, ...]:
    """The columns of a table that hold a client's id, by key or by name."""
    return tuple(column.name for column in table.columns if _names_a_client(column))


def _names_a_client(column: Column[Any]) -> bool:
    return column.name == "client_id" or any(
        key.target_fullname == "clients.id" for key in column.foreign_keys)


def moving() -> list[tuple[Table, Held]]:
    """Every table whose rows move, those that others refer to first."""
    found = []
    for table in Base.metadata.sorted_tables:
        names = naming_clients(table)
        if not names:
            continue
        held = HOLDERS.get(table.name, Held(columns=names))
        if held.how == "moves":
            found.append((table, held))
    return sorted(found, key=lambda one: (one[0].name == "timeline", _depth(one[0].name)))


def _depth(name: str) -> int:
    """How far a table's evidence leads: what it follows is decided before it."""
    led = [other for _, other in HOLDERS.get(name, Held()).follows if other]
    return 1 + max(map(_depth, led)) if led else 0


def unique_keys(table: Table, column: str) -> list[tuple[str, ...]]:
    """The other columns of each key that the client's column is part of."""
    keys = [tuple(part.name for part in table.primary_key.columns)]
    keys += [tuple(part.name for part in rule.columns) for rule in table.constraints
             if isinstance(rule, UniqueConstraint)]
    return [tuple(name for name in key if name != column) for key in keys if column in key]


def key_of(table: Table) -> tuple[str, ...]:
    return tuple(part.name for part in table.primary_key.columns)


def numbered(table: Table) -> bool:
    """Its rows have an id that rises: what came later can be told from what was there."""
    return key_of(table) == ("id",) and table.c.id.type.python_type is int


def number_column(name: str) -> bool:
    return name in _NUMBERS
