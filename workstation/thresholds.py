"""When a figure of the wallboard is amber or red ○: which threshold counts now, and what it says.

A level rises at once and falls only when the figure was better for `CALM`: who sits at the bound
is one crossing, not twenty.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, TypeAlias

from workstation.errors import Refused
from workstation.protocol.floor import Figure, ThresholdView
from workstation.protocol.views import AlarmView, QueueView
from workstation.views import moment

Level: TypeAlias = Literal["", "amber", "red"]
CALM = timedelta(seconds=20)
FEWEST = 5                  # calls of a day, before its service level says anything
FIGURES: tuple[Figure, ...] = ("waiting", "longest", "level", "abandoned", "ready", "signed_in")
LOWER_IS_WORSE: frozenset[Figure] = frozenset({"level", "ready", "signed_in"})
_RANK: dict[Level, int] = {"": 0, "amber": 1, "red": 2}


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure that is past its bound. `calm_at`: since when it is better again."""
    level: Literal["amber", "red"]
    since: datetime
    calm_at: datetime | None = None


# ── which one counts ─────────────────────────────────────────────────────────────────────────
def in_force(rules: Iterable[ThresholdView], queue: str, figure: Figure,
             local: datetime) -> ThresholdView | None:
    """The first whose hours are now, of the queue's own; else of those for all queues."""
    meant = [rule for rule in rules if rule.figure == figure and rule.queue in ("", queue)
             and is_hour_of(rule, local)]
    return min(meant, key=lambda rule: rule.queue == "", default=None)


def is_hour_of(rule: ThresholdView, local: datetime) -> bool:
    """A window past midnight belongs to the day it began on."""
    clock = f"{local:%H:%M}"
    since, until = rule.since or "00:00", rule.until or "24:00"
    day = local
    if since < until:
        if not since <= clock < until:
            return False
    elif clock < until:
        day = local - timedelta(days=1)
    elif clock < since:
        return False
    return not rule.days or day.isoweekday() in rule.days


# ── what it says ─────────────────────────────────────────────────────────────────────────────
def value(figure: Figure, queue: QueueView, now: datetime) -> float | None:
    """None: nothing can be said yet."""
    match figure:
        case "waiting":
            return len(queue.waiting)
        case "longest":
            since = queue.waiting[0].since if queue.waiting else None
            return (now - datetime.fromisoformat(since)).total_seconds() if since else 0.0
        case "level":
            finished = queue.answered_today + queue.abandoned_today
            return 100 * queue.in_time_today / finished if finished >= FEWEST else None
        case "abandoned":
            return queue.abandoned_today
        case "ready":
            return queue.ready
        case "signed_in":
            return queue.signed_in


def level_of(rule: ThresholdView, found: float | None) -> Level:
    if found is None:
        return ""
    if _is_past(rule.figure, found, rule.red):
        return "red"
    return "amber" if _is_past(rule.figure, found, rule.amber) else ""


def _is_past(figure: Figure, found: float, bound: float | None) -> bool:
    if bound is None:
        return False
    return found < bound if figure in LOWER_IS_WORSE else found >= bound


def step(before: Standing | None, level: Level, now: datetime) -> Standing | None:
    if before is None or _RANK[level] > _RANK[before.level]:
        return Standing(level, now) if level else None
    if level == before.level:
        return before if before.calm_at is None else Standing(before.level, before.since)
    calm_at = before.calm_at or now
    if now - calm_at < CALM:
        return Standing(before.level, before.since, calm_at)
    return Standing(level, now) if level else None


def alarm(rule: ThresholdView, stands: Standing) -> AlarmView:
    bound = rule.red if stands.level == "red" else rule.amber
    other = rule.amber if stands.level == "red" else rule.red   # the rule was changed meanwhile
    return AlarmView(
        figure=rule.figure, level=stands.level, since=moment(stands.since), sound=rule.sound,
        bound=bound if bound is not None else other or 0, message=rule.message)


# ── what leads save ──────────────────────────────────────────────────────────────────────────
def check(rules: Sequence[ThresholdView], queues: Iterable[str]) -> None:
    """Raises Refused, with what is wrong by the rule's place."""
    known = {"", *queues}
    faults = {str(place): fault for place, rule in enumerate(rules)
              if (fault := fault_of(rule, known))}
    if faults:
        raise Refused("threshold_invalid", "Some thresholds are not right.",
                      "; ".join(f"{place}: {fault}" for place, fault in faults.items()), 422,
                      {"fields": faults})


def fault_of(rule: ThresholdView, queues: Iterable[str]) -> str:
    """A code of the texts (`threshold.fault.…`), or nothing."""
    if rule.queue not in queues:
        return "queue"
    if rule.amber is None and rule.red is None:
        return "bounds"
    if rule.amber is not None and rule.red is not None:
        is_right = (rule.red <= rule.amber if rule.figure in LOWER_IS_WORSE
                    else rule.amber <= rule.red)
        if not is_right:
            return "order"
    if rule.since and rule.since == rule.until:
        return "hours"
    return ""
