"""From a stored contact to what it adds to each sum ○."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from crm_store.report_contacts import ReportContact
from cti import measures
from cti.measures import Contact, Tally
from workstation.settings import Queue

QUARTER_S = 900
_PARTS_OF = {"talk": "talked_ms", "hold": "held_ms", "wrap_up": "wrap_up_ms"}


@dataclass(frozen=True, slots=True)
class Sums:
    """A day's rows, as `crm_store.report_sums.put` takes them."""
    quarters: list[dict[str, Any]]
    operators: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]


def tally(stored: ReportContact, queues: Mapping[str, Queue]) -> Tally:
    return measures.tally(contact(stored, queues), is_repeated=stored.is_repeated)


def contact(stored: ReportContact, queues: Mapping[str, Queue]) -> Contact:
    queue = queues.get(stored.queue or "")
    return Contact(
        direction=cast(Literal["in", "out", "internal"], stored.direction),
        outcome=stored.outcome, queue=stored.queue, is_answered=stored.is_answered,
        waited_s=stored.waited_s, talked_s=_lasted(stored, "talk", stored.talked_s),
        held_s=_lasted(stored, "hold", stored.held_s), wrap_up_s=_lasted(stored, "wrap_up", 0.0),
        talkers=talkers(stored),
        in_time_s=queue.service_level_s if queue else 20)


def _lasted(stored: ReportContact, kind: str, unparted: float) -> float:
    """The sum of the operators' own parts; `unparted` where nobody knows them."""
    if kind != "wrap_up" and not any(one.kind == "talk" for one in stored.stretches):
        return unparted
    return sum(measures.ms(one.seconds) for one in stored.stretches if one.kind == kind) / 1000


def talkers(stored: ReportContact) -> tuple[str, ...]:
    """Who talked, in their order; a contact without parts had the operator of its row."""
    found = tuple(one.who for one in stored.stretches if one.kind == "talk")
    if found or not (stored.is_answered and stored.operator):
        return found
    return (stored.operator,)


def quarter(at: datetime) -> datetime:
    stamp = int(at.timestamp())
    return datetime.fromtimestamp(stamp - stamp % QUARTER_S, UTC)


def day_bounds(on: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The day of that zone in UTC; 23 or 25 hours long where the clock changes."""
    return (datetime.combine(on, time(), zone).astimezone(UTC),
            datetime.combine(on + timedelta(days=1), time(), zone).astimezone(UTC))


def sums_of(contacts: Iterable[ReportContact], zone: ZoneInfo,
            queues: Mapping[str, Queue]) -> Sums:
    quarters: dict[tuple[datetime, str, str], list[Tally]] = defaultdict(list)
    people: dict[tuple[date, str, str, str], dict[str, int]] = {}
    outcomes: dict[tuple[date, str, str, str, str], int] = defaultdict(int)
    for one in contacts:
        on, queue = one.started_at.astimezone(zone).date(), one.queue or ""
        quarters[quarter(one.started_at), queue, one.direction].append(tally(one, queues))
        outcomes[on, queue, one.direction, one.outcome or "", one.disposition or ""] += 1
        for operator, parts in shares(one).items():
            known = people.setdefault((on, operator, queue, one.direction),
                                      dict.fromkeys(parts, 0))
            for name, value in parts.items():
                known[name] += value
    return Sums(
        [{"at": at, "queue": queue, "direction": way, **asdict(measures.total(found))}
         for (at, queue, way), found in quarters.items()],
        [{"on": on, "operator": who, "queue": queue, "direction": way, **parts}
         for (on, who, queue, way), parts in people.items()],
        [{"on": on, "queue": queue, "direction": way, "outcome": outcome,
          "disposition": chosen, "contacts": number}
         for (on, queue, way, outcome, chosen), number in outcomes.items()])


def shares(stored: ReportContact) -> dict[str, dict[str, int]]:
    """Each talker's own part; nobody is credited with another's time."""
    who = talkers(stored)
    found = {operator: {"contacts": 1, "talked_ms": 0, "held_ms": 0, "wrap_up_ms": 0,
                        "passed_on": int(bool(who) and operator != who[-1])}
             for operator in who}
    for one in stored.stretches:
        if one.who in found:
            found[one.who][_PARTS_OF[one.kind]] += measures.ms(one.seconds)
    if not any(one.kind == "talk" for one in stored.stretches) and who:
        found[who[0]]["talked_ms"] = measures.ms(stored.talked_s)
        found[who[0]]["held_ms"] = measures.ms(stored.held_s)
    return found
