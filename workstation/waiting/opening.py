"""What would happen to a caller at a moment ○: open or closed, why, until when, and then what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from crm_store.entry_switches import ALL, Closed
from ivr import hours
from workstation import hours_plan
from workstation.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Of one number. `overflow`: what its queue does when waiting is too long, by rule."""
    entry: str
    is_open: bool
    why: hours.Why
    until: datetime | None
    reason: str
    by: str
    menu: str
    queue: str
    kept: str                   # whose hours
    overflow: tuple[str, ...] = ()
    zone: ZoneInfo = field(repr=False, default=ZoneInfo("UTC"))


def answered(
    settings: Settings, at: datetime, closed: Mapping[str, Closed],
) -> list[Answered]:
    """Of every number, in the order of the settings. `closed` is what was closed by hand."""
    queues = {queue.id: queue for queue in settings.queue}
    found = []
    for entry in settings.entry:
        digits = entry.number.removeprefix("+")
        by_hand = closed.get(digits) or closed.get(ALL)
        kept = hours_plan.of_entry(settings, entry)
        verdict = hours.at(kept, at, hours.Switched(by_hand.reason, by_hand.by)
                           if by_hand is not None else None)
        found.append(Answered(
            entry=entry.number, is_open=verdict.is_open, why=verdict.why, until=verdict.until,
            reason=verdict.reason, by=verdict.by, menu=entry.menu, queue=entry.queue,
            kept=entry.hours, zone=kept.zone, overflow=tuple(
                f"{one.after_s} s" if one.after_s is not None else f"{one.callers:g} callers"
                for one in queues[entry.queue].overflow)))
    return found
