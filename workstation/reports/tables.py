"""Each report's table from what was gathered ○; screens draw pictures of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cti import measures
from cti.measures import MEASURES, WAIT_PARTS, Tally
from workstation.protocol.reports import (
    Cell,
    ReportColumn,
    ReportName,
    ReportRow,
    Step,
    Unit,
)
from workstation.reports.gathered import Gathered, Period

SERVICE = ("offered", "answered", "in_time", "abandoned", "abandoned_short", "sent_away",
           "service_level", "abandonment", "asa", "aht", "hold", "wrap_up", "transfers",
           "repeats", "served", "dialled", "reached", "reach")
WEEK = ("offered", "service_level", "abandonment", "asa")
OPERATOR = ("contacts", "talked_ms", "held_ms", "wrap_up_ms", "aht", "passed_on")
_STEP_S = {"quarter": 900, "half": 1800, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Table:
    columns: list[ReportColumn]
    rows: list[ReportRow]
    totals: list[Cell]


def table(name: ReportName, found: Gathered, period: Period, step: Step) -> Table:
    return TABLES[name](found, period, step)


def best_step(period: Period) -> Step:
    """What a picture of it can show: two days by the quarter, a year by the day."""
    days = len(period.days)
    return "quarter" if days <= 2 else "hour" if days <= 7 else "day"


def bucket(at: datetime, step: Step, zone: ZoneInfo) -> datetime:
    """The beginning of the step that `at` is in, on the zone's clock."""
    local = at.astimezone(zone)
    if step in _STEP_S:
        into = (local.minute * 60 + local.second) % _STEP_S[step]
        return at - timedelta(seconds=into, microseconds=local.microsecond)
    local = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return local if step == "day" else local.replace(day=1)


def row_key(at: datetime, step: Step, zone: ZoneInfo) -> str:
    """Of the row in `service`: a day, a month, or a moment with its offset."""
    begin = bucket(at, step, zone).astimezone(zone)
    if step == "month":
        return begin.strftime("%Y-%m")
    return begin.date().isoformat() if step == "day" else begin.isoformat()


def week_key(at: datetime, zone: ZoneInfo) -> tuple[str, str]:
    """Weekday, 1 is Monday, and hour."""
    local = at.astimezone(zone)
    return str(local.isoweekday()), str(local.hour)


def value(column: str, sums: Tally) -> Cell:
    """A part, or a measure; times of parts are seconds."""
    measure = MEASURES.get(column)
    if measure is not None:
        return measure.value(sums)
    part: int = getattr(sums, column)
    return part / 1000 if column.endswith("_ms") else part


def unit(column: str) -> Unit:
    measure = MEASURES.get(column)
    if measure is not None:
        return measure.unit
    return "seconds" if column.endswith("_ms") else "contacts"


def _columns(ids: Iterable[str]) -> list[ReportColumn]:
    return [ReportColumn(id=one, unit=unit(one)) for one in ids]


def _cells(ids: Iterable[str], sums: Tally) -> list[Cell]:
    return [value(one, sums) for one in ids]


def _grouped(
    ids: tuple[str, ...], found: Gathered, key: Callable[[datetime], tuple[str, ...]],
    order: Callable[[tuple[str, ...]], Any] | None = None,
) -> Table:
    """`order`: of the rows; else that of time."""
    groups: dict[tuple[str, ...], list[Tally]] = defaultdict(list)
    for at, tally in sorted(found.quarters, key=lambda quarter: quarter[0]):
        groups[key(at)].append(tally)
    names = sorted(groups, key=order) if order else list(groups)
    rows = [ReportRow(keys=list(keys), cells=_cells(ids, measures.total(groups[keys])))
            for keys in names]
    return Table(_columns(ids), rows, _cells(ids, _whole(found)))


def _whole(found: Gathered) -> Tally:
    return measures.total(tally for _, tally in found.quarters)


def _service(found: Gathered, period: Period, step: Step) -> Table:
    return _grouped(SERVICE, found, lambda at: (row_key(at, step, period.zone),))


def _week(found: Gathered, period: Period, step: Step) -> Table:
    return _grouped(WEEK, found, lambda at: week_key(at, period.zone),
                    lambda keys: tuple(map(int, keys)))


def _waits(found: Gathered, period: Period, step: Step) -> Table:
    sums = _whole(found)
    counts = [getattr(sums, name) for name in WAIT_PARTS]
    return _shared([([name.removeprefix("wait_")], number)
                    for name, number in zip(WAIT_PARTS, counts, strict=True)])


def _outcomes(found: Gathered, period: Period, step: Step) -> Table:
    ordered = sorted(found.outcomes.items(), key=lambda item: (-item[1], item[0]))
    return _shared([(list(keys), number) for keys, number in ordered])


def _shared(counted: list[tuple[list[str], int]]) -> Table:
    """Rows that are parts of one whole."""
    whole = sum(number for _, number in counted)
    rows = [ReportRow(keys=keys, cells=[number, number / whole if whole else None])
            for keys, number in counted]
    columns = [ReportColumn(id="contacts", unit="contacts"),
               ReportColumn(id="share", unit="share")]
    return Table(columns, rows, [whole, 1.0 if whole else None])


def _operators(found: Gathered, period: Period, step: Step) -> Table:
    rows = [ReportRow(keys=[who], cells=_own(parts))
            for who, parts in sorted(found.operators.items())]
    team: dict[str, int] = defaultdict(int)
    for parts in found.operators.values():
        for name, number in parts.items():
            team[name] += number
    return Table(_columns_of_operators(), rows, _own(team))


def _columns_of_operators() -> list[ReportColumn]:
    return [ReportColumn(id=one, unit="seconds" if one == "aht" or one.endswith("_ms")
                         else "contacts") for one in OPERATOR]


def _own(parts: Mapping[str, int]) -> list[Cell]:
    number = parts.get("contacts", 0)
    times = [parts.get(name, 0) / 1000 for name in ("talked_ms", "held_ms", "wrap_up_ms")]
    return [number, *times, sum(times) / number if number else None, parts.get("passed_on", 0)]


TABLES: Mapping[ReportName, Callable[[Gathered, Period, Step], Table]] = {
    "service": _service, "week": _week, "waits": _waits, "outcomes": _outcomes,
    "operators": _operators,
}
