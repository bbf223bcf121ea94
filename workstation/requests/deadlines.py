"""When a request is due ○: so many working hours from now, in the company's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from workstation.requests.kinds import Deadline

_DAYS_TO_TRY = 400


def due_at(deadline: Deadline, filed_at: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) when `deadline.hours` of working time have passed since `filed_at`.

    Hours are counted in elapsed time, so a working day in which the clocks change is as long as
    it really is.
    """
    left = timedelta(hours=deadline.hours)
    day = filed_at.astimezone(zone).date()
    for offset in range(_DAYS_TO_TRY):
        today = day + timedelta(days=offset)
        if today.weekday() not in deadline.days:
            continue
        opens = datetime.combine(today, deadline.opens, zone).astimezone(UTC)
        closes = datetime.combine(today, deadline.closes, zone).astimezone(UTC)
        begins = max(opens, filed_at.astimezone(UTC))
        if begins >= closes:
            continue
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise ValueError("a deadline more than a year away")
