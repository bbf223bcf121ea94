"""Steps of queues: callers join and leave the line, members are offered the next call."""

from __future__ import annotations

from datetime import datetime

from cti import changes as ch
from cti import events as ev
from cti.calls import Call, Leg
from cti.causes import offer_end
from cti.joins import unite
from cti.legs import in_call, sight
from cti.live import Floor
from cti.queues import joined
from cti.stages import LeftBy, Out, end_offer, facts, is_up, leave, offer, shift
from cti.values import replace


def caller_joined(floor: Floor, event: ev.QueueJoined, out: Out) -> None:
    leg, call = in_call(floor, event.leg, event.at, out)
    if call.consult is not None and leg.operator is not None:
        return      # an operator asks whoever of that queue is free; his client waits elsewhere
    since = _since(call, event.queue, event.at)
    floor.put_queue(joined(floor.queue(event.queue), call.id, since, event.position))
    is_picked_up = call.is_picked_up or call.attempt is not None
    call = floor.put_call(replace(
        call, queue=event.queue, is_picked_up=is_picked_up, hung_up_by=None))
    call = shift(floor, call, "waiting", event.queue, event.at, out)
    out.append(ch.CallQueued(
        **facts(call, event.at, leg.channel), queue=event.queue, position=event.position))


def _since(call: Call, queue: str, at: datetime) -> datetime:
    """Who left the line for a word or a menu and comes back has waited all the while."""
    for part in reversed(call.segments):
        if part.kind in ("talk", "hold"):
            break
        if part.kind == "waiting" and part.who == queue:
            at = part.started_at
    return at


def caller_left(floor: Floor, event: ev.QueueLeft, out: Out) -> None:
    leg = floor.legs.get(event.leg.leg_id)
    if floor.listing is not None:
        floor.listing.left.add((event.queue, event.leg.leg_id))
    call = floor.call_of(leg) if leg is not None else None
    if leg is not None and call is not None:
        reason = _reason(floor, call, leg)
        leave(floor, call, event.queue, reason, event.at, out)
        is_idle = not call.offers and call.consult is None
        if reason == "timed_out" and is_idle:   # an announcement, or what comes next
            shift(floor, call, "menu", None, event.at, out)


def _reason(floor: Floor, call: Call, caller: Leg) -> LeftBy:
    """A member may be reached through a Local channel, or send the call on to anybody."""
    if call.connected or any(
            (is_up(leg) and leg.id in call.offers)
            or (leg.dialled_by == caller.id and leg.dial_status == "ANSWER")
            for leg in floor.legs_of(call.id)):
        return "answered"
    return "abandoned" if call.has_given_up or call.hung_up_by == "client" else "timed_out"


def caller_gave_up(floor: Floor, event: ev.QueueAbandoned, out: Out) -> None:
    """Asterisk says it of a longest wait that is over, too; then nobody asked to hang up."""
    leg = floor.legs.get(event.leg.leg_id)
    call = floor.call_of(leg) if leg is not None else None
    if call is not None and call.hung_up_by == "client":
        floor.put_call(replace(call, has_given_up=True))


def offered(floor: Floor, event: ev.OfferMade, out: Out) -> None:
    leg, _ = in_call(floor, event.leg, event.at, out)
    target = _target(floor, event.target, leg, event, out)
    if target is None:
        return
    if target.operator is None and floor.table is None and not target.is_local:
        name = event.member if event.member != event.interface else ""
        operator = name or event.interface.partition("/")[2]
        floor.learned[event.interface] = operator
        target = floor.put_leg(replace(target, operator=operator))
    offer(floor, floor.calls[target.call], target, event.queue, event.at, out)


def _target(
    floor: Floor, said: ev.LegFacts, caller: Leg, event: ev.OfferMade, out: Out,
) -> Leg | None:
    """The ringing leg, in the caller's call; Asterisk 11 names only its channel."""
    if not said.leg_id:
        known = floor.leg_by_channel(said.channel)
        if known is None:
            return None
    else:
        known = sight(floor, said, event.at, out)
    caller = floor.legs[caller.id]
    if known.call != caller.call:
        unite(floor, caller, known, event.at, out)
    return floor.legs[known.id]


def rang_out(floor: Floor, event: ev.OfferRangOut, out: Out) -> None:
    """A member's phone rang in vain, or refused at once."""
    caller = floor.legs.get(event.leg.leg_id)
    call = floor.call_of(caller) if caller is not None else None
    if call is None:
        return
    operator = floor.operator_at(event.interface)
    ended = next((one for one in call.offers.values()
                  if one.leg == event.target.leg_id or one.operator == operator), None)
    if ended is None:
        return
    leg = floor.legs.get(ended.leg)
    reason = offer_end(call, leg) if leg is not None else "rang_out"
    end_offer(floor, call, ended.leg, reason, event.at, out)
