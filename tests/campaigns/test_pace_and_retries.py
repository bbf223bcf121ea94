from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns import plans
from campaigns.capacity import OpenLine, holder
from campaigns.coverage import Happening, State
from campaigns.dispositions import meaning_of
from campaigns.pacing import Line, Pacing, Reason, next_step
from campaigns.promises import Promise, PromiseState, silent_until, state_of
from campaigns.retries import CALM, QUICK, Again, Miss, NothingLeft, miss_of, next_try
from campaigns.why import of_campaign, of_entry

counts = st.integers(0, 50)


@given(counts, counts, counts, counts)
def test_progressive_never_dials_more_than_operators_are_free(
    ready: int, flying: int, waiting: int, lines: int,
) -> None:
    step = next_step(Pacing.PROGRESSIVE, Line(ready, flying, waiting, lines))
    assert step.dial == max(0, min(ready - flying - waiting, lines))
    assert (step.dial > 0) == (step.reason is Reason.DIALLING)


@pytest.mark.parametrize(("line", "reason"), [
    (Line(0, 0, 0), Reason.NO_OPERATOR_READY), (Line(2, 0, 2), Reason.CALLERS_WAIT),
    (Line(2, 2, 0), Reason.LINES_IN_FLIGHT), (Line(2, 0, 0, 0), Reason.TRUNK_FULL)])
def test_step_without_a_dial_says_why(line: Line, reason: Reason) -> None:
    assert next_step(Pacing.PROGRESSIVE, line).reason is reason


@pytest.mark.parametrize(("campaigns", "other"), [
    ((2,), 2), ((3, 2), 2), ((1, 2), None), ((), None)])
def test_another_campaign_that_holds_the_operators_is_named(
    campaigns: tuple[int, ...], other: int | None,
) -> None:
    step = next_step(Pacing.PROGRESSIVE, Line(1, 1, 0))
    lines = [OpenLine(one, one, "q", may_need_operator=True) for one in campaigns]
    lines.append(OpenLine(9, 9, "q", may_need_operator=False))
    assert holder(step, 1, lines) == other
    assert "“Autumn”" in of_campaign("running", "another_campaign",
                                     {"other": "Autumn", "operators_ready": 1})


def test_a_campaign_whose_calls_go_on_does_not_say_that_nothing_is_dialled() -> None:
    said = of_campaign("running", "operators_busy", {"own_lines": 1, "operators_ready": 0})
    assert said == ("No further number is dialled: no operator of its queue is ready, "
                    "1 of its calls go on.")


def test_preview_hands_a_card_to_each_free_operator() -> None:
    step = next_step(Pacing.PREVIEW, Line(5, 2, 0))
    assert (step.dial, step.reason) == (3, Reason.OPERATOR_DIALS)
    assert next_step(Pacing.PREVIEW, Line(1, 0, 1)).reason is Reason.CALLERS_WAIT


@given(st.sampled_from([CALM, QUICK]), st.sampled_from(Miss), counts, counts, counts)
def test_retries_end(plan: object, miss: Miss, times: int, made: int, left: int) -> None:
    following = next_try(CALM if plan is CALM else QUICK, miss, times=times, attempts_made=made,
                         numbers_left=left)
    limit = (CALM if plan is CALM else QUICK).max_attempts
    assert isinstance(following, NothingLeft) == (left == 0 or made >= limit)


def test_delay_grows_with_each_miss_and_the_last_one_repeats() -> None:
    after = [next_try(CALM, Miss.BUSY, times=times, attempts_made=1, numbers_left=1)
             for times in (1, 2, 3, 9)]
    assert after == [Again(timedelta(seconds=s)) for s in (600, 1800, 7200, 7200)]


@pytest.mark.parametrize(("status", "cause", "miss"), [
    ("BUSY", 17, Miss.BUSY), ("NOANSWER", 0, Miss.NO_ANSWER), ("CHANUNAVAIL", 1, Miss.INVALID),
    ("CONGESTION", 34, Miss.CONGESTION), ("CHANUNAVAIL", 0, Miss.CONGESTION),
    ("CANCEL", 0, Miss.NO_ANSWER), ("FAILED", 28, Miss.CONGESTION), ("DROPPED", 16, Miss.DROPPED),
    ("CHANUNAVAIL", 22, Miss.INVALID), ("NOANSWER", 19, Miss.NO_ANSWER),
    ("CONGESTION", 17, Miss.BUSY), ("WHAT", 999, Miss.UNKNOWN), ("LOST", 0, Miss.UNKNOWN)])
def test_cause_of_a_dial_is_understood(status: str, cause: int, miss: Miss) -> None:
    assert miss_of(status, cause) is miss


def test_plan_survives_the_database() -> None:
    assert plans.from_json(plans.to_json(QUICK)) == QUICK
    with pytest.raises(plans.PlanError):
        plans.from_json({**plans.to_json(QUICK), "max_attempts": -1})
    with pytest.raises(plans.PlanError):
        plans.from_json({})


def test_promise_is_silent_until_its_day_and_then_kept_or_broken() -> None:
    zone, due = ZoneInfo("Europe/Moscow"), date(2026, 11, 25)
    promise, now = Promise(100_00, due), datetime(2026, 11, 22, tzinfo=UTC)
    assert silent_until((promise,), now, zone) == datetime(2026, 11, 26, tzinfo=zone)
    assert silent_until((promise,), now + timedelta(days=9), zone) is None
    assert state_of(promise, 50_00, due) is PromiseState.OPEN
    assert state_of(promise, 50_00, due + timedelta(days=1)) is PromiseState.BROKEN
    assert state_of(promise, 100_00, due + timedelta(days=1)) is PromiseState.KEPT


def test_outcome_that_says_nothing_about_who_answered_is_cannot_tell() -> None:
    assert meaning_of("resolved").happening is Happening.SOMEBODY_ANSWERED
    assert not meaning_of("resolved").is_certain
    assert meaning_of("reached_in_person").happening is Happening.REACHED


def test_why_answers_are_sentences_also_with_facts_missing() -> None:
    facts = {"callers_waiting": 2, "operators_ready": 1}
    assert of_campaign("running", "callers_wait", facts) == (
        "Nothing is dialled because incoming callers wait (2) for the one ready operator.")
    assert of_campaign("paused", "dialling", {}) == "It is paused."
    assert "?" in of_campaign("running", "callers_wait", {})
    due = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
    assert of_campaign("running", "nobody_due", {}, due).endswith(
        "now; the next one from 2026-11-22 10:00:00 UTC on.")
    assert of_entry(State.WAITING_UNTIL, "busy", {}, due) == (
        "The line was busy. Owed again from 2026-11-22 10:00:00 UTC.")
    assert "made_up" not in of_entry(State.PROMISED, "made_up", {}, None)
