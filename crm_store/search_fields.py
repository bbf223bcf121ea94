"""Values of the fields an administrator defined and marked searchable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, bindparam, select

from crm_store.folding import words
from crm_store.prepared import Ask, Prepared
from crm_store.search_names import LAST_SIGN, text
from crm_store.tables.client_facts import CustomFields, CustomWords
from crm_store.tables.clients import Clients

_READ_AT_MOST = 300
_LONGEST_SHOWN = 120


@dataclass(frozen=True, slots=True)
class Valued:
    """A client one of whose fields, `label`, has this value."""
    client_id: int
    label: str
    value: str


_READ = (select(CustomWords.word, CustomWords.field_id, CustomWords.client_id)
         .where(CustomWords.word >= text("word"), CustomWords.word < text("word_end"))
         .order_by(CustomWords.word, CustomWords.field_id, CustomWords.client_id)
         .limit(bindparam("count", type_=Integer)).subquery("read"))
VALUES = Prepared(
    select(_READ.c.client_id, CustomFields.key, CustomFields.label, Clients.custom)
    .join(CustomFields, CustomFields.id == _READ.c.field_id)
    .join(Clients, Clients.id == _READ.c.client_id)
    .where(CustomFields.is_searchable, CustomFields.is_sensitive.is_(False),
           CustomFields.retired_at.is_(None), Clients.merged_into.is_(None)))


def by_field(ask: Ask, typed: Sequence[str], limit: int) -> list[Valued]:
    """Clients one of whose searchable values has a word beginning with each word typed."""
    longest = max(typed, key=len)
    rows = ask.rows(VALUES, word=longest, word_end=longest + LAST_SIGN, count=_READ_AT_MOST)
    found = ((row, str(row.custom.get(row.key, ""))) for row in rows)
    return [Valued(row.client_id, row.label, value[:_LONGEST_SHOWN])
            for row, value in found if _has(value, typed)][:limit]


def _has(value: str, typed: Sequence[str]) -> bool:
    held = (*words(value), "".join(words(value)))
    return all(any(word.startswith(start) for word in held) for start in typed)
