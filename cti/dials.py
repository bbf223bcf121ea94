"""Steps of dialling: who rings whom, and how it ended."""

from __future__ import annotations

import re
from datetime import datetime

from cti import changes as ch
from cti import events as ev
from cti.calls import Call, Leg
from cti.causes import offer_end
from cti.joins import merge, unite
from cti.legs import sight
from cti.live import Floor
from cti.queues import place_of
from cti.stages import Out, begin, end_offer, facts, offer, shift
from cti.values import replace

NUMBER = re.compile(r"\+?[0-9*#]{2,32}")


def began(floor: Floor, event: ev.DialBegan, out: Out) -> None:
    target = sight(floor, event.target, event.at, out)
    source = sight(floor, event.source, event.at, out) if event.source is not None else None
    _learn(floor, target, event.dial_string)
    target = floor.put_leg(replace(
        floor.legs[target.id], dialled_by=source.id if source is not None else ""))
    if source is None:
        if floor.call_of(target) is None and not (target.is_local or target.is_listener):
            dialled = event.account if NUMBER.fullmatch(event.account) else ""
            if target.operator is None:
                dialled = dialled or number_of(event.dial_string)
            begin(floor, target, event.at, out, dialled=dialled)
        return
    call = _common_call(floor, source, target, event, out)
    target = floor.legs[target.id]
    if call is None or target.is_local:
        return
    if target.operator is not None:
        _ring(floor, call, source, target, event.at, out)
    else:
        _dial_out(floor, call, source, target, event, out)


def _common_call(
    floor: Floor, source: Leg, target: Leg, event: ev.DialBegan, out: Out,
) -> Call | None:
    """The call both legs belong to; joins them where no Linkedid did (Asterisk 11)."""
    mine, other = floor.call_of(source), floor.call_of(target)
    if mine is not None and other is not None:
        return merge(floor, mine, other, event.at, out)
    if target.call != source.call:
        unite(floor, source, target, event.at, out)
        target, mine = floor.legs[target.id], floor.call_of(floor.legs[source.id])
    if mine is not None or (source.is_local and target.is_local):
        return mine
    if not source.is_local:
        return begin(floor, source, event.at, out)
    dialled = "" if target.operator is not None else number_of(event.dial_string)
    return begin(floor, target, event.at, out, dialled=dialled, shown=source.number)


def _ring(
    floor: Floor, call: Call, source: Leg, target: Leg, at: datetime, out: Out,
) -> None:
    if call.first_leg == target.id:     # the operator's own phone rings to dial for him
        return
    offer(floor, call, target, _queue_of(floor, call, source), at, out)


def _queue_of(floor: Floor, call: Call, source: Leg) -> str | None:
    """The line that the call is in: its queue rings this one, and maybe others at once. Who
    consults a queue waits in it himself."""
    if call.consult is not None and source.operator == call.consult.operator:
        return call.consult.target if call.consult.target in floor.queues else None
    if source.is_local:     # the phone is rung in its turn: who else is, is not known here
        return call.queue if call.state == "waiting" else None
    queue = floor.queues.get(call.queue or "")
    return call.queue if queue is not None and place_of(queue, call.id) is not None else None


def _dial_out(
    floor: Floor, call: Call, source: Leg, target: Leg, event: ev.DialBegan, out: Out,
) -> None:
    """Somebody outside is dialled: by an operator, by the dialler, or a call is passed on."""
    if call.consult is not None and source.operator == call.consult.operator:
        return
    dialled = number_of(event.dial_string)
    if call.direction == "in":
        if not call.connected:
            shift(floor, call, "ringing", dialled or None, event.at, out)
        return
    call = replace(call, channel=target.channel, direction="out", dialled=call.dialled or dialled)
    floor.put_call(call)


def ended(floor: Floor, event: ev.DialEnded, out: Out) -> None:
    for leg in _targets(floor, event):
        if leg.dial_status == event.status and not event.forward:
            continue        # a queue says it twice of each phone that need not ring any more
        leg = floor.put_leg(replace(leg, dial_status=event.status))
        call = floor.call_of(leg)
        if call is None or leg.is_local:
            continue
        if event.forward:
            out.append(ch.CallForwarded(
                **facts(call, event.at, leg.channel), operator=leg.operator,
                target=number_of(event.forward) or event.forward.partition("@")[0]))
        is_asked = call.consult is not None and call.answered_at is not None
        if (leg.operator is None or call.direction == "internal") and not is_asked:
            call = floor.put_call(replace(
                call, dial_status=event.status,
                is_picked_up=call.is_picked_up or event.status == "ANSWER"))
        if leg.operator is not None and event.status != "ANSWER":
            end_offer(floor, call, leg.id, offer_end(call, leg), event.at, out)


def _targets(floor: Floor, event: ev.DialEnded) -> list[Leg]:
    if event.target is not None:
        leg = floor.legs.get(event.target.leg_id)
        return [leg] if leg is not None else []
    source = floor.legs.get(event.source.leg_id) if event.source is not None else None
    if source is None:
        return []
    legs = floor.legs_of(source.call)
    return [leg for leg in legs if leg.dialled_by == source.id and not leg.dial_status]


def number_of(dial_string: str) -> str:
    """`+79160000000@trunk`, `trunk/079…`, `PJSIP/079…@trunk` → the number; "" if there is none."""
    for part in reversed(dial_string.partition("@")[0].split("/")):
        if NUMBER.fullmatch(part):
            return part
    return ""


def _learn(floor: Floor, target: Leg, dial_string: str) -> None:
    """On a tape that does not say whose phones are whose, a plain extension is an operator's."""
    if floor.table is not None or target.operator is not None or target.is_local:
        return
    technology, _, rest = target.channel.rpartition("-")[0].partition("/")
    phone, _, contact = dial_string.partition("/")  # `101`, `101/sip:101@pbx`, `101/101/pbx`
    is_plain = "@" not in phone and not contact and rest in phone
    is_itself = contact.startswith("sip:") or contact.partition("/")[0] == rest
    if not rest or not (is_plain or (is_itself and phone == rest and NUMBER.fullmatch(rest))):
        return
    floor.learned[f"{technology}/{rest}"] = rest
    floor.put_leg(replace(target, operator=rest))
