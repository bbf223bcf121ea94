"""What each recorded call meant: the tape's name, and its changes in order."""

from __future__ import annotations

import pytest

from cti import changes as ch
from cti.changes import name_of
from cti.floor import Floor
from tests.cti.tapes import NAMES, fold, records, told

QUIET = {"operator_changed", "segment_closed", "link_restored", "link_lost"}
STORIES = {
    "inbound/abandoned_in_the_menu": """
        call_started in
        menu_entered main
        menu_step main greet
        call_ended abandoned client 0
    """,
    "inbound/abandoned_in_the_queue": """
        call_started in
        call_queued billing
        call_left_queue billing abandoned
        call_ended abandoned client 0
    """,
    "inbound/abandoned_while_ringing": """
        call_started in
        call_queued billing
        operator_offered 101
        offer_ended 101 abandoned
        call_left_queue billing abandoned
        call_ended abandoned client 0
    """,
    "inbound/answered_caller_hangs_up": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        operator_left 101
        call_ended answered client 16
    """,
    "inbound/answered_operator_hangs_up": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        operator_left 101
        call_ended answered operator 16
    """,
    "inbound/hold_and_resume": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_held 101
        call_resumed 101
        operator_left 101
        call_ended answered client 16
    """,
    "inbound/hostile_caller": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        operator_left 101
        call_ended answered client 16
    """,
    "inbound/offered_to_all_one_answers": """
        call_started in
        call_queued outages
        operator_offered 101
        operator_offered 102
        offer_ended 101 elsewhere
        call_left_queue outages answered
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
    """,
    "inbound/refused_then_another_operator": """
        call_started in
        call_queued billing
        operator_offered 101
        offer_ended 101 refused
        operator_offered 102
        call_left_queue billing answered
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
    """,
    "inbound/rings_out_then_another_operator": """
        call_started in
        call_queued billing
        operator_offered 101
        offer_ended 101 rang_out
        operator_offered 102
        call_left_queue billing answered
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
    """,
    "inbound/served_by_the_menu": """
        call_started in
        menu_entered main
        menu_step main greet
        call_ended served system 16
    """,
    "inbound/through_the_menu_to_an_operator": """
        call_started in
        menu_entered main
        menu_step main greet
        client_named 42 number
        menu_entered balance
        menu_step balance ask
        call_queued outages
        operator_offered 101
        call_left_queue outages answered
        offer_ended 101 answered
        call_answered 101
        operator_left 101
        call_ended answered client 16
    """,
    "inbound/two_callers_two_operators": """
        call_started in
        call_started in
        call_queued billing
        operator_offered 101
        call_queued billing
        operator_offered 102
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_left_queue billing answered
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
        operator_left 101
        call_ended answered client 16
    """,
    "internal/colleague_answers": """
        call_started internal
        operator_offered 102
        offer_ended 102 answered
        call_answered 102
        operator_left 101
        operator_left 102
        call_ended answered operator 16
    """,
    "internal/colleague_does_not_answer": """
        call_started internal
        operator_offered 102
        offer_ended 102 abandoned
        call_ended no_answer operator 3
    """,
    "outbound/attempt_answered": """
        call_started out
        attempt_settled 11 ANSWER
        call_queued collection
        operator_offered 101
        call_left_queue collection answered
        offer_ended 101 answered
        call_answered 101
        operator_left 101
        call_ended answered operator 16
    """,
    "outbound/attempt_answered_and_hung_up_at_once": """
        call_started out
        attempt_settled 17 ANSWER
        call_queued collection
        call_left_queue collection abandoned
        attempt_settled 17 DROPPED
        call_ended dropped client 16
    """,
    "outbound/attempt_busy": """
        call_started out
        attempt_settled 12 BUSY
        call_ended busy system 17
    """,
    "outbound/attempt_dropped": """
        call_started out
        attempt_settled 16 ANSWER
        call_queued collection
        call_left_queue collection timed_out
        attempt_settled 16 DROPPED
        call_ended dropped system 16
    """,
    "outbound/attempt_invalid_number": """
        call_started out
        attempt_settled 14 CHANUNAVAIL
        call_ended failed system 1
    """,
    "outbound/attempt_rings_out": """
        call_started out
        attempt_settled 13 NOANSWER
        call_ended no_answer system 0
    """,
    "outbound/attempt_without_claim": """
        attempt_settled 15 ENDED
    """,
    "outbound/click_to_call": """
        call_started out
        call_answered 101
        operator_left 101
        call_ended answered operator 16
    """,
    "outbound/operator_dials": """
        call_started out
        call_answered 101
        operator_left 101
        call_ended answered operator 16
    """,
    "outbound/operator_dials_a_busy_number": """
        call_started out
        call_ended busy system 17
    """,
    "outbound/operator_gives_up": """
        call_started out
        call_ended no_answer operator 127
    """,
    "transfer/attended": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_held 101
        call_started internal
        operator_offered 102
        offer_ended 102 answered
        call_answered 102
        call_resumed 101
        calls_merged
        call_answered 102
        call_transferred attended 101 102
        operator_left 101
        operator_left 102
        call_ended answered client 16
    """,
    "transfer/blind_to_a_queue": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_transferred blind 101 outages
        operator_left 101
        call_queued outages
        operator_offered 102
        call_left_queue outages answered
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
    """,
    "transfer/blind_to_an_operator": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_transferred blind 101 102
        operator_left 101
        operator_offered 102
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
    """,
    "transfer/blind_to_the_outside": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_transferred blind 101 +79160000010
        operator_left 101
        call_ended answered client 16
    """,
    "transfer/blonde": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_held 101
        call_started internal
        operator_offered 102
        call_resumed 101
        calls_merged
        call_transferred blonde 101 102
        operator_left 101
        offer_ended 102 answered
        call_answered 102
        operator_left 102
        call_ended answered client 16
    """,
    "transfer/consultation_given_up": """
        call_started in
        call_queued billing
        operator_offered 101
        call_left_queue billing answered
        offer_ended 101 answered
        call_answered 101
        call_held 101
        call_started internal
        operator_offered 102
        offer_ended 102 answered
        call_answered 102
        operator_left 101
        operator_left 102
        call_ended answered operator 16
        call_resumed 101
        operator_left 101
        call_ended answered client 16
    """,
}


def test_every_tape_has_its_story() -> None:
    assert set(STORIES) == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_tape_tells_its_story(name: str) -> None:
    changes = fold(Floor("main"), records(name))
    lines = [told(change) for change in changes if name_of(change) not in QUIET]
    assert lines == [line.strip() for line in STORIES[name].strip().splitlines()]


def test_an_attended_transfer_keeps_the_older_call_and_its_client() -> None:
    changes = fold(Floor("main"), records("transfer/attended"))
    started = [one for one in changes if isinstance(one, ch.CallStarted)]
    merged = next(one for one in changes if isinstance(one, ch.CallsMerged))
    ended = next(one for one in changes if isinstance(one, ch.CallEnded))
    assert (merged.kept, merged.absorbed) == (started[0].call, started[1].call)
    assert (ended.call, ended.caller_number) == (merged.kept, "+79161234567")
    assert ended.operator == "102"


def test_the_time_on_hold_is_not_time_talked() -> None:
    changes = fold(Floor("main"), records("inbound/hold_and_resume"))
    ended = next(one for one in changes if isinstance(one, ch.CallEnded))
    assert 0.9 < ended.held_s < 1.5
    assert 5 < ended.talked_s < 7


def test_an_attempt_is_the_debtors_call_and_never_an_operators() -> None:
    """The dialler's Local halves are plumbing."""
    changes = fold(Floor("main"), records("outbound/attempt_answered"))
    started = [one for one in changes if isinstance(one, ch.CallStarted)]
    assert [(one.direction, one.dialled_number) for one in started] == [("out", "+79160000003")]
    assert started[0].channel.startswith("PJSIP/trunk-")
    states = [one.state for one in changes
              if isinstance(one, ch.OperatorChanged) and one.operator == "101"]
    assert "talking" in states
    assert states[-1] in ("ready", "offline")


def test_an_operator_is_offered_then_talking_then_ready_again() -> None:
    changes = fold(Floor("main"), records("inbound/answered_caller_hangs_up"))
    states = [one.state for one in changes
              if isinstance(one, ch.OperatorChanged) and one.operator == "101"]
    seen = [state for place, state in enumerate(states) if states[place - 1:place] != [state]]
    assert seen[:6] == ["offline", "paused", "ready", "offered", "talking", "ready"]
