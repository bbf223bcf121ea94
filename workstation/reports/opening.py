"""The contacts behind a figure ○: which add to a cell, and how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from crm_store.report_contacts import ReportContact
from cti.measures import MEASURES, PARTS, Tally
from workstation.protocol.reports import ReportName, Step
from workstation.reports.counting import shares, tally
from workstation.reports.tables import row_key, week_key
from workstation.settings import Queue

_TIMES = ("talked_ms", "held_ms", "wrap_up_ms")


class NoSuchCell(ValueError):
    """The report has no such column, or its row no such key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A cell: `column` of the row with these keys, or of all rows where there are none."""
    name: ReportName
    column: str
    row: tuple[str, ...]
    step: Step
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Raises NoSuchCell."""
        keys = {"week": 2, "outcomes": 2}.get(self.name, 1)
        if self.column not in _columns(self.name) or len(self.row) not in (0, keys):
            raise NoSuchCell(f"{self.name} has no {self.column} of {self.row}")

    def adds(self, contact: ReportContact, queues: Mapping[str, Queue]) -> int:
        """Contacts, or milliseconds: what this one adds above the line."""
        if self.name == "operators":
            return self._of_operators(contact)
        if self.name == "outcomes":
            keys = contact.outcome or "", contact.disposition or ""
            return int(not self.row or keys == self.row)
        sums = tally(contact, queues)
        if self.name == "waits":
            return sum(getattr(sums, f"wait_{name}") for name in self.row or _WAITS)
        return _above(self.column, sums) if self._is_in_row(contact) else 0

    def _is_in_row(self, contact: ReportContact) -> bool:
        if not self.row:
            return True
        at = contact.started_at
        keys = (row_key(at, self.step, self.zone),) if self.name == "service" else week_key(
            at, self.zone)
        return keys == self.row

    def _of_operators(self, contact: ReportContact) -> int:
        names = _TIMES if self.column == "aht" else (self.column,)
        return sum(parts[name] for who, parts in shares(contact).items()
                   if not self.row or self.row == (who,) for name in names)


def _above(column: str, sums: Tally) -> int:
    measure = MEASURES.get(column)
    if measure is None:
        part: int = getattr(sums, column)
        return part
    above: int = (sum(getattr(sums, name) for name in measure.of)
                  - sum(getattr(sums, name) for name in measure.less))
    return above


_WAITS = tuple(name.removeprefix("wait_") for name in PARTS if name.startswith("wait_"))


def _columns(name: ReportName) -> frozenset[str]:
    if name == "operators":
        return frozenset(("contacts", "aht", "passed_on", *_TIMES))
    return frozenset(("contacts", "share", *PARTS, *MEASURES))
