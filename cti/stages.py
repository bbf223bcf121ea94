"""The stages of a call: begun, moved from one state to the next, offered, connected, ended.

Every function here writes to the floor and appends what it changed to `out`, in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, TypedDict

from cti import changes as ch
from cti.calls import UP, Call, CallState, Leg, Listener, Offer, closed, opened, seconds
from cti.causes import OfferEnd, end_cause, outcome
from cti.live import Floor
from cti.queues import left, place_of
from cti.values import made, replace

Out = list[ch.Change]
ALONE_S = 1.0       # between two bridges there is a moment in which nobody hears the other party
LeftBy = Literal["answered", "abandoned", "timed_out", "removed"]


class CallFacts(TypedDict):
    """The fields that every change of a call carries."""
    at: datetime
    call: str
    pbx: str
    direction: ch.Direction
    caller_number: str
    caller_name: str
    dialled_number: str
    channel: str


def facts(call: Call, at: datetime, channel: str = "") -> CallFacts:
    """`channel` is the one concerned; else the other party's, else the one that began."""
    return {
        "at": at, "call": call.id, "pbx": call.pbx, "direction": call.direction,
        "caller_number": call.number, "caller_name": call.name, "dialled_number": call.dialled,
        "channel": channel or call.channel or call.first_channel,
    }


def begin(
    floor: Floor, leg: Leg, at: datetime, out: Out, *, dialled: str = "", shown: str = "",
) -> Call:
    """A call begins with `leg`; `dialled` is the number when the leg is one that we dial, or an
    operator's own phone that rings first. `shown` is the caller id that who is dialled sees.
    """
    attempt = floor.attempts.get(leg.call)
    direction = _direction(floor, leg, is_dialled=attempt is not None or bool(dialled))
    is_in = direction == "in"
    call = Call(
        id=leg.call, pbx=floor.pbx, direction=direction,
        number=leg.number if not dialled else leg.operator or shown,
        name="" if dialled else leg.name,
        dialled=dialled or ("" if leg.exten == "s" else leg.exten),
        entry=leg.exten if is_in else None, state="menu" if is_in else "dialling",
        since=at, started_at=at,
        operator=leg.operator, attempt=attempt.number if attempt else None,
        channel="" if leg.operator else leg.channel,
        operator_channel=leg.channel if leg.operator else None, first_leg=leg.id,
        first_channel=leg.channel,
    )
    call = floor.put_call(opened(call, call.state, leg.operator, at))
    out.append(ch.CallStarted(**facts(call, at, leg.channel)))
    return call


def _direction(floor: Floor, leg: Leg, *, is_dialled: bool) -> ch.Direction:
    if leg.operator is None:
        return "out" if is_dialled else "in"
    ids = set(floor.table.values()) if floor.table is not None else set(floor.learned.values())
    return "internal" if leg.exten in ids or leg.exten.startswith("*") else "out"


def shift(
    floor: Floor, call: Call, state: CallState, who: str | None, at: datetime, out: Out,
) -> Call:
    """The call goes to `state`; the segment it leaves is told. Nothing when it is there."""
    call = settle_alone(floor, call, at, out)
    if call.is_parked and state != "held":
        by = who if state in ("talking", "ringing") else None
        call = taken_back(floor, call, by, "taken", at, out)
    last = call.segments[-1]
    if call.state == state and last.who == who:
        return call
    out.extend(_closing(call, at))
    return floor.put_call(opened(closed(call, at), state, who, at))


def settle_alone(
    floor: Floor, call: Call, at: datetime, out: Out, *, is_with_him: bool = False,
) -> Call:
    """Nobody heard the other party for a while: that was no talk. It was the operator's hold
    when his leg was there all the time."""
    since = call.alone_since
    if since is None:
        return call
    call = floor.put_call(replace(call, alone_since=None))
    if call.state != "talking" or (at - since).total_seconds() < ALONE_S:
        return call
    out.extend(_closing(call, since))
    is_held = is_with_him or any(
        leg.operator is not None and leg.operator == call.operator
        for leg in floor.legs_of(call.id))
    state: CallState = "held" if is_held else "waiting"
    return floor.put_call(opened(
        closed(call, since), state, call.operator if is_held else None, since))


