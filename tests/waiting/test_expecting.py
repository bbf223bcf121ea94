"""How long it will take, by the queue's own past; and where callers go when it takes too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workstation.hours_settings import Overflow
from workstation.settings import Queue
from workstation.waiting.announcing import overflow
from workstation.waiting.expecting import NEEDED, Past, minutes

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def past(*waits: tuple[int, float], ago_min: int = 5) -> Past:
    made = Past()
    for place, waited_s in waits:
        made.note(NOW - timedelta(minutes=ago_min), place, waited_s)
    return made


def test_a_wait_is_as_long_as_it_was_for_others_place_for_place() -> None:
    usual = past((1, 60), (2, 130), (3, 150), (1, 55), (2, 120))
    assert usual.expected_s(1, NOW, signed_in=2) == 60
    assert usual.expected_s(4, NOW, signed_in=2) == 240


@pytest.mark.parametrize("made", [
    past(*[(1, 60.0)] * (NEEDED - 1)), past(*[(1, 60.0)] * 20, ago_min=90), past()])
def test_with_too_little_of_a_past_it_is_not_known(made: Past) -> None:
    assert made.expected_s(2, NOW, signed_in=3) is None


def test_where_nobody_works_it_is_not_known() -> None:
    assert past(*[(1, 60.0)] * 20).expected_s(2, NOW, signed_in=0) is None


@pytest.mark.parametrize(("expected_s", "said"), [
    (None, None), (0, 1), (60, 1), (61, 2), (299, 5), (301, 10), (1_000, 20), (3_700, 65)])
def test_minutes_are_said_rounded_up(expected_s: float | None, said: int | None) -> None:
    assert minutes(expected_s) == said


LONG = Queue(id="billing", name="Billing", overflow=(
    Overflow(callers=4, to="outages"), Overflow(after_s=120, to="call_back")))


@pytest.mark.parametrize(("waited_s", "callers", "is_sent", "to"), [
    (0, 1, False, ""), (0, 4, False, ""), (0, 4.5, False, "outages"), (0, 9, True, ""),
    (120, 1, False, "call_back"), (500, 9, False, "outages"), (500, 9, True, "call_back")])
def test_an_overflow_is_the_first_rule_that_fits_and_sends_nobody_on_twice(
    waited_s: float, callers: float, is_sent: bool, to: str,
) -> None:
    assert overflow(LONG, waited_s=waited_s, callers=callers, is_sent=is_sent) == to
