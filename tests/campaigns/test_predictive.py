"""Looking ahead, learning, and the guard of the day; then whole rehearsed days."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.durations import TALK_EDGES_S, Durations
from campaigns.look_ahead import Ages
from campaigns.pacing import Line, Pacing, Reason, next_step
from campaigns.predicting import Day, Dose, Predictor, may_be_bold
from campaigns.rehearsal.methods import Adaptive, FixedRatio, OneToOne, Ours
from campaigns.rehearsal.world import Case, Method, Tally, WorkingDay

CAP = 0.03
PLENTY = Day(10_000, 0, CAP)


def _taught() -> Predictor:
    chance, predictor = Random(5), Predictor()
    for _ in range(600):
        if chance.random() < 0.4:
            predictor.answered(chance.expovariate(1 / 15))
        else:
            predictor.missed(25)
        predictor.talked(chance.lognormvariate(4.5, 0.8))
    return predictor


def _dose(ages: Ages, day: Day = PLENTY) -> Dose:
    return _taught().dose(ages, day, at_s=0, at_most=1_000)


def test_nothing_is_dialled_when_nobody_is_free_or_will_soon_be() -> None:
    assert _dose(Ages(0)).dial == 0
    assert _dose(Ages(0, talking_s=[5.0])).dial == 0


def test_dials_ahead_of_talks_that_are_about_to_end() -> None:
    many = _dose(Ages(3, talking_s=[90.0] * 47)).dial
    few = _dose(Ages(3)).dial
    assert many > few + 10
    assert few >= 3


def test_phones_that_ring_already_count_against_the_next_dial() -> None:
    free = Ages(4, talking_s=[90.0] * 20)
    ringing = Ages(4, ringing_s=[3.0] * 10, talking_s=[90.0] * 20)
    assert _dose(free).dial - _dose(ringing).dial >= 8


def test_who_waits_without_an_operator_stops_the_boldness() -> None:
    assert _dose(Ages(1, waiting=1, talking_s=[90.0] * 5)).dial == 0


def test_wrap_ups_that_are_about_to_end_count_as_operators() -> None:
    predictor = _taught()
    for _ in range(50):
        predictor.wrapped_up(20.0)
    late = predictor.dose(Ages(0, wrapping_s=[19.0] * 5), PLENTY, at_s=0, at_most=99)
    early = predictor.dose(Ages(0, wrapping_s=[1.0] * 5), PLENTY, at_s=0, at_most=99)
    assert late.dial > early.dial == 0


@given(st.integers(0, 400), st.integers(0, 20), st.integers(0, 60), st.integers(0, 5))
def test_guard_never_lets_a_drop_pass_that_the_day_cannot_bear(
    answered: int, dropped: int, ringing: int, waiting: int,
) -> None:
    ages = Ages(1, ringing_s=[1.0] * ringing, waiting=waiting)
    if may_be_bold(ages, Day(answered, dropped, CAP), 0.4):
        assert dropped + 1 <= CAP * (answered + 1)


def test_first_answers_of_a_day_are_dialled_one_to_one() -> None:
    dose = _dose(Ages(3, ringing_s=[1.0], talking_s=[90.0] * 40), Day(20, 0, CAP))
    assert (dose.is_guarded, dose.dial) == (True, 2)


@pytest.mark.parametrize(("dose", "line", "dial", "reason"), [
    (Dose(5, False, 0.1, 0.02), Line(1, 0, 0, 3), 3, Reason.DIALLING),
    (Dose(0, False, 0.1, 0.02), Line(1, 0, 0, 3), 0, Reason.TOO_RISKY),
    (Dose(2, True, 0.0, 0.02), Line(2, 0, 0, 9), 2, Reason.DIALLING),
    (Dose(0, True, 0.0, 0.02), Line(2, 2, 0, 9), 0, Reason.GUARDED),
    (Dose(1, True, 0.0, 0.02), Line(2, 0, 2, 9), 0, Reason.CALLERS_WAIT),
    (Dose(5, False, 0.1, 0.02), Line(1, 0, 0, 0), 0, Reason.TRUNK_FULL)])
def test_predictive_step_says_why(dose: Dose, line: Line, dial: int, reason: Reason) -> None:
    step = next_step(Pacing.PREDICTIVE, line, dose)
    assert (step.dial, step.reason) == (dial, reason)


def test_drops_make_it_shyer_and_answers_bolder() -> None:
    predictor = Predictor()
    before = predictor.threshold
    predictor.dropped()
    shy = predictor.threshold
    for _ in range(40):
        predictor.met(cap=CAP)
    assert shy < before < predictor.threshold


def test_shape_is_learned_also_when_only_short_ones_have_ended() -> None:
    """A quarter of an hour into the day the long talks still go on."""
    ended = Durations(TALK_EDGES_S, imagined_mean_s=120)
    for _ in range(200):
        ended.ended(30.0)
    deluded, right = ended.shape(), ended.shape([400.0] * 200)
    assert deluded.left(60) < 0.1
    assert right.left(60) > 0.3


@given(st.lists(st.floats(0, 4_000), min_size=1, max_size=50))
def test_a_shape_only_falls(ages: list[float]) -> None:
    counted = Durations(TALK_EDGES_S, imagined_mean_s=100)
    for age_s in ages:
        counted.ended(age_s)
    left = [counted.shape().left(age) for age in range(0, 2_000, 50)]
    assert left == sorted(left, reverse=True)
    assert all(0 <= share <= 1 for share in left)


# ── whole days ───────────────────────────────────────────────────────────────────────────────
SHORT = Case(operators=20, answer_rate=0.3, hours=0.75)


def _played(method: Method, case: Case = SHORT, seed: int = 3) -> Tally:
    return WorkingDay(case, method, Random(seed)).run()


@pytest.fixture(scope="module")
def ours() -> Tally:
    return _played(Ours(CAP))


def test_rehearsed_day_keeps_the_cap_and_talks_more_than_one_to_one(ours: Tally) -> None:
    plain = _played(OneToOne())
    assert plain.dropped == 0
    assert ours.drop_share <= CAP
    assert ours.talk_min_per_hour > plain.talk_min_per_hour + 6


def test_cap_holds_when_the_answer_rate_swings() -> None:
    swinging = Case(operators=20, answer_rate=0.3, swing=0.6, hours=1, wrap_up_s=20)
    assert _played(Ours(CAP), swinging).drop_share <= CAP


def test_same_seed_tells_the_same_day(ours: Tally) -> None:
    assert _played(Ours(CAP)) == ours


def test_more_lines_per_operator_talk_more_and_drop_more() -> None:
    low, high = _played(FixedRatio(1.2)), _played(FixedRatio(1.8))
    assert high.talk_s > low.talk_s
    assert high.dropped > low.dropped


def test_adaptive_level_rises_while_operators_wait() -> None:
    adaptive = _played(Adaptive(CAP, intensity=0.05))
    assert adaptive.talk_s > _played(OneToOne()).talk_s
