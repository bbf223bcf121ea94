"""Steps of transfers. Joining the calls is `joins.py`'s; here they get their name."""

from __future__ import annotations

from typing import Literal

from cti import changes as ch
from cti import events as ev
from cti.calls import Call, Leg
from cti.joins import merge
from cti.legs import in_call
from cti.live import Floor
from cti.stages import Out, facts, shift
from cti.values import replace


def blind(floor: Floor, event: ev.BlindTransferred, out: Out) -> None:
    leg, call = in_call(floor, event.transferor, event.at, out)
    floor.put_leg(replace(leg, has_handed_over=True))
    call = floor.put_call(replace(call, hung_up_by=None))
    out.append(ch.CallTransferred(
        **facts(call, event.at), kind="blind", transferor=leg.operator or leg.channel,
        target=event.exten))


def attended(floor: Floor, event: ev.AttendedTransferred, out: Out) -> None:
    """Two calls of the transferor become one; blonde when the target had not answered yet."""
    first, mine = in_call(floor, event.first, event.at, out)
    second, other = in_call(floor, event.second, event.at, out)
    mine = floor.calls[floor.legs[first.id].call]
    if event.into == "fail":
        return
    target = _target(floor, second, other, event)
    kind = _kind(second, other)
    kept = merge(floor, mine, other, event.at, out) if mine.id != other.id else mine
    kept = floor.put_call(replace(kept, hung_up_by=None))
    if event.into != "threeway":
        _hand_over(floor, first.id, second.id)
        if kind == "blonde" and not kept.offers:
            is_waiting = other.state == "waiting"
            shift(floor, kept, "waiting" if is_waiting else "ringing", target, event.at, out)
        out.append(ch.CallTransferred(
            **facts(kept, event.at), kind=kind, transferor=first.operator or first.channel,
            target=target))


def _hand_over(floor: Floor, *leg_ids: str) -> None:
    for leg_id in leg_ids:
        floor.put_leg(replace(floor.legs[leg_id], has_handed_over=True))


def _kind(second: Leg, consultation: Call) -> Literal["attended", "blonde"]:
    """Alone in a room, or in the menu of somebody, he has an answer too."""
    is_ringing = consultation.state in ("ringing", "dialling", "waiting")
    return "blonde" if second.bridge is None and is_ringing else "attended"


def _target(
    floor: Floor, second: Leg, consultation: Call, event: ev.AttendedTransferred,
) -> str:
    """The operator asked, else the queue he waits in, else the number dialled."""
    if event.target is not None:
        leg = floor.legs.get(event.target.leg_id)
        if leg is not None and leg.operator is not None:
            return leg.operator
    others = (leg.operator for leg in floor.legs_of(consultation.id)
              if leg.operator is not None and leg.operator != second.operator)
    waits_in = consultation.queue if consultation.state == "waiting" else None
    dialled = second.exten if second.exten != "s" else ""   # the calls may be one already
    return next(others, None) or waits_in or dialled or consultation.dialled
