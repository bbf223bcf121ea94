from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.calling_hours import AROUND_THE_CLOCK, Hours, Window, is_allowed, next_allowed

MOSCOW, VLADIVOSTOK, BERLIN = (ZoneInfo(name) for name in (
    "Europe/Moscow", "Asia/Vladivostok", "Europe/Berlin"))
RU = Hours(Window(480, 1320), Window(540, 1200), Window(540, 1200), Window(540, 1200))
STRICT = Hours(Window(540, 1200), None, None, None)
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes))
zones = st.lists(st.sampled_from([
    MOSCOW, VLADIVOSTOK, BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata"),
    ZoneInfo("Pacific/Chatham")]), min_size=1, max_size=3, unique=True).map(tuple)
windows = st.one_of(st.none(), st.tuples(st.integers(0, 1439), st.integers(1, 1440)).filter(
    lambda pair: pair[0] < pair[1]).map(lambda pair: Window(*pair)))
hours = st.builds(Hours, windows, windows, windows, windows)


def _at(text: str, zone: ZoneInfo = MOSCOW) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def test_debtor_is_not_called_after_22_00_local_time() -> None:
    assert is_allowed(_at("2026-11-23 21:59"), (MOSCOW,), RU)
    assert not is_allowed(_at("2026-11-23 22:00"), (MOSCOW,), RU)
    assert next_allowed(_at("2026-11-23 22:00"), (MOSCOW,), RU) == _at("2026-11-24 08:00")


def test_weekend_and_holiday_have_their_own_hours() -> None:
    holidays = frozenset({date(2026, 11, 4)})
    assert not is_allowed(_at("2026-11-22 08:30"), (MOSCOW,), RU)          # Sunday
    assert not is_allowed(_at("2026-11-04 08:30"), (MOSCOW,), RU, holidays)
    assert is_allowed(_at("2026-11-04 08:30"), (MOSCOW,), RU)
    assert not is_allowed(_at("2026-11-21 12:00"), (MOSCOW,), STRICT)      # Saturday


def test_every_zone_the_person_may_be_in_must_be_open() -> None:
    both = (MOSCOW, VLADIVOSTOK)
    assert not is_allowed(_at("2026-11-23 14:00"), both, STRICT)        # 21:00 in Vladivostok
    assert is_allowed(_at("2026-11-23 12:30"), both, STRICT)
    assert next_allowed(_at("2026-11-23 14:00"), both, STRICT) == _at("2026-11-24 09:00")


def test_person_without_a_zone_is_never_called() -> None:
    assert not is_allowed(_at("2026-11-23 12:00"), (), AROUND_THE_CLOCK)
    assert next_allowed(_at("2026-11-23 12:00"), (), AROUND_THE_CLOCK) is None


def test_hours_that_never_open_have_no_next_moment() -> None:
    never = Hours(None, None, None, None)
    assert next_allowed(_at("2026-11-23 12:00"), (MOSCOW,), never) is None


@given(moments, zones, hours)
def test_next_moment_is_allowed_and_nothing_before_it_is(
    moment: datetime, where: tuple[ZoneInfo, ...], when: Hours,
) -> None:
    found = next_allowed(moment, where, when)
    if found is None:
        found = moment + timedelta(days=7)
    else:
        assert found >= moment
        assert is_allowed(found, where, when)
    span = (found - moment) / 37
    assert not any(is_allowed(moment + span * part, where, when)
                   for part in range(37) if moment + span * part < found)


@pytest.mark.parametrize("pair", [(-1, 5), (5, 5), (10, 5), (0, 1441)])
def test_impossible_window_is_refused(pair: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no such hours"):
        Window(*pair)
