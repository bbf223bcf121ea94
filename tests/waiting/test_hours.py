"""Opening hours: weeks, holidays, nights, zones, and the two days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.hours import Hours, NoHours, Switched, at, spans_of, week_of

BERLIN, MOSCOW = ZoneInfo("Europe/Berlin"), ZoneInfo("Europe/Moscow")
OFFICE = Hours(
    zone=BERLIN, week=week_of(("mon-fri 08:00-12:00, 13:00-20:00", "sat 22:00-06:00")),
    holidays=frozenset({"12-25", "2026-05-14"}),
    special={"2026-12-31": spans_of("08:00-14:00"), "12-24": (), "2027-01-01": ((600, 660),)})


def there(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN, fold=fold)


@pytest.mark.parametrize(("moment", "fact", "until"), [
    ("2026-11-23T07:59", "closed", "2026-11-23T08:00"),     # Monday
    ("2026-11-23T08:00", "open", "2026-11-23T12:00"),
    ("2026-11-23T12:30", "closed", "2026-11-23T13:00"),
    ("2026-11-23T20:00", "closed", "2026-11-24T08:00"),
    ("2026-11-28T23:00", "open", "2026-11-29T06:00"),       # the night to Sunday
    ("2026-11-29T05:59", "open", "2026-11-29T06:00"),
    ("2026-11-29T06:00", "closed", "2026-11-30T08:00"),
    ("2026-05-14T10:00", "holiday", "2026-05-15T08:00"),
    ("2026-12-25T10:00", "holiday", "2026-12-26T22:00"),
    ("2026-12-24T10:00", "closed", "2026-12-26T22:00"),     # its own hours: none
    ("2026-12-31T13:59", "open", "2026-12-31T14:00"),
    ("2027-01-01T10:30", "open", "2027-01-01T11:00"),
])
def test_a_moment_is_open_or_closed_until_the_next_edge(
    moment: str, fact: str, until: str,
) -> None:
    verdict = at(OFFICE, there(moment))
    assert verdict.fact == fact
    assert verdict.until == there(until)


def test_the_same_moment_is_judged_by_the_clocks_of_the_zone() -> None:
    moscow = Hours(zone=MOSCOW, week=OFFICE.week)
    moment = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)       # 07:00 in Berlin, 09:00 in Moscow
    assert (at(OFFICE, moment).is_open, at(moscow, moment).is_open) == (False, True)


def test_a_shift_that_begins_in_the_hour_that_is_not_begins_with_the_next() -> None:
    night = Hours(zone=BERLIN, week=week_of(("sun 02:30-05:00",)))
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)       # 01:59; the next minute is 03:00
    assert not at(night, before).is_open
    assert at(night, before).until == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    assert at(night, before + timedelta(minutes=1)).is_open


def test_both_hours_of_one_name_are_open_when_clocks_go_back() -> None:
    night = Hours(zone=BERLIN, week=week_of(("sun 02:00-03:00",)))
    first, second = there("2026-10-25T02:30"), there("2026-10-25T02:30", fold=1)
    assert at(night, first).is_open
    assert at(night, second).is_open
    assert second - first.astimezone(UTC) == timedelta(hours=1)
    assert at(night, first).until == datetime(2026, 10, 25, 2, 0, tzinfo=UTC)


def test_without_hours_it_is_open_day_and_night() -> None:
    always = Hours(zone=MOSCOW, holidays=frozenset({"01-01"}))
    verdict = at(always, datetime(2027, 1, 1, 3, 0, tzinfo=UTC))
    assert (verdict.is_open, verdict.why, verdict.until) == (True, "always", None)
    assert always.is_holiday(date(2027, 1, 1))


def test_a_person_closes_it_whatever_the_calendar_says() -> None:
    verdict = at(OFFICE, there("2026-11-23T09:00"), Switched("no power here", "Sofia"))
    assert (verdict.fact, verdict.reason, verdict.until) == ("switched", "no power here", None)


@pytest.mark.parametrize("text", ["8-20", "08:00-08:00", "25:00-26:00", "24:00-08:00", "", "open",
                                  "08:00-20:60"])
def test_what_is_no_stretch_of_a_day_is_refused(text: str) -> None:
    with pytest.raises(NoHours):
        spans_of(text)


@settings(max_examples=60, deadline=None)
@given(minutes=st.integers(0, 525_600), width=st.integers(1, 1_000))
def test_until_its_edge_nothing_changes_and_at_the_edge_it_does(minutes: int, width: int) -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    verdict = at(OFFICE, moment)
    assert verdict.until is not None
    assert at(OFFICE, verdict.until).is_open is not verdict.is_open
    inside = moment + (verdict.until - moment) * (width % 997) / 1000
    assert at(OFFICE, inside).is_open is verdict.is_open
