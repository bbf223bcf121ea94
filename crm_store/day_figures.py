"""A day's figures of every operator: calls, talk, hold and wrap-up, from the segments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from crm_store.base import Tx
from crm_store.tables.contacts import Interactions, Segments

KINDS = ("talk", "hold", "wrap_up")


@dataclass(frozen=True, slots=True)
class Figures:
    calls: int
    talked_s: float
    held_s: float
    wrapped_s: float

    @property
    def handling_s(self) -> float:
        """Of one call, on average."""
        whole = self.talked_s + self.held_s + self.wrapped_s
        return whole / self.calls if self.calls else 0.0

    @property
    def wrap_up_s(self) -> float:
        return self.wrapped_s / self.calls if self.calls else 0.0


async def since(tx: Tx, day: datetime) -> dict[str, Figures]:
    """By operator, of the contacts that began since then; stretches that are over."""
    rows = await tx.all(
        select(Segments.interaction_id, Segments.who, Segments.kind, Segments.started_at,
               Segments.ended_at)
        .join(Interactions, Interactions.id == Segments.interaction_id)
        .where(Interactions.started_at >= day, Segments.kind.in_(KINDS), Segments.who != "",
               Segments.ended_at.is_not(None)))
    calls: dict[str, set[int]] = {}
    spent: dict[tuple[str, str], float] = {}
    for interaction, who, kind, began, ended in rows:
        took = (ended - began).total_seconds() if ended is not None else 0.0
        spent[who, kind] = spent.get((who, kind), 0.0) + max(0.0, took)
        if kind == "talk":
            calls.setdefault(who, set()).add(interaction)
    return {who: Figures(len(his), *(spent.get((who, kind), 0.0) for kind in KINDS))
            for who, his in calls.items()}
