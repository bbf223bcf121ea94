"""Two Asterisks that give the same ids, have the same queues and the same phones: no mix-up."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cti.apart import Apart
from cti.changes import CallChange, Change, to_json
from cti.events import MemberSeen
from cti.feed import Fed, Feed, MergedFeed
from cti.floor import Floor, apply
from cti.parse import parse
from cti.reconstruction import reconstruct
from cti.tape import TapePosition
from cti.views import MergedFloor
from tests.cti.tapes import NAMES, fold, records
from tests.cti.test_reconstruction import ONE, PHONES, log_of, rows

NORTH = Apart("north", is_first=False)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
CALL = "inbound/answered_caller_hangs_up"


def north(*strangers: str) -> Floor:
    return Floor("north", replace(NORTH, strangers=frozenset(strangers)))


def bare(change: Change) -> object:
    """As the first Asterisk's floor would have told it."""
    return json.loads(json.dumps(to_json(change)).replace("@north", "").replace(
        '"pbx": "north"', '"pbx": "main"'))


@pytest.mark.parametrize("name", NAMES)
def test_another_asterisk_tells_the_same_of_calls_of_its_own(name: str) -> None:
    told = fold(north(), records(name))
    assert [bare(one) for one in told] == [to_json(one) for one in fold(Floor("main"),
                                                                        records(name))]
    calls = {change.call for change in told if isinstance(change, CallChange)}
    assert all(call.endswith("@north") and call.count("@") == 1 for call in calls)


def both(name: str) -> Iterator[tuple[Floor, Floor, list[Change]]]:
    """One tape on two floors, message for message; what both have told so far."""
    one, other, told = Floor("main"), north(), list[Change]()
    for record in records(name):
        for floor in (one, other):
            event = parse(record.at, record.headers)
            told += apply(floor, event) if event is not None else ()
        yield one, other, told


@pytest.mark.parametrize("name", ["inbound/answered_caller_hangs_up", "transfer/attended",
                                  "queues/five_phones_ring_one_answers"])
def test_one_floor_of_two_has_each_call_twice_and_joins_none(name: str) -> None:
    for one, other, _ in both(name):
        merged = MergedFloor([one, other])
        assert len(merged.calls) == 2 * len(one.calls)
        assert len(merged.legs) == 2 * len(one.legs)
        for call in merged.calls.values():
            assert {leg.call for leg in merged.legs_of(call.id)} <= {call.id}
            floor = one if call.pbx == "main" else other
            assert merged.legs_of(call.id) == floor.legs_of(call.id)
        for queue in merged.queues.values():
            assert len(queue.waiting) == 2 * len(one.queues[queue.id].waiting)
            assert all(place.call in merged.calls for place in queue.waiting)


def test_calls_of_both_are_told_whole_when_they_happen_at_once() -> None:
    *_, (_, _, told) = both(CALL)
    alone = [to_json(one) for one in fold(Floor("main"), records(CALL))]
    for pbx in ("main", "north"):
        its = [one for one in told if isinstance(one, CallChange) and one.pbx == pbx]
        assert len({one.call for one in its}) == 1
        assert [bare(one) for one in its] == [one for one in alone if "caller_number" in one]


def test_a_member_called_like_an_operator_of_another_asterisk_is_somebody_else() -> None:
    floor = north("101")
    apply(floor, MemberSeen(AT, "billing", "PJSIP/101", "101", False, "", 1, 0))
    apply(floor, MemberSeen(AT, "billing", "PJSIP/201", "201", False, "", 1, 0))
    assert set(floor.operators) == {"101@north", "201"}
    main = Floor("main", Apart("main", strangers=frozenset({"201"})))
    apply(main, MemberSeen(AT, "billing", "PJSIP/201", "201", False, "", 1, 0))
    apply(main, MemberSeen(AT, "billing", "PJSIP/101", "", False, "", 1, 0))
    assert set(main.operators) == {"101", "201@main"}
    assert MergedFloor([main, floor]).operators["201"] is floor.operators["201"]


def test_a_call_of_a_gap_is_told_under_the_id_that_the_tape_gave_it() -> None:
    told = reconstruct(rows(ONE), log_of(ONE), pbx="north", operators=PHONES, apart=NORTH)
    plain = reconstruct(rows(ONE), log_of(ONE), pbx="main", operators=PHONES)
    assert [bare(one) for one in told.changes] == [to_json(one) for one in plain.changes]
    assert {one.call for one in told.changes if isinstance(one, CallChange)} == {
        NORTH.marked(one.call) for one in plain.changes if isinstance(one, CallChange)}


def test_an_id_says_whose_it_is() -> None:
    main = Apart("main")
    assert [NORTH.marked("1763.1"), main.marked("1763.1")] == ["1763.1@north", "1763.1"]
    assert NORTH.bare("1763.1@north") == "1763.1"
    said = ["1763.1", "1763.1@north", "1763.1@northeast"]
    assert [NORTH.is_of(one) for one in said] == [False, True, False]
    assert [main.is_of(one) for one in said] == [True, False, False]


async def test_one_subscriber_hears_several_asterisks_until_he_leaves() -> None:
    feeds = [Feed(), Feed()]
    with MergedFeed(feeds).subscribe("screens") as heard:
        for n, feed in enumerate(feeds):
            feed.publish(Fed(TapePosition("", n), (), 0))
        assert [(await anext(aiter(heard))).position.offset for _ in feeds] == [0, 1]
    feeds[0].publish(Fed(TapePosition("", 2), (), 0))
    assert heard.behind() == 0
