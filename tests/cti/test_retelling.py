"""A tape folded from a quiet point tells what was told live: the same calls, people and ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cti import changes as ch
from cti.changes import Change
from cti.engine import Engine, LinkPlan
from cti.floor import Floor
from cti.retelling import QuietPoint, QuietPoints, changes_of, fold, is_quiet_point
from cti.tape import Record, Tape, TapePosition, encode, read
from tests.cti.tapes import NAMES, records

PHONES = {f"PJSIP/{i}{suffix}": f"{i}" for i in range(101, 111) for suffix in ("", "-web")}
OURS = [name for name in NAMES if not name.startswith("foreign/")]
DAY = "2026-11-22"


def numbered(tape: list[Record]) -> list[tuple[TapePosition, Record]]:
    return [(TapePosition(DAY, place), record) for place, record in enumerate(tape)]


def of_calls(changes: Iterator[tuple[TapePosition, tuple[Change, ...]]]) -> list[Change]:
    return [one for _, told in changes for one in told
            if isinstance(one, ch.CallChange | ch.AttemptSettled | ch.LinkRestored)]


@pytest.mark.parametrize("name", OURS)
def test_a_tape_folded_from_any_quiet_point_gives_what_was_told_live(name: str) -> None:
    tape = numbered(records(name))
    live = Floor("main")
    told: list[tuple[TapePosition, tuple[Change, ...]]] = []
    quiet: list[QuietPoint] = []
    for position, record in tape:
        told.append((position, changes_of(live, record)))
        if is_quiet_point(live):
            quiet.append(QuietPoint(position, live.last_at, dict(live.learned)))
    assert len(quiet) > 1, "behind the start, and at the end"
    for point in quiet:
        floor = Floor("main")
        point.set_up(floor, PHONES)
        rest = [one for one in tape if one[0] > point.position]
        assert of_calls(fold(floor, rest)) == of_calls(
            one for one in told if one[0] > point.position)
        assert floor.gaps == live.gaps[len(live.gaps) - len(floor.gaps):]


def plan_in(folder: Path) -> LinkPlan:
    return LinkPlan(pbx="main", host="127.0.0.1", port=9, observer_secret="", control_secret="",
                    system_name=None, tape_dir=folder, operators=PHONES)


def written(folder: Path, name: str, day: str = DAY) -> list[TapePosition]:
    tape = records(name)
    (folder / f"main-{day}.jsonl").write_bytes(b"".join(map(encode, tape)))
    return [position for position, _ in read(folder, "main")]


async def test_a_server_started_again_behind_the_last_start_knows_whose_phones_are_whose(
        tmp_path: Path) -> None:
    """The tape from its quiet point on has no line of ours that names the phones."""
    positions = written(tmp_path, "outbound/operator_dials")
    points = QuietPoints(tmp_path, "main")
    floor, live = Floor("main"), []
    for (position, record), at in zip(read(tmp_path, "main"), moments(), strict=False):
        live += [one for one in changes_of(floor, record) if isinstance(one, ch.CallChange)]
        if not live and is_quiet_point(floor):
            points.note(position, floor, at)
    start = points.for_start()
    assert start is not None
    assert positions[1] < start.position < positions[-1]
    engine = Engine(plan_in(tmp_path))
    with engine.feed.subscribe("test") as restored:
        await engine._restore()
        told = [await anext(restored) for _ in range(restored.behind())]
    assert all(fed.restored for fed in told)
    calls = [one for fed in told for one in fed.changes if isinstance(one, ch.CallChange)]
    assert calls == live
    assert {one.direction for one in calls} == {"out"}


def moments() -> Iterator[datetime]:
    """Ten minutes apart, so that every second quiet point is written."""
    at = datetime(2026, 11, 22, tzinfo=UTC)
    while True:
        at += timedelta(minutes=10)
        yield at


async def test_what_was_lost_is_told_again_from_where_one_was(tmp_path: Path) -> None:
    written(tmp_path, "inbound/answered_caller_hangs_up")
    engine = Engine(plan_in(tmp_path))
    await engine._restore()
    whole = [fed for fed in engine.retell(None) if of_calls(iter([(fed.position, fed.changes)]))]
    assert len(whole) > 5
    half = [fed.position for fed in whole][len(whole) // 2]
    rest = [fed for fed in engine.retell(half) if of_calls(iter([(fed.position, fed.changes)]))]
    assert rest == whole[len(whole) // 2 + 1:]


async def test_who_reads_again_begins_at_the_newest_quiet_point_before(tmp_path: Path) -> None:
    """With what was known there, not with the floor of now and not with the whole tape."""
    written(tmp_path, "transfer/attended")
    engine, live = Engine(plan_in(tmp_path)), list[tuple[TapePosition, tuple[Change, ...]]]()
    for (position, record), at in zip(read(tmp_path, "main"), moments(), strict=False):
        live.append((position, changes_of(engine.floor, record)))
        if is_quiet_point(engine.floor):
            engine._quiet.note(position, engine.floor, at)
    middle = live[len(live) // 2][0]
    noted = engine._quiet.before(middle)
    assert noted is not None
    assert live[0][0] < noted.position <= middle
    again = ((fed.position, fed.changes) for fed in engine.retell(middle))
    assert of_calls(again) == of_calls(one for one in live if one[0] > middle)


async def test_a_damaged_tape_does_not_stop_the_start_and_is_told(tmp_path: Path) -> None:
    (tmp_path / f"main-{DAY}.jsonl.gz").write_bytes(b"no gzip")
    written(tmp_path, "inbound/hold_and_resume", "2026-11-23")
    engine = Engine(plan_in(tmp_path))
    with engine.feed.subscribe("test") as restored:
        await engine._restore()
        assert restored.behind() > 5
    assert "the tape of 2026-11-22 cannot be read" in (engine.trouble() or "")


def test_a_quiet_point_older_than_two_days_of_tape_is_not_used(tmp_path: Path) -> None:
    points, floor = QuietPoints(tmp_path, "main"), Floor("main")
    assert points.for_start() is None
    at = datetime(2026, 11, 20, 12, tzinfo=UTC)
    for _ in range(3):
        points.note(TapePosition("2026-11-20", 500), floor, at)
        at += timedelta(minutes=6)
    Tape(tmp_path, "main").append([Record(at, "main", {"Event": "x"})])
    assert QuietPoints(tmp_path, "main").for_start() == QuietPoint(TapePosition("2026-11-20", 500))
    for days in (3, 4):     # a weekend without tape does not count
        later = at + timedelta(days=days)
        Tape(tmp_path, "main").append([Record(later, "main", {"Event": "x"})])
    assert points.for_start() == QuietPoint(TapePosition("2026-11-23", 0))


def test_the_first_start_has_no_gap() -> None:
    floor = Floor("main")
    for record in records("inbound/answered_caller_hangs_up"):
        restored = [one for one in changes_of(floor, record) if isinstance(one, ch.LinkRestored)]
        if restored:
            break
    assert floor.gaps == ()
    assert [one.gap_from for one in restored] == [restored[0].at]


def test_a_start_goes_back_to_before_what_the_journal_has_written(tmp_path: Path) -> None:
    """However long the base was away: what is on the tape and not in it is told again."""
    points, floor = QuietPoints(tmp_path, "main"), Floor("main")
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    Tape(tmp_path, "main").append([Record(at, "main", {"Event": "x"})])
    for place in (100, 200, 300, 400):
        points.note(TapePosition(DAY, place), floor, at)
        at += timedelta(minutes=6)
    again = QuietPoints(tmp_path, "main")
    for journalled, start in ((None, 300), (350, 300), (299, 200), (99, 0)):
        place = TapePosition(DAY, journalled) if journalled is not None else None
        assert again.for_start(place) == QuietPoint(TapePosition(DAY, start))
    long_ago = TapePosition("2026-11-18.0002", 7)
    assert again.for_start(long_ago) == QuietPoint(TapePosition("2026-11-18", 0))
