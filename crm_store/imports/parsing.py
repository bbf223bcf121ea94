"""One row of a file, read ○: every cell typed, or the row refused with every reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, TypeAlias, TypeVar

from crm_store.imports import cells as read
from crm_store.imports import phone_cells
from crm_store.imports.cells import CellUnreadable
from crm_store.imports.phone_cells import Phone
from crm_store.imports.reasons import Reason, reason

FIELDS = ("name", "kind", "phone", "phone2", "phone3", "email", "email2", "language",
          "time_zone", "account", "address", "balance", "debt", "debt_since", "currency", "meter",
          "resource", "tags", "client")
CUSTOM = "custom."              # before the key of a field that an administrator defined
UNREAD = "?"                    # in place of an account that could not be read
_LONGEST_ADDRESS = 300
_MOST_PHONES = 20
Custom: TypeAlias = Callable[[str], Any]        # a cell's text → value; raises ValueError
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a file does not say itself. `region` completes local numbers: `RU` or `RU-846`."""
    region: str
    currency: str
    customs: Mapping[str, Custom] = field(default_factory=dict)     # by key


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A row as we understand it. Sums in minor units; None where the file has no such cell."""
    name: str
    kind: Literal["person", "organisation"]
    phones: tuple[Phone, ...]           # the first is the primary one
    emails: tuple[str, ...]
    language: str | None
    time_zone: str | None
    account: str | None
    address: str | None
    balance_minor: int | None
    debt_minor: int | None
    debt_since: date | None
    currency: str
    is_currency_told: bool
    meter: str | None
    resource: str | None
    tags: tuple[str, ...]
    client: int | None                  # our own id of the client meant
    custom: Mapping[str, Any]


class RowUnreadable(Exception):
    """Cells of the row cannot be read; `reasons` names every one, `row` is what could be read:
    what else is wrong with it may be found out, but it is never written."""

    def __init__(self, reasons: Sequence[Reason], row: ImportedRow) -> None:
        self.reasons = tuple(reasons)
        self.row = row
        super().__init__("; ".join(map(str, reasons)))


class _Reading:
    """The cells of one row, and what is wrong with them so far."""

    def __init__(self, cells: Mapping[str, str]) -> None:
        self._cells = cells
        self.wrong: list[Reason] = []

    def cell(self, name: str) -> str | None:
        said = self._cells.get(name, "").replace("\x00", "").strip() or None
        if said and "\ufffd" in said:
            self.wrong.append(reason(name, "unreadable_text", said))
            return None
        return said

    def take(self, reader: Callable[..., T], *args: Any, instead: Any) -> T:
        try:
            return reader(*args)
        except CellUnreadable as exc:
            self.wrong.append(exc.why)
            unread: T = instead
            return unread

    def phones(self, region: str) -> tuple[Phone, ...]:
        found: dict[str, Phone] = {}
        for name in ("phone", "phone2", "phone3"):
            said = self.cell(name)
            numbers, wrong = phone_cells.read(name, said, region=region) if said else ([], [])
            self.wrong += wrong
            for number in numbers:
                found.setdefault(number.e164, number)
        if len(found) > _MOST_PHONES:
            self.wrong.append(reason("phone", "too_long"))
        return tuple(found.values())

    def customs(self, readers: Mapping[str, Custom]) -> dict[str, Any]:
        found = {}
        for key, reader in readers.items():
            said = self.cell(f"{CUSTOM}{key}")
            if said is None:
                continue
            try:
                found[key] = reader(said)
            except ValueError as exc:
                self.wrong.append(Reason(f"{CUSTOM}{key}", "not_custom", str(exc)[:200]))
        return found


def parse(cells: Mapping[str, str], rules: Rules) -> ImportedRow:
    """`cells` by our names. Raises `RowUnreadable` with everything that is wrong."""
    row = _Reading(cells)
    cell, take = row.cell, row.take
    said_name = cell("name")
    name = "" if row.wrong else take(read.name, said_name, instead="")
    told_currency = cell("currency")
    account: str | None = take(read.account, cell("account"), instead=UNREAD)
    balance = take(read.money, "balance", cell("balance"), instead=None)
    debt = take(read.owed, cell("debt"), instead=None)
    meter = take(read.meter, cell("meter"), instead=None)
    if account is None and (debt or balance is not None or meter):
        row.wrong.append(reason("account", "needs_account"))
    made = ImportedRow(
        name=name, kind=take(read.kind, cell("kind"), name, instead="person"),
        phones=row.phones(rules.region), emails=_emails(row),
        language=take(read.language, cell("language"), instead=None),
        time_zone=take(read.zone, cell("time_zone"), instead=None), account=account,
        address=take(read.words, "address", cell("address"), _LONGEST_ADDRESS, instead=None),
        balance_minor=balance, debt_minor=debt,
        debt_since=take(read.day, "debt_since", cell("debt_since"), instead=None),
        currency=take(read.currency, told_currency or rules.currency, instead=rules.currency),
        is_currency_told=told_currency is not None, meter=meter,
        resource=take(read.words, "resource", cell("resource"), 40, instead=None),
        tags=take(read.tags, cell("tags"), instead=()),
        client=take(read.client, cell("client"), instead=None),
        custom=row.customs(rules.customs))
    if row.wrong:
        raise RowUnreadable(row.wrong, made)
    return made


def _emails(row: _Reading) -> tuple[str, ...]:
    found: tuple[str, ...] = ()
    for name in ("email", "email2"):
        found += row.take(read.email, name, row.cell(name), instead=())
    return tuple(dict.fromkeys(found))
