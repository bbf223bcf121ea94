"""Request types, forms, routing, stages and deadlines: pure, so tested by values."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.protocol import AccountView, CardView, MeterView
from workstation.requests import deadlines, forms, kinds, routing, stages

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
    assert routing.responsible_group(DISPUTE, {"reason": reason}) == group


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


@pytest.mark.parametrize(("line", "reason"), [
    ('title = 1', "title"), ("colour = 'red'", "colour"),
    ("stages = { new = ['nowhere'] }", "nowhere"),
    ("responsible = [ { group = 'a', field = 'reason', values = ['x'] } ]", "every request")])
def test_a_wrong_type_file_is_refused_with_the_reason(
    tmp_path: Path, line: str, reason: str
) -> None:
    text = (kinds.FOLDER / "meter_dispute.toml").read_text()
    key = line.partition(" ")[0]
    if key == "stages":
        text = text[:text.index("[stages]")] + text[text.index("[[field]]"):]
    if key == "responsible":
        text = text[:text.index("[[responsible]]")] + text[text.index("# Working hours"):]
    if key == "title":
        text = "\n".join(row for row in text.splitlines() if not row.startswith("title"))
    (tmp_path / "wrong.toml").write_text(f"{line}\n{text}")
    with pytest.raises(kinds.RequestTypeError, match=reason):
        kinds.load(tmp_path)
