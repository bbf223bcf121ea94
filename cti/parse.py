"""Headers to typed events: one table from the name of an AMI event to a function.

Older Asterisks (11 to 16: `Dial`, `Bridge`, `Join`, `Leave`, `Location`, `UniqueID` …) come to
the same events. A header that is not there reads as "". Nothing here raises on bad values from
outside: a number that is none reads as its default, an event without its ids is None.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, cast

from cti import events as ev
from cti import user_events
from cti.headers import (
    Headers,
    Reader,
    bare,
    count,
    field,
    leg,
    moment,
    of_leg,
    seconds_in,
    text,
    whole,
)


def parse(at: datetime, said: Mapping[str, str | list[str]]) -> ev.Event | None:
    """The event that the headers `said` tell, or None when we do not care.

    `at` is when the message came in; the event's own Timestamp wins over it.
    """
    headers = cast("Headers", said)
    reader = READERS.get(headers.get("Event", ""))
    if reader is None:
        return None
    return reader(moment(headers, at), headers)


def _renamed(at: datetime, headers: Headers) -> ev.Event | None:
    leg_id = text(headers, "Uniqueid", "UniqueID")
    return ev.LegRenamed(at, leg_id, text(headers, "Newname", "NewName")) if leg_id else None


def _dial_began(at: datetime, headers: Headers) -> ev.Event | None:
    target = leg(headers, "Dest")
    if target is None:
        return None
    return ev.DialBegan(at, leg(headers), target, text(headers, "DialString"),
                        text(headers, "DestAccountCode"))


def _dial_ended(at: datetime, headers: Headers) -> ev.Event | None:
    target = leg(headers, "Dest")
    if target is None:
        return None
    return ev.DialEnded(at, None, target, text(headers, "DialStatus"),
                        text(headers, "Forward"))


def _old_dial(at: datetime, headers: Headers) -> ev.Event | None:
    """Asterisk 11 `Dial`, SubEvent Begin or End."""
    source = leg(headers)
    if text(headers, "SubEvent") == "End":
        return ev.DialEnded(at, source, None, text(headers, "DialStatus")) if source else None
    target_id = text(headers, "DestUniqueID", "DestUniqueid")
    if not target_id:
        return None
    target = bare(text(headers, "Destination"), target_id)
    return ev.DialBegan(at, source, target, text(headers, "Dialstring", "DialString"), "")


def _bridge_entered(at: datetime, headers: Headers) -> ev.Event | None:
    facts = leg(headers)
    bridge = text(headers, "BridgeUniqueid")
    if facts is None or not bridge:
        return None
    is_holding = text(headers, "BridgeTechnology") == "holding_bridge"
    return ev.BridgeEntered(at, facts, bridge, is_holding)


def _bridges_merged(at: datetime, headers: Headers) -> ev.Event | None:
    kept, gone = text(headers, "ToBridgeUniqueid"), text(headers, "FromBridgeUniqueid")
    return ev.BridgesMerged(at, kept, gone) if kept and gone else None


def _old_bridge(at: datetime, headers: Headers) -> ev.Event | None:
    """Asterisk 11 `Bridge`; its `Unlink` is told by the hang-ups that follow."""
    one, two = text(headers, "Uniqueid1"), text(headers, "Uniqueid2")
    if not one or not two or text(headers, "Bridgestate") == "Unlink":
        return None
    return ev.LegsLinked(
        at,
        bare(text(headers, "Channel1"), one, text(headers, "CallerID1")),
        bare(text(headers, "Channel2"), two, text(headers, "CallerID2")),
    )


def _halves(at: datetime, headers: Headers) -> ev.Event | None:
    """`LocalBridge`; Asterisk 11 numbers the halves, later ones say LocalOne, LocalTwo."""
    one = text(headers, "LocalOneUniqueid", "Uniqueid1")
    two = text(headers, "LocalTwoUniqueid", "Uniqueid2")
    if not one or not two:
        return None
    return ev.HalvesLinked(
        at, bare(text(headers, "LocalOneChannel", "Channel1"), one),
        bare(text(headers, "LocalTwoChannel", "Channel2"), two))


def _masqueraded(at: datetime, headers: Headers) -> ev.Event | None:
    into, party_of = text(headers, "Original"), text(headers, "Clone")
    return ev.Masqueraded(at, into, party_of) if into and party_of else None


def _hold(at: datetime, headers: Headers) -> ev.Event | None:
    """`Hold`; Asterisk 11 says `Status: Off` for a resume."""
    facts = leg(headers)
    if facts is None:
        return None
    is_resumed = text(headers, "Status") == "Off"
    return ev.LegResumed(at, facts) if is_resumed else ev.LegHeld(at, facts)


def _offer_made(at: datetime, headers: Headers) -> ev.Event | None:
    caller, target = leg(headers), leg(headers, "Dest")
    channel = text(headers, "DestinationChannel")
    if target is None and channel:
        target = bare(channel, "")
    if caller is None or target is None:
        return None
    return ev.OfferMade(
        at, caller, text(headers, "Queue"), text(headers, "Interface", "AgentCalled"),
        text(headers, "MemberName", "AgentName"), target,
    )


def _offer_rang_out(at: datetime, headers: Headers) -> ev.Event | None:
    caller = leg(headers)
    if caller is None:
        return None
    target = leg(headers, "Dest") or bare("", "")
    return ev.OfferRangOut(
        at, caller, text(headers, "Queue"), text(headers, "Interface", "Member"), target)


def _member_seen(at: datetime, headers: Headers) -> ev.Event | None:
    queue, interface = text(headers, "Queue"), text(headers, "Interface", "Location")
    if not queue or not interface:
        return None
    return ev.MemberSeen(
        at, queue, interface, text(headers, "MemberName", "Name"),
        text(headers, "Paused") == "1", text(headers, "PausedReason", "Reason"),
        whole(text(headers, "Status"), -1), whole(text(headers, "Penalty")),
    )


def _member_gone(at: datetime, headers: Headers) -> ev.Event | None:
    queue, interface = text(headers, "Queue"), text(headers, "Interface", "Location")
    return ev.MemberGone(at, queue, interface) if queue and interface else None


def _device_seen(at: datetime, headers: Headers) -> ev.Event | None:
    is_reachable = text(headers, "State") not in ("UNAVAILABLE", "INVALID", "UNKNOWN")
    return ev.DeviceSeen(at, text(headers, "Device"), is_reachable)


def _contact_seen(at: datetime, headers: Headers) -> ev.Event | None:
    endpoint = text(headers, "EndpointName") or text(headers, "AOR")
    is_reachable = text(headers, "ContactStatus") not in ("Removed", "Unreachable")
    return ev.DeviceSeen(at, f"PJSIP/{endpoint}", is_reachable) if endpoint else None


def _blind(at: datetime, headers: Headers) -> ev.Event | None:
    transferor = leg(headers, "Transferer")
    if transferor is None or text(headers, "Result") not in ("Success", ""):
        return None
    return ev.BlindTransferred(
        at, transferor, leg(headers, "Transferee"), text(headers, "Extension"))


INTO: dict[str, Literal["bridge", "app", "link", "threeway", "fail"]] = {
    "Bridge": "bridge", "App": "app", "Link": "link", "Threeway": "threeway",
}


def _attended(at: datetime, headers: Headers) -> ev.Event | None:
    first, second = leg(headers, "OrigTransferer"), leg(headers, "SecondTransferer")
    if first is None or second is None or text(headers, "Result") not in ("Success", ""):
        return None
    return ev.AttendedTransferred(
        at, first, second, leg(headers, "Transferee"), leg(headers, "TransferTarget"),
        INTO.get(text(headers, "DestType"), "fail"),
    )


def _old_transfer(at: datetime, headers: Headers) -> ev.Event | None:
    """Asterisk 11 `Transfer` of chan_sip."""
    transferor = leg(headers)
    if transferor is None:
        return None
    target_id = text(headers, "TargetUniqueid")
    if text(headers, "TransferType") == "Blind":
        exten = text(headers, "TransferExten")
        transferee = bare(text(headers, "TargetChannel"), target_id) if target_id else None
        return ev.BlindTransferred(at, transferor, transferee, exten)
    if not target_id:
        return None
    second = bare(text(headers, "TargetChannel"), target_id)
    return ev.AttendedTransferred(at, transferor, second, None, None, "bridge")


def _picked_up(at: datetime, headers: Headers) -> ev.Event | None:
    facts, target = leg(headers), leg(headers, "Target")
    return ev.PickedUp(at, facts, target) if facts is not None and target is not None else None


def _parked(at: datetime, headers: Headers) -> ev.Event | None:
    """Asterisk 11 named the parked channel plainly, and who parked it `From`."""
    facts = leg(headers, "Parkee") or leg(headers)
    if facts is None:
        return None
    parker = text(headers, "ParkerDialString", "From")
    return ev.Parked(at, facts, parker, text(headers, "ParkingSpace", "Exten"))


def _unparked(reason: Literal["taken", "timed_out", "abandoned"]) -> Reader:
    def read(at: datetime, headers: Headers) -> ev.Event | None:
        facts = leg(headers, "Parkee") or leg(headers)
        if facts is None:
            return None
        return ev.Unparked(at, facts, leg(headers, "Retriever"), reason)

    return read


def _told(at: datetime, headers: Headers) -> ev.Event | None:
    """What our menus and our dialplan tell about a leg."""
    facts = leg(headers)
    told = user_events.decode(headers)
    return ev.Told(at, facts, told) if facts is not None and told is not None else None


def _booted(at: datetime, headers: Headers) -> ev.Event | None:
    return ev.Booted(at, seconds_in("Uptime")(headers))


def _started(at: datetime, headers: Headers) -> ev.Event | None:
    lines = cast("str | list[str]", headers.get("Operator", []))
    pairs = [lines] if isinstance(lines, str) else lines
    split = (pair.partition("=") for pair in pairs)
    return ev.Started(at, tuple((interface, operator) for interface, _, operator in split))


def _bridge_listed(at: datetime, headers: Headers) -> ev.Event | None:
    bridge = text(headers, "BridgeUniqueid")
    is_holding = text(headers, "BridgeTechnology") == "holding_bridge"
    return ev.BridgeListed(at, bridge, is_holding) if bridge else None


def _queue_listed(at: datetime, headers: Headers) -> ev.Event | None:
    return ev.QueueListed(at, text(headers, "Queue"))


READERS: dict[str, Reader] = {
    "Newchannel": of_leg(ev.LegCreated),
    "Newstate": of_leg(ev.LegMoved),
    "NewCallerid": of_leg(ev.CallerNamed),
    "Rename": _renamed,
    "Hangup": of_leg(ev.LegHungUp, cause=count("Cause")),
    "HangupRequest": of_leg(ev.HangupAsked, is_soft=lambda _: False, cause=count("Cause")),
    "SoftHangupRequest": of_leg(ev.HangupAsked, is_soft=lambda _: True, cause=count("Cause")),
    "DialBegin": _dial_began,
    "DialEnd": _dial_ended,
    "Dial": _old_dial,
    "BridgeEnter": _bridge_entered,
    "BridgeLeave": of_leg(ev.BridgeLeft, bridge=field("BridgeUniqueid")),
    "BridgeMerge": _bridges_merged,
    "Bridge": _old_bridge,
    "LocalBridge": _halves,
    "Masquerade": _masqueraded,
    "Hold": _hold,
    "Unhold": of_leg(ev.LegResumed),
    "QueueCallerJoin": of_leg(
        ev.QueueJoined, queue=field("Queue"), position=count("Position")),
    "Join": of_leg(ev.QueueJoined, queue=field("Queue"), position=count("Position")),
    "QueueCallerLeave": of_leg(ev.QueueLeft, queue=field("Queue")),
    "Leave": of_leg(ev.QueueLeft, queue=field("Queue")),
    "QueueCallerAbandon": of_leg(ev.QueueAbandoned, queue=field("Queue")),
    "AgentCalled": _offer_made,
    "AgentRingNoAnswer": _offer_rang_out,
    "QueueMemberAdded": _member_seen,
    "QueueMemberStatus": _member_seen,
    "QueueMemberPause": _member_seen,
    "QueueMemberPaused": _member_seen,
    "QueueMemberPenalty": _member_seen,
    "QueueMember": _member_seen,
    "QueueMemberRemoved": _member_gone,
    "DeviceStateChange": _device_seen,
    "ContactStatus": _contact_seen,
    "BlindTransfer": _blind,
    "AttendedTransfer": _attended,
    "Transfer": _old_transfer,
    "Pickup": _picked_up,
    "ParkedCall": _parked,
    "UnParkedCall": _unparked("taken"),
    "ParkedCallTimeOut": _unparked("timed_out"),
    "ParkedCallGiveUp": _unparked("abandoned"),
    "ConfbridgeJoin": of_leg(ev.RoomJoined, room=field("Conference"),
                              bridge=field("BridgeUniqueid")),
    "UserEvent": _told,
    "MixMonitorMute": of_leg(
        ev.RecordingMuted, is_muted=lambda headers: text(headers, "State") == "1"),
    "MixMonitorStart": of_leg(ev.RecordingStarted),
    "MixMonitorStop": of_leg(ev.RecordingStopped),
    "FullyBooted": _booted,
    "CoreShowChannel": of_leg(
        ev.LegListed, bridge=field("BridgeId"), application=field("Application"),
        data=field("ApplicationData"), age_s=seconds_in("Duration")),
    "BridgeListItem": _bridge_listed,
    "QueueParams": _queue_listed,
    "QueueEntry": of_leg(
        ev.EntryListed, queue=field("Queue"), position=count("Position"),
        wait_s=seconds_in("Wait")),
    "DesklineStarted": _started,
    "DesklineLinkLost": lambda at, _: ev.LinkCut(at),
    "DesklineSnapshotBegin": lambda at, _: ev.SnapshotBegan(at),
    "DesklineSnapshotEnd": lambda at, headers: ev.SnapshotEnded(
        at, text(headers, "Doubt") == "yes"),
}
