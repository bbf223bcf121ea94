"""Two calls become one: transfers, pickups and conferences join what began apart.

A Linkedid is not constant. The older call keeps the interaction, the younger becomes a part of
it, and its Linkedid stands for the older from then on.
"""

from __future__ import annotations

from datetime import datetime

from cti import changes as ch
from cti.calls import Call, Leg, closed, is_older
from cti.live import Floor
from cti.queues import joined, left, place_of
from cti.stages import Out, connect, facts
from cti.values import replace


def join(floor: Floor, leg: Leg, linkedid: str, at: datetime, out: Out) -> Leg:
    """`leg` now says `linkedid`: its call and the one of that Linkedid are the same."""
    other_id = floor.id_of(linkedid)
    mine, other = floor.calls.get(leg.call), floor.calls.get(other_id)
    if mine is not None and other is not None:
        merge(floor, mine, other, at, out)
    elif mine is not None:
        floor.add_alias(other_id, mine.id)
        _carry_legs(floor, other_id, mine.id)
    else:
        _carry_legs(floor, leg.call, other_id)
    return floor.legs[leg.id]


def unite(floor: Floor, one: Leg, other: Leg, at: datetime, out: Out) -> None:
    """Both legs are of one call, whether it has begun or not; no Linkedid says so."""
    mine, his = floor.call_of(one), floor.call_of(other)
    if mine is not None and his is not None:
        merge(floor, mine, his, at, out)
    elif his is not None:
        _carry_legs(floor, one.call, his.id)
    elif one.call != other.call:
        _carry_legs(floor, other.call, one.call)


def merge(floor: Floor, one: Call, other: Call, at: datetime, out: Out) -> Call:
    """The call that is left, with the legs, places and offers of both."""
    if one.id == other.id:
        return one
    kept, absorbed = (one, other) if is_older(one, other) else (other, one)
    last = closed(absorbed, at).segments[-1]
    out.append(ch.SegmentClosed(
        **facts(absorbed, at), kind=last.kind, who=last.who, started_at=last.started_at))
    kept = floor.put_call(_with_parts_of(kept, absorbed))
    out.append(ch.CallsMerged(
        **facts(kept, at, absorbed.channel or absorbed.operator_channel or ""),
        kept=kept.id, absorbed=absorbed.id))
    floor.drop_call(absorbed.id)
    floor.add_alias(absorbed.id, kept.id)
    _carry_legs(floor, absorbed.id, kept.id)
    _carry_places(floor, absorbed.id, kept.id)
    connect(floor, kept.id, at, out)
    return floor.calls[kept.id]


def _with_parts_of(kept: Call, absorbed: Call) -> Call:
    """An internal call that takes in a client's becomes the client's; else it keeps its own."""
    kept = replace(
        kept, offers={**kept.offers, **absorbed.offers}, hung_up_by=None,
        listeners=(*kept.listeners, *absorbed.listeners),
        is_conference=kept.is_conference or absorbed.is_conference,
        is_parked=kept.is_parked or absorbed.is_parked,
        parked_by=kept.parked_by or absorbed.parked_by,
        client_hint=kept.client_hint or absorbed.client_hint,
        recording=kept.recording or absorbed.recording,
        attempt=kept.attempt or absorbed.attempt)
    if kept.direction != "internal" or absorbed.direction == "internal":
        return kept
    return replace(
        kept, direction=absorbed.direction, number=absorbed.number, name=absorbed.name,
        dialled=absorbed.dialled, entry=absorbed.entry, queue=absorbed.queue or kept.queue,
        menu_path=absorbed.menu_path, channel=absorbed.channel, first_leg=absorbed.first_leg,
        first_channel=absorbed.first_channel, connected=())


def _carry_legs(floor: Floor, from_id: str, to_id: str) -> None:
    for leg in floor.legs_of(from_id):
        floor.put_leg(replace(leg, call=to_id))
    attempt = floor.attempts.pop(from_id, None) if from_id != to_id else None
    if attempt is not None:
        floor.attempts.setdefault(to_id, attempt)


def _carry_places(floor: Floor, from_id: str, to_id: str) -> None:
    for queue in list(floor.queues.values()):
        place = place_of(queue, from_id)
        if place is not None:
            line = left(queue, from_id)
            floor.put_queue(joined(line, to_id, place.since, place.position))
