"""What is said of calls that ended while nobody was looking."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cti.calls import UP
from cti.changes import CallAnswered, CallEnded, CallStarted, Change, LinkRestored, SegmentClosed
from cti.events import (
    BridgeEntered,
    BridgeLeft,
    Event,
    LegFacts,
    LegHungUp,
    LegListed,
    LegMoved,
    LinkCut,
    SnapshotBegan,
    SnapshotEnded,
    Started,
)
from cti.floor import Floor, apply
from cti.parse import parse
from tests.cti.tapes import records

GAP = timedelta(minutes=30)


def test_a_call_that_vanished_in_a_gap_lasted_until_it_was_last_seen() -> None:
    """Asterisk was killed in mid-talk and came back half an hour later: nobody talked so long."""
    floor = Floor("main")
    cut_at = None
    for record in records("inbound/answered_caller_hangs_up"):
        event = parse(record.at, record.headers)
        changes = apply(floor, event) if event is not None else ()
        if any(isinstance(change, CallAnswered) for change in changes):
            cut_at = record.at + timedelta(seconds=7)
            break
    assert cut_at is not None
    apply(floor, LinkCut(cut_at))
    apply(floor, SnapshotBegan(cut_at + GAP))
    told = apply(floor, SnapshotEnded(cut_at + GAP))
    (ended,) = (change for change in told if isinstance(change, CallEnded))
    assert (ended.outcome, ended.at) == ("lost_sight", cut_at)
    assert 7 <= ended.talked_s < 8
    assert all(change.at == cut_at for change in told if isinstance(change, SegmentClosed))


AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
PHONES = Started(AT, (("PJSIP/101", "101"),))


def facts(channel: str, leg_id: str, first: str, state: int, number: str) -> LegFacts:
    return LegFacts(channel, leg_id, first, state, number, "", "billing")


def listed(leg: LegFacts, application: str) -> LegListed:
    return LegListed(AT, leg, "", application, "", 5)


CALLER = facts("PJSIP/trunk-00000001", "d-1795390672.97", "d-1795390672.97", UP, "+79990000001")
PHONE = facts("PJSIP/101-00000002", "d-1795390672.100", "d-1795390672.97", 5, "101")


def found(*events: Event) -> list[Change]:
    floor, told = Floor("main"), list[Change]()
    for event in (PHONES, LinkCut(AT), SnapshotBegan(AT), *events, SnapshotEnded(AT)):
        told += apply(floor, event)
    return told


def test_a_call_found_in_a_gap_begins_with_its_caller_however_asterisk_lists_it() -> None:
    """Both legs are five seconds old, and "….100" is before "….97" in the alphabet."""
    told = found(listed(PHONE, "AppQueue"), listed(CALLER, "Queue"))
    (begun,) = (change for change in told if isinstance(change, CallStarted))
    assert (begun.direction, begun.caller_number) == ("in", "+79990000001")
    (restored,) = (change for change in told if isinstance(change, LinkRestored))
    assert restored.calls_found == 1


def test_nobody_is_taken_for_gone_by_lists_that_were_not_wholly_believed() -> None:
    """A caller with line ends in his name makes his own line of the list unbelievable."""
    floor = Floor("main")
    for event in (PHONES, SnapshotBegan(AT), listed(CALLER, "Queue"), SnapshotEnded(AT)):
        apply(floor, event)
    doubtful = parse(AT, {"Event": "DesklineSnapshotEnd", "Doubt": "yes"})
    assert doubtful is not None
    told = [*apply(floor, SnapshotBegan(AT)), *apply(floor, doubtful)]
    assert list(floor.calls) == [CALLER.leg_id]
    assert not any(isinstance(change, CallEnded) for change in told)
    told = [*apply(floor, SnapshotBegan(AT)), *apply(floor, SnapshotEnded(AT))]
    assert [change.outcome for change in told if isinstance(change, CallEnded)] == ["lost_sight"]


@pytest.mark.parametrize("said", [
    [], [LegMoved(AT, PHONE._replace(state=UP))], [BridgeLeft(AT, PHONE, "b")]])
def test_a_phone_that_hung_up_after_its_caller_begins_no_call_of_its_own(
        said: list[Event]) -> None:
    told = found(*said, listed(PHONE, "AppDial"), listed(CALLER, "Dial"),
                 LegHungUp(AT, CALLER, 16), LegHungUp(AT, PHONE, 16))
    assert [change.direction for change in told if isinstance(change, CallStarted)] == ["in"]
    assert len([change for change in told if isinstance(change, CallEnded)]) == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_what_a_phone_says_before_it_is_listed_waits_for_its_call(place: int) -> None:
    """A slow link: events come long before the lists, and the lists in any order."""
    lists: list[Event] = [LinkCut(AT), SnapshotBegan(AT), listed(PHONE, "AppQueue"),
                          listed(CALLER, "Queue")]
    said: list[Event] = [LegMoved(AT, PHONE._replace(state=UP)),
                         BridgeEntered(AT, PHONE._replace(state=UP), "b", is_holding=False),
                         BridgeEntered(AT, CALLER, "b", is_holding=False)]
    floor, told = Floor("main"), list[Change]()
    later = [replace(one, bridge="b") if isinstance(one, LegListed) else one
             for one in lists[place + 1:]]
    for event in (PHONES, *lists[:place + 1], *said, *later, SnapshotEnded(AT)):
        told += apply(floor, event)
    (begun,) = (change for change in told if isinstance(change, CallStarted))
    assert (begun.direction, begun.caller_number) == ("in", "+79990000001")
    (answered,) = (change for change in told if isinstance(change, CallAnswered))
    assert answered.operator == "101"


def test_a_phone_that_moves_while_asterisk_lists_does_not_begin_its_callers_call() -> None:
    told = found(listed(CALLER, "Queue"), LegMoved(AT, PHONE._replace(state=UP)))
    (begun,) = (change for change in told if isinstance(change, CallStarted))
    assert (begun.direction, begun.caller_number) == ("in", "+79990000001")
