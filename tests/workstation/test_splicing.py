"""A call seen in part: the tape's beginning, Asterisk's own records for the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from crm_store.interactions import CallFacts, SegmentFacts
from workstation.mending import _differs
from workstation.splicing import spliced

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def part(kind: str, begin: float, end: float, who: str | None = None) -> SegmentFacts:
    return SegmentFacts(kind=kind, who=who, started_at=at(begin), ended_at=at(end))


def call(*segments: SegmentFacts, **facts: object) -> CallFacts:
    known: dict[str, object] = {
        "call_id": "c", "pbx": "main", "direction": "in", "started_at": segments[0].started_at,
        "ended_at": segments[-1].ended_at, "segments": segments, **facts}
    return CallFacts(**known)  # type: ignore[arg-type]


SEEN = call(part("menu", 0, 30, "main"), part("waiting", 30, 40, "billing"),
            part("talk", 40, 60, "101"), part("hold", 60, 70, "101"),
            part("talk", 70, 100, "101"),
            outcome="lost_sight", menu_path=("main:ask",), answered_at=at(40))
TOLD = call(part("menu", 0, 30), part("waiting", 30, 40, "billing"), part("talk", 40, 160, "101"),
            outcome="answered", answered_at=at(40.1), talked_s=120.0, waited_s=10.0, held_s=0.0)


def test_holds_and_menus_before_the_gap_stay_and_the_end_is_the_true_one() -> None:
    whole = spliced(SEEN, TOLD, at(100))
    assert [(one.kind, one.who) for one in whole.segments] == [
        ("menu", "main"), ("waiting", "billing"), ("talk", "101"), ("hold", "101"),
        ("talk", "101")]
    assert (whole.waited_s, whole.talked_s, whole.held_s) == (10.0, 110.0, 10.0)
    assert (whole.outcome, whole.menu_path, whole.answered_at) == (
        "answered", ("main:ask",), at(40))
    assert whole.ended_at == at(160)


def test_who_is_lost_while_held_talks_again_when_nobody_knows_better() -> None:
    held = replace(SEEN, segments=SEEN.segments[:4])
    whole = spliced(held, TOLD, at(70))
    assert whole.segments[-2:] == (part("hold", 60, 70, "101"), part("talk", 70, 160, "101"))
    assert (whole.talked_s, whole.held_s) == (110.0, 10.0)


def test_a_silent_link_is_not_believed_of_its_last_seconds() -> None:
    """The tape still saw it waiting when it had been answered for ten seconds."""
    seen = call(part("menu", 0, 30, "main"), part("waiting", 30, 100, "billing"),
                outcome="lost_sight")
    told = call(part("menu", 0, 30), part("waiting", 30, 90, "billing"),
                part("talk", 90, 120, "101"), outcome="answered", answered_at=at(90))
    whole = spliced(seen, told, at(100))
    assert whole.segments == (part("menu", 0, 30, "main"), part("waiting", 30, 90, "billing"),
                              part("talk", 90, 120, "101"))
    assert (whole.waited_s, whole.talked_s) == (60.0, 30.0)


def test_what_began_in_the_gap_is_told_whole() -> None:
    assert spliced(None, TOLD, at(-5)) == TOLD
    found = call(part("talk", 0.4, 160, "101"), outcome="answered")
    assert spliced(found, TOLD, at(-5)) == TOLD


def test_a_call_answered_in_the_gap_is_another_though_its_parts_are_the_same() -> None:
    """Its operator talked in a second gap already; the lists made him answer at its end."""
    ring, talk = part("ringing", 0, 2, "101"), part("talk", 2, 11, "101")
    late = (part("ringing", 0, 9, "101"), part("talk", 9, 11, "101"))
    told = call(ring, talk, answered_at=at(2))
    assert not _differs(told, told)
    assert _differs(call(*late, answered_at=at(2)), told)


def test_what_records_round_is_no_difference() -> None:
    told = call(part("ringing", 0, 2, "101"), part("talk", 2, 11, "101"))
    seen = call(part("ringing", 0, 2.2, "101"), part("talk", 2.2, 5, "101"),
                part("hold", 5, 6, "101"), part("talk", 6, 11, "101"))
    assert not _differs(seen, told)
