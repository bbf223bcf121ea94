"""What Asterisk said, typed: one frozen event per fact that the floor cares about.

Names and meanings follow the AMI events of Asterisk 22; `parse.py` brings older ones here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from cti.user_events import DesklineEvent


class LegFacts(NamedTuple):
    """What every channel event says about its channel; "" where it says nothing. The quickest
    kind of value: two are made of most events."""
    channel: str        # `PJSIP/101-web-0000001a`
    leg_id: str         # Uniqueid
    call_id: str        # Linkedid; may differ from the one we knew, see `joins.py`
    state: int          # ChannelState: 0 down, 4 ring (it calls us), 5 ringing, 6 up; -1 unsaid
    number: str
    name: str
    exten: str


@dataclass(frozen=True, slots=True)
class Event:
    at: datetime        # aware UTC, from the event where it says so


@dataclass(frozen=True, slots=True)
class LegEvent(Event):
    leg: LegFacts


@dataclass(frozen=True, slots=True)
class LegCreated(LegEvent):
    """AMI `Newchannel`."""


@dataclass(frozen=True, slots=True)
class LegMoved(LegEvent):
    """AMI `Newstate`: ringing, up."""


@dataclass(frozen=True, slots=True)
class CallerNamed(LegEvent):
    """AMI `NewCallerid`: number and name are set now."""


@dataclass(frozen=True, slots=True)
class LegRenamed(Event):
    """AMI `Rename`: a masquerade gives a leg another channel's name, and so another party."""
    leg_id: str
    channel: str


@dataclass(frozen=True, slots=True)
class LegHungUp(LegEvent):
    """AMI `Hangup`: one leg is gone."""
    cause: int          # Q.850; 16 = normal clearing


@dataclass(frozen=True, slots=True)
class HangupAsked(LegEvent):
    """AMI `HangupRequest`: this leg's party hung up; `SoftHangupRequest`: we did."""
    is_soft: bool
    cause: int          # Q.850; 17 or 21 on a ringing phone: it refused


@dataclass(frozen=True, slots=True)
class DialBegan(Event):
    source: LegFacts | None     # None: an Originate rings it
    target: LegFacts
    dial_string: str            # `+79160000000@trunk`
    account: str                # of the target: click to call puts the number to dial here


@dataclass(frozen=True, slots=True)
class DialEnded(Event):
    source: LegFacts | None     # said only where the target is not: by Asterisk 11
    target: LegFacts | None
    status: str                 # DIALSTATUS
    forward: str = ""           # where the phone that was rung sends the call


@dataclass(frozen=True, slots=True)
class BridgeEntered(LegEvent):
    bridge: str
    is_holding: bool            # a parking lot or the like: its legs do not hear each other


@dataclass(frozen=True, slots=True)
class BridgeLeft(LegEvent):
    bridge: str


@dataclass(frozen=True, slots=True)
class BridgesMerged(Event):
    kept: str
    gone: str


@dataclass(frozen=True, slots=True)
class LegsLinked(Event):
    """Asterisk 11 `Bridge`: two legs hear each other."""
    one: LegFacts
    two: LegFacts


@dataclass(frozen=True, slots=True)
class HalvesLinked(Event):
    """AMI `LocalBridge`: the two halves of a Local channel, which are one way through."""
    one: LegFacts
    two: LegFacts


@dataclass(frozen=True, slots=True)
class Masqueraded(Event):
    """Asterisk 11 `Masquerade`: the leg of channel `into` goes on with the party of `party`."""
    into: str
    party: str


@dataclass(frozen=True, slots=True)
class LegHeld(LegEvent):
    """The party at this leg put the others on hold."""


@dataclass(frozen=True, slots=True)
class LegResumed(LegEvent):
    pass


@dataclass(frozen=True, slots=True)
class QueueJoined(LegEvent):
    queue: str
    position: int


@dataclass(frozen=True, slots=True)
class QueueLeft(LegEvent):
    queue: str


@dataclass(frozen=True, slots=True)
class QueueAbandoned(LegEvent):
    queue: str


@dataclass(frozen=True, slots=True)
class OfferMade(LegEvent):
    """AMI `AgentCalled`: the queue is about to ring `target` for the caller `leg`."""
    queue: str
    interface: str
    member: str
    target: LegFacts


