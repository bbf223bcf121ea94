"""Decisions at their very edges, found by changing the source (`bench/mutants.py`)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from campaigns.calling_hours import AROUND_THE_CLOCK, Hours, Window, is_allowed, next_allowed
from campaigns.contact_limits import Contact, Gap, Kind, Limit, Period, room
from campaigns.pacing import Line, Pacing, Reason, next_step
from campaigns.predicting import Dose
from campaigns.retries import (
    BUSY_CAUSES,
    CALM,
    CONGESTION_CAUSES,
    DEAD_NUMBER_CAUSES,
    SILENT_CAUSES,
    Again,
    Miss,
    NothingLeft,
    RetryPlan,
    miss_of,
    next_try,
)
from campaigns.rule_files import rule_set
from campaigns.rules import Inquiry, Rule, RuleSet, decide

ZONE = ZoneInfo("Europe/Moscow")
NUMBER = "+79160000001"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=ZONE)      # a Wednesday


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def _talk(text: str) -> Contact:
    return Contact(_at(text), Kind.CONVERSATION, NUMBER)


# ── windows of the calendar ──────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("period", "last", "counted", "free"), [
    ("day", "2026-11-25T08:00", 1, "2026-11-26T00:00"),
    ("day", "2026-11-25T00:00", 1, "2026-11-26T00:00"),     # midnight is of the day it begins
    ("day", "2026-11-24T23:59", 0, None),
    ("week", "2026-11-23T00:00", 1, "2026-11-30T00:00"),
    ("week", "2026-11-24T10:00", 1, "2026-11-30T00:00"),
    ("week", "2026-11-22T23:59", 0, None),
    ("month", "2026-11-01T00:00", 1, "2026-12-01T00:00"),
    ("month", "2026-10-31T23:59", 0, None),
])
def test_one_in_a_calendar_period_frees_with_the_next_one(
    period: Period, last: str, counted: int, free: str | None,
) -> None:
    found = room(Limit("conversation", 1, period=period), (_talk(last),), NOON, (ZONE,), NUMBER)
    assert (found.free_at, found.counted) == (NOON if free is None else _at(free), counted)


def test_two_in_a_week_leave_room_for_one_more_of_three() -> None:
    talks = (_talk("2026-11-23T10:00"), _talk("2026-11-24T10:00"))
    for maximum, free in ((2, _at("2026-11-30T00:00")), (3, NOON)):
        found = room(Limit("conversation", maximum, period="week"), talks, NOON, (ZONE,), NUMBER)
        assert (found.free_at, found.counted) == (free, 2)


def test_contact_in_the_future_of_a_clock_that_jumped_closes_its_own_day_too() -> None:
    found = room(Limit("conversation", 1, period="day"), (_talk("2026-11-26T00:00"),), NOON,
                 (ZONE,), NUMBER)
    assert found.free_at == _at("2026-11-27T00:00")


def test_rolling_days_forget_a_contact_the_moment_they_are_over() -> None:
    limit = Limit("conversation", 1, rolling_days=7)
    ago = timedelta(days=7)
    exact = Contact(NOON - ago, Kind.CONVERSATION, NUMBER)
    over = room(limit, (exact,), NOON, (ZONE,), NUMBER)
    assert (over.free_at, over.counted) == (NOON, 0)
    late = Contact(NOON - ago + timedelta(seconds=1), Kind.CONVERSATION, NUMBER)
    found = room(limit, (late,), NOON, (ZONE,), NUMBER)
    assert (found.free_at, found.counted) == (NOON + timedelta(seconds=1), 1)


def test_gap_counts_what_it_looked_at_and_nothing_of_nothing() -> None:
    gap = Gap("conversation", hours=24)
    assert room(gap, (), NOON, (ZONE,), NUMBER) == room(
        gap, (Contact(NOON, Kind.CONVERSATION, "+1", is_same_person=False),), NOON, (ZONE,),
        NUMBER)
    assert room(gap, (), NOON, (ZONE,), NUMBER).counted == 0
    assert room(gap, (_talk("2026-11-25T11:00"),), NOON, (ZONE,), NUMBER).counted == 1


# ── hours ────────────────────────────────────────────────────────────────────────────────────
def test_around_the_clock_is_open_from_its_first_minute_on() -> None:
    assert is_allowed(_at("2026-11-25T00:00"), (ZONE,), AROUND_THE_CLOCK, frozenset())


def test_opening_is_looked_for_a_month_ahead_and_no_further() -> None:
    never = Hours(None, None, None, Window(9 * 60, 10 * 60))
    first = NOON.date()
    for days, found in ((31, _at("2026-12-26T09:00")), (32, None)):
        holiday = frozenset({first + timedelta(days=days)})
        assert next_allowed(NOON, (ZONE,), never, holiday) == found


# ── rules joined ─────────────────────────────────────────────────────────────────────────────
def _rule(name: str, **more: object) -> Rule:
    base = Rule(name, AROUND_THE_CLOCK, (), (), frozenset(), frozenset(), "source",
                date(2026, 11, 22), "ours")
    return replace(base, **more)  # type: ignore[arg-type]


def _decide(*rules: Rule, **more: object) -> tuple[str, datetime | None]:
    found = decide(RuleSet(rules, "v"), Inquiry(NOON, (ZONE,), NUMBER, (), **more))  # type: ignore[arg-type]
    return found.why, found.until_at


def test_rule_is_stale_after_180_days_and_not_on_the_180th() -> None:
    rules = RuleSet((_rule("a"),), "v")
    verified = date(2026, 11, 22)
    assert rules.stale(verified + timedelta(days=180)) == ()
    assert rules.stale(verified + timedelta(days=181)) == ("a",)


def test_lowest_ceiling_of_drops_in_force_holds() -> None:
    rules = RuleSet((_rule("a", drop_ceiling=0.03), _rule("b", drop_ceiling=0.02), _rule(
        "c", drop_ceiling=0.01, valid_from=date(2027, 1, 1)), _rule("d")), "v")
    assert rules.drop_ceiling(NOON.date()) == 0.02
    assert RuleSet((_rule("a"),), "v").drop_ceiling(NOON.date()) is None


@pytest.mark.parametrize(("allows", "consented", "why"), [
    ("allowed", False, "allowed"), ("allowed", True, "allowed"), ("consent", True, "allowed"),
    ("consent", False, "no_consent"), ("never", True, "no_consent")])
def test_recorded_voice_needs_what_the_rule_says(
    allows: str, consented: bool, why: str,
) -> None:
    rule = _rule("a", recorded_voice=allows)
    assert _decide(rule, is_recorded=True, has_consented=consented)[0] == why
    assert _decide(rule)[0] == "allowed"
    silent = _decide(rule, is_recorded=True)[0]
    assert silent == ("allowed" if allows == "allowed" else "no_consent"), "nobody asked him"


def test_rule_without_a_lawful_hour_forbids_whatever_another_one_would_allow_later() -> None:
    shut = _rule("shut", hours=Hours(None, None, None, None))
    later = _rule("later", hours=Hours(*(Window(18 * 60, 20 * 60),) * 4))
    assert _decide(later, shut) == ("no_hour", None)
    assert _decide(shut, later) == ("no_hour", None)
    assert _decide(later) == ("hours", _at("2026-11-25T18:00"))


def test_later_of_two_openings_is_the_answer_and_its_rule_is_named() -> None:
    evening = _rule("evening", hours=Hours(*(Window(18 * 60, 24 * 60),) * 4))
    night = _rule("night", hours=Hours(*(Window(21 * 60, 24 * 60),) * 4))
    for rules in ((evening, night), (night, evening)):
        found = decide(RuleSet(rules, "v"), Inquiry(NOON, (ZONE,), NUMBER, ()))
        assert (found.until_at, found.facts["rule"]) == (_at("2026-11-25T21:00"), "night")


def test_limit_names_its_window() -> None:
    for limit, window in ((Limit("conversation", 1, period="week"), "week"),
                          (Limit("conversation", 1, rolling_days=7), "7 days")):
        found = decide(RuleSet((_rule("a", limits=(limit,)),), "v"), Inquiry(
            NOON, (ZONE,), NUMBER, (_talk("2026-11-24T10:00"),)))
        assert (found.facts["window"], found.facts["maximum"]) == (window, 1)


def test_silence_until_this_very_moment_is_over() -> None:
    assert _decide(_rule("a"), silent_until=NOON)[0] == "allowed"
    later = NOON + timedelta(seconds=1)
    assert _decide(_rule("a"), silent_until=later) == ("silence", later)


def test_rehearsal_is_the_only_rule_that_lets_synthetic_people_be_called_alone() -> None:
    assert rule_set(["rehearsal"]).is_rehearsal
    assert not rule_set(["DEFAULT-strict"]).is_rehearsal
    assert rule_set(["rehearsal", "DEFAULT-strict"]).is_rehearsal


# ── pace ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("line", "dial", "why"), [
    (Line(1, 0, 0), 1, Reason.DIALLING), (Line(0, 0, 0), 0, Reason.NO_OPERATOR_READY),
    (Line(1, 0, 1), 0, Reason.CALLERS_WAIT), (Line(2, 0, 1), 1, Reason.DIALLING),
    (Line(2, 1, 0), 1, Reason.DIALLING), (Line(2, 2, 0), 0, Reason.LINES_IN_FLIGHT),
    (Line(3, 0, 0, lines_free=0), 0, Reason.TRUNK_FULL),
    (Line(3, 0, 0, lines_free=1), 1, Reason.DIALLING),
    (Line(1, -3, -3), 1, Reason.DIALLING),
    (Line(1, 0, 0, answered=9, dropped=9, drop_ceiling=0.02), 1, Reason.DIALLING),
    (Line(1, 0, 0, answered=10, dropped=1, drop_ceiling=0.02), 0, Reason.TOO_MANY_DROPPED),
    (Line(1, 0, 0, answered=50, dropped=1, drop_ceiling=0.02), 1, Reason.DIALLING),
    (Line(1, 0, 0, answered=50, dropped=2, drop_ceiling=0.02), 0, Reason.TOO_MANY_DROPPED),
])
def test_one_line_per_free_operator_and_no_more(line: Line, dial: int, why: Reason) -> None:
    step = next_step(Pacing.PROGRESSIVE, line)
    assert (step.dial, step.reason) == (dial, why)


@pytest.mark.parametrize(("line", "dose", "dial", "why"), [
    (Line(0, 5, 0), Dose(3, False, 0.01, 0.02), 3, Reason.DIALLING),
    (Line(0, 5, 0, lines_free=2), Dose(3, False, 0.01, 0.02), 2, Reason.DIALLING),
    (Line(0, 5, 0, lines_free=0), Dose(3, False, 0.01, 0.02), 0, Reason.TRUNK_FULL),
    (Line(0, 5, 0), Dose(0, False, 0.05, 0.02), 0, Reason.TOO_RISKY),
    (Line(2, 2, 0), Dose(2, True, 0.0, 0.0), 0, Reason.GUARDED),
    (Line(3, 1, 0), Dose(1, True, 0.0, 0.0), 1, Reason.DIALLING),
    (Line(0, 0, 0), Dose(1, True, 0.0, 0.0), 0, Reason.NO_OPERATOR_READY),
    (Line(3, 1, 0, answered=50, dropped=9, drop_ceiling=0.02), Dose(1, True, 0.0, 0.0), 1,
     Reason.DIALLING),
])
def test_predictive_step_takes_its_dose_within_the_lines(
    line: Line, dose: Dose, dial: int, why: Reason,
) -> None:
    step = next_step(Pacing.PREDICTIVE, line, dose)
    assert (step.dial, step.reason, step.dose) == (dial, why, dose)
    assert next_step(Pacing.PREDICTIVE, Line(2, 0, 0)).dial == 2, "one to one without a dose"


@pytest.mark.parametrize(("line", "dial", "why"), [
    (Line(0, 0, 0, lines_free=3), 3, Reason.DIALLING), (Line(0, 0, 0), 5, Reason.DIALLING),
    (Line(2, 1, 1), 5, Reason.DIALLING), (Line(1, 1, 1), 0, Reason.CALLERS_WAIT),
    (Line(0, 0, 0, lines_free=0), 0, Reason.TRUNK_FULL)])
def test_messages_go_out_a_handful_a_second(line: Line, dial: int, why: Reason) -> None:
    step = next_step(Pacing.MESSAGE, line)
    assert (step.dial, step.reason) == (dial, why)


# ── retries ──────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("causes", "miss"), [
    (DEAD_NUMBER_CAUSES, Miss.INVALID), (BUSY_CAUSES, Miss.BUSY),
    (SILENT_CAUSES, Miss.NO_ANSWER), (CONGESTION_CAUSES, Miss.CONGESTION)])
def test_cause_decides_where_it_is_known(causes: frozenset[int], miss: Miss) -> None:
    assert {miss_of("CHANUNAVAIL", cause) for cause in causes} == {miss}
    assert miss_of("DROPPED", 17) is Miss.DROPPED
    assert miss_of("CHANUNAVAIL", 0) is Miss.CONGESTION
    assert miss_of("NOBODY KNOWS", 0) is Miss.UNKNOWN


def test_delays_grow_and_the_last_repeats_until_numbers_or_attempts_are_used_up() -> None:
    plan = RetryPlan({miss: (10, 20) for miss in Miss if miss is not Miss.INVALID},
                     max_attempts=4)

    def after(times: int, made: int = 1, left: int = 1) -> object:
        return next_try(plan, Miss.BUSY, times=times, attempts_made=made, numbers_left=left)
    assert [after(times) for times in (0, 1, 2, 3)] == [
        Again(timedelta(seconds=one)) for one in (10, 10, 20, 20)]
    assert after(1, made=3) == Again(timedelta(seconds=10))
    assert after(1, made=4) == NothingLeft("attempts_used_up")
    assert after(1, left=0) == NothingLeft("no_number_left")
    assert next_try(plan, Miss.INVALID, times=1, attempts_made=1, numbers_left=1) == Again(
        timedelta())
    with pytest.raises(ValueError, match="no delay is given for busy"):
        RetryPlan({miss: one for miss, one in plan.delays_s.items() if miss is not Miss.BUSY})
    with pytest.raises(ValueError, match="no delay"):
        RetryPlan({**plan.delays_s, Miss.BUSY: ()})
    assert (CALM.max_attempts, CALM.call_later_s, CALM.another_s) == (4, 3600, None)
