"""What the floor makes of single events that no tape shows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from cti import changes as ch
from cti.changes import Change
from cti.floor import Floor, apply
from cti.parse import parse

START = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
CLIENT, DESK, WEB = "PJSIP/trunk-00000001", "PJSIP/101-00000002", "PJSIP/101-web-00000003"


class Played:
    """A floor that is told events, a second apart."""

    def __init__(self) -> None:
        self.floor = Floor("main")
        self.seconds = 0
        self.tell("DesklineStarted", Operator=[
            "PJSIP/101=101", "PJSIP/101-web=101", "PJSIP/102=102"])

    def tell(self, event: str, **headers: Any) -> list[Change]:
        self.seconds += 1
        at = START + timedelta(seconds=self.seconds)
        found = parse(at, {"Event": event, **headers})
        return [] if found is None else [
            one for one in apply(self.floor, found) if not isinstance(one, ch.SegmentClosed)]

    def leg(
        self, channel: str, leg: str, call: str, state: str = "4", **more: str,
    ) -> list[Change]:
        return self.tell("Newchannel", Channel=channel, Uniqueid=leg, Linkedid=call,
                         ChannelState=state, **more)


def names(changes: list[Change]) -> list[str]:
    return [ch.name_of(one) for one in changes]


def test_both_phones_of_an_operator_ring_and_he_is_offered_once() -> None:
    play = Played()
    play.leg(CLIENT, "1", "1", Exten="102", CallerIDNum="+7916")
    play.leg(DESK, "2", "1", "0")
    play.leg(WEB, "3", "1", "0")
    first = play.tell("DialBegin", Channel=CLIENT, Uniqueid="1", Linkedid="1", DestChannel=DESK,
                      DestUniqueid="2", DestLinkedid="1", DialString="101")
    second = play.tell("DialBegin", Channel=CLIENT, Uniqueid="1", Linkedid="1", DestChannel=WEB,
                       DestUniqueid="3", DestLinkedid="1", DialString="101-web")
    assert [one for one in names(first + second) if one == "operator_offered"] == [
        "operator_offered"]
    for leg, channel in (("3", WEB), ("1", CLIENT)):
        answered = play.tell("BridgeEnter", Channel=channel, Uniqueid=leg, Linkedid="1",
                             BridgeUniqueid="b")
    assert names(answered)[:2] == ["offer_ended", "call_answered"]
    ended = play.tell("Hangup", Channel=DESK, Uniqueid="2", Linkedid="1", Cause="26")
    assert "offer_ended" not in names(ended)
    assert play.floor.calls["1"].operator_channel == WEB


def test_a_linkedid_that_changes_joins_two_calls_under_the_older() -> None:
    play = Played()
    play.leg(CLIENT, "1", "1", Exten="7495", CallerIDNum="+7916")
    play.leg("PJSIP/trunk-00000009", "9", "9", Exten="7495", CallerIDNum="+7999")
    merged = play.tell("Newstate", Channel=CLIENT, Uniqueid="1", Linkedid="9", ChannelState="6")
    assert names(merged) == ["calls_merged"]
    assert set(play.floor.calls) == {"1"}
    late = play.leg("PJSIP/102-00000010", "10", "9", "0")
    assert names(late) == []
    assert {leg.call for leg in play.floor.legs.values()} == {"1"}


def test_legs_in_a_parking_lot_do_not_hear_each_other() -> None:
    play = Played()
    for leg, channel in (("1", CLIENT), ("2", "PJSIP/trunk-00000002")):
        play.leg(channel, leg, leg, Exten="7495")
        changes = play.tell("BridgeEnter", Channel=channel, Uniqueid=leg, Linkedid=leg,
                            BridgeUniqueid="lot", BridgeTechnology="holding_bridge")
        assert names(changes) == []
    assert len(play.floor.calls) == 2


def test_an_operator_is_what_his_memberships_and_his_calls_say() -> None:
    play = Played()

    def member(queue: str, paused: str, reason: str = "") -> None:
        play.tell("QueueMemberPause", Queue=queue, Interface="PJSIP/101-web", MemberName="101",
                  Paused=paused, PausedReason=reason, Status="1")

    seen = []
    for step in (("billing", "1", "signed_in"), ("billing", "0"), ("outages", "0"),
                 ("billing", "1", "wrap_up"), ("outages", "1", "wrap_up"),
                 ("billing", "1", "lunch"), ("outages", "1", "lunch")):
        member(*step)
        operator = play.floor.operators["101"]
        seen.append((operator.state, operator.reason))
    assert seen[:3] == [("paused", "signed_in"), ("ready", ""), ("ready", "")]
    assert seen[4] == ("wrap_up", "wrap_up")
    assert seen[-1] == ("paused", "lunch")
    assert operator.queues == {"billing", "outages"}
    assert (operator.interface, operator.registered) == ("PJSIP/101-web", True)
    for queue in ("billing", "outages"):
        play.tell("QueueMemberRemoved", Queue=queue, Interface="PJSIP/101-web")
    assert play.floor.operators["101"].state == "offline"


def test_places_in_a_line_follow_asterisks_positions() -> None:
    play = Played()
    for leg, position in (("1", "1"), ("2", "2"), ("3", "1")):
        play.leg(f"PJSIP/trunk-0000000{leg}", leg, leg, Exten="7495")
        play.tell("QueueCallerJoin", Channel=f"PJSIP/trunk-0000000{leg}", Uniqueid=leg,
                  Linkedid=leg, Queue="billing", Position=position)
    line = [(place.call, place.position) for place in play.floor.queues["billing"].waiting]
    assert line == [("3", 1), ("1", 2), ("2", 3)]


def test_an_attempt_whose_debtor_hangs_up_while_waiting_is_dropped_once() -> None:
    play = Played()
    call = "deskline-a7-1"
    play.leg("Local/7@deskline-dial-00000001;1", call, call, "0")
    play.leg(CLIENT, "1", call, "0")
    play.tell("DialBegin", Channel="Local/7@deskline-dial-00000001;2", Uniqueid="2",
              Linkedid=call, DestChannel=CLIENT, DestUniqueid="1", DestLinkedid=call,
              DialString="+79160000001@trunk")
    told = play.tell("UserEvent", UserEvent="DesklineAttempt", Uniqueid="1", Linkedid=call,
                     Channel=CLIENT, Attempt="7", Status="ANSWER", Cause="0")
    for leg in (call, "2", "1"):
        told += play.tell("Hangup", Uniqueid=leg, Linkedid=call, Cause="16")
    settled = [one.status for one in told if isinstance(one, ch.AttemptSettled)]
    ended = [one.outcome for one in told if isinstance(one, ch.CallEnded)]
    assert (settled, ended) == (["ANSWER", "DROPPED"], ["dropped"])
    assert play.floor.is_quiet()
