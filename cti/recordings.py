"""Steps of recordings: the dialplan has one ready, it runs or is paused, and it ends.

Asterisk records one leg, both directions; who hears what becomes of the call stays with that leg
through every transfer. It begins paused (`ready`): the server lets it run when it may. One that
was stopped and is started again goes on as it was (see `workstation/recorder`).
"""

from __future__ import annotations

from datetime import datetime

from cti import changes as ch
from cti import events as ev
from cti.calls import Call, Leg, RecordingState
from cti.live import Floor
from cti.stages import Out, facts
from cti.values import replace

_RANK: tuple[RecordingState, ...] = ("on", "paused", "ready", "")


def began(floor: Floor, call: Call, leg: Leg, at: datetime, out: Out) -> None:
    if not leg.recording:
        _shift(floor, call, replace(leg, recorded_since=at), "ready", at, out)


def muted(floor: Floor, event: ev.RecordingMuted, out: Out) -> None:
    leg = floor.legs.get(event.leg.leg_id)
    call = floor.call_of(leg) if leg is not None else None
    if leg is None or call is None or not leg.recording:
        return
    state: RecordingState = "on"
    if event.is_muted:
        state = "ready" if leg.recording == "ready" else "paused"
    if state != leg.recording:
        _shift(floor, call, leg, state, event.at, out)


def stopped(floor: Floor, event: ev.RecordingStopped, out: Out) -> None:
    leg = floor.legs.get(event.leg.leg_id)
    if leg is not None and leg.recording:
        over(floor, floor.put_leg(replace(leg, was_recording=leg.recording)), event.at, out)


def started(floor: Floor, event: ev.RecordingStarted, out: Out) -> None:
    """Another dialplan's recording of a leg that we never recorded is none of ours."""
    leg = floor.legs.get(event.leg.leg_id)
    call = floor.call_of(leg) if leg is not None else None
    if leg is not None and call is not None and leg.was_recording and not leg.recording:
        _shift(floor, call, replace(leg, was_recording=""), leg.was_recording, event.at, out)


def over(floor: Floor, leg: Leg, at: datetime, out: Out) -> None:
    """Nothing more is recorded of this leg: it was stopped, or the leg is gone."""
    call = floor.call_of(leg)
    if leg.recording and call is not None:
        _shift(floor, call, leg, "", at, out)


def _shift(floor: Floor, call: Call, leg: Leg, state: RecordingState, at: datetime,
           out: Out) -> None:
    leg = floor.put_leg(replace(leg, recording=state))
    states = {one.recording for one in floor.legs_of(call.id)}
    best = next(one for one in _RANK if one in states)
    call = floor.put_call(replace(call, recording=best))
    out.append(ch.RecordingChanged(
        **facts(call, at, leg.channel), leg=leg.id, state=state or "ended",
        began_at=leg.recorded_since or at))
