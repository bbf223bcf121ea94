"""Rules over facts: what they decide, whose fault is named where, what others would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.plan import shipped_rules
from ivr.routing.caller import variables_of
from ivr.routing.rules import Rule, decide
from ivr.routing.rules_file import FACTS, House, RulesInvalid, parse
from ivr.routing.trying import tried

HOUSE = House(queues=("billing", "outages", "collection"), operators=("101", "102"),
              skilled=("billing",))
RULES = parse('''
[[rule]]
id = "in_hand"
says = "Who has it in hand answers for it"
when = { own_operator = "101, 102", request = "meter_dispute" }
prefer = "own"
prefer_s = 20

[[rule]]
id = "same_person"
when = { last_days = "<= 7" }
prefer = "last"

[[rule]]
id = "old_debt"
when = { debt_days = ">= 90", queue = "billing" }
queue = "collection"
priority = 2

[[rule]]
id = "vip"
when = { "flag.vip" = "yes" }
priority = 6
level = 7

[[rule]]
id = "evening"
when = { hour = "18..22", "flag.vip" = "no" }
queue = "outages"
''', HOUSE)
PLAIN = {"queue": "billing", "client": "known", "hour": "10"}


def decided(**facts: str) -> Any:
    named = {name.replace("__", "."): value for name, value in facts.items()}
    return decide(RULES, PLAIN | named, HOUSE.operators)


def test_a_plain_call_goes_where_the_menu_said_and_changes_nothing_for_asterisk() -> None:
    decision = decided()
    assert decision.way == ("billing", 0, None, None)
    assert decision.reasons == ()
    assert variables_of(decision) == {}


def test_each_rule_that_fits_has_its_say_and_its_reason() -> None:
    decision = decided(flag__vip="yes", debt_days="120", last_operator="102", last_days="3")
    assert decision.way == ("collection", 6, "102", 7)
    assert variables_of(decision) == {
        "QUEUE_PRIO": "6", "DESKLINE_PENALTY": "3", "DESKLINE_PREFER": "102",
        "DESKLINE_PREFER_S": "10"}
    assert [(one.rule, one.what, one.value) for one in decision.reasons] == [
        ("old_debt", "queue", "collection"), ("vip", "priority", "6"),
        ("same_person", "prefer", "102"), ("vip", "level", "7")]
    assert decision.reasons[0].because == {"debt_days": "120", "queue": "billing"}


def test_the_first_rule_to_name_an_operator_decides_unless_he_has_left() -> None:
    both = {"request": "meter_dispute", "last_operator": "102", "last_days": "0"}
    assert decided(**both, own_operator="101").operator == "101"
    assert decided(**both, own_operator="101").operator_s == 20
    assert decided(**both, own_operator="555").operator == "102"
    assert decided(last_operator="555", last_days="0").operator is None


def test_what_is_not_known_fits_nothing_and_a_known_client_has_no_other_flags() -> None:
    assert decided(hour="19").queue == "outages"
    assert decided(hour="19", client="unknown").queue == "billing"
    assert decided(debt_days="rubbish").queue == "billing"


@given(st.dictionaries(st.sampled_from([name for name in FACTS if "*" not in name]),
                       st.text(max_size=12) | st.integers(0, 10_000).map(str)))
def test_whatever_the_facts_a_caller_gets_a_queue_and_an_operator_that_exist(
    facts: dict[str, str],
) -> None:
    decision = decide(RULES, {**facts, "queue": "billing"}, HOUSE.operators)
    assert decision.queue in HOUSE.queues
    assert 0 <= decision.priority <= 9
    assert decision.operator is None or decision.operator in HOUSE.operators
    assert decision == decide(RULES, {**facts, "queue": "billing"}, HOUSE.operators)


@pytest.mark.parametrize(("text", "line", "place", "why"), [
    ("[[rule]]\nid = 'a'\nwhen = {}\nqueue = 'nowhere'", 4, "rule[1].queue", "no queue"),
    ("[[rule]]\nid = 'a'\nwhen = {}\npriority = 1\n\n[[rule]]\nid = 'a'\nwhen = {}\npriority = 10",
     9, "rule[2].priority", "from 0 to 9"),
    ("[[rule]]\nid = 'a'\nwhen = {}\nlevel = 3\nqueue = 'outages'", 4, "rule[1].level",
     "no skill"),
    ("[[rule]]\nid = 'a'\nwhen = { moon = 'full' }\nlevel = 3", 3, "rule[1].when", "'moon'"),
    ("[[rule]]\nid = 'a'\nwhen = { debt = 'much!' }\nlevel = 3", 3, "rule[1].when", ">= 100"),
    ("[[rule]]\nid = 'a'\nwhen = { flag.vip = 'yes' }\nlevel = 3", 3, "rule[1].when", "quotes"),
    ("[[rule]]\nid = 'a'\nwhen = { 'free.bar' = '0' }\nlevel = 3", 3, "rule[1].when", "'bar'"),
    ("[[rule]]\nid = 'a'\nwhen = {}", 1, "rule[1]", "decides nothing"),
    ("[[rule]]\nid = 'a'\npriority = 1", 1, "rule[1].when", "missing"),
    ("[[rule]]\nid = 'a'\nwhen = {}\nprefer = '999'", 4, "rule[1].prefer", "operator's id"),
    ("[[rule]]\nid = 'a'\nwhen = {}\nlevel = 2\ncolour = 1", 5, "rule[1].colour", "not known"),
    ("rule = 3", 1, "rule", "tables"), ("x = 1\n", 1, "x", "not known"),
    ("[[rule]]\nid = 'a'\nwhen = = 3", 3, "", "Invalid"),
])
def test_a_fault_is_named_with_its_line(text: str, line: int, place: str, why: str) -> None:
    with pytest.raises(RulesInvalid) as refused:
        parse(text, HOUSE)
    found = refused.value.at
    assert any((one.line, one.place) == (line, place) and why in one.why for one in found), found


def test_the_shipped_rules_fit_any_company_and_prefer_nobody() -> None:
    rules = parse(shipped_rules(), House(queues=("x",), operators=()))
    assert {rule.prefer for rule in rules} == {None}
    assert {rule.queue for rule in rules} == {None}


@dataclass(frozen=True)
class Past:
    call_id: str
    facts: dict[str, str]
    queue: str = "billing"
    priority: int = 0
    operator: str | None = None
    level: int | None = None


def test_other_rules_are_tried_on_calls_that_are_past() -> None:
    past = [Past("a", PLAIN), Past("b", PLAIN | {"debt_days": "100"}),
            Past("c", PLAIN | {"flag.vip": "yes"}, priority=6, level=7)]
    found = tried(RULES, past, HOUSE.operators)
    assert (found.calls, found.changed) == (3, 1)
    assert found.changes == {"queue": 1, "priority": 1}
    assert found.moves == {("billing", "collection"): 1}
    assert found.by_rule == {"old_debt": 1, "vip": 1}
    assert found.unknown["last_days"] == 3
    assert [one.call_id for one in found.shown] == ["b"]
    assert tried((Rule(id="x", priority=1),), [], ()).calls == 0