def taken_back(
    floor: Floor, call: Call, operator: str | None,
    reason: Literal["taken", "timed_out", "abandoned"], at: datetime, out: Out,
) -> Call:
    """It is parked no more."""
    if not call.is_parked:
        return call
    call = floor.put_call(replace(call, is_parked=False, parked_by=""))
    out.append(ch.CallUnparked(**facts(call, at), operator=operator, reason=reason))
    return call


def name_segment(floor: Floor, call: Call, who: str) -> Call:
    """The open segment now has a name: the menu that the caller is in."""
    last = replace(call.segments[-1], who=who)
    return floor.put_call(replace(call, segments=(*call.segments[:-1], last)))


def _closing(call: Call, at: datetime) -> Out:
    last = call.segments[-1]
    if last.ended_at is not None:
        return []
    return [ch.SegmentClosed(
        **facts(call, max(at, last.started_at)), kind=last.kind, who=last.who,
        started_at=last.started_at,
    )]


def offer(floor: Floor, call: Call, leg: Leg, queue: str | None, at: datetime, out: Out) -> Call:
    """The phone of `leg` is about to ring for `call`; told once per operator."""
    if leg.operator is None or leg.id in call.offers:
        return call
    offered = Offer(leg.id, leg.operator, queue, leg.channel)
    is_second_phone = _rings(floor, call.offers, leg.operator)
    call = floor.put_call(replace(call, offers={**call.offers, leg.id: offered}))
    if is_second_phone:
        return call
    floor.stirred[leg.operator] = None
    if not call.connected and call.consult is None:
        call = _ring(floor, call, leg.operator, queue, at, out)
    out.append(made(ch.OperatorOffered)(
        **facts(call, at), operator=offered.operator, queue=queue, operator_channel=leg.channel))
    return call


def _rings(floor: Floor, offers: Mapping[str, Offer], operator: str) -> bool:
    """Asked of his own legs: a queue that rings a hundred phones has a hundred offers."""
    return any(leg.id in offers for leg in floor.legs_of_operator(operator))


def _ring(
    floor: Floor, call: Call, operator: str, queue: str | None, at: datetime, out: Out,
) -> Call:
    """The segment is of the one who is rung, or of the queue when it rings several at once."""
    if len(call.offers) == 1:
        return shift(floor, call, "ringing", operator, at, out)
    if call.state != "ringing":
        return shift(floor, call, "ringing", queue, at, out)
    if queue is None or call.segments[-1].who == queue:
        return call
    return name_segment(floor, call, queue)


def end_offer(
    floor: Floor, call: Call, leg_id: str, reason: OfferEnd, at: datetime, out: Out,
) -> Call:
    """One phone stopped ringing; when it was the last, the caller waits again."""
    ended = call.offers.get(leg_id)
    if ended is None:
        return call
    is_taken = reason == "answered"
    others = dict(call.offers)
    del others[leg_id]
    if is_taken:
        others = {key: one for key, one in others.items() if one.operator != ended.operator}
    call = floor.put_call(replace(call, offers=others))
    if _rings(floor, others, ended.operator):
        return call     # his other phone still rings
    floor.stirred[ended.operator] = None
    out.append(made(ch.OfferEnded)(
        **facts(call, at), operator=ended.operator, queue=ended.queue, reason=reason))
    if not others and call.state == "ringing" and ended.queue and not is_taken:
        call = shift(floor, call, "waiting", ended.queue, at, out)
    return call


def connect(floor: Floor, call_id: str, at: datetime, out: Out) -> None:
    """Look who hears whom in this call; every operator newly connected has answered."""
    call = floor.calls.get(call_id)
    if call is None:
        return
    heard = _heard(floor, call_id)
    if len(heard) < 2 or _is_aside(call, heard):
        return
    call = _count(floor, call, heard, at, out)
    operators = [leg for leg in heard if leg.operator is not None]
    if not operators:
        _pass_on(floor, call, heard, at, out)
    answering = operators
    if len(operators) == len(heard):    # an internal call: who was called has answered
        answering = [leg for leg in operators if leg.id != call.first_leg and not (
            floor.table is None and leg.has_talked)]
    for leg in operators:
        if not leg.has_talked:
            floor.put_leg(replace(leg, has_talked=True))
    for leg in answering:
        if call.held_by and call.state == "held" and len(operators) == len(heard):
            call = _take_up(floor, call, leg, call.operator or "", at, out, by=call.held_by)
        call = _answer(floor, call, leg, at, out)


