"""The one border of Asterisk's configuration: what may not get in."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.pbx.errors import BadPlan
from cti.pbx.plan import EntryPlan, OperatorPlan, PbxPlan, Ports, QueuePlan, WorldPlan, checked
from cti.pbx.render_existing import render_for_existing
from tests.pbx.fixtures import sample_plan


def plan(**changes: object) -> PbxPlan:
    return sample_plan(Path("/tmp/deskline"), Ports.from_base(40000), **changes)


@pytest.mark.parametrize("name", [
    "Anna\n[evil]", "Anna; comment", 'Anna "x"', "Anna <5>", "Anna\\", "", " ", "a=b", "${X}",
    "Anna\x00", "Anna\r",
])
def test_an_operators_name_that_would_break_out_is_refused(name: str) -> None:
    with pytest.raises(BadPlan):
        OperatorPlan(id="101", name=name)


@pytest.mark.parametrize("name", ["Anna Petrova", "Анна Петрова", "Jean-Luc d'Arc", "สมชาย ใจดี",
                                  "Şule Öz", "Dr. No", "Martin Luther King Jr."])
def test_ordinary_names_are_accepted(name: str) -> None:
    assert OperatorPlan(id="101", name=name).endpoints == ("101", "101-web")


@pytest.mark.parametrize("queue", ["", "h", "T", "Billing", "a b", "a,b", "x" * 40, "a-b", "a\n"])
def test_a_queue_id_that_is_no_slug_or_a_special_extension_is_refused(queue: str) -> None:
    with pytest.raises(BadPlan):
        QueuePlan(id=queue)


@pytest.mark.parametrize(("kind", "value"), [
    ("number", "+7 916"), ("number", "_X."), ("number", "12"), ("number", "٣٣٣٣"),
    ("host", "a b"), ("host", "x;y"), ("address", "localhost"), ("folder", "relative"),
    ("folder", "/tmp/a;b"), ("folder", "/tmp/a\nb"), ("extension", "1"),
])
def test_a_value_that_is_not_of_its_kind_is_refused(kind: str, value: str) -> None:
    with pytest.raises(BadPlan):
        checked(kind, value)


@pytest.mark.parametrize("changes", [
    {"entries": ()},
    {"entries": (EntryPlan(number="+123", queue="nowhere"),)},
    {"entries": (EntryPlan(number="+123", queue="billing"),
                 EntryPlan(number="123", queue="billing"))},
    {"operators": (OperatorPlan(id="101", name="A"),) * 2, "world": WorldPlan()},
    {"queues": (QueuePlan(id="billing"), QueuePlan(id="billing"), QueuePlan(id="outages"))},
    {"world": WorldPlan(colleagues=("999",))},
    {"host": "0.0.0.0/0"},
])
def test_a_plan_that_contradicts_itself_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(BadPlan):
        plan(**changes)


def test_a_port_that_is_none_is_refused() -> None:
    with pytest.raises(BadPlan):
        Ports(sip=70000)


def test_no_secret_shows_in_a_printed_plan() -> None:
    assert "ssss" not in repr(plan())


def test_the_system_name_is_long_and_one_per_installation() -> None:
    mine, other = plan(), plan(secret=b"t" * 32)
    assert len(mine.system_name) == 20
    assert mine.system_name.isalnum()
    assert mine.system_name != other.system_name


@given(name=st.text(max_size=30))
def test_whatever_name_is_accepted_stays_on_its_line(name: str) -> None:
    try:
        operator = OperatorPlan(id="101", name=name)
    except BadPlan:
        return
    text = render_for_existing(plan(operators=(operator,), world=WorldPlan()))
    lines = [line for line in text["deskline-pjsip.conf"].split("\n") if "callerid" in line]
    assert lines == [f"callerid = {name} <101>"] * 2
    assert not set(";[]\"\\\r\n\x85\u2028") & set(name)
