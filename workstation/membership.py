"""Queues, penalties and pauses in Asterisk are kept as they should be, see `roster`.

Once a second everybody is looked at. What two looks in a row find amiss is mended; what is whole
is what the operator, or Asterisk on its own, wants now. After a restart of Asterisk even a whole
state is only believed where it is the one remembered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from cti.changes import LinkRestored
from cti.errors import CommandRefused, CtiError
from cti.feed import Subscription
from cti.queues import Member
from workstation import unforeseen
from workstation.desk import Desk
from workstation.roster import Add, Pause, Penalty, Post, Remove, Repair, repairs, whole
from workstation.settings import OperatorSettings
from workstation.sites import Site
from workstation.skills import penalty
from workstation.wrap_up import REASON

log = structlog.get_logger()
EVERY_S = 1.0
LEAVING_LOOKS = 5           # so many looks a sign-out may take to be seen on the floor
AGAIN_AFTER_LOOKS = 60      # what Asterisk refused is not asked for at every look


class Membership:
    """Of the operators whose phones are on this one Asterisk, which is all that `desk` sees."""

    def __init__(self, desk: Desk, site: Site) -> None:
        self._desk = desk
        self._floor = site.floor
        self._operators = [one for one in desk.settings.operator if one.id in site.operators]
        self._managed = frozenset(desk.queues)
        self._wanted = {
            one.id: {queue: penalty(one, desk.queues[queue]) for queue in one.queues}
            for one in self._operators}
        self._amiss: dict[str, tuple[Repair, ...]] = {}     # operator → what the last look found
        self._members: dict[str, list[Member]] = {}         # as this look finds them
        self._refused: dict[Repair, int] = {}               # → looks until it is asked for again
        self._leaving: dict[str, int] = {}                  # operator → looks to wait

    async def run(self, subscription: Subscription) -> None:
        """For ever; cancel to stop."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow(subscription), name="membership: follow")
            while True:
                await asyncio.sleep(EVERY_S)
                with unforeseen.logged("membership"):
                    await self.look()

    async def _follow(self, subscription: Subscription) -> None:
        with subscription:
            async for fed in subscription.told():
                if not fed.restored and any(isinstance(change, LinkRestored) and change.restarted
                                            for change in fed.changes):
                    self._desk.roster.doubted |= self._wanted.keys() & self._desk.roster.kept

    async def look(self) -> None:
        """At everybody, once; mend what the look before found too."""
        if not self._desk.link_is_up():
            self._amiss.clear()
            return
        self._refused = {one: left - 1 for one, left in self._refused.items() if left > 1}
        self._members = self._by_operator()
        for operator in self._operators:
            turn = self._desk.turns.setdefault(operator.login, asyncio.Lock())
            if turn.locked() or self._is_leaving(operator.id):
                self._amiss.pop(operator.id, None)
                continue
            found = self._find(operator)
            if found and self._amiss.get(operator.id) == found:
                async with turn:
                    await self._mend(operator, found)
            self._amiss[operator.id] = found

    def _by_operator(self) -> dict[str, list[Member]]:
        found: dict[str, list[Member]] = {}
        for one in self._floor.members.values():
            if one.queue in self._managed:
                found.setdefault(one.operator, []).append(one)
        return found

    def _find(self, operator: OperatorSettings) -> tuple[Repair, ...]:
        roster, wanted = self._desk.roster, self._wanted[operator.id]
        members, kept = self._members.get(operator.id, []), self._kept(operator.id)
        post = whole(members, wanted)
        if post is not None and (operator.id not in roster.doubted or post == kept):
            kept = roster.kept[operator.id] = post
            roster.doubted.discard(operator.id)
        return tuple(one for one in repairs(members, wanted, kept) if one not in self._refused)

    def _kept(self, operator: str) -> Post | None:
        """As remembered; a wrap-up that is over meanwhile left him ready."""
        post = self._desk.roster.kept.get(operator)
        if post is None or post.reason != REASON or self._desk.wrap_up.counting(operator):
            return post
        return Post(post.interface, is_paused=False, reason="")

    def _is_leaving(self, operator: str) -> bool:
        roster = self._desk.roster
        if operator not in roster.leaving:
            return False
        looks = self._leaving[operator] = self._leaving.get(operator, 0) + 1
        if operator not in self._members or looks > LEAVING_LOOKS:
            roster.leaving.discard(operator)
            del self._leaving[operator]
        return True

    async def _mend(self, operator: OperatorSettings, found: Sequence[Repair]) -> None:
        log.info("an operator's queues are mended", operator=operator.id,
                 what=[f"{type(one).__name__.lower()} {one.queue}" for one in found])
        for one in found:
            try:
                await self._ask(operator.id, one)
            except CommandRefused as exc:
                self._refused[one] = AGAIN_AFTER_LOOKS
                log.warning("an operator's queues could not be mended", operator=operator.id,
                            queue=one.queue, error=str(exc))
            except CtiError as exc:
                log.info("mending an operator's queues waits for Asterisk", error=str(exc))
                return
        self._desk.roster.doubted.discard(operator.id)

    async def _ask(self, operator: str, repair: Repair) -> None:
        commands = self._desk.commands
        match repair:
            case Add(queue, post, its_penalty):
                await commands.add_member(queue, post.interface, operator, paused=post.is_paused,
                                          reason=post.reason, penalty=its_penalty)
            case Remove(queue, interface):
                await commands.remove_member(queue, interface)
            case Pause(queue, post):
                await commands.pause_in(queue, post.interface, paused=post.is_paused,
                                        reason=post.reason)
            case Penalty(queue, interface, its_penalty):
                await commands.set_penalty(queue, interface, its_penalty)
