"""Steps of what our own menus and dialplan tell by `UserEvent`."""

from __future__ import annotations

from datetime import datetime

from cti import changes as ch
from cti import consults, listening, recordings
from cti import events as ev
from cti.calls import Call, Leg
from cti.legs import in_call, sight
from cti.live import Attempt, Floor
from cti.stages import Out, facts, name_segment, shift
from cti.user_events import (
    TOLD_BY_MENU,
    AttemptDropped,
    AttemptReported,
    ClientIdentified,
    ConsultBegan,
    HandedOver,
    ListeningBegan,
    MenuStepped,
    OperatorLeaves,
    PartyHeld,
    PartyParked,
    RecordingReady,
    ReturnAwaited,
)
from cti.values import replace


def told(floor: Floor, event: ev.Told, out: Out) -> None:
    if event.leg.leg_id not in floor.legs:
        return
    match event.told:
        case MenuStepped() as step:
            leg, call = in_call(floor, event.leg, event.at, out)
            _step(floor, call, leg, step, event.at, out)
        case ClientIdentified(client, how):
            leg, call = in_call(floor, event.leg, event.at, out)
            call = floor.put_call(replace(call, client_hint=client))
            out.append(ch.ClientNamed(
                **facts(call, event.at, leg.channel), client=client, how=how))
        case AttemptReported(attempt, status, cause):
            leg = sight(floor, event.leg, event.at, out)
            _settle(floor, leg, attempt, status, cause, event.at, out)
        case AttemptDropped(attempt):
            leg = sight(floor, event.leg, event.at, out)
            _settle(floor, leg, attempt, "DROPPED", 0, event.at, out)
        case ListeningBegan() as began:
            listening.began(floor, event, began, out)
        case RecordingReady():
            leg, call = in_call(floor, event.leg, event.at, out)
            recordings.began(floor, call, leg, event.at, out)
        case PartyHeld() | PartyParked() | ConsultBegan() | HandedOver() | OperatorLeaves():
            leg, call = in_call(floor, event.leg, event.at, out)
            consults.told(floor, call, leg, event.told, event.at, out)
        case ReturnAwaited(operator):
            leg, call = in_call(floor, event.leg, event.at, out)
            _await(floor, call, operator, event.at, out)


def _await(floor: Floor, call: Call, operator: str, at: datetime, out: Out) -> None:
    """The other party waits for `operator`; his leg is on the way out and ends nothing."""
    for leg in floor.legs_of(call.id):
        if leg.operator == operator:
            floor.put_leg(replace(leg, has_handed_over=True))
    connected = tuple(one for one in call.connected if one != operator)
    call = floor.put_call(replace(call, connected=connected, hung_up_by=None))
    shift(floor, call, "waiting", operator, at, out)


def _step(
    floor: Floor, call: Call, leg: Leg, told: MenuStepped, at: datetime, out: Out,
) -> None:
    is_new = not call.menu_path or not call.menu_path[-1].startswith(f"{told.menu}:")
    call = floor.put_call(replace(call, menu_path=(*call.menu_path, f"{told.menu}:{told.step}")))
    if call.state == "menu" and call.segments[-1].who is None:
        call = name_segment(floor, call, told.menu)
    elif not call.connected:
        call = shift(floor, call, "menu", told.menu, at, out)
    if is_new:
        out.append(ch.MenuEntered(**facts(call, at, leg.channel), menu=told.menu))
    out.append(ch.MenuStep(**facts(call, at, leg.channel), menu=told.menu, step=told.step))


def _settle(
    floor: Floor, leg: Leg, attempt: int, status: ch.AttemptStatus, cause: int, at: datetime,
    out: Out,
) -> None:
    """Tell an attempt's result, once per status."""
    known = floor.attempts.get(leg.call)
    if known is not None and known.status == status:
        return
    floor.attempts[leg.call] = Attempt(attempt, status)
    call = floor.call_of(leg)
    if call is not None:
        floor.put_call(replace(
            call, attempt=attempt,
            dial_status=call.dial_status if status in TOLD_BY_MENU else status,
            is_picked_up=call.is_picked_up or status == "ANSWER"))
    out.append(ch.AttemptSettled(
        at=at, attempt=attempt, status=status, cause=cause, call=leg.call))
