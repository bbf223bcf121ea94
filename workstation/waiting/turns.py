"""Whose turn it is ○: people on the line and people who are to be called back, in one order, that
of their arrival.

Asterisk keeps the order of who is on the line (`cti.pbx.render_places`). A token stands between
them without a telephone: it is dialled, the earliest first, when only so many are before it as
operators will be free for while its telephone rings; and when its person is there, he is put at
the place of his arrival. So nobody who is there is served after who came later; and whoever came
later than a token is served before it only while as many as can be spoken with are being called.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

MOST_AHEAD = 10         # dialled at once beyond the operators who are free


@dataclass(frozen=True, slots=True)
class Token:
    """`is_dialled`: its telephone rings; it counts as being before who came later."""
    id: int
    arrived_at: datetime
    is_dialled: bool = False
    not_before: datetime | None = None

    def is_due(self, now: datetime) -> bool:
        return self.not_before is None or self.not_before <= now


def soon_free(*, talking: int, talk_s: float | None, ring_s: float) -> int:
    """How many of those who talk will be done while a telephone rings, by the usual length of a
    talk; at least one, where somebody talks: whoever is first is called ahead of his turn."""
    if talking <= 0:
        return 0
    if talk_s is None or talk_s <= 0:
        return 1
    return min(max(1, ceil(talking * ring_s / talk_s)), talking, MOST_AHEAD)


def due(
    tokens: Iterable[Token], line: Iterable[datetime], *, free: int, soon: int, now: datetime,
) -> list[int]:
    """The tokens to be dialled now, the first first. `line`: when those came who wait on the line;
    `free` operators could talk at once, `soon` more while a telephone rings."""
    standing = sorted(
        [(arrived_at, 0, None) for arrived_at in line]
        + [(token.arrived_at, token.id, token) for token in tokens
           if token.is_dialled or token.is_due(now)],
        key=lambda one: one[:2])
    return [token.id for _, _, token in standing[:free + soon]
            if token is not None and not token.is_dialled]


def place(tokens: Iterable[Token], line: Collection[datetime], arrived_at: datetime) -> int:
    """Of who came then: 1 is next. Of two of one moment the one on the line counts as earlier."""
    return 1 + sum(one <= arrived_at for one in line) + sum(
        token.arrived_at < arrived_at for token in tokens)


def in_order(tokens: Sequence[Token]) -> list[Token]:
    return sorted(tokens, key=lambda one: (one.arrived_at, one.id))
