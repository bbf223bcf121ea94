"""The figures' definitions: parts add up to wholes, and splitting a period changes no sum."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.measures import MEASURES, PARTS, WAIT_PARTS, Contact, Tally, tally, total

seconds = st.one_of(st.just(0.0), st.floats(0, 40_000, allow_nan=False))
contacts = st.builds(
    Contact, direction=st.sampled_from(("in", "out", "internal")),
    outcome=st.sampled_from(("answered", "abandoned", "served", "busy", "failed", None)),
    queue=st.sampled_from((None, "billing", "outages")), is_answered=st.booleans(),
    waited_s=seconds, talked_s=seconds, held_s=seconds, wrap_up_s=seconds,
    talkers=st.lists(st.sampled_from(("101", "102")), max_size=3).map(tuple))


@given(st.lists(contacts, max_size=30), st.integers(0, 30), st.randoms())
def test_a_split_in_two_and_any_order_give_the_same_sums(
    all_of_them: list[Contact], cut: int, chance: object
) -> None:
    tallies = [tally(contact) for contact in all_of_them]
    whole = total(tallies)
    assert total(tallies[:cut]) + total(tallies[cut:]) == whole
    chance.shuffle(tallies)  # type: ignore[attr-defined]
    assert total(tallies) == whole


@given(st.lists(contacts, max_size=30))
def test_whoever_asked_for_a_person_was_answered_gave_up_or_was_sent_away(
    all_of_them: list[Contact]
) -> None:
    sums = total(tally(contact) for contact in all_of_them)
    assert sums.offered == sums.answered + sums.abandoned + sums.sent_away
    assert sums.answered + sums.abandoned == sum(getattr(sums, name) for name in WAIT_PARTS)
    assert 0 <= sums.in_time <= sums.answered
    assert 0 <= sums.abandoned_short <= sums.abandoned
    assert sums.contacts == len(all_of_them)


@given(st.lists(contacts, max_size=30))
def test_shares_are_between_nothing_and_all_and_times_are_not_negative(
    all_of_them: list[Contact]
) -> None:
    sums = total(tally(contact) for contact in all_of_them)
    for measure in MEASURES.values():
        value = measure.value(sums)
        if value is not None:
            assert value >= 0
            assert measure.unit != "share" or value <= 1, measure.id


def test_a_small_day_by_hand() -> None:
    day = [
        Contact(direction="in", outcome="answered", queue="billing", is_answered=True,
                waited_s=12, talked_s=100, held_s=20, wrap_up_s=30, talkers=("101",)),
        Contact(direction="in", outcome="answered", queue="billing", is_answered=True,
                waited_s=48, talked_s=60, wrap_up_s=30, talkers=("101", "102")),
        Contact(direction="in", outcome="abandoned", queue="billing", waited_s=3),
        Contact(direction="in", outcome="abandoned", queue="billing", waited_s=70),
        Contact(direction="in", outcome="served"),
        Contact(direction="out", outcome="busy"),
        Contact(direction="out", outcome="answered", is_answered=True, talked_s=30,
                talkers=("101",)),
    ]
    sums = total(tally(contact) for contact in day)
    values = {name: measure.value(sums) for name, measure in MEASURES.items()}
    assert values == pytest.approx({
        "service_level": 1 / 3, "abandonment": 1 / 3, "asa": 30, "aht": 270 / 3,
        "talk": 190 / 3, "hold": 20 / 3, "wrap_up": 20, "transfers": 1 / 3, "repeats": 0,
        "menu_served": 1 / 5, "reach": 1 / 2})


def test_a_call_of_nine_hours_and_a_clock_that_went_back_are_counted_as_they_are() -> None:
    long = tally(Contact(direction="in", outcome="answered", queue="billing", is_answered=True,
                         talked_s=9 * 3600, talkers=("101",)))
    assert (long.talked_ms, long.wait_10) == (9 * 3_600_000, 1)
    assert tally(Contact(direction="in", outcome="answered", queue="billing", is_answered=True,
                         waited_s=-2.5, talkers=("101",))).answer_ms == 0


def test_nothing_happened_is_no_figure_at_all() -> None:
    nothing = Tally()
    assert asdict(nothing) == dict.fromkeys(PARTS, 0)
    assert {measure.value(nothing) for measure in MEASURES.values()} == {None}
