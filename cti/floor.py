"""The floor: all that is live now, and the one table from an event's type to its step.

`apply` is the only writer. It asks no clock and touches nothing outside: the same events give
the same changes, always.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cti import bridges, comparison, dials, early, legs, lines, members, parking, told, transfers
from cti import events as ev
from cti.apart import told_apart
from cti.calls import Call, CallState, Leg, Offer, Segment
from cti.changes import Change
from cti.live import Floor, Gap
from cti.operators import Operator
from cti.queues import Member, Queue, Waiting
from cti.recordings import muted as recording_muted
from cti.recordings import started as recording_started
from cti.recordings import stopped as recording_stopped

__all__ = [
    "Call", "CallState", "Floor", "Gap", "Leg", "Member", "Offer", "Operator", "Queue",
    "Segment", "Waiting", "apply",
]

Step = Callable[[Floor, Any, list[Change]], None]

STEPS: dict[type[ev.Event], Step] = {
    ev.LegCreated: legs.created,
    ev.LegMoved: legs.moved,
    ev.CallerNamed: legs.caller_named,
    ev.LegRenamed: legs.renamed,
    ev.LegHungUp: legs.hung_up,
    ev.HangupAsked: legs.hangup_asked,
    ev.HalvesLinked: bridges.halves_linked,
    ev.Masqueraded: bridges.masqueraded,
    ev.LegHeld: legs.held,
    ev.LegResumed: legs.resumed,
    ev.DialBegan: dials.began,
    ev.DialEnded: dials.ended,
    ev.BridgeEntered: bridges.entered,
    ev.BridgeLeft: bridges.left,
    ev.BridgesMerged: bridges.merged,
    ev.LegsLinked: bridges.linked,
    ev.QueueJoined: lines.caller_joined,
    ev.QueueLeft: lines.caller_left,
    ev.QueueAbandoned: lines.caller_gave_up,
    ev.OfferMade: lines.offered,
    ev.OfferRangOut: lines.rang_out,
    ev.MemberSeen: members.seen,
    ev.MemberGone: members.gone,
    ev.DeviceSeen: members.phone_seen,
    ev.BlindTransferred: transfers.blind,
    ev.AttendedTransferred: transfers.attended,
    ev.PickedUp: parking.picked_up,
    ev.Parked: parking.parked,
    ev.Unparked: parking.unparked,
    ev.RoomJoined: parking.room_joined,
    ev.Told: told.told,
    ev.RecordingMuted: recording_muted,
    ev.RecordingStarted: recording_started,
    ev.RecordingStopped: recording_stopped,
    ev.Booted: comparison.booted,
    ev.Started: comparison.started,
    ev.LinkCut: comparison.cut,
    ev.SnapshotBegan: comparison.snapshot_began,
    ev.LegListed: comparison.leg_listed,
    ev.BridgeListed: comparison.bridge_listed,
    ev.QueueListed: comparison.queue_listed,
    ev.EntryListed: comparison.entry_listed,
    ev.SnapshotEnded: comparison.snapshot_ended,
}


def apply(floor: Floor, event: ev.Event) -> tuple[Change, ...]:
    """What `event` changes on the floor, in order; () when nothing that we tell."""
    out: list[Change] = []
    if floor.mark:
        event = told_apart(event, floor.mark)
    if early.waits(floor, event):
        return ()
    STEPS[type(event)](floor, event, out)
    if type(event) is ev.SnapshotEnded:
        for held in early.let_in(floor):
            STEPS[type(held)](floor, held, out)
    members.refresh(floor, event.at, out)
    floor.last_at = event.at
    return tuple(out)
