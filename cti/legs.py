"""Steps of single legs: they come, ring, are up, held, renamed, and go."""

from __future__ import annotations

import re
from datetime import datetime

from cti import changes as ch
from cti import consults, listening, recordings
from cti import events as ev
from cti.calls import DOWN, LISTENER, PLUMBING, UP, Call, Leg
from cti.causes import REJECTED, offer_end
from cti.joins import join
from cti.live import Attempt, Floor
from cti.stages import (
    Out,
    begin,
    disconnect,
    end,
    end_offer,
    facts,
    one_less,
    phone_of,
    settle_alone,
    shift,
)
from cti.values import replace

BLANK = Leg(id="", channel="", call="", state=DOWN)
ATTEMPT_CHANNEL = re.compile(r"Local/(\d{1,18})@deskline-dial-")


def sight(floor: Floor, said: ev.LegFacts, at: datetime, out: Out) -> Leg:
    """The leg an event speaks of, brought up to date; a leg we never saw comes to the floor.

    Its Linkedid may be another than before: then two calls are one, see `joins.py`.
    """
    leg = floor.legs.get(said.leg_id)
    if leg is None:
        return _arrive(floor, said)
    call_id = floor.id_of(said.call_id) if said.call_id else leg.call
    if call_id != leg.call:
        leg = join(floor, leg, said.call_id, at, out)
    state = said.state if said.state >= 0 else leg.state
    if state != leg.state:
        leg = floor.put_leg(replace(leg, state=state))
    return leg


def _arrive(floor: Floor, said: ev.LegFacts) -> Leg:
    call_id = floor.id_of(said.call_id or said.leg_id)
    is_local = said.channel.startswith(PLUMBING)
    if floor.table is None and not is_local and said.number and (
            said.number == phone_of(said.channel)):     # nobody told whose phones are whose
        floor.learned[said.channel.rpartition("-")[0]] = said.number
    attempt = ATTEMPT_CHANNEL.match(said.channel)
    if attempt is not None and call_id not in floor.attempts:
        floor.attempts[call_id] = Attempt(int(attempt.group(1)))
    return floor.put_leg(replace(
        BLANK, id=said.leg_id, channel=said.channel, call=call_id, state=max(said.state, DOWN),
        operator=floor.operator_of(said.channel), is_local=is_local,
        is_listener=said.leg_id.startswith(LISTENER),
        number=said.number, name=said.name, exten=said.exten,
    ))


def in_call(floor: Floor, said: ev.LegFacts, at: datetime, out: Out) -> tuple[Leg, Call]:
    """As `sight`, and the leg's call, which begins now if it has not."""
    leg = sight(floor, said, at, out)
    call = floor.call_of(leg)
    return leg, call or begin(floor, leg, at, out)


def created(floor: Floor, event: ev.LegCreated, out: Out) -> None:
    """A leg that is down is one we dial: its call begins when the Dial says for whom."""
    leg = sight(floor, event.leg, event.at, out)
    if _begins_none(leg) or floor.call_of(leg) is not None:
        return
    begin(floor, leg, event.at, out)


def moved(floor: Floor, event: ev.LegMoved, out: Out) -> None:
    leg = sight(floor, event.leg, event.at, out)
    if not _begins_none(leg) and floor.call_of(leg) is None:
        begin(floor, leg, event.at, out)


def _begins_none(leg: Leg) -> bool:
    return leg.state == DOWN or leg.is_local or leg.is_listener or leg.is_code


def caller_named(floor: Floor, event: ev.CallerNamed, out: Out) -> None:
    """The first leg's number counts for the call until somebody answered it."""
    leg = floor.legs.get(event.leg.leg_id)
    if leg is None:
        return
    leg = floor.put_leg(replace(leg, number=event.leg.number, name=event.leg.name))
    call = floor.call_of(leg)
    if call is not None and call.first_leg == leg.id and call.state == "menu":
        floor.put_call(replace(call, number=leg.number, name=leg.name))


def renamed(floor: Floor, event: ev.LegRenamed, out: Out) -> None:
    """A masquerade: from now on the leg is another party's."""
    leg = floor.legs.get(event.leg_id)
    if leg is None or leg.channel == event.channel:
        return
    if event.channel.endswith(">"):     # in transit; the next Rename tells where to
        floor.put_leg(replace(leg, channel=event.channel))
        return
    operator = floor.operator_of(event.channel)
    is_local = event.channel.startswith(PLUMBING)
    after = replace(leg, channel=event.channel, operator=operator, is_local=is_local)
    if leg.takes_over:
        before = floor.legs.get(leg.takes_over)
        has_talked = before is not None and before.has_talked
        after = replace(after, takes_over="", has_talked=has_talked, has_handed_over=False)
    elif operator != leg.operator:
        after = replace(after, has_talked=False)
    if operator != leg.operator:
        _operator_gone(floor, leg, event.at, out)
    floor.put_leg(after)
    call = floor.call_of(after)
    if call is not None and operator is None and not is_local:
        floor.put_call(replace(call, channel=event.channel))


def held(floor: Floor, event: ev.LegHeld, out: Out) -> None:
    if sight(floor, event.leg, event.at, out).is_listener:
        return
    leg, call = in_call(floor, event.leg, event.at, out)
    floor.put_leg(replace(leg, is_holding=True))
    if call.state != "talking":
        return
    call = shift(floor, call, "held", leg.operator or call.operator, event.at, out)
    out.append(ch.CallHeld(**facts(call, event.at, leg.channel), operator=leg.operator))


