"""What screens say of the Asterisks where there is more than one ○."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cti.views import FloorView
from workstation import protocol


@dataclass(frozen=True, slots=True)
class Several:
    """`floors` by the Asterisk's name, none where there is only one; `homes`: operator → name;
    `away`: those that nobody sees now."""
    floors: Mapping[str, FloorView] = field(default_factory=dict)
    homes: Mapping[str, str] = field(default_factory=dict)
    away: frozenset[str] = frozenset()

    def of_operator(self, operator: str) -> str:
        return self.homes.get(operator, "") if self.floors else ""

    def of_call(self, pbx: str) -> str:
        return pbx if self.floors else ""

    def parts(self, queue: str) -> list[protocol.QueuePartView]:
        """The queue on each of them that has operators or callers of it."""
        found = ((name, self._part(name, floor, queue)) for name, floor in self.floors.items())
        return [part for name, part in found
                if part.signed_in or part.waiting or name in self.away]

    def _part(self, name: str, floor: FloorView, queue: str) -> protocol.QueuePartView:
        line = floor.queues.get(queue)
        members = [one for one in floor.operators.values() if queue in one.queues]
        return protocol.QueuePartView(
            pbx=name, away=name in self.away, waiting=len(line.waiting) if line else 0,
            ready=sum(one.state == "ready" for one in members),
            signed_in=sum(one.state != "offline" for one in members))


ONE = Several()
