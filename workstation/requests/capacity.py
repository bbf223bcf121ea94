"""Who has room for a piece of work ○: one capacity over calls, mails and requests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workstation.requests.settings import Capacity

Work = Literal["call", "mail", "request"]
AT_WORK = frozenset({"ready", "offered", "talking", "wrap_up"})
IN_A_CALL = frozenset({"offered", "talking", "wrap_up"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What one operator has in hand."""
    operator: str
    state: str                  # offline ready offered talking wrap_up paused
    mails: int = 0
    requests: int = 0

    def used(self, rule: Capacity) -> int:
        calls = rule.call if self.state in IN_A_CALL else 0
        return calls + self.mails * rule.mail + self.requests * rule.request


def has_room(load: Load, rule: Capacity, work: Work) -> bool:
    """Whether he may be offered one more; whoever is away or on a break may not."""
    if load.state not in AT_WORK:
        return False
    costs = {"call": rule.call, "mail": rule.mail, "request": rule.request}
    return load.used(rule) + costs[work] <= rule.room


def next_for(loads: Iterable[Load], rule: Capacity, work: Work,
             tried: Collection[str] = ()) -> str | None:
    """To whom it is offered: of those with room the one who has least in hand; who let it pass
    comes last. None: nobody has room now."""
    free = [load for load in loads if has_room(load, rule, work)]
    chosen = min(free, default=None, key=lambda load: (
        load.operator in tried, load.used(rule), load.operator))
    return None if chosen is None else chosen.operator


def work_of(channel: str) -> Work:
    return "mail" if channel == "mail" else "request"


def loads_of(operators: Iterable[str], states: Mapping[str, str],
             held: Mapping[str, tuple[int, int]]) -> list[Load]:
    """`held`: operator → (mails, requests)."""
    return [Load(operator=one, state=states.get(one, "offline"), mails=held.get(one, (0, 0))[0],
                 requests=held.get(one, (0, 0))[1]) for one in operators]
