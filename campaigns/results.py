"""What came of a campaign ○: its dials by outcome, kind of number, hour, operator, attempt or
segment, and what a promise and a payment cost. Each figure is a sum over dials that it can name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Literal, get_args

from campaigns.coverage import REACHED, TRANSITIONS
from campaigns.dispositions import meaning_of
from crm_store.campaign_results import Dialled

By = Literal["outcome", "number", "hour", "operator", "attempt", "segment"]
BYS: tuple[str, ...] = get_args(By)
Figure = Literal["dials", "answered", "talked", "reached", "promised", "kept", "broken", "paid"]
FIGURES: tuple[str, ...] = get_args(Figure)
SEGMENTS_MINOR = (1_000_00, 5_000_00, 20_000_00)     # of debts: below each, and above the last


@dataclass(frozen=True, slots=True)
class Price:
    """In minor units; 0: not counted."""

    line_minute: int = 0
    operator_hour: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    counts: Mapping[str, int]       # by figure
    promised_minor: int
    talk_s: int
    cost_minor: int

    @property
    def per_promise_minor(self) -> int | None:
        promised = self.counts["promised"]
        return round(self.cost_minor / promised) if promised else None

    @property
    def per_paid_minor(self) -> int | None:
        paid = self.counts["paid"]
        return round(self.cost_minor / paid) if paid else None


def is_counted(one: Dialled, figure: str) -> bool:
    """Whether a dial is one of those that a figure counts."""
    return _COUNTS[figure](one)


def _is_reached(one: Dialled) -> bool:
    happening = meaning_of(one.disposition).happening if one.disposition else None
    return happening is not None and TRANSITIONS[happening][1] in REACHED


_COUNTS: Mapping[str, Callable[[Dialled], bool]] = {
    "dials": lambda one: True,
    "answered": lambda one: one.answered_at is not None,
    "talked": lambda one: one.talking_at is not None,
    "reached": _is_reached,
    "promised": lambda one: one.promises > 0 or one.disposition == "promised",
    "kept": lambda one: one.kept > 0,
    "broken": lambda one: one.broken > 0,
    "paid": lambda one: one.kept > 0 or one.disposition == "paid",
}


def key_of(one: Dialled, by: str, zone: tzinfo) -> str:
    match by:
        case "outcome":
            return one.disposition or one.miss or (
                "outcome_missing" if one.talking_at is not None else "open")
        case "number":
            return one.kind or "unknown"
        case "hour":
            return f"{one.dialling_at.astimezone(zone):%H}"
        case "operator":
            return one.operator or ""
        case "attempt":
            return f"{one.ordinal}"
        case "segment":
            return _segment(one.debt_minor)
    raise ValueError(f"results are not told by {by!r}")


def _segment(debt_minor: int | None) -> str:
    if debt_minor is None:
        return "unknown"
    below = next((limit for limit in SEGMENTS_MINOR if debt_minor < limit), None)
    return f"below_{below // 100}" if below else f"from_{SEGMENTS_MINOR[-1] // 100}"


def table(dials: Sequence[Dialled], by: str, zone: tzinfo, price: Price) -> list[Row]:
    """One row a key, in their order; the sum of all is `total`."""
    found: dict[str, list[Dialled]] = {}
    for one in dials:
        found.setdefault(key_of(one, by, zone), []).append(one)
    return [_row(key, found[key], price) for key in sorted(found, key=_order)]


def total(dials: Sequence[Dialled], price: Price) -> Row:
    return _row("", dials, price)


def _order(key: str) -> tuple[int, str]:
    return (int(key), "") if key.isdecimal() else (10**6, key)


def _row(key: str, dials: Iterable[Dialled], price: Price) -> Row:
    counts = dict.fromkeys(FIGURES, 0)
    promised = talk_s = line_s = 0
    for one in dials:
        for figure in FIGURES:
            counts[figure] += is_counted(one, figure)
        promised += one.promised_minor
        if one.ended_at is None:
            continue
        if one.answered_at is not None:
            line_s += max(0, round((one.ended_at - one.answered_at).total_seconds()))
        if one.talking_at is not None:
            talk_s += max(0, round((one.ended_at - one.talking_at).total_seconds()))
    cost = round(line_s * price.line_minute / 60 + talk_s * price.operator_hour / 3600)
    return Row(key, counts, promised, talk_s, cost)


def behind(dials: Sequence[Dialled], by: str, key: str | None, figure: str,
           zone: tzinfo) -> list[Dialled]:
    """The dials that a cell counts; `key` None: of the whole campaign."""
    return [one for one in dials if is_counted(one, figure)
            and (key is None or key_of(one, by, zone) == key)]
