"""What a report is made of: sums of closed days as they stand, and today's from its contacts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from crm_store import report_contacts, report_sums
from crm_store.base import Tx
from crm_store.report_contacts import Chosen
from cti.measures import PARTS, Tally
from workstation.reports.counting import Sums, day_bounds, sums_of
from workstation.settings import Queue

AT_ONCE = 7     # days that are computed while one waits; the others are summed in the background


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days of the company's calendar, both included; None means "whatever"."""
    first: date
    last: date
    zone: ZoneInfo
    queue: str | None = None
    direction: str | None = None

    @property
    def since(self) -> datetime:
        return day_bounds(self.first, self.zone)[0]

    @property
    def until(self) -> datetime:
        return day_bounds(self.last, self.zone)[1]

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


@dataclass(slots=True)
class Gathered:
    """`quarters`: the tally of each quarter of an hour. `operators`: parts of each.
    `outcomes`: contacts by machine's outcome and human's choice."""
    quarters: list[tuple[datetime, Tally]] = field(default_factory=list)
    operators: dict[str, dict[str, int]] = field(default_factory=dict)
    outcomes: dict[tuple[str, str], int] = field(default_factory=dict)
    days_left: int = 0

    def add(self, sums: Sums) -> None:
        self.quarters += [(row["at"], _tally(row)) for row in sums.quarters]
        for row in sums.operators:
            known = self.operators.setdefault(
                row["operator"], dict.fromkeys(report_sums.OPERATOR_PARTS, 0))
            for name in report_sums.OPERATOR_PARTS:
                known[name] += row[name]
        for row in sums.outcomes:
            key = row["outcome"], row["disposition"]
            self.outcomes[key] = self.outcomes.get(key, 0) + row["contacts"]


async def gather(tx: Tx, period: Period, queues: Mapping[str, Queue],
                 today: date) -> Gathered:
    """Days to come have no contacts; of those without sums the newest are computed now."""
    days = [on for on in period.days if on <= today]
    standing = await report_sums.summed(tx, period.first, period.last)
    missing = [on for on in days if on not in standing]
    found = Gathered(days_left=max(0, len(missing) - AT_ONCE))
    found.add(await _summed(tx, period, standing))
    for on in missing[-AT_ONCE:]:
        since, until = day_bounds(on, period.zone)
        contacts = await report_contacts.all_of(tx, Chosen(
            since=since, until=until, queue=period.queue, direction=period.direction))
        found.add(sums_of(contacts, period.zone, queues))
    return found


async def _summed(tx: Tx, period: Period, standing: set[date]) -> Sums:
    if not standing:
        return Sums([], [], [])
    asked: dict[str, Any] = {"queue": period.queue, "direction": period.direction}
    quarters = await report_sums.quarters(tx, period.since, period.until, **asked)
    return Sums(
        _of_days(quarters, standing, period.zone),
        [dict(row) for row in await report_sums.operators(tx, period.first, period.last, **asked)],
        [dict(row) for row in await report_sums.outcomes(tx, period.first, period.last, **asked)])


def _of_days(quarters: Iterable[Mapping[str, Any]], standing: set[date],
             zone: ZoneInfo) -> list[dict[str, Any]]:
    return [dict(row) for row in quarters if row["at"].astimezone(zone).date() in standing]


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(**{name: row[name] for name in PARTS})
