"""Steps of features that other dialplans have: pickup, parking lots, conference rooms."""

from __future__ import annotations

from datetime import datetime

from cti import changes as ch
from cti import events as ev
from cti.bridges import entered
from cti.calls import Call, Leg, Offer
from cti.joins import merge
from cti.legs import in_call, sight
from cti.live import Floor
from cti.stages import Out, end_offer, facts, shift, taken_back
from cti.values import replace


def picked_up(floor: Floor, event: ev.PickedUp, out: Out) -> None:
    """What rang at the target rings at the picker from now on, and he has answered it."""
    if event.leg.leg_id not in floor.legs or event.target.leg_id not in floor.legs:
        return
    target = sight(floor, event.target, event.at, out)
    picker, own = in_call(floor, event.leg, event.at, out)
    call = floor.call_of(floor.legs[target.id])
    if call is None or picker.operator is None:
        return
    if own.id != call.id:
        floor.put_call(replace(own, direction="internal"))
        call = merge(floor, call, floor.calls[own.id], event.at, out)
    rung = call.offers.get(target.id)
    out.append(ch.CallPickedUp(
        **facts(call, event.at, picker.channel), operator=picker.operator,
        taken_from=target.operator or target.channel))
    queue = rung.queue if rung is not None else None
    taken = Offer(picker.id, picker.operator, queue, picker.channel)
    call = floor.put_call(replace(call, offers={**call.offers, picker.id: taken}))
    floor.stirred[picker.operator] = None
    out.append(ch.OperatorOffered(
        **facts(call, event.at), operator=picker.operator, queue=queue,
        operator_channel=picker.channel))
    end_offer(floor, call, target.id, "elsewhere", event.at, out)


def parked(floor: Floor, event: ev.Parked, out: Out) -> None:
    if event.leg.leg_id not in floor.legs:
        return
    leg, call = in_call(floor, event.leg, event.at, out)
    park(floor, call, leg, floor.operator_at(event.parker) or "", event.at, out)


def park(floor: Floor, call: Call, leg: Leg, operator: str, at: datetime, out: Out) -> Call:
    """`leg` waits with music; `operator`, who parked it, is out of the call."""
    if call.is_parked:
        return call
    for one in floor.legs_of(call.id):
        if one.operator is not None and one.operator == operator and one.id != leg.id:
            floor.put_leg(replace(one, has_handed_over=True))
    call = floor.put_call(replace(
        call, hung_up_by=None, alone_since=None,
        connected=tuple(one for one in call.connected if one != operator)))
    call = shift(floor, call, "held", operator or None, at, out)
    call = floor.put_call(replace(call, is_parked=True, parked_by=operator))
    out.append(ch.CallParked(**facts(call, at, leg.channel), operator=operator or None))
    return call


def unparked(floor: Floor, event: ev.Unparked, out: Out) -> None:
    by = floor.legs.get(event.retriever.leg_id) if event.retriever is not None else None
    if by is not None:
        _as_inside(floor, by)
    leg = floor.legs.get(event.leg.leg_id)
    call = floor.call_of(leg) if leg is not None else None
    if call is None:
        return
    taken_back(floor, call, by.operator if by is not None else None, event.reason, event.at, out)


def room_joined(floor: Floor, event: ev.RoomJoined, out: Out) -> None:
    """Who is transferred into a room enters its bridge without a word of it."""
    leg = floor.legs.get(event.leg.leg_id)
    if leg is None:
        return
    if event.bridge and leg.bridge != event.bridge:
        entered(floor, ev.BridgeEntered(event.at, event.leg, event.bridge, False), out)
    _as_inside(floor, floor.legs[leg.id])


def _as_inside(floor: Floor, leg: Leg) -> None:
    """An operator dialled a feature of the house: with nobody outside this is no outgoing call."""
    call = floor.call_of(leg)
    if call is not None and call.direction == "out" and call.first_leg == leg.id and (
            call.operator is not None and not call.channel):
        floor.put_call(replace(call, direction="internal"))
