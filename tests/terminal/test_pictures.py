"""Figures on the screen: scales, shares, times and sums."""

from __future__ import annotations

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from tests.terminal import story
from workstation.terminal import formats
from workstation.terminal.pictures import floor
from workstation.terminal.pictures.line import fit, flow

LEDGERS = st.dictionaries(st.sampled_from([*floor.LEDGER_SIGNS, "new_state"]),
                          st.integers(0, 10_000))


@given(LEDGERS, st.integers(0, 120))
def test_shares_of_a_ledger_fill_the_bar_and_forget_nobody(
    ledger: dict[str, int], width: int
) -> None:
    cells = floor.shares(ledger, width)
    taken = [state for state, count in ledger.items() if count]
    if not taken or width < len(taken):
        assert cells == {}
        return
    assert sum(cells.values()) == width
    assert set(cells) == set(taken)


def test_a_calls_course_is_drawn_to_scale() -> None:
    course = floor.segments(story.call(), story.NOW, 22, 110)
    assert course == ":::......~============"[:22]
    assert len(course) == 22


@pytest.mark.parametrize(("seconds", "text"), [
    (-3, "0:00"), (42, "0:42"), (725, "12:05"), (3723, "1:02:03")])
def test_durations(seconds: float, text: str) -> None:
    assert formats.duration(seconds) == text


@pytest.mark.parametrize(("minor", "locale", "text"), [
    (481250, "en", "4,812.50 ₽"), (481250, "ru", "4 812,50 ₽"), (-5, "en", "−0.05 ₽")])
def test_sums(minor: int, locale: str, text: str) -> None:
    assert formats.money(minor, "RUB", locale).replace("\u202f", " ").replace(
        "\u00a0", " ") == text


def test_an_event_of_an_earlier_year_shows_month_and_year() -> None:
    assert formats.when("2025-12-10T08:30:00Z", "en", story.NOW, UTC) == "Dec ’25"
    assert formats.when("2026-11-09T08:30:00Z", "ru", story.NOW, UTC) == "09.11"
    assert formats.when("2026-11-22T08:30:00Z", "en", story.NOW, UTC) == "08:30"


@given(st.text(alphabet="ab 山", max_size=30), st.integers(1, 20))
def test_fitted_text_has_exactly_the_width(text: str, width: int) -> None:
    assert Content(fit(text, width)).cell_length == width


@given(st.lists(st.text(alphabet="abc", min_size=1, max_size=15), max_size=6),
       st.integers(12, 60))
def test_flowing_parts_never_leave_the_column(parts: list[str], width: int) -> None:
    lines = flow(Content("head"), parts, width, 2).split("\n")
    assert all(line.cell_length <= width for line in lines)
