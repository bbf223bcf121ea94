"""What the dialler dials by where there are several Asterisks: each attempt by one of them.

Who answers lands in the queue of the Asterisk that dialled him, so an attempt goes where most
operators of its queue are free for it. One that is away is not dialled by, its operators count
for nobody, and the others go on.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.capacity import connected_attempts
from campaigns.lawful import is_loopback
from crm_store import campaigns, claims
from cti.calls import Call
from cti.errors import LinkDown
from cti.floor import Floor
from cti.operators import Operator
from cti.queues import Queue
from workstation.desk import Desk
from workstation.sites import Site

UNSEEN = timedelta(seconds=10)      # for so long an attempt may be on its way to its floor


class DialFloor:
    """All calls; of operators those whom a call can reach now."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @property
    def calls(self) -> Mapping[str, Call]:
        return self._desk.floor.calls

    @property
    def operators(self) -> Mapping[str, Operator]:
        floors: list[Any] = [site.floor.operators for site in self._desk.sites
                             if site.engine.may_dial()]
        return ChainMap(*floors)

    @property
    def queues(self) -> Mapping[str, Queue]:
        return self._desk.floor.queues


class Ways:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._placed: dict[int, tuple[str, datetime]] = {}      # attempt → its Asterisk, when

    def may_dial(self) -> bool:
        """By any of them."""
        return any(site.engine.may_dial() for site in self._desk.sites)

    def sees_all(self) -> bool:
        """What no floor shows is nowhere."""
        return all(site.engine.may_dial() for site in self._desk.sites)

    async def dial(self, attempt: int, channel_id: str) -> None:
        """Raises LinkDown where no Asterisk may dial, and as `Commands.dial_attempt`."""
        async with self._desk.store.read() as tx:
            row = await claims.get(tx, attempt)
            queue = (await campaigns.get(tx, row.campaign_id)).queue
        site = self._best(queue)
        self._placed[attempt] = site.name, self._desk.clock()
        await site.commands.dial_attempt(attempt, channel_id)

    def _best(self, queue: str) -> Site:
        there = [site for site in self._desk.sites if site.engine.may_dial()]
        if not there:
            raise LinkDown("no Asterisk may dial")
        return max(there, key=lambda site: free(
            queue, site.floor, self._unseen(site)))     # of equals the settings' first

    def _unseen(self, site: Site) -> int:
        """Dialled by it a moment ago: its floor does not show them yet."""
        seen = {call.attempt for call in self._desk.floor.calls.values()}
        since = self._desk.clock() - UNSEEN
        self._placed = {attempt: (name, at) for attempt, (name, at) in self._placed.items()
                        if attempt not in seen and at >= since}
        return sum(name == site.name for name, _ in self._placed.values())


def free(queue: str, floor: Floor, unseen: int) -> int:
    """Operators of the queue on this floor for whom nobody is being called yet; below 0 when more
    are called than there are."""
    ready = sum(one.state == "ready" and one.registered and queue in one.queues
                for one in floor.operators.values())
    with_somebody = connected_attempts(floor)
    on_the_way = sum(call.attempt is not None and call.attempt not in with_somebody
                     for call in floor.calls.values())
    return ready - on_the_way - unseen


def trunk_host(desk: Desk) -> str:
    """Of the trunk that leads furthest: the rules of a rehearsal are refused by any other than
    this machine's own."""
    hosts = [pbx.trunk.rpartition(":")[0] for pbx in desk.settings.asterisks]
    return next((host for host in hosts if not is_loopback(host)), hosts[0])
