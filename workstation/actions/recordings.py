"""Recording a call: on and off where policy leaves the choice, paused for a while."""

from __future__ import annotations

from cti.floor import Call
from workstation.desk import Desk
from workstation.errors import NotAllowed, NotThere, Refused
from workstation.policy import Person
from workstation.protocol.controls import PauseRecording, ResumeRecording, SwitchRecording
from workstation.recording_policy import Take


async def switch(desk: Desk, person: Person, args: SwitchRecording) -> dict[str, object]:
    call, _ = _recorded(desk, person, args.call)
    if not args.on and desk.recorder.policy_of(call) == "always":
        raise Refused("recording_required", "Calls of this queue are recorded.")
    if args.on and not await desk.recorder.may(call):
        raise Refused("recording_refused", "This client does not allow to be recorded.")
    await desk.recorder.ask(call, on=args.on)
    return {}


async def pause(desk: Desk, person: Person, args: PauseRecording) -> dict[str, object]:
    """It resumes by itself after `recording.pause_limit_s`."""
    call, take = _recorded(desk, person, args.call)
    if not take.is_running:
        raise Refused("not_now", "This call does not allow that now.", "it is not recorded")
    await desk.recorder.ask(call, pause=True)
    return {}


async def resume(desk: Desk, person: Person, args: ResumeRecording) -> dict[str, object]:
    call, take = _recorded(desk, person, args.call)
    if not take.marks or take.is_running:
        raise Refused("not_now", "This call does not allow that now.", "it is not paused")
    await desk.recorder.ask(call, pause=False)
    return {}


def _recorded(desk: Desk, person: Person, call_id: str) -> tuple[Call, Take]:
    call = desk.floor.calls.get(call_id)
    if call is None:
        raise NotThere("call")
    if person.operator not in (call.operator, *call.connected) and not person.oversees:
        raise NotAllowed("it is not your call")
    take = desk.recorder.take_of(call)
    if take is None or desk.recorder.policy_of(call) == "never":
        raise Refused("not_recorded", "Nothing of this call can be recorded.")
    return call, take
