"""A file opened under its plan: the columns mapped, the records typed, chunk by chunk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from crm_store import custom_fields
from crm_store.custom_fields import Field
from crm_store.errors import ValueInvalid
from crm_store.imports import columns
from crm_store.imports.columns import Mapped
from crm_store.imports.facts import Read
from crm_store.imports.parsing import CUSTOM, RowUnreadable, Rules, parse
from crm_store.imports.reasons import Reason
from crm_store.imports.records import Record
from crm_store.imports.runs import Plan
from crm_store.imports.sheets import Sheet, open_sheet

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Opened:
    sheet: Sheet
    mapped: Mapped
    rules: Rules

    def chunks(self, *, skip: int = 0, size: int = CHUNK) -> Iterator[list[Read]]:
        """The records behind the first `skip`. Raises `SheetUnreadable`."""
        rows = islice(self.sheet.rows, skip, None)
        while some := list(islice(rows, size)):
            yield [self._read(record) for record in some]

    def _read(self, record: Record) -> Read:
        if record.broken:
            return Read(record.row, record.cells, None, (Reason("row", record.broken),))
        surplus: tuple[Reason, ...] = ()
        if len(record.cells) > len(self.sheet.headers) and any(
                record.cells[len(self.sheet.headers):]):
            surplus = (Reason("row", "surplus_cells", str(len(record.cells))),)
        cells = {name: _unguarded(cell) for name, cell in self.mapped.pick(record.cells).items()}
        try:
            return Read(record.row, record.cells, parse(cells, self.rules), surplus)
        except RowUnreadable as exc:
            return Read(record.row, record.cells, exc.row, (*surplus, *exc.reasons))


def _unguarded(cell: str) -> str:
    """Without the apostrophe that our error files (and Excel) put before a formula's sign."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell


@contextmanager
def opened(path: Path, plan: Plan, customs: tuple[Field, ...]) -> Iterator[Opened]:
    """Raises `SheetUnreadable`, `MapUnusable`; the former also while rows are read."""
    known = {field.key: field for field in customs}
    with open_sheet(path, encoding=plan.encoding, separator=plan.separator) as sheet:
        mapped = columns.guess(sheet.headers, plan.columns,
                               customs={key: field.label for key, field in known.items()},
                               only_by_hand=plan.only_by_hand)
        used = {name.removeprefix(CUSTOM) for name in mapped.places}
        yield Opened(sheet, mapped, Rules(plan.region, plan.currency, readers(
            {key: field for key, field in known.items() if key in used})))


def readers(customs: Mapping[str, Field]) -> dict[str, Any]:
    return {key: partial(_custom, field) for key, field in customs.items()}


def _custom(field: Field, text: str) -> Any:
    try:
        return custom_fields.parse(field, text)
    except ValueInvalid as exc:
        raise ValueError(str(exc)) from exc
