"""The laws over tapes that are cut, woven, out of order, or have holes; a snapshot heals them."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from cti import changes as ch
from cti.changes import Change
from cti.floor import Floor
from cti.tape import Record
from tests.cti.tapes import NAMES, fold, records
from tests.cti.test_laws import assert_lives_are_whole, of_calls, shuffled

TABLE = {f"PJSIP/{i}{kind}": str(i) for i in range(101, 111) for kind in ("", "-web")}
any_tape = st.sampled_from(NAMES)
any_share = st.floats(0, 1)


def record(event: str, after: Record, **headers: str) -> Record:
    return Record(at=after.at + timedelta(milliseconds=1), pbx="main",
                  headers={"Event": event, **headers})


def snapshot(last: Record, truth: Floor | None = None) -> list[Record]:
    """The link is cut, comes back, and Asterisk lists what is on the floor `truth`."""
    listed = [] if truth is None else [
        record("CoreShowChannel", last, Channel=leg.channel, Uniqueid=leg.id, Linkedid=leg.call,
               ChannelState=str(leg.state), BridgeId=leg.bridge or "", Exten=leg.exten,
               CallerIDNum=leg.number, CallerIDName=leg.name, Duration="00:00:01",
               Application="AppDial" if leg.dialled_by else "Dial")
        for leg in truth.legs.values()]
    waiting = [] if truth is None else [
        record("QueueEntry", last, Queue=queue.id, Position=str(place.position), Wait="1",
               Uniqueid=leg.id, Channel=leg.channel)
        for queue in truth.queues.values() for place in queue.waiting
        for leg in truth.legs_of(place.call) if leg.operator is None and not leg.is_local][:1]
    return [record("DesklineLinkLost", last), record("DesklineSnapshotBegin", last), *listed,
            *waiting, record("DesklineSnapshotEnd", last)]


def assert_nothing_is_left(floor: Floor, changes: list[Change]) -> None:
    assert_lives_are_whole(changes)
    assert floor.is_quiet()
    assert not any(queue.waiting for queue in floor.queues.values())
    assert (floor.legs, floor.bridges, floor.attempts, floor.aliases) == ({}, {}, {}, {})
    assert not floor.holding
    assert not any(operator.call for operator in floor.operators.values())
    assert_offers_ended(changes)


def assert_offers_ended(changes: list[Change]) -> None:
    offers: Counter[str] = Counter()
    for change in changes:
        if isinstance(change, ch.OperatorOffered):
            offers[change.operator] += 1
        elif isinstance(change, ch.OfferEnded):
            offers[change.operator] -= 1
    assert set(offers.values()) <= {0}


def told_again(tape: list[Record]) -> tuple[Floor, list[Change]]:
    """Folded once; told twice and in two halves it must be the same."""
    floor, again = Floor("main"), Floor("main")
    changes = fold(floor, tape)
    half = len(tape) // 2
    assert fold(again, tape[:half]) + fold(again, tape[half:]) == changes
    return floor, changes


@settings(max_examples=120, deadline=None)
@given(any_tape, any_share)
def test_a_tape_cut_anywhere_leaves_no_ghost_when_asterisk_has_nothing_left(
        name: str, share: float) -> None:
    tape = records(name)
    kept = tape[:max(1, round(len(tape) * share))]
    floor, changes = told_again(kept + snapshot(kept[-1]))
    assert_nothing_is_left(floor, changes)


@settings(max_examples=120, deadline=None)
@given(any_tape, any_share, st.integers(1, 40))
def test_a_gap_anywhere_is_healed_by_a_snapshot_and_the_rest_goes_on(
        name: str, share: float, length: int) -> None:
    """Lines are lost; then Asterisk lists what is live where they end, and goes on."""
    tape = records(name)
    start = max(1, round(len(tape) * share))
    after = min(len(tape), start + length)
    truth = Floor("main")
    fold(truth, tape[:after])
    healed = [*tape[:start], *snapshot(tape[after - 1], truth), *tape[after:]]
    floor, changes = told_again(healed + snapshot(healed[-1]))
    assert_nothing_is_left(floor, changes)


@settings(max_examples=120, deadline=None)
@given(any_tape, st.data())
def test_lines_missing_anywhere_leave_no_ghost_behind_the_next_snapshot(
        name: str, data: st.DataObject) -> None:
    tape = records(name)
    lost = data.draw(st.sets(st.integers(1, len(tape) - 1), max_size=15))
    holed = [one for place, one in enumerate(tape) if place not in lost]
    floor, changes = told_again(holed + snapshot(holed[-1]))
    assert_nothing_is_left(floor, changes)


@settings(max_examples=60, deadline=None)
@given(any_tape, st.lists(st.integers(0, 2**20), min_size=1, max_size=12))
def test_lines_out_of_order_leave_no_ghost_behind_the_next_snapshot(
        name: str, places: list[int]) -> None:
    tape = records(name)
    for place in places:
        one = place % (len(tape) - 1)
        tape[one], tape[one + 1] = tape[one + 1], tape[one]
    floor, changes = told_again(tape + snapshot(tape[-1]))
    assert_nothing_is_left(floor, changes)


@settings(max_examples=40, deadline=None)
@given(st.lists(any_tape, min_size=2, max_size=3), st.integers(0, 2**32), any_share)
def test_woven_tapes_that_break_off_leave_no_ghost(
        names: list[str], seed: int, share: float) -> None:
    tapes = [of_calls(name, f"t{place}-") for place, name in enumerate(names)]
    woven = shuffled([tape for tape in tapes if tape], seed)
    kept = woven[:max(1, round(len(woven) * share))]
    random.Random(seed).shuffle(tapes)
    started: dict[str, Any] = {"Operator": [f"{key}={value}" for key, value in TABLE.items()]}
    first = Record(at=kept[0].at, pbx="main", headers={"Event": "DesklineStarted", **started})
    floor, changes = told_again([first, *kept, *snapshot(kept[-1])])
    assert_nothing_is_left(floor, changes)
