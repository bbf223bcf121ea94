"""A pause has a limit; beyond it the floor shows it, first amber, then red."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cti.operators import Operator
from workstation.pauses import limit_s, over

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
LUNCH = Operator(id="101", state="paused", reason="lunch", since=BEGAN)
MINUTES = {"lunch": 45}


@pytest.mark.parametrize(("minutes", "is_shown"), [
    (0, ""), (44.9, ""), (45, "amber"), (49.9, "amber"), (50, "red"), (500, "red")])
def test_a_pause_over_its_limit_is_amber_then_red(minutes: float, is_shown: str) -> None:
    assert over(LUNCH, MINUTES, BEGAN + timedelta(minutes=minutes)) == is_shown


def test_what_has_no_limit_is_never_over() -> None:
    late = BEGAN + timedelta(days=1)
    assert over(replace(LUNCH, reason="training"), MINUTES, late) == ""
    assert over(replace(LUNCH, state="talking"), MINUTES, late) == ""
    assert over(LUNCH, {}, late) == ""
    assert limit_s(LUNCH, {}) is None
    assert limit_s(LUNCH, MINUTES) == 45 * 60