def _is_aside(call: Call, heard: list[Leg]) -> bool:
    """An operator talks with whom he consults, and the other party hears neither."""
    return call.consult is not None and not any(leg.channel == call.channel for leg in heard)


def _heard(floor: Floor, call_id: str) -> list[Leg]:
    """The legs that somebody can hear."""
    return [leg for leg in floor.legs_of(call_id) if floor.is_bridged(leg) and not leg.is_local]


def one_less(floor: Floor, call_id: str, at: datetime, out: Out) -> None:
    """Somebody is out of a bridge; where others talk on with a client, he ended nothing."""
    call = floor.calls.get(call_id)
    if call is None or not (call.is_conference or call.hung_up_by):
        return
    heard = _heard(floor, call_id)
    call = _count(floor, call, heard, at, out)
    is_on = call.direction == "internal" or any(leg.operator is None for leg in heard)
    if len(heard) > 1 and is_on and call.hung_up_by is not None:
        floor.put_call(replace(call, hung_up_by=None))


def _count(floor: Floor, call: Call, heard: list[Leg], at: datetime, out: Out) -> Call:
    """Three who hear each other are a conference."""
    together = Counter(leg.bridge for leg in heard)
    is_conference = max(together.values(), default=0) > 2
    if call.is_conference is is_conference:
        return call
    call = floor.put_call(replace(call, is_conference=is_conference))
    change = ch.ConferenceBegan if call.is_conference else ch.ConferenceEnded
    out.append(change(**facts(call, at)))
    return call


def _pass_on(floor: Floor, call: Call, heard: list[Leg], at: datetime, out: Out) -> None:
    """The call goes on between people outside: it was forwarded, or transferred out.

    On a tape that does not say whose phones are whose, the one who was called has answered.
    """
    call = shift(floor, call, "talking", None, at, out)
    call = floor.put_call(replace(call, answered_at=call.answered_at or at, hung_up_by=None))
    if floor.table is not None:
        return
    for leg in heard:
        if leg.id != call.first_leg and not leg.has_talked:
            phone = phone_of(leg.channel)
            call = floor.put_call(replace(call, operator=phone))
            out.append(ch.CallAnswered(
                **facts(call, at), operator=phone, queue=call.queue,
                operator_channel=leg.channel))
        floor.put_leg(replace(leg, has_talked=True))


def phone_of(channel: str) -> str:
    """`SIP/150010001-00000002` → `150010001`."""
    return channel.rpartition("-")[0].partition("/")[2]


def _answer(floor: Floor, call: Call, leg: Leg, at: datetime, out: Out) -> Call:
    operator = leg.operator
    if operator is None or operator in call.connected:
        return call
    if call.held_by == operator and call.state in ("held", "menu"):
        return _take_up(floor, call, leg, operator, at, out)
    queue = call.offers[leg.id].queue if leg.id in call.offers else None
    is_moved = call.state == "talking" and call.operator == operator    # to another bridge
    is_guest = call.state == "talking" and call.operator in call.connected
    call = end_offer(floor, call, leg.id, "answered", at, out)
    if not is_guest:
        call = shift(floor, call, "talking", operator, at, out)
        call = replace(call, operator=operator, operator_channel=leg.channel)
    call = floor.put_call(replace(
        call, connected=(*call.connected, operator), hung_up_by=None,
        answered_at=call.answered_at or at))
    floor.stirred[operator] = None
    if not is_moved:
        out.append(ch.CallAnswered(
            **facts(call, at), operator=operator, queue=queue or call.queue,
            operator_channel=leg.channel))
    return call


