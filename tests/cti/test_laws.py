"""The laws of ARCHITECTURE.md, over every tape."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import changes as ch
from cti.changes import Change
from cti.floor import Floor
from cti.tape import Record
from tests.cti.tapes import NAMES, fold, records

UNCUT = [name for name in NAMES if not name.startswith("link/")]
every_tape = pytest.mark.parametrize("name", NAMES)


def picture(floor: Floor) -> tuple[object, ...]:
    return (dict(floor.calls), dict(floor.operators), dict(floor.queues), floor.gaps, floor.legs)


@every_tape
def test_the_same_tape_gives_the_same_changes_and_floor(name: str) -> None:
    one, two = Floor("main"), Floor("main")
    assert fold(one, records(name)) == fold(two, records(name))
    assert picture(one) == picture(two)


@every_tape
def test_a_tape_read_in_two_halves_gives_what_it_gives_whole(name: str) -> None:
    tape = records(name)
    whole = fold(Floor("main"), tape)
    for cut in range(0, len(tape), max(1, len(tape) // 4)):
        floor = Floor("main")
        assert fold(floor, tape[:cut]) + fold(floor, tape[cut:]) == whole


@every_tape
def test_a_tape_that_ends_quiet_leaves_an_empty_floor(name: str) -> None:
    floor = Floor("main")
    fold(floor, records(name))
    assert floor.is_quiet()
    assert not any(queue.waiting for queue in floor.queues.values())
    assert not any(operator.call for operator in floor.operators.values())
    assert (floor.legs, floor.bridges, floor.aliases, floor.attempts) == ({}, {}, {}, {})


def assert_lives_are_whole(changes: list[Change]) -> None:
    """Every call started is ended or absorbed, once, and nothing is said of it afterwards."""
    alive: set[str] = set()
    for change in changes:
        match change:
            case ch.CallStarted():
                assert change.call not in alive
                alive.add(change.call)
            case ch.CallsMerged():
                assert {change.kept, change.absorbed} <= alive
                alive.remove(change.absorbed)
            case ch.CallEnded():
                alive.remove(change.call)
            case ch.CallChange():
                assert change.call in alive, change
    assert alive == set()


@every_tape
def test_every_call_that_started_ended_once(name: str) -> None:
    assert_lives_are_whole(fold(Floor("main"), records(name)))


@every_tape
def test_segments_follow_each_other_without_a_gap_and_fill_the_call(name: str) -> None:
    last: dict[str, object] = {}
    for change in fold(Floor("main"), records(name)):
        if isinstance(change, ch.CallStarted):
            last[change.call] = change.at
        elif isinstance(change, ch.SegmentClosed):
            assert change.started_at == last[change.call]
            last[change.call] = change.at
        elif isinstance(change, ch.CallEnded):
            assert change.at == last[change.call]


@every_tape
def test_every_offer_has_one_end(name: str) -> None:
    offers: Counter[tuple[str, str]] = Counter()
    for change in fold(Floor("main"), records(name)):
        if isinstance(change, ch.OperatorOffered):
            offers[change.operator, ""] += 1
        elif isinstance(change, ch.OfferEnded):
            offers[change.operator, ""] -= 1
    assert set(offers.values()) <= {0}


@every_tape
def test_every_change_of_a_call_names_it_its_parties_and_a_channel(name: str) -> None:
    """On our own tapes nobody hides a number; but where somebody else's server rings an
    operator's phone, nobody said what for."""
    for change in fold(Floor("main"), records(name)):
        if isinstance(change, ch.CallChange):
            is_rung = "conference" in name
            assert "" not in (change.call, change.channel), change
            assert is_rung or "" not in (change.caller_number, change.dialled_number), change


@every_tape
def test_an_older_picture_and_what_changed_since_give_the_newer_picture(name: str) -> None:
    """Operators: the view that a screen builds from changes is the floor's."""
    floor = Floor("main")
    seen: dict[str, ch.OperatorChanged] = {}
    for change in fold(floor, records(name)):
        if isinstance(change, ch.OperatorChanged):
            seen[change.operator] = change
    names = {field.name for field in fields(ch.OperatorChanged)} - {"at", "operator", "queues"}
    for operator in floor.operators.values():
        told = seen[operator.id]
        assert {name: getattr(told, name) for name in names} == {
            name: getattr(operator, name) for name in names}
        assert set(told.queues) == operator.queues


def shuffled(tapes: list[list[Record]], seed: int) -> list[Record]:
    """The tapes woven into one; each keeps its own order."""
    chance = random.Random(seed)
    waiting = [list(reversed(tape)) for tape in tapes]
    woven = []
    while waiting := [tape for tape in waiting if tape]:
        woven.append(chance.choice(waiting).pop())
    return woven


def of_calls(name: str, mark: str) -> list[Record]:
    """A tape's own calls, with ids that no other tape has."""
    ours = ("DesklineStarted", "DesklineLinkLost", "DesklineSnapshotBegin", "DesklineSnapshotEnd")
    tape = [record for record in records(name)
            if record.headers.get("Event") not in ours and "ActionID" not in record.headers]
    return [replace(record, headers={
        key: f"{mark}{value}" if "niqueid" in key or "inkedid" in key else value
        for key, value in record.headers.items()}) for record in tape]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(UNCUT), min_size=2, max_size=5), st.integers(0, 2**32))
def test_calls_that_happen_at_once_do_not_touch_each_other(names: list[str], seed: int) -> None:
    """Each call of woven tapes ends as it does alone."""
    tapes = [of_calls(name, f"t{place}-") for place, name in enumerate(names)]
    floor = Floor("main")
    floor.table = {f"PJSIP/{i}": str(i) for i in range(101, 111)}
    alone: list[tuple[str, object]] = []
    for tape in tapes:
        single = Floor("main")
        single.table = floor.table
        alone += ends(fold(single, tape))
    woven = fold(floor, shuffled(tapes, seed))
    assert_lives_are_whole(woven)
    assert Counter(ends(woven)) == Counter(alone)
    assert floor.is_quiet()


def ends(changes: list[Change]) -> list[tuple[str, object]]:
    return [(change.call, change.outcome) for change in changes
            if isinstance(change, ch.CallEnded)]


def assert_no_life_is_told_twice(changes: list[Change]) -> None:
    """Where the tape is not whole a life may stay open, but it has no second end."""
    begun = Counter(change.call for change in changes if isinstance(change, ch.CallStarted))
    ended = Counter(call for call, _ in ends(changes))
    assert ended <= begun


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_tape_with_lines_missing_does_not_stop_the_floor(name: str, data: st.DataObject) -> None:
    tape = records(name)
    lost = data.draw(st.sets(st.integers(0, len(tape) - 1), max_size=12))
    floor = Floor("main")
    told = fold(floor, [record for place, record in enumerate(tape) if place not in lost])
    assert_no_life_is_told_twice(told)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.data())
def test_a_tape_out_of_order_does_not_stop_the_floor(name: str, data: st.DataObject) -> None:
    tape = records(name)
    for _ in range(data.draw(st.integers(1, 10))):
        one = data.draw(st.integers(0, len(tape) - 2))
        tape[one], tape[one + 1] = tape[one + 1], tape[one]
    assert_no_life_is_told_twice(fold(Floor("main"), tape))
