"""Steps of supervisors who hear a call: they are on it, and no party of it.

A listener's leg is one that we call for it, under an id of ours. It begins no call and prolongs
none; once it is in a bridge with somebody it is a party like any other: it has taken over.
"""

from __future__ import annotations

from datetime import datetime

from cti import changes as ch
from cti import events as ev
from cti.calls import Leg, Listener
from cti.live import Floor
from cti.stages import Out, facts, listening_ended
from cti.user_events import ListeningBegan
from cti.values import replace


def began(floor: Floor, event: ev.Told, told: ListeningBegan, out: Out) -> None:
    """Another mode or another operator ends the stretch before."""
    leg = floor.legs[event.leg.leg_id]
    spied = floor.leg_by_channel(told.spied)
    call = floor.call_of(spied) if spied is not None else None
    supervisor = leg.operator or floor.operator_of(event.leg.channel)
    if not leg.is_listener or supervisor is None:
        return
    over(floor, leg, event.at, out)
    if spied is None or call is None:
        return
    call = floor.calls[call.id]
    listener = Listener(leg.id, leg.channel, supervisor, spied.operator or "", told.mode, event.at)
    call = floor.put_call(replace(call, listeners=(*call.listeners, listener)))
    out.append(ch.ListeningBegan(
        **facts(call, event.at, leg.channel), supervisor=supervisor, operator=listener.operator,
        mode=told.mode))


def over(floor: Floor, leg: Leg, at: datetime, out: Out) -> None:
    """This leg listens to nobody any more."""
    for call in list(floor.calls.values()):
        for one in call.listeners:
            if one.leg == leg.id:
                kept = tuple(other for other in call.listeners if other is not one)
                call = floor.put_call(replace(call, listeners=kept))
                out.append(listening_ended(call, one, at))


def took_over(floor: Floor, leg: Leg, at: datetime, out: Out) -> Leg:
    """It is in a bridge: a party of the call from here on."""
    if not leg.is_listener:
        return leg
    over(floor, leg, at, out)
    return floor.put_leg(replace(floor.legs[leg.id], is_listener=False))
