"""Which proposals stand for a client now ○."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from workstation.measures import Facts, hold
from workstation.proposals.files import Proposal

Answer = Literal["accepted", "refused", "later"]


@dataclass(frozen=True, slots=True)
class Answered:
    """What the client said last; `until`: not again before."""
    answer: Answer
    at: datetime
    until: datetime | None


def standing(proposals: Iterable[Proposal], facts: Facts, answered: Mapping[str, Answered],
             now: datetime, zone: tzinfo) -> list[Proposal]:
    """What he may be told now, the best first."""
    today = now.astimezone(zone).date()
    found = [one for one in proposals
             if (one.since is None or today >= one.since)
             and (one.until is None or today <= one.until)
             and not rests(answered.get(one.id), now) and hold(one.when, facts)]
    return sorted(found, key=lambda one: (-one.rank, one.id))


def rests(answered: Answered | None, now: datetime) -> bool:
    """Whether it was answered and must not be proposed again yet."""
    return answered is not None and (answered.until is None or now < answered.until)


def until(proposal: Proposal, answer: Answer, now: datetime,
          wished: datetime | None) -> datetime | None:
    """Until when it rests then; None: for ever. A client may name the day himself."""
    if answer == "later" and wished is not None:
        return wished
    days = int(getattr(proposal.rests, answer))
    return now + timedelta(days=days) if days else None
