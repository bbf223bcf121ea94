"""The nightly pass ○: every attempt that was dialled, checked against the law once more.

On purpose none of the dialler's law code is used here, only the rules as data and the attempts as
they were stored: hours by counting minutes, windows by counting attempts. What the dialler
believed of itself is not asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from campaigns.rules import Rule

_UNITS: Mapping[str, tuple[str, ...]] = {
    "attempt": ("talk", "dropped", "unclear", "miss"), "conversation": ("talk", "unclear"),
    "dropped": ("dropped", "unclear")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialled:
    """One attempt as the rows tell it."""

    id: int
    campaign_id: int
    client_id: int
    number: str
    at: datetime                    # dialled
    ended_at: datetime | None
    answered: bool
    kind: str                       # talk, dropped, unclear, miss
    zones: tuple[tzinfo, ...]
    rules: tuple[Rule, ...]
    forbidden_since: datetime | None = None     # the first mark then in force on him or number


@dataclass(frozen=True, slots=True)
class Finding:
    attempt_id: int | None
    campaign_id: int
    at: datetime
    rule: str
    what: str


def findings(attempts: Sequence[Dialled], *, since: datetime, zone: tzinfo) -> list[Finding]:
    """Of attempts dialled from `since` on; older ones are history for the windows."""
    ordered = sorted(attempts, key=lambda one: (one.at, one.id))
    by_client: dict[int, list[Dialled]] = defaultdict(list)
    by_number: dict[str, list[Dialled]] = defaultdict(list)
    found: list[Finding] = []
    for one in ordered:
        if one.at >= since:
            found += _alone(one)
            found += _with_others(one, by_client[one.client_id], by_number[one.number])
        by_client[one.client_id].append(one)
        by_number[one.number].append(one)
    return found + list(_drops([one for one in ordered if one.at >= since], zone))


def _finding(one: Dialled, rule: str, what: str) -> Finding:
    return Finding(one.id, one.campaign_id, one.at, rule, what)


def _alone(one: Dialled) -> Iterable[Finding]:
    day = one.at.date()
    in_force = [rule for rule in one.rules
                if (rule.valid_from or day) <= day <= (rule.valid_to or day)]
    if not in_force:
        yield _finding(one, "-", "no rule of law was in force")
    if not one.zones:
        yield _finding(one, "-", "the person's time zone was not known")
    if one.forbidden_since is not None and one.forbidden_since < one.at:
        yield _finding(one, "-", "a do-not-call mark was in force")
    for rule in in_force:
        for zone in one.zones:
            local = one.at.astimezone(zone)
            if not _is_open(rule, local):
                yield _finding(one, rule.id, f"dialled at {local:%a %H:%M} in {zone}")


def _is_open(rule: Rule, local: datetime) -> bool:
    hours = rule.hours
    if local.date() in rule.holidays:
        window = hours.holiday
    else:
        window = (hours.weekday, hours.weekday, hours.weekday, hours.weekday, hours.weekday,
                  hours.saturday, hours.sunday)[local.weekday()]
    minute = local.hour * 60 + local.minute
    return window is not None and window.opens_min <= minute < window.closes_min


def _with_others(one: Dialled, of_client: Sequence[Dialled],
                 of_number: Sequence[Dialled]) -> Iterable[Finding]:
    """`of_client`, `of_number`: what was dialled before it."""
    for earlier in {other.id: other for other in (*of_client, *of_number)}.values():
        if earlier.ended_at is None or earlier.ended_at > one.at:
            yield _finding(one, "-", f"attempt {earlier.id} to him was not over yet")
    for rule in one.rules:
        for limit in rule.limits:
            before = of_number if limit.subject == "number" else of_client
            counted = sum(_counts(other, limit.unit) and _is_within(other, one, limit.period,
                                                                   limit.rolling_days)
                          for other in before)
            if counted >= limit.maximum:
                span = limit.period or f"{limit.rolling_days} days"
                yield _finding(one, rule.id, f"{counted} {limit.unit}s in a {span} before it, "
                                             f"{limit.maximum} allowed")
        for gap in rule.gaps:
            before = of_number if gap.subject == "number" else of_client
            for other in before:
                if _counts(other, gap.after) and _too_soon(other, one, gap.hours,
                                                           gap.calendar_days):
                    yield _finding(one, rule.id, f"too soon after attempt {other.id}")


def _counts(other: Dialled, unit: str) -> bool:
    return other.kind in _UNITS[unit]


def _is_within(other: Dialled, one: Dialled, period: str | None,
               rolling_days: int | None) -> bool:
    if rolling_days is not None:
        return one.at - other.at < timedelta(days=rolling_days)
    return any(_period(other.at.astimezone(zone), period) == _period(
        one.at.astimezone(zone), period) for zone in one.zones)


def _period(local: datetime, period: str | None) -> tuple[int, int]:
    if period == "month":
        return local.year, local.month
    if period == "week":
        return local.isocalendar()[0], local.isocalendar()[1]
    return local.year, local.timetuple().tm_yday


def _too_soon(other: Dialled, one: Dialled, hours: int | None, days: int | None) -> bool:
    if hours is not None:
        return one.at - other.at < timedelta(hours=hours)
    return any((one.at.astimezone(zone).date() - other.at.astimezone(zone).date()).days
               < (days or 0) for zone in one.zones)


def _drops(attempts: Sequence[Dialled], zone: tzinfo) -> Iterable[Finding]:
    """A campaign's day over its cap; of few answers a share says nothing."""
    days: dict[tuple[int, str], list[Dialled]] = defaultdict(list)
    for one in attempts:
        if one.answered:
            days[one.campaign_id, f"{one.at.astimezone(zone):%Y-%m-%d}"].append(one)
    for (campaign, day), answered in days.items():
        caps = [rule.drop_ceiling for one in answered for rule in one.rules
                if rule.drop_ceiling is not None]
        dropped = sum(one.kind == "dropped" for one in answered)
        if caps and len(answered) >= 50 and dropped > min(caps) * len(answered):
            yield Finding(None, campaign, answered[-1].at, "drops", (
                f"on {day} {dropped} of {len(answered)} who answered met no operator, "
                f"{min(caps):.0%} allowed"))
