"""Steps of bridges: who can hear whom."""

from __future__ import annotations

from cti import consults
from cti import events as ev
from cti.calls import UP
from cti.joins import merge, unite
from cti.legs import in_call, sight
from cti.listening import took_over
from cti.live import Floor
from cti.stages import Out, connect, disconnect, one_less
from cti.values import replace


def entered(floor: Floor, event: ev.BridgeEntered, out: Out) -> None:
    leg = sight(floor, event.leg, event.at, out)
    leg = floor.enter_bridge(leg, event.bridge, is_holding=event.is_holding)
    if event.is_holding:
        return
    leg = took_over(floor, leg, event.at, out)
    for other_id in list(floor.bridges.get(event.bridge, ())):
        other = floor.legs[other_id]
        mine, his = floor.call_of(floor.legs[leg.id]), floor.call_of(other)
        if mine is not None and his is not None and mine.id != his.id:
            merge(floor, mine, his, event.at, out)
    connect(floor, floor.legs[leg.id].call, event.at, out)
    consults.look(floor, floor.legs[leg.id].call, event.at, out)


def left(floor: Floor, event: ev.BridgeLeft, out: Out) -> None:
    leg = floor.legs.get(event.leg.leg_id)
    if leg is None or leg.bridge not in (None, event.bridge):
        return      # it is in another by now: a transfer tells of the old one last
    leg = floor.leave_bridge(sight(floor, event.leg, event.at, out))
    disconnect(floor, leg, event.at, out)
    one_less(floor, leg.call, event.at, out)


def merged(floor: Floor, event: ev.BridgesMerged, out: Out) -> None:
    for leg_id in list(floor.bridges.get(event.gone, ())):
        leg = floor.enter_bridge(floor.legs[leg_id], event.kept, is_holding=False)
        connect(floor, leg.call, event.at, out)


def halves_linked(floor: Floor, event: ev.HalvesLinked, out: Out) -> None:
    """Where Linkedids are told, the halves have one already."""
    one = sight(floor, event.one, event.at, out)
    two = sight(floor, event.two, event.at, out)
    unite(floor, floor.legs[one.id], two, event.at, out)


def masqueraded(floor: Floor, event: ev.Masqueraded, out: Out) -> None:
    """The two Renames that follow tell when; then `legs.renamed` moves the party."""
    into, party = floor.leg_by_channel(event.into), floor.leg_by_channel(event.party)
    if into is None or party is None:
        return
    unite(floor, into, party, event.at, out)
    into = floor.put_leg(replace(floor.legs[into.id], takes_over=party.id))
    call = floor.call_of(into)
    if call is not None and call.first_leg == party.id:
        floor.put_call(replace(call, first_leg=into.id))


def linked(floor: Floor, event: ev.LegsLinked, out: Out) -> None:
    """Asterisk 11: two legs hear each other; its bridges have no name, the pair is one."""
    one, mine = in_call(floor, event.one, event.at, out)
    two, other = in_call(floor, event.two, event.at, out)
    merge(floor, mine, other, event.at, out)
    bridge = f"{min(one.id, two.id)}/{max(one.id, two.id)}"
    for leg_id in (one.id, two.id):
        leg = floor.put_leg(replace(floor.legs[leg_id], state=UP))
        floor.enter_bridge(leg, bridge, is_holding=False)
    connect(floor, floor.legs[one.id].call, event.at, out)
