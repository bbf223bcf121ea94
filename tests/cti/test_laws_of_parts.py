"""The laws of a call's parts, over every tape: who owned which, and what adds up."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime

import pytest

from cti import changes as ch
from cti.changes import Change
from cti.floor import Floor
from tests.cti.tapes import NAMES, fold, records

every_tape = pytest.mark.parametrize("name", NAMES)
KINDS = {"talked_s": ("talk",), "held_s": ("hold",), "waited_s": ("waiting", "ringing")}


def changes_of(name: str) -> list[Change]:
    return fold(Floor("main"), records(name))


@every_tape
def test_the_parts_of_a_call_add_up_to_what_its_end_tells(name: str) -> None:
    spent: dict[str, Counter[str]] = defaultdict(Counter)
    for change in changes_of(name):
        if isinstance(change, ch.SegmentClosed):
            spent[change.call][change.kind] += round(
                (change.at - change.started_at).total_seconds() * 1e6)
        elif isinstance(change, ch.CallsMerged):
            spent.pop(change.absorbed)      # its parts stay its own
        elif isinstance(change, ch.CallEnded):
            for total, kinds in KINDS.items():
                known = sum(spent[change.call][kind] for kind in kinds)
                assert round(getattr(change, total) * 1e6) == known, (total, change)
            whole = (change.at - change.started_at).total_seconds()
            assert change.talked_s + change.held_s + change.waited_s <= whole + 1e-6


@every_tape
def test_nobody_is_credited_with_talk_or_hold_in_which_he_had_no_part(name: str) -> None:
    """Who a stretch of talk belongs to has answered before its end, and left after its start."""
    answered: dict[tuple[str, str], datetime] = {}
    left: dict[tuple[str, str], datetime] = {}
    one: dict[str, str] = {}
    for change in changes_of(name):
        if isinstance(change, ch.CallStarted) and change.direction != "in":
            one[change.call] = change.caller_number     # he who dials has no one to answer
        elif isinstance(change, ch.CallAnswered):
            answered[change.call, change.operator] = change.at
            left.pop((change.call, change.operator), None)
        elif isinstance(change, ch.OperatorLeft):
            left[change.call, change.operator] = change.at
        elif isinstance(change, ch.SegmentClosed) and change.kind in ("talk", "hold"):
            key = change.call, change.who or ""
            if change.who is not None and change.who != one.get(change.call):
                assert answered[key] <= change.at, change
                assert key not in left or left[key] >= change.started_at, change


@every_tape
def test_what_begins_ends_once(name: str) -> None:
    """Conferences and parking of each call; those of a call that was absorbed go on in the
    other."""
    pairs = {"ConferenceBegan": "ConferenceEnded", "CallParked": "CallUnparked"}
    is_on: Counter[tuple[str, str]] = Counter()
    for change in changes_of(name):
        said = type(change).__name__
        for begun, ended in pairs.items():
            if isinstance(change, ch.CallsMerged) and is_on.pop((change.absorbed, begun), 0):
                is_on[change.kept, begun] = 1
            elif said == begun and isinstance(change, ch.CallChange):
                assert not is_on[change.call, begun], change
                is_on[change.call, begun] = 1
            elif said == ended and isinstance(change, ch.CallChange):
                assert is_on[change.call, begun], change
                is_on[change.call, begun] = 0
    assert not any(is_on.values())


@every_tape
def test_who_answered_leaves_once_and_last(name: str) -> None:
    """Every operator who answered has left by the call's end."""
    inside: set[tuple[str, str]] = set()
    for change in changes_of(name):
        if isinstance(change, ch.CallAnswered):
            inside.add((change.call, change.operator))
        elif isinstance(change, ch.CallsMerged):
            for call, operator in [one for one in inside if one[0] == change.absorbed]:
                inside.remove((call, operator))
                inside.add((change.kept, operator))
        elif isinstance(change, ch.OperatorLeft):
            inside.discard((change.call, change.operator))
        elif isinstance(change, ch.CallEnded):
            assert not [one for one in inside if one[0] == change.call], change
