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
from cti.user_events import ListeningBegan, ListenMode
from cti.values import replace


def began(floor: Floor, event: ev.Told, told: ListeningBegan, out: Out) -> None:
    _hears(floor, floor.legs[event.leg.leg_id], told.spied, told.mode, event.at, out)


def listed(floor: Floor, one: ev.LegListed, at: datetime, out: Out) -> None:
    """What a listener's leg does now, by Asterisk's list: `PJSIP/101-0000001a,quESw`."""
    leg = floor.legs.get(one.leg.leg_id)
    if leg is None or not leg.is_listener or one.application != "ChanSpy":
        return
    spied, _, options = one.data.partition(",")
    mode: ListenMode = "whisper" if "w" in options else "barge" if "B" in options else "listen"
    _hears(floor, leg, spied, mode, at, out)


def _hears(floor: Floor, leg: Leg, spied_channel: str, mode: ListenMode, at: datetime,
           out: Out) -> None:
    """From now on; another mode or another operator ends the stretch before."""
    spied = floor.leg_by_channel(spied_channel)
    call = floor.call_of(spied) if spied is not None else None
    if not leg.is_listener or leg.operator is None:
        return
    operator = spied.operator or "" if spied is not None else ""
    if call is not None and any((one.leg, one.operator, one.mode) == (leg.id, operator, mode)
                                for one in call.listeners):
        return
    over(floor, leg, at, out)
    if call is None:
        return
    listener = Listener(leg.id, leg.channel, leg.operator, operator, mode, at)
    call = floor.calls[call.id]
    call = floor.put_call(replace(call, listeners=(*call.listeners, listener)))
    out.append(ch.ListeningBegan(
        **facts(call, at, leg.channel), supervisor=leg.operator, operator=operator, mode=mode))


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
