"""When a request is due ○: so many working hours from now, in the company's own time zone."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from workstation.requests.kinds import Deadline

_DAYS_TO_TRY = 9_000            # a thousand hours, an hour a week, and holidays


@dataclass(frozen=True, slots=True)
class Calendar:
    """Where and on which days nobody works, whatever day of the week it is."""
    zone: ZoneInfo
    holidays: Container[date] = ()

    def after(self, rule: Deadline, hours: float, since: datetime) -> datetime:
        """The moment when so many of the rule's working hours have passed since then."""
        wanted = msgspec.structs.replace(rule, hours=hours)
        return due_at(wanted, since, self.zone, self.holidays)


def due_at(deadline: Deadline, filed_at: datetime, zone: ZoneInfo,
           holidays: Container[date] = ()) -> datetime:
    """The moment (UTC) when `deadline.hours` of working time have passed since `filed_at`.

    Hours are counted in elapsed time, so a working day in which the clocks change is as long as
    it really is.
    """
    left = timedelta(hours=deadline.hours)
    day = filed_at.astimezone(zone).date()
    for offset in range(_DAYS_TO_TRY):
        today = day + timedelta(days=offset)
        if today.weekday() not in deadline.days or today in holidays:
            continue
        opens = datetime.combine(today, deadline.opens, zone).astimezone(UTC)
        closes = datetime.combine(today, deadline.closes, zone).astimezone(UTC)
        begins = max(opens, filed_at.astimezone(UTC))
        if begins >= closes:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise ValueError("a deadline that no working day reaches")
