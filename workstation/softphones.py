"""One telephone a person: of several pages that would be it, which one is.

Within one browser the pages agree among themselves (Web Locks); the server sees to it that two
browsers or two machines do not ring at once.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

TAKEN_ELSEWHERE = 4409      # close code: the page stays, but is no telephone
LONGEST_NAME = 64
TAKEN_KEPT = 50


@dataclass(frozen=True, slots=True)
class Holder:
    """`tab` is the page's own name, which a reload keeps; "" for a program that is no page."""
    tab: str
    is_open: Callable[[], bool]
    give_up: Callable[[], Awaitable[object]]


@dataclass(slots=True)
class Softphones:
    holders: dict[str, Holder] = field(default_factory=dict)        # user → who is his telephone
    _taken: dict[str, deque[str]] = field(default_factory=dict)     # what was taken, once each

    def admit(self, user: str, holder: Holder, take: str) -> Holder | None:
        """Who has to give up for the newcomer, who holds it from now on: himself when he may not.

        Whoever is there stays, unless the newcomer was told by a person to `take` the telephone
        over: once, so that a page which only connects again takes nothing back.
        """
        before = self.holders.get(user)
        is_order = self._is_order(user, take[:LONGEST_NAME])
        if before is not None and before.is_open() and before.tab and holder.tab \
                and before.tab != holder.tab and not is_order:
            return holder
        self.holders[user] = holder
        return before if before is not None and before.is_open() else None

    def leave(self, user: str, holder: Holder) -> None:
        if self.holders.get(user) is holder:
            del self.holders[user]

    def _is_order(self, user: str, take: str) -> bool:
        if not take:
            return False
        taken = self._taken.setdefault(user, deque(maxlen=TAKEN_KEPT))
        if take in taken:
            return False
        taken.append(take)
        return True
