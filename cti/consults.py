"""Steps of what an operator does with his call beside talking: hold, park, consult, hand over.

The channels are moved about by our own dialplan (`cti/pbx/render_controls.py`), which tells;
who hears whom is then read from the bridges, like that of any call.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from cti import changes as ch
from cti.calls import Call, Consult, Leg
from cti.live import Floor
from cti.stages import Out, end_offer, facts, shift
from cti.user_events import (
    ConsultBegan,
    HandedOver,
    Moved,
    OperatorLeaves,
    PartyHeld,
    PartyParked,
)
from cti.values import replace


def told(floor: Floor, call: Call, leg: Leg, told: Moved, at: datetime, out: Out) -> None:
    match told:
        case PartyHeld(operator):
            _hold(floor, call, leg, operator, at, out)
        case PartyParked(operator):
            _park(floor, call, leg, operator, at, out)
        case ConsultBegan(target):
            _begin(floor, call, leg, target, at, out)
        case HandedOver(target):
            _hand_over(floor, call, target, at, out)
        case OperatorLeaves():
            floor.put_leg(replace(leg, has_handed_over=True))


def _hold(floor: Floor, call: Call, leg: Leg, operator: str, at: datetime, out: Out) -> None:
    call = floor.put_call(replace(
        _without(call, operator), held_by=operator, alone_since=None))
    if call.state == "held":
        return
    call = shift(floor, call, "held", operator, at, out)
    out.append(ch.CallHeld(**facts(call, at, leg.channel), operator=operator))


def _park(floor: Floor, call: Call, leg: Leg, operator: str, at: datetime, out: Out) -> None:
    _let_go(floor, call, operator)
    call = floor.put_call(replace(
        _without(call, operator), held_by="", alone_since=None, hung_up_by=None))
    call = shift(floor, call, "held", operator, at, out)
    call = floor.put_call(replace(call, is_parked=True, parked_by=operator))
    out.append(ch.CallParked(**facts(call, at, leg.channel), operator=operator))


def _without(call: Call, operator: str) -> Call:
    return replace(call, connected=tuple(one for one in call.connected if one != operator))


def _let_go(floor: Floor, call: Call, operator: str) -> None:
    for leg in floor.legs_of(call.id):
        if leg.operator == operator:
            floor.put_leg(replace(leg, has_handed_over=True))


def _begin(floor: Floor, call: Call, leg: Leg, target: str, at: datetime, out: Out) -> None:
    if leg.operator is None:
        return
    people = set(floor.operators) if floor.table is None else set(floor.table.values())
    third = target if target in people else None
    _put(floor, call, Consult(leg.operator, target, third, "ringing", at), at, out)


def _hand_over(floor: Floor, call: Call, target: str, at: datetime, out: Out) -> None:
    """Attended once who was consulted has answered; else he, or another, rings anew."""
    consult, operator = call.consult, call.operator or ""
    _let_go(floor, call, operator)
    call = floor.put_call(replace(
        _without(call, operator), hung_up_by=None, held_by="", alone_since=None))
    has_answered = consult is not None and bool(consult.leg) and not target
    known = (consult.third or consult.target) if consult is not None else ""
    kind: Literal["attended", "blonde", "blind"] = (
        "attended" if has_answered else "blonde" if consult is not None else "blind")
    if operator:
        out.append(ch.CallTransferred(
            **facts(call, at), kind=kind, transferor=operator, target=target or known))


def look(floor: Floor, call_id: str, at: datetime, out: Out) -> None:
    """How it stands with a consultation, from who is in which bridge; nothing when none is."""
    call = floor.calls.get(call_id)
    if call is None or call.consult is None:
        return
    consult, legs = call.consult, floor.legs_of(call_id)
    client = next((leg for leg in legs if leg.channel == call.channel), None)
    asking = next((leg for leg in legs if leg.operator == consult.operator), None)
    third = _third(floor, legs, consult, client, asking)
    is_gone = bool(consult.leg) and third is None
    if client is None or asking is None or is_gone:
        _over(floor, call, at, out, is_taken=_hear(floor, client, third))
    elif third is None:
        if _hear(floor, client, asking):
            _over(floor, call, at, out)
    elif _hear(floor, asking, third):
        state = "joined" if _hear(floor, asking, client) else "talking"
        call = end_offer(floor, call, third.id, "answered", at, out)
        _put(floor, call, Consult(consult.operator, consult.target, third.operator,
                                  "joined" if state == "joined" else "talking", at, third.id),
             at, out)
    elif _hear(floor, client, third):
        _over(floor, call, at, out, is_taken=True)
    elif _hear(floor, client, asking):
        _put(floor, call, replace(consult, state="held"), at, out)


def _third(floor: Floor, legs: list[Leg], consult: Consult, client: Leg | None,
           asking: Leg | None) -> Leg | None:
    if consult.leg:
        return floor.legs.get(consult.leg)
    return next((leg for leg in legs if leg not in (client, asking) and _hear(
        floor, leg, asking) and leg.operator != consult.operator), None)


def _hear(floor: Floor, one: Leg | None, other: Leg | None) -> bool:
    return (one is not None and other is not None and one.bridge == other.bridge
            and floor.is_bridged(one))


def _over(floor: Floor, call: Call, at: datetime, out: Out, *, is_taken: bool = False) -> None:
    """`is_taken`: the third has the other party now."""
    consult = call.consult
    if consult is None:
        return
    call = floor.put_call(replace(
        call, consult=None, held_by="" if is_taken else call.held_by))
    out.append(ch.CallConsulted(
        **facts(call, at), operator=consult.operator, target=consult.target,
        third=None if is_taken else consult.third, state="over"))


def _put(floor: Floor, call: Call, consult: Consult, at: datetime, out: Out) -> None:
    before = call.consult
    if before is not None and (before.state, before.leg) == (consult.state, consult.leg):
        return
    call = floor.put_call(replace(call, consult=replace(consult, since=at)))
    out.append(ch.CallConsulted(
        **facts(call, at), operator=consult.operator, target=consult.target,
        third=consult.third, state=consult.state))
