"""Thresholds of the floor: which counts at what hour, one crossing once, and leads change them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from crm_store import audit_reading
from crm_store import thresholds as stored
from crm_store.thresholds import Crossing
from tests.workstation.office import SOON_S, Office
from workstation import thresholds
from workstation.alarms import Alarms
from workstation.errors import Refused
from workstation.protocol.floor import ThresholdView
from workstation.protocol.views import QueueView, WaitingView
from workstation.thresholds import CALM, Standing
from workstation.views import moment

ZONE = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)         # a Monday, 12:00 in Moscow


def queue(*waits: float, now: datetime = NOW, answered: int = 0, abandoned: int = 0,
          in_time: int = 0, ready: int = 3) -> QueueView:
    return QueueView(
        id="billing", name="Billing", ready=ready, talking=0, signed_in=ready,
        answered_today=answered, abandoned_today=abandoned, in_time_today=in_time,
        service_level_s=20, waiting=[
            WaitingView(call=f"c{place}", since=moment(now - timedelta(seconds=wait)), number="",
                        name="") for place, wait in enumerate(sorted(waits, reverse=True))])


def rule(figure: Any = "longest", amber: float | None = 60, red: float | None = 180,
         **more: Any) -> ThresholdView:
    return ThresholdView(figure=figure, amber=amber, red=red, **more)


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


# ── which one counts ─────────────────────────────────────────────────────────────────────────
def test_a_queues_own_threshold_comes_before_the_one_of_all() -> None:
    rules = [rule(amber=1), rule(amber=2, queue="billing"), rule(amber=3, queue="outages")]
    local = NOW.astimezone(ZONE)
    assert thresholds.in_force(rules, "billing", "longest", local) is rules[1]
    assert thresholds.in_force(rules, "collection", "longest", local) is rules[0]
    assert thresholds.in_force(rules, "billing", "level", local) is None


@pytest.mark.parametrize(("at", "counts"), [
    ("2026-11-23T08:59", False), ("2026-11-23T09:00", True), ("2026-11-23T17:59", True),
    ("2026-11-23T18:00", False), ("2026-11-22T10:00", False)])
def test_a_threshold_counts_in_its_hours_of_its_days(at: str, *, counts: bool) -> None:
    one = rule(days=[1, 2, 3, 4, 5], since="09:00", until="18:00")
    assert thresholds.is_hour_of(one, moscow(at)) is counts


@pytest.mark.parametrize(("at", "counts"), [
    ("2026-11-27T22:00", True), ("2026-11-28T05:59", True), ("2026-11-28T06:00", False),
    ("2026-11-28T22:00", False), ("2026-11-27T05:00", False)])
def test_a_night_belongs_to_the_day_it_began_on(at: str, *, counts: bool) -> None:
    one = rule(days=[5], since="22:00", until="06:00")
    assert thresholds.is_hour_of(one, moscow(at)) is counts


# ── what it says ─────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize(("one", "view", "level"), [
    (rule(), queue(59), ""), (rule(), queue(5, 60), "amber"), (rule(), queue(200), "red"),
    (rule("waiting", 2, 3), queue(1, 1), "amber"), (rule("waiting", 2, None), queue(1), ""),
    (rule("level", 80, 60), queue(answered=10, in_time=8), ""),
    (rule("level", 80, 60), queue(answered=8, abandoned=2, in_time=7), "amber"),
    (rule("level", 80, 60), queue(answered=10, in_time=5), "red"),
    (rule("level", 80, 60), queue(answered=4, in_time=0), ""),
    (rule("ready", 3, 1), queue(ready=2), "amber"), (rule("ready", 3, 1), queue(ready=0), "red"),
    (rule("abandoned", 5, 10), queue(abandoned=5), "amber")])
def test_a_figure_at_its_bound_is_past_it(one: ThresholdView, view: QueueView,
                                          level: str) -> None:
    assert thresholds.level_of(one, thresholds.value(one.figure, view, NOW)) == level


@given(some.lists(some.sampled_from(["", "amber", "red"]), max_size=80))
def test_a_figure_that_sits_at_its_bound_is_one_crossing(levels: list[Any]) -> None:
    """Never two risings to the same level within the time that it must be better."""
    stands: Standing | None = None
    risen: list[tuple[str, datetime]] = []
    for second, level in enumerate(levels):
        now = NOW + timedelta(seconds=second)
        before, stands = stands, thresholds.step(stands, level, now)
        rank = {"": 0, "amber": 1, "red": 2}
        assert rank[stands.level if stands else ""] >= rank[level]
        if stands is not None and rank[stands.level] > rank[before.level if before else ""]:
            risen.append((stands.level, now))
    for name in ("amber", "red"):
        times = [at for level, at in risen if level == name]
        assert all(later - sooner >= CALM
                   for sooner, later in pairwise(times))


def test_alarms_stand_until_the_figure_was_better_for_a_while() -> None:
    alarms = Alarms((rule(sound=True, message="Call Pavel"),))

    def shown(view: QueueView, second: float) -> list[tuple[str, float]]:
        now = NOW + timedelta(seconds=second)
        (_, dressed), = alarms.dressed([("billing", view)], now, ZONE)
        return [(one.level, one.bound) for one in dressed.alarms]

    assert shown(queue(), 0) == []
    assert shown(queue(59), 1) == [("amber", 60)]        # a second later he waits for 60
    assert shown(queue(), 2) == [("amber", 60)]
    assert shown(queue(190), 3) == [("red", 180)]
    assert shown(queue(), 10) == [("red", 180)]
    assert shown(queue(), 31) == []
    news = [alarms.unwritten.get_nowait() for _ in range(alarms.unwritten.qsize())]
    assert [getattr(one, "level", "better") for one in news] == ["amber", "red", "better"]


@pytest.mark.parametrize(("wrong", "why"), [
    (rule(amber=None, red=None), "bounds"), (rule(amber=180, red=60), "order"),
    (rule("level", 60, 80), "order"), (rule(queue="none"), "queue"),
    (rule(since="09:00", until="09:00"), "hours")])
def test_a_threshold_that_could_never_be_meant_is_refused(wrong: ThresholdView,
                                                          why: str) -> None:
    with pytest.raises(Refused) as refused:
        thresholds.check([rule(), wrong], ["billing"])
    assert refused.value.facts["fields"] == {"1": why}


# ── on the server ────────────────────────────────────────────────────────────────────────────
async def test_a_lead_changes_thresholds_and_every_screen_sees_what_is_past_them(
        office: Office) -> None:
    async with office.screen("sofia") as sofia:
        before = (await sofia.ask("threshold.show")).result
        assert [one["figure"] for one in before["thresholds"]] == ["level", "longest"]
        wish = [{"figure": "ready", "amber": 1, "red": None, "queue": "billing",
                 "message": "Nobody is ready"}]
        saved = await sofia.ask("threshold.save", version=0, thresholds=wish)
        assert saved.problem is None, saved.problem
        assert saved.result["by"] == "109"
        await sofia.until(lambda views: bool(views["queues"]["billing"].get("alarms")))
        alarm = sofia.views["queues"]["billing"]["alarms"][0]
        assert (alarm["figure"], alarm["level"], alarm["message"]) == (
            "ready", "amber", "Nobody is ready")
        late = await sofia.ask("threshold.save", version=0, thresholds=[])
        assert late.problem is not None
        assert late.problem.code == "stale"
        async with asyncio.timeout(SOON_S):
            while not (await sofia.ask(  # noqa: ASYNC110
                    "threshold.show")).result["crossings"]:
                await asyncio.sleep(0.05)
    async with office.screen("anna") as anna:
        refused = await anna.ask("threshold.save", version=1, thresholds=[])
        assert refused.problem is not None
    async with office.store.read() as tx:
        page = await audit_reading.page(tx, audit_reading.Filter(what="thresholds.saved"))
    assert [(one.by, one.facts) for one in page[0]] == [
        ("109", {"version": 1, "before": 0, "thresholds": 1})]


async def test_crossings_are_told_newest_first_and_what_stood_at_a_start_is_over(
        office: Office) -> None:
    async with office.store.begin() as tx:
        await stored.crossed(tx, Crossing("billing", "longest", "amber", 60, NOW))
        await stored.crossed(tx, Crossing("billing", "longest", "red", 180,
                                          NOW + timedelta(minutes=1)))
        await stored.close_before(tx, NOW + timedelta(minutes=5))
    async with office.store.read() as tx:
        found = [one for one in await stored.since(tx, NOW) if one.figure == "longest"]
    assert [(one.level, one.ended_at) for one in found] == [
        ("red", NOW + timedelta(minutes=5)), ("amber", NOW + timedelta(minutes=1))]


async def test_an_operators_state_is_set_by_his_lead_only_and_written_down_before(
        office: Office) -> None:
    wish = {"operator": "101", "state": "paused", "reason": "lunch", "why": "you look tired"}
    async with office.screen("boris") as boris:
        refused = await boris.ask("operator.state", **wish)
        assert refused.problem is not None
        assert refused.problem.code == "not_allowed"
    async with office.screen("sofia") as sofia:
        unknown = await sofia.ask("operator.state", **wish | {"reason": "swimming"})
        assert unknown.problem is not None
        assert unknown.problem.code == "unknown_reason"
        reply = await sofia.ask("operator.state", **wish)   # there is no Asterisk to do it
        assert reply.problem is not None
        assert reply.problem.code == "link_down"
    async with office.store.read() as tx:
        page = await audit_reading.page(tx, audit_reading.Filter(what="operator.state"))
    assert [(one.by, one.facts) for one in page[0]] == [("109", {
        "operator": "101", "state": "paused", "reason": "lunch", "why": "you look tired"})]
