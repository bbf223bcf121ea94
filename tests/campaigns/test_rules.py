"""The rules of LAW as data, and the engine that joins them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.contact_limits import Contact, Kind
from campaigns.lawful import RehearsalRefused, check_trunk
from campaigns.rule_files import RuleFileError, parse_rule, rule_ids, rule_set
from campaigns.rules import Inquiry, RuleSet, Verdict, decide

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY_NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
NUMBER = "+79160000001"
ids = st.lists(st.sampled_from([name for name in rule_ids() if name != "rehearsal"]),
               min_size=1, max_size=4, unique=True)
histories = st.lists(st.builds(
    Contact, st.integers(0, 40 * 24).map(lambda hours: MONDAY_NOON - timedelta(hours=hours)),
    st.sampled_from(Kind), st.just(NUMBER)), max_size=9).map(tuple)
moments = st.integers(0, 14 * 24 * 4).map(lambda q: MONDAY_NOON + timedelta(minutes=15 * q))


def _ask(rules: RuleSet, *contacts: Contact, moment: datetime = MONDAY_NOON,
         **more: object) -> Verdict:
    return decide(rules, Inquiry(moment, (MOSCOW,), NUMBER, contacts, **more))  # type: ignore[arg-type]


def _talk(hours_ago: float, kind: Kind = Kind.CONVERSATION) -> Contact:
    return Contact(MONDAY_NOON - timedelta(hours=hours_ago), kind, NUMBER)


def test_every_rule_file_can_be_read_and_says_where_it_comes_from() -> None:
    rules = rule_set(rule_ids()).rules
    assert {rule.id for rule in rules} >= {
        "DEFAULT-strict", "EU-base", "RU-230-calls", "RU-230-deny", "UK-Ofcom", "US-RegF-7in7",
        "TR-BDDK", "rehearsal"}
    assert all(rule.source and rule.mark in ("seen", "check", "ours") for rule in rules)


def test_person_is_owed_again_from_the_first_lawful_moment() -> None:
    verdict = _ask(rule_set(["RU-230-calls"]), _talk(1))
    assert (verdict.is_allowed, verdict.why) == (False, "limit")
    assert verdict.until_at == datetime(2026, 11, 24, 8, 0, tzinfo=MOSCOW)
    assert verdict.facts["rule"] == "RU-230-calls"


def test_second_conversation_of_a_week_closes_the_week() -> None:
    verdict = _ask(rule_set(["RU-230-calls"]), _talk(30), _talk(60))
    assert verdict.until_at == datetime(2026, 11, 28, 9, 0, tzinfo=MOSCOW)


def test_missed_attempts_count_by_default_and_not_under_230_fz() -> None:
    missed = _talk(1, Kind.NOT_ANSWERED)
    assert not _ask(rule_set(["DEFAULT-strict"]), missed).is_allowed
    assert _ask(rule_set(["RU-230-calls"]), missed).is_allowed


def test_dropped_call_is_followed_by_72_hours_of_silence() -> None:
    verdict = _ask(rule_set(["UK-Ofcom"]), _talk(1, Kind.DROPPED))
    assert (verdict.why, verdict.until_at) == ("gap", MONDAY_NOON + timedelta(hours=71))


def test_flag_of_the_client_denies_for_good() -> None:
    verdict = _ask(rule_set(["RU-230-deny"]), flags=frozenset({"bankruptcy", "vip"}))
    assert (verdict.is_allowed, verdict.why, verdict.until_at) == (False, "denied", None)
    assert verdict.facts == {"rule": "RU-230-deny", "flag": "bankruptcy"}


def test_promise_asks_for_silence_until_its_day_is_over() -> None:
    until = datetime(2026, 11, 27, tzinfo=MOSCOW)
    verdict = _ask(rule_set(["RU-230-calls"]), silent_until=until)
    assert (verdict.why, verdict.until_at) == ("silence", until + timedelta(hours=8))


def test_engine_fails_closed() -> None:
    assert _ask(RuleSet((), "none")).why == "no_rule"
    strict = rule_set(["DEFAULT-strict"])
    assert decide(strict, Inquiry(MONDAY_NOON, (), NUMBER, ())).why == "no_zone"
    future = replace(strict.rules[0], valid_from=date(2030, 1, 1))
    assert _ask(RuleSet((future,), "future")).why == "no_rule"
    with pytest.raises(RuleFileError, match="no such rule"):
        rule_set(["RU-none"])
    with pytest.raises(RuleFileError):
        rule_set([])


@given(ids, histories, moments)
def test_strictest_of_several_rules_wins(
    names: list[str], contacts: tuple[Contact, ...], moment: datetime,
) -> None:
    together = _ask(rule_set(names), *contacts, moment=moment)
    alone = [_ask(rule_set([name]), *contacts, moment=moment) for name in names]
    assert together.is_allowed == all(verdict.is_allowed for verdict in alone)
    waits = [verdict.until_at for verdict in alone if verdict.until_at is not None]
    if together.until_at is not None and waits:
        assert together.until_at >= max(waits)


@given(ids, histories, moments)
def test_moment_that_is_owed_is_lawful(
    names: list[str], contacts: tuple[Contact, ...], moment: datetime,
) -> None:
    verdict = _ask(rule_set(names), *contacts, moment=moment)
    if verdict.until_at is not None:
        assert verdict.until_at > moment
        assert _ask(rule_set(names), *contacts, moment=verdict.until_at).is_allowed


def test_rule_that_nobody_verified_for_180_days_is_named() -> None:
    strict = rule_set(["DEFAULT-strict"])
    assert strict.stale(date(2026, 12, 1)) == ()
    assert strict.stale(date(2027, 7, 1)) == ("DEFAULT-strict",)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_rehearsal_is_accepted_behind_loopback(host: str) -> None:
    check_trunk(rule_set(["rehearsal"]), host, rehearses=True)
    with pytest.raises(RehearsalRefused, match="synthetic"):
        check_trunk(rule_set(["rehearsal"]), host, rehearses=False)


@pytest.mark.parametrize("host", ["203.0.113.9", "localhost", "127.0.0.1.example.com", "",
                                  "::ffff:203.0.113.9", "0.0.0.0", "2130706433"])
def test_rehearsal_is_refused_with_any_other_trunk(host: str) -> None:
    with pytest.raises(RehearsalRefused, match="loopback"):
        check_trunk(rule_set(["rehearsal", "RU-230-calls"]), host, rehearses=True)
    check_trunk(rule_set(["RU-230-calls"]), host, rehearses=False)


_GOOD = """
id = "x"
source = "y"
verified = 2026-11-22
mark = "ours"
deny_if = []
holidays = ["12-31"]
[hours]
weekday = "09:00-20:00"
saturday = "closed"
sunday = "closed"
holiday = "closed"
"""


@pytest.mark.parametrize(("good", "bad"), [
    ('"09:00-20:00"', '"20:00-09:00"'), ('"09:00-20:00"', '"nine"'), ("12-31", "13-31"),
    ('mark = "ours"', 'marks = "ours"'), ('id = "x"', ""), ("[hours]", "[hours"),
    ("[hours]", "[[limit]]\nunit = 'talk'\nmaximum = 1\nperiod = 'day'\n[hours]")])
def test_broken_rule_file_is_refused_whole(good: str, bad: str) -> None:
    assert parse_rule(_GOOD, "x.toml").id == "x"
    with pytest.raises(RuleFileError, match=r"x\.toml"):
        parse_rule(_GOOD.replace(good, bad), "x.toml")
