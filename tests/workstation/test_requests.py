"""Request types, forms, routing, stages and deadlines: pure, so tested by values."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.protocol import AccountView, CardView, MeterView
from workstation.requests import capacity, deadlines, forms, kinds, routing, stages
from workstation.requests.capacity import Load
from workstation.requests.routing import Facts
from workstation.requests.settings import Capacity, RequestSettings
from workstation.requests.working_days import calendar_of

MOSCOW = ZoneInfo("Europe/Moscow")
DISPUTE = kinds.load()["meter_dispute"]
WORKDAY = kinds.Deadline(hours=16, days=(0, 1, 2, 3, 4), opens=time(9), closes=time(18))
CARD = CardView(
    client_id=1, kind="person", name="Ivanov", language="ru", flags=[], tags=[], phones=[],
    accounts=[AccountView(id=1, number="400-1", address="Lenina 1", balance_minor=0,
                          currency="RUB", meters=[MeterView(number="M-77", last_reading=10482,
                                                            last_read_at="2026-11-02")])],
    debt_minor=0, debt_since=None, currency="RUB", masked=False, others_on_number=[])
VALUES = {"account": "400-1", "meter": "M-77", "billed_reading": "10482",
          "client_reading": "10350", "reason": "misread"}


def at(text: str) -> datetime:
    """A moment in Moscow."""
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(("filed", "due"), [
    ("2026-11-23 10:00", "2026-11-24 17:00"),       # Monday morning
    ("2026-11-20 17:00", "2026-11-24 15:00"),       # Friday evening: over the week-end
    ("2026-11-21 12:00", "2026-11-24 16:00"),       # Saturday counts from Monday's opening
    ("2026-11-23 23:00", "2026-11-25 16:00"),       # after hours
    ("2026-11-23 07:00", "2026-11-24 16:00"),       # before hours
])
def test_a_deadline_counts_working_hours(filed: str, due: str) -> None:
    assert deadlines.due_at(WORKDAY, at(filed), MOSCOW) == at(due)


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    night = kinds.Deadline(hours=4, days=tuple(range(7)), opens=time(0), closes=time(6))
    filed = datetime(2026, 10, 25, 0, 0, tzinfo=berlin)
    assert deadlines.due_at(night, filed, berlin) - filed.astimezone(UTC) == timedelta(hours=4)


@given(st.integers(0, 365 * 24 * 60), st.floats(0.5, 80))
def test_a_deadline_lies_ahead_and_within_working_hours(minutes: int, hours: float) -> None:
    filed = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    rule = kinds.Deadline(hours=hours, days=(0, 2, 4), opens=time(9), closes=time(18))
    due = deadlines.due_at(rule, filed, MOSCOW)
    assert due > filed
    local = due.astimezone(MOSCOW)
    assert local.weekday() in rule.days
    assert time(9) <= local.time() <= time(18)


@pytest.mark.parametrize(("reason", "group"), [
    ("misread", "billing"), ("broken", "metering"), ("not_mine", "metering"), ("", "billing")])
def test_the_first_rule_that_holds_names_the_group(reason: str, group: str) -> None:
    assert routing.responsible_group(DISPUTE, Facts(values={"reason": reason})) == group


def test_a_form_is_filled_from_the_card() -> None:
    form = forms.filled(DISPUTE, CARD, "ru", date(2026, 11, 22))
    values = {field.name: field.value for field in form.fields}
    assert values["account"] == "400-1"
    assert values["meter"] == "M-77"
    assert values["billed_reading"] == "10482"
    assert values["seen_on"] == "2026-11-22"
    assert form.title == "Спор о показаниях счётчика"


def test_a_right_form_is_kept_without_its_empty_fields() -> None:
    assert forms.read(DISPUTE, {**VALUES, "comment": "  "}) == VALUES


@pytest.mark.parametrize(("change", "field"), [
    ({"account": ""}, "account"), ({"billed_reading": "ten"}, "billed_reading"),
    ({"seen_on": "22.11.2026"}, "seen_on"), ({"reason": "aliens"}, "reason"),
    ({"comment": "x" * 5000}, "comment"), ({"evil": "1"}, "evil")])
def test_each_field_that_is_not_right_is_named(change: dict[str, str], field: str) -> None:
    with pytest.raises(forms.FormInvalid) as refused:
        forms.read(DISPUTE, {**VALUES, **change})
    assert set(refused.value.problems) == {field}


def test_a_request_goes_only_where_its_stage_leads() -> None:
    assert stages.step(DISPUTE, "new", "in_work") == "in_work"
    with pytest.raises(stages.NoSuchStep):
        stages.step(DISPUTE, "new", "done")
    assert stages.is_closed(DISPUTE, "done")
    assert not stages.is_closed(DISPUTE, "waiting_client")


SMALL = """\
id = "small"
title = { en = "Small" }

[[responsible]]
group = "billing"

[deadline]
hours = 8
days = [0]
opens = 09:00:00
closes = 18:00:00

[stage.new]
to = ["done"]

[stage.done]

