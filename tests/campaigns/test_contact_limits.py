from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.contact_limits import Contact, Gap, Kind, Limit, room

MOSCOW, KAMCHATKA = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Kamchatka")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)         # Wednesday
NUMBER = "+79160000001"
contacts = st.lists(st.builds(
    Contact, st.integers(0, 60 * 24 * 40).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    st.sampled_from(Kind), st.just(NUMBER)), max_size=12).map(tuple)
limits = st.one_of(
    st.builds(lambda unit, maximum, period: Limit(unit, maximum, period=period),
              st.sampled_from(["attempt", "conversation"]), st.integers(1, 4),
              st.sampled_from(["day", "week", "month"])),
    st.builds(lambda unit, maximum, days: Limit(unit, maximum, rolling_days=days),
              st.sampled_from(["attempt", "conversation"]), st.integers(1, 4),
              st.integers(1, 31)))
zones = st.sampled_from([(MOSCOW,), (MOSCOW, KAMCHATKA)])


def _contact(hours_ago: float, kind: Kind = Kind.CONVERSATION, number: str = NUMBER,
             is_same_person: bool = True) -> Contact:
    return Contact(NOW - timedelta(hours=hours_ago), kind, number, is_same_person)


def _free_at(bound: Limit | Gap, *made: Contact,
             where: tuple[ZoneInfo, ...] = (MOSCOW,)) -> datetime:
    return room(bound, made, NOW, where, NUMBER).free_at


def test_one_a_day_is_free_again_at_local_midnight() -> None:
    midnight = datetime(2026, 11, 26, tzinfo=MOSCOW)
    assert _free_at(Limit("attempt", 1, period="day"), _contact(2)) == midnight
    assert _free_at(Limit("attempt", 1, period="day"), _contact(20)) == NOW


def test_latest_of_all_candidate_zones_counts() -> None:
    both = (MOSCOW, KAMCHATKA)      # in Kamchatka it is Thursday 00:00, in Moscow still Wednesday
    found = _free_at(Limit("attempt", 1, period="day"), _contact(1), where=both)
    assert found == datetime(2026, 11, 26, tzinfo=MOSCOW)


def test_rolling_window_frees_when_the_oldest_contact_leaves_it() -> None:
    made = [_contact(100), _contact(50), _contact(1)]
    assert _free_at(Limit("attempt", 3, rolling_days=7), *made) == (
        NOW - timedelta(hours=100) + timedelta(days=7))
    assert _free_at(Limit("attempt", 4, rolling_days=7), *made) == NOW


def test_unknown_outcome_counts_as_a_conversation_and_as_a_drop() -> None:
    unknown = _contact(1, Kind.UNKNOWN)
    assert _free_at(Limit("conversation", 1, period="day"), unknown) > NOW
    assert _free_at(Gap("dropped", hours=72), unknown) == NOW + timedelta(hours=71)
    assert _free_at(Gap("conversation", hours=2), unknown) == NOW + timedelta(hours=1)


def test_unanswered_attempt_is_no_conversation() -> None:
    missed = _contact(1, Kind.NOT_ANSWERED)
    assert _free_at(Limit("conversation", 1, period="day"), missed) == NOW
    assert _free_at(Limit("attempt", 1, period="day"), missed) > NOW


def test_limits_of_a_number_look_at_everybody_called_there() -> None:
    neighbour = _contact(1, is_same_person=False)
    elsewhere = _contact(1, number="+79160000002")
    of_number = Limit("attempt", 1, period="day", subject="number")
    assert _free_at(of_number, neighbour) > NOW
    assert _free_at(of_number, elsewhere) == NOW
    assert _free_at(Limit("attempt", 1, period="day"), neighbour) == NOW
    assert _free_at(Limit("attempt", 1, period="day"), elsewhere) > NOW


def test_calendar_gap_counts_the_day_of_the_talk_as_the_first() -> None:
    assert _free_at(Gap("conversation", calendar_days=7), _contact(1)) == datetime(
        2026, 12, 2, tzinfo=MOSCOW)


@given(limits, contacts, zones)
def test_at_the_moment_given_there_is_room_and_before_it_there_is_none(
    limit: Limit, made: tuple[Contact, ...], where: tuple[ZoneInfo, ...],
) -> None:
    free_at = room(limit, made, NOW, where, NUMBER).free_at
    assert free_at >= NOW
    assert room(limit, made, free_at, where, NUMBER).free_at == free_at
    if free_at > NOW:
        earlier = free_at - timedelta(microseconds=1)
        assert room(limit, made, max(NOW, earlier), where, NUMBER).free_at == free_at


@given(limits, contacts, zones, st.sampled_from(Kind))
def test_one_contact_more_never_frees_anybody_earlier(
    limit: Limit, made: tuple[Contact, ...], where: tuple[ZoneInfo, ...], kind: Kind,
) -> None:
    before = room(limit, made, NOW, where, NUMBER).free_at
    more = (*made, Contact(NOW, kind, NUMBER))
    assert room(limit, more, NOW, where, NUMBER).free_at >= before


@pytest.mark.parametrize("wrong", [
    {"period": "day", "rolling_days": 7}, {}, {"period": "day", "maximum": 0}])
def test_limit_without_one_clear_window_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="limit"):
        Limit(**{"unit": "attempt", "maximum": 1, **wrong})  # type: ignore[arg-type]
