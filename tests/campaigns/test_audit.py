"""The nightly pass: what the dialler does is found lawful, what is planted is found out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from campaigns import night, steering
from campaigns.auditing import Dialled, findings
from campaigns.coverage import State
from campaigns.dialler import Dialler, DiallerPlan
from campaigns.rule_files import rule_set
from crm_store import campaigns as rows
from cti.feed import Feed
from tests.campaigns.conftest import WatchedStore, make_campaign
from tests.campaigns.exchange import START, TRUNK, Exchange
from workstation.keeper import Keeper
from workstation.settings import load

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)       # noon in Moscow
ONE = Dialled(id=1, campaign_id=1, client_id=1, number="+79160000001", at=MONDAY,
              ended_at=MONDAY + timedelta(seconds=30), answered=False, kind="miss",
              zones=(MOSCOW,), rules=rule_set(("DEFAULT-strict",)).rules)


def _later(days: float, **changes: object) -> Dialled:
    at = MONDAY + timedelta(days=days)
    other = replace(ONE, id=2, at=at, ended_at=at + timedelta(seconds=30))
    return replace(other, **changes)  # type: ignore[arg-type]


def _found(*attempts: Dialled) -> list[str]:
    return [one.what for one in findings(attempts, since=MONDAY, zone=UTC)]


def test_one_dial_within_every_rule_is_no_finding() -> None:
    assert _found(ONE, _later(1)) == []


@pytest.mark.parametrize(("second", "what"), [
    (_later(0.1), "1 attempts in a day before it, 1 allowed"),
    (_later(5), "dialled at Sat 12:00 in Europe/Moscow"),
    (_later(1, zones=(MOSCOW, ZoneInfo("Asia/Vladivostok"))),
     "dialled at Tue 19:00 in Asia/Vladivostok"),
    (_later(1, zones=()), "the person's time zone was not known"),
    (_later(1, forbidden_since=MONDAY), "a do-not-call mark was in force"),
    (_later(1, rules=()), "no rule of law was in force")])
def test_what_a_rule_forbids_is_found(second: Dialled, what: str) -> None:
    found = _found(ONE, second)
    if "Vladivostok" in what:       # 19:00 there is lawful still; an hour later it is not
        assert found == []
        assert "Tue 20:30 in Asia/Vladivostok" in _found(
            ONE, replace(second, at=second.at + timedelta(hours=1, minutes=30)))[0]
        return
    assert what in found


def test_second_line_to_the_same_person_or_number_is_found() -> None:
    open_one = replace(ONE, ended_at=None)
    assert "attempt 1 to him was not over yet" in _found(
        open_one, _later(1, number="+79160000002"))
    assert "attempt 1 to him was not over yet" in _found(open_one, _later(1, client_id=2))


def test_silence_after_a_dropped_call_is_checked() -> None:
    dropped = replace(ONE, kind="dropped", answered=True)
    assert "too soon after attempt 1" in _found(dropped, _later(2))
    assert _found(dropped, _later(3.1)) == []


def test_day_over_the_cap_of_drops_is_found() -> None:
    many = [replace(ONE, id=n, client_id=n, number=f"+7916{n:07d}", answered=True,
                    kind="dropped" if n < 5 else "talk") for n in range(1, 101)]
    assert _found(*many) == ["on 2026-11-23 4 of 100 who answered met no operator, 2% allowed"]


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_campaign_that_was_dialled_has_no_findings_and_a_planted_one_has(
    watched: WatchedStore,
) -> None:
    numbers = [[f"+7916{n:05d}{ending}"] for n, ending in enumerate((10, 65, 75, 92))]
    campaign_id = await make_campaign(watched, numbers, law=["DEFAULT-strict"])
    exchange = Exchange(watched)
    exchange.staff(2)
    plan = DiallerPlan(trunk_host=TRUNK, caller_id="+74951200000", name="d1", rehearses=True)
    dialler = Dialler(watched, exchange.dial, exchange, Feed(), plan=plan,
                      clock=lambda: exchange.now)
    for _ in range(60):
        await exchange.tick(dialler)
        await dialler.step(exchange.now)
    async with watched.read() as tx:
        done = await night.check(tx, since=START, zone=UTC)
    assert (done.attempts, done.findings) == (4, ())
    async with watched.begin() as tx:
        await tx.run(text("update attempts set dialling_at = dialling_at + 52200000000 "
                          "where id = 1"))
    async with watched.read() as tx:
        done = await night.check(tx, since=START, zone=UTC)
    assert ["dialled at Tue 01:30" in one.what for one in done.findings] == [True]
    assert campaign_id == done.findings[0].campaign_id
    night_s = START + timedelta(hours=18)
    told = await Keeper(watched, load(None), b"0" * 32, lambda: night_s).check_dials(night_s)
    assert len(told.findings) == 1
    async with watched.read() as tx:
        kept = await tx.scalar(text(
            "select count(*) from audit where what = 'campaign.law_checked'"))
    assert kept == 1


# ── a new run with only the unreached ────────────────────────────────────────────────────────
async def test_unreached_become_a_new_list_in_one_step_without_the_withdrawn_and_dead_numbers(
    watched: WatchedStore,
) -> None:
    campaign_id = await make_campaign(watched, [
        ["+79160000010"], ["+79160000110", "+79160000210"], ["+79160000310"]])
    async with watched.begin() as tx:
        reached, left, gone = await steering.entries(tx, campaign_id)
        await rows.move_entry(tx, reached.id, "not_tried", happening="promise_made",
                              state="promised", why="promised", facts={}, until_at=None,
                              at=START, by="101")
        await rows.bury_number(tx, left.id, "+79160000110", "invalid")
        await steering.withdraw(tx, gone.client_id, "complaint", by="101", at=START)
        await steering.stop(tx, campaign_id, by="lead", at=START)
        new = await steering.again(tx, campaign_id, "run 2", by="lead", at=START)
        with pytest.raises(steering.SteeringError, match="already"):
            await steering.again(tx, campaign_id, "run 2", by="lead", at=START)
    async with watched.read() as tx:
        listed = await steering.entries(tx, new)
    assert [(one.client_id, one.numbers, one.state) for one in listed] == [
        (left.client_id, ("+79160000210",), State.NOT_TRIED)]
