"""The events that were missed, out of Asterisk's own records ○.

CEL has each channel's life to the microsecond, queue_log who stood in which line. Here they
become the headers that Asterisk's events would have had, one row after another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cti.calls import DOWN, PLUMBING, RING, UP
from cti.cel import CelRow
from cti.queue_log import QueueRow
from cti.tape import Headers, Record

LAST_BREATH = timedelta(seconds=2)      # between the first sign of an end and the hang-up
CLOCKS = timedelta(seconds=2)           # queue_log counts whole seconds
DIALLED_EXTEN = ("", "s")               # of a channel that Asterisk makes to ring somebody
ATTEMPT = re.compile(r"Local/(\d{1,18})@deskline-dial-")
DIALLED_NUMBER = re.compile(r"\+?[0-9*#]{2,32}")
LEAVING = frozenset({"BRIDGE_EXIT", "APP_END", "HANGUP", "CHAN_END", "LINKEDID_END"})
UNSAID = frozenset({0, 16, 18, 19, 26, 127})     # causes of a dial that was given up
STATUS_OF_CAUSE = {17: "BUSY", 34: "CONGESTION", 42: "CONGESTION"}      # as app_dial reads them


@dataclass(frozen=True, slots=True)
class Death:
    """Asterisk died at `at` and was up again at `up_at`: what lived then has no end of its own."""
    at: datetime
    up_at: datetime


def retold(
    rows: Sequence[CelRow], log: Sequence[QueueRow], *, pbx: str, deaths: Sequence[Death] = (),
) -> Iterator[Record]:
    """The missed messages of Asterisk, as good as its records tell them."""
    retelling = _Retelling(rows, log)
    ahead = sorted(deaths, key=lambda death: death.up_at)
    for place, row in enumerate(rows):
        while ahead and row.at >= ahead[0].up_at:
            yield from _records(retelling.died(ahead.pop(0)), pbx)
        yield from _records(retelling.told(place, row), pbx)
    for death in ahead:
        yield from _records(retelling.died(death), pbx)


Told = tuple[datetime, Headers]


def _records(told: Iterable[Told], pbx: str) -> Iterator[Record]:
    for at, headers in told:
        yield Record(at, pbx, {"Timestamp": f"{at.timestamp():.6f}", **headers})


@dataclass(slots=True)
class _Leg:
    id: str
    call: str
    channel: str
    number: str
    name: str
    exten: str
    state: int
    dialled_by: str = ""        # the leg whose Dial or Queue rings it
    attempt: str = ""           # the dialler's attempt that it is the dial of
    is_dialled: bool = False
    app: str = ""               # Queue or Dial, while it is in one
    app_data: str = ""
    queue: str = ""             # whose line it stands in
    bridge: str = ""

    def headers(self, prefix: str = "") -> dict[str, str]:
        return {f"{prefix}{key}": value for key, value in (
            ("Uniqueid", self.id), ("Channel", self.channel), ("Linkedid", self.call),
            ("ChannelState", f"{self.state}"), ("CallerIDNum", self.number),
            ("CallerIDName", self.name), ("Exten", self.exten))}


@dataclass(slots=True)
class _Retelling:
    rows: Sequence[CelRow]
    log: Sequence[QueueRow]
    legs: dict[str, _Leg] = field(default_factory=dict)
    _asks: dict[int, int] = field(default_factory=dict)     # row → cause: here its party hung up
    _ends: dict[str, CelRow] = field(default_factory=dict)  # leg → its HANGUP
    _of_leg: dict[str, list[int]] = field(default_factory=dict)
    _told_attempts: set[str] = field(default_factory=set)   # calls whose attempt the rows tell

    def __post_init__(self) -> None:
        self._told_attempts = {row.call_id for row in self.rows
                               if row.data.startswith("DesklineAttempt,")}
        for place, row in enumerate(self.rows):
            self._of_leg.setdefault(row.leg_id, []).append(place)
            if row.kind == "HANGUP":
                self._ends[row.leg_id] = row
        for leg_id, end in self._ends.items():
            if end.extra.get("hangupsource") == end.channel:
                self._asks[self._first_sign(leg_id, end)] = _cause(end)

    def _first_sign(self, leg_id: str, end: CelRow) -> int:
        """The row by which the leg's party had hung up."""
        sign = self._of_leg[leg_id][-1]
        for place in reversed(self._of_leg[leg_id]):
            row = self.rows[place]
            if row.kind not in LEAVING or end.at - row.at > LAST_BREATH:
                break
            sign = place
        return sign

    def told(self, place: int, row: CelRow) -> Iterator[Told]:
        leg = self.legs.get(row.leg_id)
        if leg is None:
            if row.kind in ("CHAN_END", "LINKEDID_END"):
                return
            leg = self._arrived(row, place)
            yield from self._of_arrival(leg, row, place)
        else:
            yield from _seen(leg, row)
        if place in self._asks:
            yield row.at, {"Event": "HangupRequest", **leg.headers(),
                           "Cause": f"{self._asks[place]}"}
        step = STEPS.get(row.kind)
        if step is not None:
            yield from step(self, leg, row)

    def died(self, death: Death) -> Iterator[Told]:
        """Every leg that had no end when Asterisk was gone; one that is heard of afterwards shows
        that only its queues were started again."""
        for leg in list(self.legs.values()):
            if self.rows[self._of_leg[leg.id][-1]].at >= death.up_at:
                continue
            yield from _left_line(leg, death.at)
            yield death.at, {"Event": "Hangup", **leg.headers(), "Cause": "0"}
            del self.legs[leg.id]

    # a leg comes

    def _arrived(self, row: CelRow, place: int) -> _Leg:
        is_dialled = row.exten in DIALLED_EXTEN and row.kind == "CHAN_START"
        state = RING if not is_dialled else DOWN
        if row.channel.startswith(PLUMBING):
            state = DOWN
        leg = _Leg(row.leg_id, row.call_id, row.channel, row.number, row.name, row.exten, state,
                   is_dialled=is_dialled)
        self.legs[leg.id] = leg
        return leg

    def _of_arrival(self, leg: _Leg, row: CelRow, place: int) -> Iterator[Told]:
        yield row.at, {"Event": "Newchannel", **leg.headers()}
        if not leg.is_dialled or leg.channel.startswith(PLUMBING):
            return
        dialling = {f"Dest{key}": value for key, value in leg.headers().items()}
        source = self._dialling(leg)
        if source is None:
            dialling["DestAccountCode"] = self._dialled_later(leg)
        else:
            leg.dialled_by, found = source.id, ATTEMPT.match(source.channel)
            if found is not None and leg.call not in self._told_attempts:
                leg.attempt = found.group(1)
            dialling = {**source.headers(), **dialling,
                        "DialString": self._dial_string(leg, source)}
        if source is not None and source.queue:
            yield row.at, {"Event": "AgentCalled", **dialling, "Queue": source.queue,
                           "Interface": leg.channel.rpartition("-")[0]}
        yield row.at, {"Event": "DialBegin", **dialling}

    def _dialling(self, leg: _Leg) -> _Leg | None:
        """Whose Dial or Queue rings this leg; None when it is rung by itself (Originate)."""
        mine = [one for one in self.legs.values() if one.call == leg.call and one.id != leg.id]
        free = [one for one in mine if not one.bridge and not _is_ringing(one)]
        for wanted in ([one for one in free if one.app], free, mine):
            if wanted:
                return wanted[-1]
        return None

    def _dial_string(self, leg: _Leg, source: _Leg) -> str:
        """What was dialled: a phone's own name, or the number outside."""
        if source.app == "Dial":
            for target in source.app_data.partition(",")[0].split("&"):
                at_trunk = target.partition("@")[2]
                if at_trunk and leg.channel.startswith(f"PJSIP/{at_trunk}-"):
                    return target.partition("/")[2]
        for place in self._of_leg[leg.id]:
            row = self.rows[place]
            if row.kind in ("ANSWER", "HANGUP") and DIALLED_NUMBER.fullmatch(row.number):
                return row.number
        return leg.number

    def _dialled_later(self, leg: _Leg) -> str:
        """The number that a phone rung by itself is to be connected with (click to call)."""
        for place in self._of_leg[leg.id]:
            row = self.rows[place]
            if row.exten not in DIALLED_EXTEN and DIALLED_NUMBER.fullmatch(row.exten):
                return row.exten
        return ""

    # its life

    def answered(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        leg.state = UP
        yield row.at, {"Event": "Newstate", **leg.headers()}
        source = self.legs.get(leg.dialled_by)
        if leg.is_dialled:
            yield row.at, self._dial_end(leg, "ANSWER")
            yield from _attempt(leg, "ANSWER", row.at, 0)
        if source is not None and source.queue:
            yield from _left_line(source, row.at)

    def hung_up(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        cause = _cause(row)
        if leg.is_dialled and leg.state != UP:
            status = self._status(leg, cause)
            yield row.at, self._dial_end(leg, status)
            yield from _attempt(leg, status, row.at, cause)
        yield from _left_line(leg, row.at)
        yield row.at, {"Event": "Hangup", **leg.headers(), "Cause": f"{cause}"}
        self.legs.pop(leg.id, None)

    def _dial_end(self, leg: _Leg, status: str) -> Headers:
        source = self.legs.get(leg.dialled_by)
        facts = {} if source is None else source.headers()
        return {"Event": "DialEnd", **facts, **leg.headers("Dest"), "DialStatus": status}

    def _status(self, leg: _Leg, cause: int) -> str:
        """Where the cause says nothing, as the one who dialled was told."""
        end = self._ends.get(leg.dialled_by)
        is_last = end is not None and end.at - self._ends[leg.id].at < LAST_BREATH
        said = f"{end.extra.get('dialstatus', '')}" if end is not None and is_last else ""
        if cause not in UNSAID and said != "CANCEL":
            return STATUS_OF_CAUSE.get(cause, "CHANUNAVAIL")
        return "NOANSWER" if said in ("", "ANSWER") else said

    def entered_app(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        if row.application == "UserEvent":
            yield from _said(leg, row)
            return
        leg.app, leg.app_data = row.application, row.data
        if row.application != "Queue" or (self.log and not any(self._entries(leg, row.at))):
            return      # of a masquerade's leftovers Asterisk tells that they enter as well
        leg.queue = row.data.partition(",")[0] or self._queue_of(leg, row.at) or row.exten
        yield row.at, {"Event": "QueueCallerJoin", **leg.headers(), "Queue": leg.queue,
                       "Position": self._position(leg, row.at)}

    def left_app(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        if row.application == "UserEvent":
            return
        leg.app = leg.app_data = ""
        yield from _left_line(leg, row.at)

    def _queue_of(self, leg: _Leg, at: datetime) -> str:
        return next((one.queue for one in self._entries(leg, at)), "")

    def _position(self, leg: _Leg, at: datetime) -> str:
        return next((one.data[2] for one in self._entries(leg, at) if len(one.data) > 2), "1")

    def _entries(self, leg: _Leg, at: datetime) -> Iterator[QueueRow]:
        return (one for one in self.log if one.what == "ENTERQUEUE" and one.leg_id == leg.id
                and abs(one.at - at) <= CLOCKS)

    def entered_bridge(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        leg.bridge = f"{row.extra.get('bridge_id', '')}"
        yield row.at, {"Event": "BridgeEnter", **leg.headers(), "BridgeUniqueid": leg.bridge,
                       "BridgeTechnology": f"{row.extra.get('bridge_technology', '')}"}

    def left_bridge(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        bridge, leg.bridge = f"{row.extra.get('bridge_id', '')}", ""
        yield row.at, {"Event": "BridgeLeave", **leg.headers(), "BridgeUniqueid": bridge}

    def blind(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        yield row.at, {
            "Event": "BlindTransfer", "Result": "Success", **leg.headers("Transferer"),
            **self._named(row, "transferee_channel", "Transferee"),
            "Extension": f"{row.extra.get('extension', '')}"}

    def attended(self, leg: _Leg, row: CelRow) -> Iterator[Told]:
        yield row.at, {
            "Event": "AttendedTransfer", "Result": "Success", **leg.headers("OrigTransferer"),
            **self._named(row, "channel2", "SecondTransferer"),
            **self._named(row, "transferee_channel", "Transferee"),
            **self._named(row, "transfer_target_channel", "TransferTarget"),
            "DestType": "App" if row.extra.get("app") else "Bridge"}

    def _named(self, row: CelRow, key: str, prefix: str) -> dict[str, str]:
        leg = self.legs.get(f"{row.extra.get(f'{key}_uniqueid', '')}")
        return {} if leg is None else leg.headers(prefix)


STEPS = {
    "ANSWER": _Retelling.answered, "HANGUP": _Retelling.hung_up,
    "APP_START": _Retelling.entered_app, "APP_END": _Retelling.left_app,
    "BRIDGE_ENTER": _Retelling.entered_bridge, "BRIDGE_EXIT": _Retelling.left_bridge,
    "BLINDTRANSFER": _Retelling.blind, "ATTENDEDTRANSFER": _Retelling.attended,
}


def _said(leg: _Leg, row: CelRow) -> Iterator[Told]:
    """What our dialplan or menu told of the leg: `DesklineHeld,Operator: 101`."""
    name, *rest = row.data.split(",")
    if name.startswith("Deskline"):
        pairs = (part.partition(":") for part in rest)
        yield row.at, {"Event": "UserEvent", **leg.headers(), "UserEvent": name,
                       **{key.strip(): value.strip() for key, _, value in pairs}}


def _attempt(leg: _Leg, status: str, at: datetime, cause: int) -> Iterator[Told]:
    """What our dialplan tells of an attempt's dial."""
    if leg.attempt:
        yield at, {"Event": "UserEvent", **leg.headers(), "UserEvent": "DesklineAttempt",
                   "Attempt": leg.attempt, "Status": status, "Cause": f"{cause}"}


def _seen(leg: _Leg, row: CelRow) -> Iterator[Told]:
    """What the row tells of a leg beside its event: another call, another name, a number."""
    leg.call = row.call_id
    if row.channel != leg.channel:
        leg.channel = row.channel
        yield row.at, {"Event": "Rename", "Uniqueid": leg.id, "Newname": row.channel}
    if row.exten not in DIALLED_EXTEN:
        leg.exten = row.exten
    if row.number and (row.number, row.name) != (leg.number, leg.name):
        leg.number, leg.name = row.number, row.name
        if not leg.is_dialled:
            yield row.at, {"Event": "NewCallerid", **leg.headers()}


def _left_line(leg: _Leg, at: datetime) -> Iterator[Told]:
    if not leg.queue:
        return
    queue, leg.queue = leg.queue, ""
    yield at, {"Event": "QueueCallerLeave", **leg.headers(), "Queue": queue}


def _is_ringing(leg: _Leg) -> bool:
    return leg.is_dialled and leg.state != UP


def _cause(row: CelRow) -> int:
    said = row.extra.get("hangupcause", 0)
    return said if isinstance(said, int) and 0 <= said < 1000 else 0