def resumed(floor: Floor, event: ev.LegResumed, out: Out) -> None:
    leg = floor.legs.get(event.leg.leg_id)
    call = floor.call_of(leg) if leg is not None else None
    if leg is None or call is None:
        return
    leg = floor.put_leg(replace(leg, is_holding=False))
    if call.state == "held" and not call.is_parked and not any(
            one.is_holding for one in floor.legs_of(call.id)):
        resume(floor, call, leg, event.at, out)


def resume(floor: Floor, call: Call, leg: Leg, at: datetime, out: Out) -> None:
    call = shift(floor, call, "talking", leg.operator or call.operator, at, out)
    out.append(ch.CallResumed(**facts(call, at, leg.channel), operator=leg.operator))


def hangup_asked(floor: Floor, event: ev.HangupAsked, out: Out) -> None:
    """Who asked first ended it, unless the call goes on; a ringing phone that refuses does not."""
    leg = floor.legs.get(event.leg.leg_id)
    if leg is None or leg.is_local or leg.channel.endswith(">"):    # what a masquerade left
        return
    call = floor.call_of(leg)
    cause = event.cause
    if not (cause or event.is_soft) and call is not None and leg.state != UP and (
            leg.id in call.offers):
        cause = REJECTED        # Asterisk 16 does not say why a phone that rings hangs up
    leg = floor.put_leg(replace(leg, cause=cause))
    if call is None or call.hung_up_by is not None or leg.has_handed_over:
        return
    if leg.operator is None:
        is_caller = leg.id == call.first_leg and call.direction == "in"
        is_party, side = is_caller or call.is_picked_up or leg.has_talked, "client"
    else:
        is_party, side = leg.has_talked or leg.id == call.first_leg, "operator"
    if is_party or floor.is_bridged(leg):
        by: ch.Side = "system" if event.is_soft else "client" if side == "client" else "operator"
        floor.put_call(replace(call, hung_up_by=by))


def hung_up(floor: Floor, event: ev.LegHungUp, out: Out) -> None:
    leg = floor.legs.get(event.leg.leg_id)
    if floor.listing is not None:
        floor.listing.gone.add(event.leg.leg_id)
    if leg is not None:
        drop(floor, leg, event.cause, event.at, out)


def drop(
    floor: Floor, leg: Leg, cause: int, at: datetime, out: Out, *, is_lost: bool = False,
) -> None:
    """The leg is gone, with what hangs on it; its call too when it was the last."""
    if cause and not leg.cause:
        leg = floor.put_leg(replace(leg, cause=cause))
    call = floor.call_of(leg)
    if call is not None:
        call = floor.put_call(_with_cause(call, leg, cause))
        end_offer(floor, call, leg.id, offer_end(call, leg), at, out)
        if leg.operator is not None and leg.operator == call.operator:
            settle_alone(floor, floor.calls[call.id], at, out, is_with_him=True)
    leg = floor.leave_bridge(leg)
    disconnect(floor, leg, at, out)
    one_less(floor, leg.call, at, out)
    if leg.is_listener:
        listening.over(floor, leg, at, out)
    recordings.over(floor, leg, at, out)
    floor.drop_leg(leg)
    _operator_gone(floor, leg, at, out)
    _resume_without(floor, leg, at, out)
    consults.look(floor, leg.call, at, out)
    if floor.has_legs(leg.call):
        return
    call = floor.calls.get(leg.call)
    if call is not None:
        _settle_dropped(floor, call, at, out)
        end(floor, call, at, out, is_lost=is_lost)
    _settle_unknown(floor, leg.call, cause, at, out)


def _with_cause(call: Call, leg: Leg, cause: int) -> Call:
    if leg.operator is None and not leg.is_local:
        has_given_up = call.has_given_up or (
            leg.id == call.first_leg and call.answered_at is None)
        return replace(call, cause=cause or call.cause, has_given_up=has_given_up)
    return replace(call, cause=call.cause or cause) if leg.id == call.first_leg else call


def _operator_gone(floor: Floor, leg: Leg, at: datetime, out: Out) -> None:
    """His last leg of a call in which he talked is gone."""
    call = floor.calls.get(leg.call)
    if leg.operator is None or not leg.has_talked or call is None:
        return
    others = [one for one in floor.legs_of(leg.call)
              if one.id != leg.id and one.operator == leg.operator]
    if others:
        floor.put_leg(replace(others[0], has_talked=True))
    else:
        out.append(ch.OperatorLeft(
            **facts(call, at, leg.channel), operator=leg.operator, queue=call.queue))


def _resume_without(floor: Floor, leg: Leg, at: datetime, out: Out) -> None:
    """Who held the call is gone, and others still talk."""
    call = floor.calls.get(leg.call)
    if call is None or call.state != "held" or not leg.is_holding or not call.connected:
        return
    talking = next((one for one in floor.legs_of(call.id) if one.operator in call.connected), None)
    if talking is not None:
        resume(floor, call, talking, at, out)


def _settle_dropped(floor: Floor, call: Call, at: datetime, out: Out) -> None:
    """The debtor had answered and left before an operator came."""
    attempt = floor.attempts.get(call.id)
    if attempt is None or call.answered_at or not call.is_picked_up:
        return
    if attempt.status != "DROPPED":
        floor.attempts[call.id] = Attempt(attempt.number, "DROPPED")
        out.append(ch.AttemptSettled(
            at=at, attempt=attempt.number, status="DROPPED", cause=call.cause, call=call.id))


def _settle_unknown(floor: Floor, call_id: str, cause: int, at: datetime, out: Out) -> None:
    """Every leg of an attempt is gone; if nobody told its fate, tell that it is over."""
    attempt = floor.attempts.pop(call_id, None)
    if attempt is not None and not attempt.status:
        out.append(ch.AttemptSettled(
            at=at, attempt=attempt.number, status="ENDED", cause=cause, call=call_id))