@dataclass(frozen=True, slots=True)
class OfferRangOut(LegEvent):
    """AMI `AgentRingNoAnswer`: it rang in vain, or refused."""
    queue: str
    interface: str
    target: LegFacts


@dataclass(frozen=True, slots=True)
class MemberSeen(Event):
    """AMI `QueueMemberAdded/Status/Pause/Penalty`, or `QueueMember` in a snapshot."""
    queue: str
    interface: str
    member: str
    is_paused: bool
    reason: str
    device: int         # 1 free, 2 in use, 5 unavailable, 6 ringing …; -1 unsaid
    penalty: int


@dataclass(frozen=True, slots=True)
class MemberGone(Event):
    queue: str
    interface: str


@dataclass(frozen=True, slots=True)
class DeviceSeen(Event):
    """AMI `DeviceStateChange` or `ContactStatus`: a phone can be reached, or cannot."""
    interface: str      # `PJSIP/101-web`
    is_reachable: bool


@dataclass(frozen=True, slots=True)
class BlindTransferred(Event):
    transferor: LegFacts
    transferee: LegFacts | None
    exten: str


@dataclass(frozen=True, slots=True)
class AttendedTransferred(Event):
    """`first` is the transferor's leg to the transferee, `second` the one of the consultation."""
    first: LegFacts
    second: LegFacts
    transferee: LegFacts | None
    target: LegFacts | None
    into: Literal["bridge", "app", "link", "threeway", "fail"]


@dataclass(frozen=True, slots=True)
class PickedUp(LegEvent):
    """AMI `Pickup`: the party of this leg takes what rings at `target`."""
    target: LegFacts


@dataclass(frozen=True, slots=True)
class Parked(LegEvent):
    """AMI `ParkedCall`: this leg waits in a parking lot."""
    parker: str         # the phone that parked it, `PJSIP/101`
    space: str


@dataclass(frozen=True, slots=True)
class Unparked(LegEvent):
    """AMI `UnParkedCall`, `ParkedCallTimeOut`, `ParkedCallGiveUp`: it waits there no more."""
    retriever: LegFacts | None
    reason: Literal["taken", "timed_out", "abandoned"]


@dataclass(frozen=True, slots=True)
class RoomJoined(LegEvent):
    """AMI `ConfbridgeJoin`: this leg is in a conference room, which is a bridge."""
    room: str
    bridge: str


@dataclass(frozen=True, slots=True)
class Told(LegEvent):
    """A `UserEvent` of our own menus or dialplan."""
    told: DesklineEvent


@dataclass(frozen=True, slots=True)
class RecordingMuted(LegEvent):
    """AMI `MixMonitorMute`: silence is recorded from now on, or no longer."""
    is_muted: bool


@dataclass(frozen=True, slots=True)
class RecordingStarted(LegEvent):
    """AMI `MixMonitorStart`; whose it is, it does not say."""


@dataclass(frozen=True, slots=True)
class RecordingStopped(LegEvent):
    """AMI `MixMonitorStop`."""


@dataclass(frozen=True, slots=True)
class Booted(Event):
    """AMI `FullyBooted`, sent after each login."""
    uptime_s: int


@dataclass(frozen=True, slots=True)
class Started(Event):
    """Ours: a process of ours took up this tape; `operators` maps interface → operator id."""
    operators: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LinkCut(Event):
    """Ours: the link to Asterisk is gone."""


@dataclass(frozen=True, slots=True)
class SnapshotBegan(Event):
    """Ours: from here Asterisk lists what is live, between the events that go on."""


@dataclass(frozen=True, slots=True)
class LegListed(LegEvent):
    """AMI `CoreShowChannel`."""
    bridge: str
    application: str
    data: str           # the application's arguments
    age_s: int


@dataclass(frozen=True, slots=True)
class BridgeListed(Event):
    """AMI `BridgeListItem`: legs in a holding one do not hear each other."""
    bridge: str
    is_holding: bool


@dataclass(frozen=True, slots=True)
class QueueListed(Event):
    queue: str


@dataclass(frozen=True, slots=True)
class EntryListed(LegEvent):
    """AMI `QueueEntry`: who waits in a queue."""
    queue: str
    position: int
    wait_s: int


@dataclass(frozen=True, slots=True)
class SnapshotEnded(Event):
    """Ours: the lists are complete; what is on the floor and in none of them is gone.

    In doubt something in them was not believed, and nobody is taken for gone because of it.
    """
    is_in_doubt: bool = False
