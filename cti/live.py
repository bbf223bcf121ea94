"""The floor itself: what is live now, by id, with the look-ups that its steps need.

Only the steps (`legs`, `dials`, `bridges` …), called by `floor.apply`, write here. Others read
`calls`, `operators`, `queues` and `gaps`, which hold frozen values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType

from cti.apart import ALONE, Apart
from cti.calls import DOWN, PLUMBING, RING, UP, Call, Leg
from cti.events import EntryListed, LegEvent, LegListed
from cti.operators import Operator, Standing
from cti.queues import Member, Queue
from cti.values import replace

GAPS_KEPT = 50


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without sight of Asterisk; `ended_at` is None while it lasts."""
    started_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """The dialler's attempt behind a call; `status` is "" until the dialplan told one."""
    number: int
    status: str = ""


@dataclass(slots=True)
class Listing:
    """What Asterisk has listed since a snapshot began."""
    known: frozenset[str]                                       # legs before it began
    gone: set[str] = field(default_factory=set)                 # hung up while it ran
    found: set[str] = field(default_factory=set)                # calls begun by a line of it
    legs: dict[str, LegListed] = field(default_factory=dict)
    entries: list[EntryListed] = field(default_factory=list)
    left: set[tuple[str, str]] = field(default_factory=set)     # queue, leg: left while it ran
    members: set[tuple[str, str]] = field(default_factory=set)
    holding: set[str] = field(default_factory=set)              # bridges that do not join


