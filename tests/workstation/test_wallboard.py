"""The floor summarised: pure, so a tape and a look."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crm_store.interaction_pages import Figures
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import decode
from tests.workstation.office import TAPES
from workstation import wallboard
from workstation.settings import load

ZONE = ZoneInfo("Europe/Moscow")
IN_TIME = {"billing": 20, "outages": 20}
DAY = datetime(2026, 11, 22, 15, tzinfo=UTC)


def played(name: str, *, share: float = 1.0) -> tuple[Floor, wallboard.Today]:
    """The floor and the day's figures after that share of the tape."""
    floor, today = Floor("main"), wallboard.Today(ZONE, DAY.astimezone(ZONE).date())
    lines = (TAPES / f"{name}.jsonl").read_bytes().splitlines()
    for line in lines[:round(len(lines) * share)]:
        record = decode(line)
        event = parse(record.at, record.headers)
        for change in apply(floor, event) if event is not None else ():
            today.count(change, IN_TIME)
    return floor, today


def names() -> wallboard.Names:
    settings = load(None)
    return wallboard.Names(
        operators={one.id: one for one in settings.operator}, clients={}, campaigns={},
        phones={}, now=DAY, pause_limits={"lunch": 45},
        queues={queue.id: queue for queue in settings.queue})


def test_an_answered_call_counts_for_its_queue_and_its_operator() -> None:
    _, today = played("inbound/answered_caller_hangs_up")
    assert today.queues["billing"] == wallboard.QueueDay(answered=1, abandoned=0, in_time=1)
    assert today.operators["101"].calls == 1
    assert today.operators["101"].talked_s > 0


def test_an_abandoned_call_counts_for_its_queue_only() -> None:
    _, today = played("inbound/abandoned_in_the_queue")
    assert [day.abandoned for day in today.queues.values()] == [1]
    assert not today.operators


def test_a_new_day_starts_from_nothing() -> None:
    _, today = played("inbound/answered_caller_hangs_up")
    assert not today.begin(DAY)
    assert today.begin(datetime(2026, 11, 23, 3, tzinfo=UTC))
    assert not today.queues


def test_figures_of_the_store_come_before_those_of_the_feed() -> None:
    _, today = played("inbound/answered_caller_hangs_up")
    today.recall([Figures("billing", "101", "answered", 3, 90.0, (5.0, 19.0, 40.0)),
                  Figures("billing", None, "abandoned", 2, 0.0, (9.0, 9.0))], IN_TIME)
    assert today.queues["billing"] == wallboard.QueueDay(answered=4, abandoned=2, in_time=3)
    assert today.operators["101"].calls == 4


def test_everybody_with_queues_has_a_tile_also_before_the_first_sign_in() -> None:
    floor, today = Floor("main"), wallboard.Today(ZONE, DAY.date())
    tiles = dict(wallboard.operators(floor, today, names(), DAY))
    assert set(tiles) == {str(number) for number in range(101, 110)}
    assert {tile.state for tile in tiles.values()} == {"offline"}


def test_pictures_kept_from_the_beat_before_equal_new_ones() -> None:
    drawn: dict[str, wallboard.Drawn] = {}
    for share in (0.3, 0.5, 0.7, 0.9, 1.0):
        floor, _ = played("inbound/through_the_menu_to_an_operator", share=share)
        kept = dict(wallboard.calls(floor, names(), drawn))
        assert kept == dict(wallboard.calls(floor, names(), {}))
        again = dict(wallboard.calls(floor, names(), drawn))
        assert all(again[call] is view for call, view in kept.items())
    assert drawn.keys() == floor.calls.keys()


def test_a_live_call_is_drawn_with_its_stretches() -> None:
    for share in (0.5, 0.7, 0.9):
        floor, _ = played("inbound/through_the_menu_to_an_operator", share=share)
        for _, call in wallboard.calls(floor, names(), {}):
            assert call.segments
            assert all(part.ended_at for part in call.segments[:-1])
