"""Is something out ○? Many clients of one street within minutes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

Street = tuple[str, str]        # city, street


@dataclass(frozen=True, slots=True)
class Called:
    """A client with something in this street called."""
    client_id: int
    street: Street
    at: datetime


@dataclass(frozen=True, slots=True)
class Proposal:
    street: Street
    clients: frozenset[int]


def proposals(
    called: Iterable[Called], now: datetime, *, callers: int, within: timedelta,
    known: Collection[Street] = (),
) -> list[Proposal]:
    """The streets of which at least `callers` clients called within that time, each counted once;
    most first. `known` are proposed or open already, or were decided on just now."""
    clients: dict[Street, set[int]] = {}
    for one in called:
        if now - within <= one.at <= now and one.street not in known:
            clients.setdefault(one.street, set()).add(one.client_id)
    found = [Proposal(street, frozenset(who)) for street, who in clients.items()
             if len(who) >= callers]
    return sorted(found, key=lambda one: (-len(one.clients), one.street))
