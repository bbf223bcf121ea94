"""Whom a recorded leg hears: where that changed and no dialplan of ours had it renewed.

Asterisk takes the packets of a second voice for late ones of the first and leaves them out of
what it records (see `cti/pbx/render_recording`). Our dialplan renews a recording before it joins
the leg to somebody else. Where a supervisor takes over, a desk phone transfers by its own keys or
somebody leaves a conference, the leg is sent there once, and joined again within a moment.
"""

from __future__ import annotations

from cti.calls import UP, Call, Leg
from cti.commands import Commands, Move
from cti.floor import Floor

JOINED = "deskline-joined"


class Voices:
    def __init__(self, floor: Floor, commands: Commands) -> None:
        self._floor = floor
        self._commands = commands
        self._heard: dict[str, frozenset[str]] = {}     # by leg, since its recording went on

    def forget(self, leg: str) -> None:
        """Its recording begins or goes on: whoever is heard next is the first."""
        self._heard.pop(leg, None)

    def note_first(self, leg: Leg) -> None:
        """At once: who is heard first may be gone a moment later."""
        others = self._others(leg)
        if others:
            self._heard.setdefault(leg.id, frozenset(one.id for one in others))

    async def settle(self, call: Call, leg: Leg) -> None:
        """Renew what is recorded of `leg` where it hears others than since it went on. Raises as
        Commands does."""
        if call.state != "talking":
            return
        others = self._others(leg)
        if not others:
            return
        now = frozenset(one.id for one in others)
        before = self._heard.setdefault(leg.id, now)
        self._heard[leg.id] = now
        if now != before:
            await self._renew(leg, others)

    def _others(self, leg: Leg) -> list[Leg]:
        """Who hear it and are heard; none while Asterisk is still moving somebody."""
        floor = self._floor
        if leg.bridge is None or not floor.is_bridged(leg):
            return []
        others = [floor.legs[one] for one in floor.bridges[leg.bridge] if one != leg.id]
        is_moving = any(one.is_local or one.state != UP or one.is_holding for one in others)
        return [] if is_moving else others

    async def _renew(self, leg: Leg, others: list[Leg]) -> None:
        other, commands = others[0], self._commands
        await commands.tell_channel(leg.channel, "DESKLINE_OPERATOR", other.channel)
        if len(others) > 1:
            await commands.move(Move(leg.channel, JOINED, "everybody"))
            return
        phone = other.channel.rpartition("-")[0].partition("/")[2] if other.operator else ""
        await commands.tell_phone(leg.channel, "DESKLINE_PHONE", phone)
        await commands.tell_channel(other.channel, "DESKLINE_CLIENT", leg.channel)
        await commands.tell_channel(other.channel, "DESKLINE_THIRD", "")
        await commands.move(Move(leg.channel, JOINED, "again"),
                            Move(other.channel, "deskline-quiet"))
