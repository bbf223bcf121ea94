"""The columns that the bulk writes, table by table, and how each engine spells a cell.

A column that is not named here is NULL, or what the table itself says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeAlias

Row: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = dict[str, list[Row]]
DAY_US = 86_400_000_000
_CLOCK = tuple(f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
               for second in range(86_400))

COLUMNS: dict[str, tuple[str, ...]] = {
    "clients": ("id", "kind", "name", "search_key", "language", "time_zone", "flags", "tags",
                "source", "created_at", "version"),
    "client_words": ("place", "word", "rest", "client_id"),
    "phones": ("e164", "kind", "reversed"),
    "client_phones": ("e164", "client_id", "original", "is_primary", "source", "trust",
                      "created_at", "confirmed_at", "confirmed_by"),
    "addresses": ("id", "city", "street", "house", "flat", "search_key"),
    "address_words": ("word", "rest", "address_id"),
    "accounts": ("id", "number", "client_id", "address_id", "balance_minor", "currency",
                 "balance_at", "opened_on"),
    "debts": ("account_id", "client_id", "amount_minor", "currency", "since_on", "as_of"),
    "meters": ("id", "account_id", "number", "resource", "unit"),
    "readings": ("id", "meter_id", "value_milli", "read_at", "source"),
    "invoices": ("id", "account_id", "number", "period_on", "amount_minor", "currency",
                 "issued_at", "due_on"),
    "invoice_corrections": ("id", "invoice_id", "delta_minor", "reason", "issued_at"),
    "payments": ("id", "account_id", "amount_minor", "currency", "paid_at", "method",
                 "reference"),
    "interactions": ("id", "channel", "call_id", "pbx", "direction", "number", "dialled",
                     "queue", "operator", "client_id", "client_is_chosen", "menu_path",
                     "started_at", "answered_at", "ended_at", "outcome", "cause", "ended_by",
                     "waited_s", "talked_s", "held_s", "disposition", "note", "disposed_by",
                     "disposed_at"),
    "segments": ("interaction_id", "started_at", "kind", "who", "ended_at"),
    "dispositions": ("id", "interaction_id", "outcome_id", "note", "by", "at"),
    "notes": ("id", "client_id", "text", "by", "at"),
    "requests": ("id", "type", "client_id", "account_id", "stage", "group_id", "responsible",
                 "deadline_at", "form", "filed_by", "filed_at", "closed_at"),
    "request_events": ("id", "request_id", "kind", "from_stage", "to_stage", "note", "by", "at"),
    "timeline": ("client_id", "at", "kind", "ref", "facts"),
}
# Their keys come in no order: they are gathered, sorted and written at the end.
UNSORTED = {
    "client_words": "place, word, rest, client_id", "address_words": "word, rest, address_id",
    "phones": "e164", "client_phones": "e164, client_id",
}


def empty() -> Rows:
    return {table: [] for table in COLUMNS}


def iso(at_us: int) -> str:
    """Microseconds since 1970 as Python's own isoformat says it."""
    second, micro = divmod(at_us, 1_000_000)
    clock = _CLOCK[second % 86_400]
    if micro:
        return f"{day(at_us)}T{clock}.{micro:06d}+00:00"
    return f"{day(at_us)}T{clock}+00:00"


def day(at_us: int) -> str:
    return _day(at_us // DAY_US)


@lru_cache(maxsize=20_000)
def _day(days: int) -> str:
    return datetime.fromtimestamp(days * 86_400, UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Spelling:
    """What a NULL and a moment are for this engine; all else is spelt alike."""
    null: Any
    moment: Callable[[int], Any]


SQLITE = Spelling(None, int)
POSTGRES = Spelling("\\N", iso)         # COPY's text form
