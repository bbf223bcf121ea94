"""Why a row is refused ○: a code with the field and what stood there; every reason of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_LONGEST_VALUE = 60

# English; the screens say it in their language by the code (`import.reason.CODE`).
SENTENCES: Mapping[str, str] = {
    "empty": "{field}: empty",
    "too_long": "{field}: too long to be one",
    "unreadable_text": "{field}: {value} holds characters that could not be read "
                       "(wrong encoding?)",
    "not_account": "{field}: {value} is no account number",
    "not_currency": "{field}: {value} is no ISO code",
    "negative": "{field}: {value} is below zero",
    "not_sum": "{field}: {value} is no sum",
    "not_day": "{field}: {value} is no day",
    "unlikely_day": "{field}: {value} is a day that cannot be meant",
    "not_zone": "{field}: {value} is unknown",
    "not_language": "{field}: {value} is no language",
    "not_kind": "{field}: {value} is neither person nor organisation",
    "not_phone": "{field}: {value} is no telephone number",
    "internal_phone": "{field}: {value} is an internal number, nobody's own",
    "digits_lost": "{field}: {value} was shortened by a spreadsheet; its last digits are lost",
    "not_email": "{field}: {value} is no e-mail address",
    "not_client": "{field}: {value} is no client number",
    "no_client": "{field}: there is no client {value}",
    "needs_account": "{field}: empty, but there is a sum or a meter",
    "not_custom": "{field}: {value}",
    "other_name": "{field}: {value} belongs to somebody of another name",
    "other_client": "{field}: {value} belongs to another client",
    "foreign_meter": "{field}: {value} belongs to another account",
    "other_currency": "{field}: the account is kept in {value}",
    "surplus_cells": "row: {value} cells, more than the header has",
    "open_quote": "row: a quote is opened and not closed",
    "refused_by_base": "row: the database refuses it ({value})",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """`field` is ours (`phone2`, `custom.limit`), "row" when no single cell is to blame."""
    field: str
    code: str
    value: str = ""

    def __str__(self) -> str:
        return SENTENCES[self.code].format(field=self.field, value=self.value)

    def packed(self) -> list[str]:
        return [self.field, self.code, self.value]


def reason(field: str, code: str, value: str = "") -> Reason:
    """`value` is quoted and clipped: it comes from a file."""
    clipped = value if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]}…"
    return Reason(field, code, repr(clipped) if value else "")


def unpacked(stored: Sequence[Sequence[str]]) -> tuple[Reason, ...]:
    return tuple(Reason(field, code, value) for field, code, value in stored)

