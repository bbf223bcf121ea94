"""A supervisor's leg is on a call, and no party of it, until it takes the call over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from cti.calls import UP
from cti.changes import (
    CallAnswered,
    CallEnded,
    CallStarted,
    Change,
    ListeningBegan,
    ListeningEnded,
    OperatorLeft,
)
from cti.events import (
    BridgeEntered,
    BridgeLeft,
    DialBegan,
    Event,
    HangupAsked,
    LegCreated,
    LegFacts,
    LegHeld,
    LegHungUp,
    LegListed,
    LegMoved,
    LinkCut,
    SnapshotBegan,
    SnapshotEnded,
    Started,
    Told,
)
from cti.floor import Floor, apply
from cti.user_events import ListeningBegan as Begins
from cti.user_events import ListenMode

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
PHONES = Started(AT, (("PJSIP/101", "101"), ("PJSIP/109", "109")))
CALL = "d0-1795389056.0"
CLIENT = LegFacts("PJSIP/trunk-00000000", CALL, CALL, UP, "+79161234567", "", "billing")
PHONE = LegFacts("PJSIP/101-00000001", "d0-1795389056.1", CALL, UP, "101", "", "billing")
OWN = "deskline-listen-109-1795389057.6"
EAR = LegFacts("PJSIP/109-00000002", OWN, OWN, UP, "109", "", "s")
RINGS = (LegCreated(AT, EAR._replace(state=0)), DialBegan(AT, None, EAR, "109", ""),
         LegMoved(AT, EAR))
TALKS = (LegCreated(AT, CLIENT), LegCreated(AT, PHONE),
         BridgeEntered(AT, CLIENT, "b1", False), BridgeEntered(AT, PHONE, "b1", False))


def hears(mode: ListenMode, after_s: float = 1) -> Told:
    return Told(AT + timedelta(seconds=after_s), EAR, Begins(mode, PHONE.channel))


def fold(floor: Floor, *events: Event) -> list[Change]:
    return [change for event in events for change in apply(floor, event)]


@pytest.fixture
def floor() -> Floor:
    """101 talks with a client; nothing was told of it that the tests look at."""
    made = Floor("main")
    fold(made, PHONES, *TALKS)
    return made


def test_a_listeners_phone_begins_no_call_and_is_in_none(floor: Floor) -> None:
    told = fold(floor, *RINGS, hears("listen"), LegHeld(AT, EAR))
    assert [type(change) for change in told if not hasattr(change, "registered")] == [
        ListeningBegan]
    assert set(floor.calls) == {CALL}
    assert floor.operators["109"].call is None
    assert [(one.supervisor, one.operator, one.mode) for one in floor.calls[CALL].listeners] == [
        ("109", "101", "listen")]


def test_another_mode_ends_the_stretch_before_and_hanging_up_the_last(floor: Floor) -> None:
    told = fold(floor, *RINGS, hears("listen", 1), hears("whisper", 4), hears("whisper", 5),
                LegHungUp(AT + timedelta(seconds=9), EAR, 16))
    ended = [(one.mode, (one.at - one.started_at).total_seconds())
             for one in told if isinstance(one, ListeningEnded)]
    assert ended == [("listen", 3), ("whisper", 5)]
    assert floor.calls[CALL].listeners == ()
    assert not any(isinstance(one, CallEnded) for one in told)


def test_a_call_ends_with_its_own_legs_though_it_is_still_heard(floor: Floor) -> None:
    told = fold(floor, *RINGS, hears("barge"), HangupAsked(AT, CLIENT, False, 16),
                LegHungUp(AT + timedelta(seconds=2), PHONE, 16),
                LegHungUp(AT + timedelta(seconds=2), CLIENT, 16))
    (ended,) = (one for one in told if isinstance(one, CallEnded))
    assert (ended.operator, ended.ended_by) == ("101", "client")
    assert [one.mode for one in told if isinstance(one, ListeningEnded)] == ["barge"]
    assert not fold(floor, LegHungUp(AT + timedelta(seconds=3), EAR, 16))
    assert floor.is_quiet()


def test_who_takes_a_call_over_owns_it_from_then_on(floor: Floor) -> None:
    """In the order of a real tape: the client and he are in their bridge before the other left."""
    party = EAR._replace(call_id=CALL)
    told = fold(floor, *RINGS, hears("listen"), BridgeLeft(AT, CLIENT, "b1"),
                BridgeEntered(AT, CLIENT, "b2", False), BridgeEntered(AT, party, "b2", False),
                BridgeLeft(AT, PHONE, "b1"), LegHungUp(AT, PHONE, 26))
    assert [(one.operator, one.call) for one in told if isinstance(one, CallAnswered)] == [
        ("109", CALL)]
    assert [one.operator for one in told if isinstance(one, OperatorLeft)] == ["101"]
    call = floor.calls[CALL]
    assert (call.operator, call.connected, call.listeners) == ("109", ("109",), ())
    assert floor.operators["109"].call == CALL
    told = fold(floor, HangupAsked(AT, party, False, 16), LegHungUp(AT, party, 16),
                LegHungUp(AT, CLIENT, 16))
    (ended,) = (one for one in told if isinstance(one, CallEnded))
    assert (ended.operator, ended.ended_by) == ("109", "operator")


@pytest.mark.parametrize(("options", "mode"), [
    ("quES", "listen"), ("quESw", "whisper"), ("quESB", "barge")])
def test_one_who_began_to_listen_in_a_gap_is_found_by_asterisks_list(
        options: str, mode: str) -> None:
    floor = Floor("main")
    rows = [LegListed(AT, EAR, "", "ChanSpy", f"{PHONE.channel},{options}", 5),
            LegListed(AT, CLIENT, "b1", "Queue", "billing", 5),
            LegListed(AT, PHONE, "b1", "AppQueue", "(Outgoing Line)", 5)]
    told = fold(floor, PHONES, SnapshotBegan(AT), *rows, SnapshotEnded(AT))
    assert [one.call for one in told if isinstance(one, CallStarted)] == [CALL]
    assert [one.mode for one in floor.calls[CALL].listeners] == [mode]
    again = fold(floor, LinkCut(AT), SnapshotBegan(AT), *rows, SnapshotEnded(AT))
    assert not any(isinstance(one, ListeningBegan | ListeningEnded) for one in again)
