"""How the line of a contact was, leg by leg, as the operators' telephones measured it.

`interactions.lines` is a list of `as_row(Line)`, one for each operator, in the order they came.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import select, update

from crm_store import errors
from crm_store.base import JSON, Tx
from crm_store.contacts import COLUMNS, place_of, show
from crm_store.tables.contacts import Interactions

Verdict = Literal["good", "fair", "poor", "silent"]
_ORDER: tuple[Verdict, ...] = ("good", "fair", "poor", "silent")


@dataclass(frozen=True, slots=True)
class Line:
    """`loss` is a share of the packets (0..1), `jitter_ms` and `round_trip_ms` are the mean,
    `worst` is the worst verdict of any stretch, `bad_s` how long it was worse than fair."""
    operator: str
    seconds: float
    loss: float
    jitter_ms: float
    round_trip_ms: float
    worst: Verdict
    bad_s: float


async def add(tx: Tx, interaction_id: int, line: Line) -> None:
    """His leg's figures; a page that was loaded again in mid-call adds to what it told before.

    Raises `NotFound`.
    """
    row = await tx.first(select(*COLUMNS).where(Interactions.id == interaction_id)
                         .with_for_update())
    if row is None:
        raise errors.NotFound(f"interaction {interaction_id}")
    legs = {str(one["operator"]): one for one in row.lines or ()}
    told = as_row(line)
    known = legs.get(line.operator)
    legs[line.operator] = joined(known, told) if known else told
    fresh = (await tx.run(update(Interactions).where(Interactions.id == interaction_id)
                          .values(lines=[*legs.values()]).returning(*COLUMNS))).one()
    await show(tx, place_of(fresh), fresh)


def as_row(line: Line) -> dict[str, JSON]:
    return {name: round(value, 4) if isinstance(value, float) else value
            for name, value in asdict(line).items()}


def joined(one: dict[str, JSON], other: dict[str, JSON]) -> dict[str, JSON]:
    """Two stretches of one leg as one: means by their length, the worst verdict of both."""
    long, short = float(str(one["seconds"])), float(str(other["seconds"]))
    whole = long + short

    def mean(name: str) -> float:
        shared = float(str(one[name])) * long + float(str(other[name])) * short
        return round(shared / whole, 4) if whole else 0.0

    worst = max((str(one["worst"]), str(other["worst"])), key=[*map(str, _ORDER)].index)
    return {"operator": one["operator"], "seconds": round(whole, 4), "loss": mean("loss"),
            "jitter_ms": mean("jitter_ms"), "round_trip_ms": mean("round_trip_ms"),
            "worst": worst,
            "bad_s": round(float(str(one["bad_s"])) + float(str(other["bad_s"])), 4)}