[[field]]
name = "what"
kind = "text"
label = { en = "What" }
"""


@pytest.mark.parametrize(("good", "bad", "line", "reason"), [
    ('title = { en = "Small" }', "title = 1", 2, "title"),
    ('id = "small"', "id = 'small'\ncolour = 'red'", 2, "colour"),
    ('to = ["done"]', 'to = ["nowhere"]', 14, "'nowhere'"),
    ('to = ["done"]', 'to = ["done", "stuck"]\n[stage.stuck]\nto = ["new"]\n[stage.lost]', 17,
     "nothing leads to the stage 'lost'"),
    ('to = ["done"]', 'to = ["new"]', 14, "leads to itself"),
    ("[stage.done]", "[stage.done]\nto = ['new']", 14, "nothing leads to an end"),
    ('group = "billing"', 'group = "billing"\nfield = "what"\nvalues = ["x"]', 4,
     "every request"),
    ('group = "billing"', 'group = "Bill ing"', 5, "group cannot be called"),
    ("hours = 8", "hours = 0", 8, "hours of work"),
    ("days = [0]", "days = [7]", 9, "working days"),
    ("closes = 18:00:00", "closes = 08:00:00", 10, "ends before it begins"),
    ('kind = "text"', 'kind = "colour"', 20, "colour"),
    ('name = "what"', 'name = "number"', 19, "cannot be called"),
    ("[stage.done]", "[stage.done]\nentering = [{ do = 'client' }]", 17, "needs a text"),
    ("[stage.done]", "[stage.done]\nentering = [{ do = 'task', text = { en = '{who}' } }]", 17,
     "{who}"),
    ("[stage.done]", "[stage.done]\nentering = [{ do = 'request', type = 'none' }]", 17,
     "'none'"),
    ('to = ["done"]', 'to = ["done"]\nentering = [{ do = "request", type = "small" }]', 15,
     "never end"),
])
def test_a_wrong_type_is_refused_with_its_line(
    tmp_path: Path, good: str, bad: str, line: int, reason: str
) -> None:
    assert good in SMALL
    (tmp_path / "wrong.toml").write_text(SMALL.replace(good, bad, 1))
    with pytest.raises(kinds.RequestTypeError, match=f"line {line}: .*{re.escape(reason)}"):
        kinds.load(tmp_path)


def test_what_is_no_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text(SMALL + "\n[[[")
    with pytest.raises(kinds.RequestTypeError, match="line 23"):
        kinds.load(tmp_path)


def test_two_files_cannot_be_one_type(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text(SMALL)
    with pytest.raises(kinds.RequestTypeError, match="two types 'small'"):
        kinds.load(tmp_path)


def test_holidays_are_no_working_days() -> None:
    holiday = {date(2026, 11, 24)}
    assert deadlines.due_at(WORKDAY, at("2026-11-23 10:00"), MOSCOW, holiday) == at(
        "2026-11-25 17:00")


def test_the_countrys_holidays_count_as_the_company_changes_them() -> None:
    settings = RequestSettings(days_off=(date(2026, 11, 23),), working_days=(date(2026, 11, 4),))
    days = calendar_of(settings, "RU-846", "Europe/Moscow").holidays
    assert date(2027, 1, 1) in days             # New Year
    assert date(2026, 11, 23) in days           # ours
    assert date(2026, 11, 4) not in days        # a holiday on which we work
    assert date(2026, 11, 24) not in days
    assert date(2027, 1, 1) not in calendar_of(RequestSettings(), "ZZ", "UTC").holidays


@pytest.mark.parametrize(("facts", "group"), [
    (Facts(values={"about": "field_work"}), "field"),
    (Facts(client_kind="organisation"), "contracts"),
    (Facts(client_kind="person"), "billing")])
def test_the_kind_of_client_decides_too(facts: Facts, group: str) -> None:
    assert routing.responsible_group(kinds.load()["complaint"], facts) == group


def test_region_and_channel_decide_too() -> None:
    rules = (kinds.Rule(group="samara", regions=("Samara",)),
             kinds.Rule(group="letters", channels=("mail",)), kinds.Rule(group="billing"))
    kind = msgspec.structs.replace(DISPUTE, responsible=rules)
    assert routing.responsible_group(kind, Facts(regions=("samara, Lenina",))) == "samara"
    assert routing.responsible_group(kind, Facts(channel="mail")) == "letters"
    assert routing.responsible_group(kind, Facts(channel="web", regions=("Perm",))) == "billing"


# ── the laws ─────────────────────────────────────────────────────────────────────────────────
NAMES = ("a", "b", "c", "d")
CALENDAR = deadlines.Calendar(MOSCOW, {date(2026, 11, 25)})
HOURS = st.one_of(st.none(), st.floats(0.5, 40))
STAGES = st.builds(
    kinds.Stage, hours=HOURS, remind_hours=st.floats(0, 20), waits=st.booleans(),
    group=st.sampled_from(["", "billing", "field"]),
    to=st.lists(st.sampled_from([*NAMES, "end"]), unique=True).map(tuple))


@st.composite
def types(draw: st.DrawFn) -> kinds.RequestType:
    """A type whose every stage leads to an end, one way or another."""
    stage = {name: draw(STAGES) for name in NAMES}
    stage = {name: msgspec.structs.replace(one, to=tuple(
        dict.fromkeys((*(to for to in one.to if to != name), "end")))) for name, one in
        stage.items()}
    reaction = draw(st.one_of(st.none(), st.builds(
        kinds.Reaction, hours=st.floats(0.5, 8), accept_minutes=st.integers(0, 60))))
    deadline = msgspec.structs.replace(WORKDAY, hours=draw(st.floats(0.5, 80)))
    return kinds.RequestType(
        id="any", title={"en": "Any"}, responsible=(kinds.Rule(group="billing"),), field=(),
        deadline=deadline, reaction=reaction, stage=stage | {"end": kinds.Stage()})


@given(types(), st.lists(st.tuples(st.sampled_from([*NAMES, "end"]), st.integers(1, 9_000)),
                         max_size=12), st.booleans())
def test_whatever_way_it_goes_an_open_request_has_a_group_a_deadline_and_an_alarm(
    kind: kinds.RequestType, walk: list[tuple[str, int]], is_taken: bool
) -> None:
    now = datetime(2026, 11, 23, 8, tzinfo=UTC)
    plan = stages.begin(kind, "billing", now, CALENDAR)
    since_at = now
    for target, minutes in walk:
        _holds(kind, plan, now, is_taken=False)
        now += timedelta(minutes=minutes)
        stands = stages.Standing(stage=plan.stage, group=plan.group, since_at=since_at,
                                 deadline_at=plan.deadline_at, is_taken=is_taken)
        if plan.closes:
            plan, since_at = stages.again(kind, stands, now, CALENDAR), now
        elif target in kind.stage[plan.stage].to:
            plan = stages.go(kind, stands, target, now, CALENDAR)
        else:
            with pytest.raises(stages.NoSuchStep):
                stages.go(kind, stands, target, now, CALENDAR)
            plan = stages.passed_on(kind, stands, "field", now, CALENDAR, is_taken=is_taken)
    _holds(kind, plan, now, is_taken=is_taken)


def _holds(kind: kinds.RequestType, plan: stages.Plan, now: datetime, *, is_taken: bool) -> None:
    assert plan.group
    assert plan.closes == (plan.stage == "end")
    late = [alarm.at for alarm in plan.alarms if alarm.kind == "late"]
    assert late == ([] if plan.closes else [plan.deadline_at])
    reminders = [alarm.at for alarm in plan.alarms if alarm.kind == "remind"]
    assert all(now < at < plan.deadline_at for at in reminders)
    if plan.reaction_at is not None:
        assert kind.reaction is not None
        assert plan.reaction_at in [one.at for one in plan.alarms if one.kind == "reaction"]
    if kind.reaction is not None and not plan.closes and not is_taken:
        assert plan.reaction_at is not None or plan.alarms


# ── who has room ─────────────────────────────────────────────────────────────────────────────
RULE = Capacity(room=10, call=10, mail=3, request=2)
LOADS = st.builds(Load, operator=st.sampled_from(["101", "102", "103", "104"]),
                  state=st.sampled_from(["offline", "ready", "offered", "talking", "wrap_up",
                                         "paused"]),
                  mails=st.integers(0, 4), requests=st.integers(0, 6))


def test_who_talks_is_offered_no_mail() -> None:
    loads = [Load(operator="101", state="talking"), Load(operator="102", state="ready", mails=2)]
    assert capacity.next_for(loads, RULE, "mail") == "102"
    assert capacity.next_for(loads[:1], RULE, "mail") is None


def test_a_group_may_let_its_people_write_while_they_talk() -> None:
    rule = Capacity(room=10, call=4, mail=3)
    assert capacity.next_for([Load(operator="101", state="talking")], rule, "mail") == "101"


def test_the_one_with_least_in_hand_is_asked_first_and_who_let_it_pass_last() -> None:
    loads = [Load(operator="101", state="ready", requests=2),
             Load(operator="102", state="ready"), Load(operator="103", state="ready", mails=1)]
    assert capacity.next_for(loads, RULE, "request") == "102"
    assert capacity.next_for(loads, RULE, "request", {"102"}) == "103"
    assert capacity.next_for(loads, RULE, "request", {"101", "102", "103"}) == "102"


@given(st.lists(LOADS, max_size=6), st.sampled_from(["mail", "request"]))
def test_nobody_is_given_more_than_he_has_room_for(loads: list[Load],
                                                   work: capacity.Work) -> None:
    chosen = capacity.next_for(loads, RULE, work)
    free = [load for load in loads if capacity.has_room(load, RULE, work)]
    assert (chosen is None) == (not free)
    if chosen is not None:
        cost = RULE.mail if work == "mail" else RULE.request
        assert any(load.operator == chosen and load.used(RULE) + cost <= RULE.room
                   and load.state not in ("offline", "paused") for load in free)