class Floor:
    """Live calls, operators and queues by id, and the gaps of the link (newest last)."""

    def __init__(self, pbx: str, apart: Apart = ALONE) -> None:
        self.pbx = pbx
        self.apart = apart
        self.mark = apart.mark          # of the ids of this Asterisk
        self._calls: dict[str, Call] = {}
        self._operators: dict[str, Operator] = {}
        self._queues: dict[str, Queue] = {}
        self.calls: Mapping[str, Call] = MappingProxyType(self._calls)
        self.operators: Mapping[str, Operator] = MappingProxyType(self._operators)
        self.queues: Mapping[str, Queue] = MappingProxyType(self._queues)
        self.gaps: tuple[Gap, ...] = ()
        self.early: list[LegEvent] = []     # see `early.py`
        self.last_at: datetime | None = None        # of the newest event
        self.is_restarted = False                   # Asterisk was, in the gap that is open
        self.table: dict[str, str] | None = None    # interface → operator id; None: not told
        self.learned: dict[str, str] = {}           # the same, from members and dials
        self.legs: dict[str, Leg] = {}
        self.bridges: dict[str, dict[str, None]] = {}
        self.holding: set[str] = set()              # bridges whose legs do not hear each other
        self.aliases: dict[str, str] = {}           # absorbed call → the call that kept it
        self.attempts: dict[str, Attempt] = {}      # by call
        self.members: dict[tuple[str, str], Member] = {}
        self.memberships: dict[str, dict[str, Member]] = {}     # operator → queue → member
        self.phones: dict[str, dict[str, bool]] = {}    # operator → interface → can be reached
        self.listing: Listing | None = None
        self.stirred: dict[str, None] = {}          # operators to look at after this event
        self.standings: dict[str, Standing] = {}    # of operators, until another is told
        self._by_call: dict[str, dict[str, None]] = {}
        self._by_operator: dict[str, dict[str, None]] = {}

    def is_quiet(self) -> bool:
        """Nobody is in a call and no leg is left."""
        return not self.legs and not self._calls

    # calls

    def call_of(self, leg: Leg) -> Call | None:
        return self._calls.get(leg.call)

    def id_of(self, linkedid: str) -> str:
        """The call that this Linkedid stands for now, after all merges."""
        return self.aliases.get(linkedid, linkedid)

    def put_call(self, call: Call) -> Call:
        self._calls[call.id] = call
        return call

    def drop_call(self, call_id: str) -> None:
        del self._calls[call_id]
        for alias in [alias for alias, kept in self.aliases.items() if kept == call_id]:
            del self.aliases[alias]

    def add_alias(self, absorbed: str, kept: str) -> None:
        for alias, target in self.aliases.items():
            if target == absorbed:
                self.aliases[alias] = kept
        self.aliases[absorbed] = kept

    # legs

    def legs_of(self, call_id: str) -> list[Leg]:
        """In the order they came."""
        return [self.legs[leg_id] for leg_id in self._by_call.get(call_id, ())]

    def has_legs(self, call_id: str) -> bool:
        return call_id in self._by_call

    def legs_of_operator(self, operator: str) -> Iterator[Leg]:
        return (self.legs[leg_id] for leg_id in self._by_operator.get(operator, ()))

    def put_leg(self, leg: Leg) -> Leg:
        before = self.legs.get(leg.id)
        self.legs[leg.id] = leg
        if before is not None and before.call == leg.call and before.operator == leg.operator:
            if before.state != leg.state:
                self._stir(leg, before.state)
            return leg
        if before is not None:
            self._unlist(before)
        self._by_call.setdefault(leg.call, {})[leg.id] = None
        if leg.operator is not None:
            self._by_operator.setdefault(leg.operator, {})[leg.id] = None
            if before is not None:
                self.stirred[leg.operator] = None
            self._stir(leg)
        return leg

    def _stir(self, leg: Leg, before: int = DOWN) -> None:
        """Its operator is to be looked at; a phone that is only dialled changes nothing of him:
        what is offered to him is told by itself."""
        is_live = leg.state in (UP, RING) or before in (UP, RING)
        if leg.operator is not None and (is_live or leg.operator not in self._operators):
            self.stirred[leg.operator] = None

    def drop_leg(self, leg: Leg) -> None:
        self.leave_bridge(leg)
        self._unlist(leg)
        del self.legs[leg.id]

    def _unlist(self, leg: Leg) -> None:
        _discard(self._by_call, leg.call, leg.id)
        if leg.operator is not None:
            _discard(self._by_operator, leg.operator, leg.id)
            self._stir(leg)

    def leg_by_channel(self, channel: str) -> Leg | None:
        return next((leg for leg in self.legs.values() if leg.channel == channel), None)

    # bridges

    def enter_bridge(self, leg: Leg, bridge: str, *, is_holding: bool) -> Leg:
        if leg.bridge is not None and leg.bridge != bridge:
            self.leave_bridge(leg)
        self.bridges.setdefault(bridge, {})[leg.id] = None
        if is_holding:
            self.holding.add(bridge)
        return self.put_leg(replace(leg, bridge=bridge))

    def leave_bridge(self, leg: Leg) -> Leg:
        if leg.bridge is None:
            return leg
        _discard(self.bridges, leg.bridge, leg.id)
        if leg.bridge not in self.bridges:
            self.holding.discard(leg.bridge)
        return self.put_leg(replace(leg, bridge=None))

    def is_bridged(self, leg: Leg) -> bool:
        """Whether somebody can hear this leg."""
        if leg.bridge is None or leg.bridge in self.holding:
            return False
        return len(self.bridges.get(leg.bridge, ())) > 1

    # queues and operators

    def put_queue(self, queue: Queue) -> Queue:
        self._queues[queue.id] = queue
        return queue

    def queue(self, queue_id: str) -> Queue:
        return self._queues.get(queue_id) or self.put_queue(Queue(queue_id))

    def put_operator(self, operator: Operator) -> None:
        self._operators[operator.id] = operator

    def put_member(self, member: Member) -> None:
        """An operator has one place in a queue; a second phone of his takes it over."""
        self.members[member.queue, member.interface] = member
        self.memberships.setdefault(member.operator, {})[member.queue] = member
        self._unsettle(member.operator)

    def drop_member(self, queue: str, interface: str) -> None:
        member = self.members.pop((queue, interface), None)
        if member is None:
            return
        held = self.memberships.get(member.operator, {})
        if held.get(queue) == member:
            del held[queue]
        self._unsettle(member.operator)

    def put_phone(self, interface: str, operator: str, *, is_reachable: bool) -> None:
        phones = self.phones.setdefault(operator, {})
        if phones.get(interface) is not is_reachable:
            phones[interface] = is_reachable
            self._unsettle(operator)

    def _unsettle(self, operator: str) -> None:
        self.standings.pop(operator, None)
        self.stirred[operator] = None

    def forget_people(self) -> None:
        """Nothing is known of members and phones until Asterisk tells again."""
        self._operators.clear()
        self.members.clear()
        self.memberships.clear()
        self.standings.clear()
        self.phones.clear()
        self.learned.clear()

    def operator_of(self, channel: str) -> str | None:
        """Whose phone this channel is; None for clients and plumbing."""
        if channel.endswith(">") or channel.startswith(PLUMBING):
            return None     # `<ZOMBIE>`, `<MASQ>`: a name in transit
        interface = channel.rpartition("-")[0]
        return self.operator_at(interface)

    def operator_at(self, interface: str) -> str | None:
        if self.table is not None and interface in self.table:
            return self.table[interface]
        return self.learned.get(interface)

    # the link

    @property
    def is_blind(self) -> bool:
        """Since the link was cut, until Asterisk has listed what lives."""
        return bool(self.gaps) and self.gaps[-1].ended_at is None

    def open_gap(self, at: datetime) -> None:
        if not self.gaps or self.gaps[-1].ended_at is not None:
            self.gaps = (*self.gaps, Gap(at, None))[-GAPS_KEPT:]

    def close_gap(self, at: datetime) -> Gap | None:
        """The open gap, ended; None when there was none: at the very first start."""
        if not self.gaps or self.gaps[-1].ended_at is not None:
            return None
        ended = Gap(self.gaps[-1].started_at, at)
        self.gaps = (*self.gaps[:-1], ended)
        return ended


def _discard(table: dict[str, dict[str, None]], key: str, item: str) -> None:
    items = table.get(key)
    if items is None:
        return
    items.pop(item, None)
    if not items:
        del table[key]
