"""Telephone cells of a table ○: several numbers, labels, and what spreadsheets made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from crm_store.imports.reasons import Reason, reason
from crm_store.phones import normalise

_LONGEST_CELL = 300
_MOST_IN_ONE_CELL = 10
_BLANK = frozenset({"", "-", "--", "—", "–", "0", "нет", "none", "no", "n/a", "null", "nil", "."})
_BETWEEN = re.compile(r"[,;|\n\r]+|\s/\s|\s(?:и|or|and|или)\s|(?<=\d{6})/(?=[+\d])")
_EXTENSION = re.compile(r"^\s*(?:доб|вн|ext|extension|x\s*\d|#)", re.IGNORECASE)
_FLOAT = re.compile(r"^\+?(\d)(?:[.,](\d+))?[eEеЕ]\+?(\d{1,2})$")
_WHOLE_FLOAT = re.compile(r"^\+?(\d{5,15})[.,]0+$")
_LABEL = re.compile(r"\(([^()\d]{1,30})\)|^\s*((?:тел|моб|дом|раб|факс|tel|mob|home|work|fax|phone"
                    r"|mobile|cell)[а-яa-z]*)\.?:?\s*", re.IGNORECASE)
_BEGINNING = re.compile(r"(?:(?<=\s)|^)(?=\+\d|8[\s(\-]|8\d{10}\b|7\d{10}\b|9\d{9}\b)")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number of a cell: E.164, its kind, as it was written, and what stood beside it."""
    e164: str
    kind: str
    original: str
    label: str | None


def read(field: str, cell: str, *, region: str) -> tuple[list[Phone], list[Reason]]:
    """Every number of the cell; a reason for every part that is none."""
    if len(cell) > _LONGEST_CELL:
        return [], [reason(field, "not_phone", cell)]
    found: list[Phone] = []
    wrong: list[Reason] = []
    for part in _parts(cell):
        told = _one(field, part, region)
        if isinstance(told, Reason):
            wrong.append(told)
        else:
            found += told
    if len(found) > _MOST_IN_ONE_CELL or (len(wrong) > 1 and not found):
        return [], [reason(field, "not_phone", cell)]
    return found, wrong


def _parts(cell: str) -> Iterator[str]:
    """The pieces between separators; an extension stays with the number before it."""
    if _FLOAT.match(cell) or _WHOLE_FLOAT.match(cell):
        yield cell
        return
    held = ""
    for piece in _BETWEEN.split(cell):
        if held and _EXTENSION.match(piece):
            held = f"{held},{piece}"
            continue
        if held:
            yield held
        held = "" if piece.strip().casefold() in _BLANK else piece.strip()
    if held:
        yield held


def _one(field: str, part: str, region: str) -> list[Phone] | Reason:
    text, label = _without_label(part)
    whole = _whole_digits(text)
    if whole is None:
        return reason(field, "digits_lost", part)
    number = normalise(whole, region=region)
    if number.e164:
        return [Phone(number.e164, number.kind, part, label)]
    if number.kind == "internal":
        return reason(field, "internal_phone", part)
    return _side_by_side(text, region) or reason(field, "not_phone", part)


def _side_by_side(text: str, region: str) -> list[Phone]:
    """`89161234567 89167654321`: numbers with nothing but a space between them."""
    pieces = [piece.strip() for piece in _BEGINNING.split(text) if piece.strip()]
    numbers = [normalise(piece, region=region) for piece in pieces]
    if len(pieces) < 2 or any(number.kind not in ("mobile", "fixed") for number in numbers):
        return []
    return [Phone(number.e164 or "", number.kind, piece, None)
            for number, piece in zip(numbers, pieces, strict=True)]


def _without_label(part: str) -> tuple[str, str | None]:
    """`8 916 123-45-67 (жена)` → the number and `жена`."""
    labels = [(first or second).strip(" .") for first, second in _LABEL.findall(part)]
    return (_LABEL.sub(" ", part).strip(), next(filter(None, labels), None))


def _whole_digits(text: str) -> str | None:
    """`7.9161234567E10` → `79161234567`; None where the spreadsheet kept too few digits."""
    if whole := _WHOLE_FLOAT.match(text):
        return whole[1]
    shown = _FLOAT.match(text)
    if not shown:
        return text
    decimals, exponent = shown[2] or "", int(shown[3])
    if len(decimals) > exponent or exponent > 15:
        return text
    if len(decimals) < exponent - 3:
        return None
    return str(int(Decimal(f"{shown[1]}.{decimals or 0}").scaleb(exponent)))
