"""What each recorded call meant: beside every tape lies its story, the changes in order."""

from __future__ import annotations

import pytest

from cti import changes as ch
from cti.changes import name_of
from cti.floor import Floor
from tests.cti.tapes import FOLDER, NAMES, QUIET, fold, records, told


@pytest.mark.parametrize("name", NAMES)
def test_a_tape_tells_its_story(name: str) -> None:
    changes = fold(Floor("main"), records(name))
    lines = [told(change) for change in changes if name_of(change) not in QUIET]
    assert lines == (FOLDER / f"{name}.story").read_text().splitlines()


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