def _take_up(
    floor: Floor, call: Call, leg: Leg, operator: str, at: datetime, out: Out, *, by: str = "",
) -> Call:
    """He talks again with whom he held; `by`: of two operators, whoever it was that held."""
    call = shift(floor, call, "talking", operator, at, out)
    call = floor.put_call(replace(
        call, connected=tuple(dict.fromkeys((*call.connected, operator))), operator=operator,
        held_by="", operator_channel=leg.channel, hung_up_by=None))
    out.append(ch.CallResumed(**facts(call, at, leg.channel), operator=by or operator))
    return call


def disconnect(floor: Floor, leg: Leg, at: datetime, out: Out) -> None:
    """The operator of this leg no longer hears the other party; maybe another rings for it."""
    call = floor.call_of(leg)
    if call is None or leg.operator not in call.connected:
        return
    if any(floor.is_bridged(other) and other.id != leg.id and other.operator == leg.operator
           for other in floor.legs_of(call.id)):
        return
    connected = tuple(one for one in call.connected if one != leg.operator)
    call = floor.put_call(replace(call, connected=connected))
    if not connected and call.offers and call.consult is None:
        shift(floor, call, "ringing", call.offered[0], at, out)
    elif call.state == "talking" and call.operator not in connected:
        _inherit(floor, call, at, out)


def _inherit(floor: Floor, call: Call, at: datetime, out: Out) -> None:
    """Whose call it was is out of it: it is the next operator's, or theirs who talk on outside;
    or nobody hears the other party."""
    heard = _heard(floor, call.id)
    heirs = [leg for leg in heard if leg.operator in call.connected]
    if heirs:
        call = shift(floor, call, "talking", heirs[0].operator, at, out)
        floor.put_call(replace(
            call, operator=heirs[0].operator, operator_channel=heirs[0].channel))
    elif len(heard) > 1 and floor.table is not None:
        shift(floor, call, "talking", None, at, out)
    elif call.alone_since is None:
        floor.put_call(replace(call, alone_since=at))


def leave(
    floor: Floor, call: Call, queue_id: str, reason: LeftBy, at: datetime, out: Out,
) -> None:
    """The call is out of this line, if it was in it."""
    place = place_of(floor.queue(queue_id), call.id)
    if place is None:
        return
    floor.put_queue(left(floor.queue(queue_id), call.id))
    waited_s = max(0.0, (at - place.since).total_seconds())
    out.append(ch.CallLeftQueue(
        **facts(call, at), queue=queue_id, waited_s=round(waited_s, 6), reason=reason))


def listening_ended(call: Call, one: Listener, at: datetime) -> ch.ListeningEnded:
    return ch.ListeningEnded(
        **facts(call, max(at, one.since), one.channel), supervisor=one.supervisor,
        operator=one.operator, mode=one.mode, started_at=one.since)


def end(floor: Floor, call: Call, at: datetime, out: Out, *, is_lost: bool = False) -> None:
    """The last leg is gone."""
    for ringing in call.offers:
        call = end_offer(floor, call, ringing, "abandoned", at, out)
    for queue_id in list(floor.queues):
        leave(floor, call, queue_id, "removed" if is_lost else "abandoned", at, out)
    out.extend(listening_ended(call, one, at) for one in call.listeners)
    call = _count(floor, call, [], at, out)
    call = taken_back(floor, settle_alone(floor, call, at, out), None, "abandoned", at, out)
    out.extend(_closing(call, at))
    call = closed(call, at)
    floor.drop_call(call.id)
    end_of: dict[str, Any] = {"outcome": "lost_sight", "ended_by": None} if is_lost else {
        "outcome": outcome(call), "ended_by": call.hung_up_by or "system"}
    out.append(ch.CallEnded(
        **facts(call, at), **end_of, cause=end_cause(call), operator=call.operator,
        queue=call.queue, started_at=call.started_at, answered_at=call.answered_at,
        waited_s=seconds(call, "waiting", "ringing"), talked_s=seconds(call, "talk"),
        held_s=seconds(call, "hold"),
    ))


def is_up(leg: Leg) -> bool:
    return leg.state == UP
