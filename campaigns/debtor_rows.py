"""A debtors' list as text ○: encodings, separators and columns guessed, broken rows named.

A row that cannot be read is reported with its line and reason; the others are used.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MAX_FIELD = 500
_SEPARATORS = ";,\t|"
_QUOTED_LINES = 5       # a quoted field may go over so many lines; beyond, the quote is a mistake

# Folded header → field. What is not here is ignored.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "client": ("client", "clientid", "id", "клиент", "idклиента"),
    "account": ("account", "accountnumber", "accountno", "лицевойсчет", "лицевойсчёт", "лс",
                "счет", "счёт", "номерсчета"),
    "phone": ("phone", "phonenumber", "tel", "telephone", "mobile", "number", "phone1", "phone2",
              "phone3", "телефон", "тел", "мобильный", "номер", "номертелефона", "телефон1",
              "телефон2", "телефон3"),
    "name": ("name", "fullname", "debtor", "client name", "clientname", "фио", "имя", "должник",
             "наименование"),
    "debt": ("debt", "amount", "sum", "balance", "долг", "сумма", "задолженность",
             "суммадолга"),
    "currency": ("currency", "валюта"),
}
_FIELD_OF = {header: field for field, headers in _COLUMNS.items() for header in headers}


class UnreadableList(Exception):
    """The file is no list of debtors: empty, or without an account, client or phone column."""


@dataclass(frozen=True, slots=True)
class Row:
    line: int                   # where it begins in the file, 1 = the header
    client: str
    account: str
    phones: tuple[str, ...]     # as written
    name: str
    debt_minor: int | None
    currency: str


@dataclass(frozen=True, slots=True)
class Problem:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Sheet:
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    encoding: str
    separator: str


def read(data: bytes) -> Sheet:
    """Raises UnreadableList when not even the columns can be found."""
    text, encoding = _decode(data)
    lines = re.split(r"\r\n|\r|\n", text)
    header_at = next((at for at, line in enumerate(lines) if line.strip()), None)
    if header_at is None:
        raise UnreadableList("the file is empty")
    separator = max(_SEPARATORS, key=lines[header_at].count)
    header = next(csv.reader([lines[header_at]], delimiter=separator))
    fields = [_FIELD_OF.get(_folded(cell)) for cell in header]
    if not {"client", "account", "phone"} & set(fields):
        raise UnreadableList(
            f"no column for account, client or phone among: {', '.join(header)[:200]}")
    found = [_row(line, cells, fields)
             for line, cells in _records(lines, header_at + 1, separator)]
    return Sheet(tuple(item for item in found if isinstance(item, Row)),
                 tuple(item for item in found if isinstance(item, Problem)), encoding, separator)


def _decode(data: bytes) -> tuple[str, str]:
    """UTF-16 by its mark, UTF-8 where it is valid, else the Windows code page of Russian lists."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "utf-16"
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace"), "cp1251"


def _folded(cell: str) -> str:
    return re.sub(r"[\W_]+", "", cell.lower())


def _records(
    lines: list[str], start: int, separator: str,
) -> Iterator[tuple[int, list[str] | str]]:
    """(line number, cells, or the reason why there are none); empty lines are passed over."""
    at = start
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        cells, used = _cells(lines[at:at + _QUOTED_LINES], separator)
        yield at + 1, cells
        at += used


def _cells(lines: list[str], separator: str) -> tuple[list[str] | str, int]:
    """The record that begins here and how many lines it takes; an open quote spoils one line."""
    for used in range(1, len(lines) + 1):
        try:
            reader = csv.reader(["\n".join(lines[:used])], delimiter=separator, strict=True)
            return next(reader), used
        except csv.Error as exc:
            if "unexpected end of data" not in str(exc):
                return f"cannot be read: {exc}", 1
    return "a quote is opened and not closed", 1


def _row(line: int, cells: list[str] | str, fields: list[str | None]) -> Row | Problem:
    if isinstance(cells, str):
        return Problem(line, cells)
    if len(cells) > len(fields) and any(cell.strip() for cell in cells[len(fields):]):
        return Problem(line, f"{len(cells)} fields where the header has {len(fields)}")
    if any(len(cell) > MAX_FIELD or "\0" in cell for cell in cells):
        return Problem(line, f"a field is longer than {MAX_FIELD} characters or not text")
    values: dict[str, list[str]] = {}
    for field, cell in zip(fields, cells, strict=False):
        if field is not None and cell.strip():
            values.setdefault(field, []).append(cell.strip())
    return _typed(line, values)


def _typed(line: int, values: dict[str, list[str]]) -> Row | Problem:
    if not values.keys() & {"client", "account", "phone"}:
        return Problem(line, "neither account nor client nor phone is given")
    debt_minor: int | None = None
    if "debt" in values:
        debt_minor = money_minor(values["debt"][0])
        if debt_minor is None:
            return Problem(line, f"the debt {values['debt'][0][:40]!r} is no sum of money")
    first = {field: cells[0] for field, cells in values.items()}
    return Row(line, first.get("client", ""), first.get("account", ""),
               tuple(values.get("phone", ())), first.get("name", ""), debt_minor,
               first.get("currency", "").upper())


_MONEY = re.compile(r"(?P<whole>[0-9]{1,12})(?:[.,](?P<part>[0-9]{1,2}))?")


def money_minor(text: str) -> int | None:
    """`1 234,5` or `1,234.50` → 123450 hundredths; None where it is no sum. Never negative."""
    plain = re.sub(r"[\s  ']|руб\.?|rub|₽|€|\$", "", text.lower())
    groups = re.fullmatch(r"([0-9]{1,3}(?:[.,][0-9]{3})+)(?:[.,]([0-9]{1,2}))?", plain)
    if groups:
        plain = re.sub(r"[.,]", "", groups[1]) + (f".{groups[2]}" if groups[2] else "")
    found = _MONEY.fullmatch(plain)
    if found is None:
        return None
    return int(found["whole"]) * 100 + int((found["part"] or "0").ljust(2, "0"))
