"""What a source may say, and what is refused with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.sources import reading
from crm_store.sources.values import Found, PartPlan, Refused, Said, SourcePlan

PLAN = SourcePlan(
    id="billing", name="Billing", kind="http", url="http://x/{key}", key="account",
    money="decimal", parts={
        "account": PartPlan(rows="data.accounts", fields={
            "number": "id", "balance": "balance.amount", "currency": "balance.currency",
            "debt": "debt", "debt_since": "debt_since"}),
        "invoice": PartPlan(rows="data.accounts.*.invoices", fields={
            "account": "^id", "number": "number", "amount": "amount", "issued_on": "on",
            "due_on": "due"}),
        "payment": PartPlan(rows="data.payments", fields={
            "amount": "amount", "paid_on": "on", "method": "how"})})
DOCUMENT: dict[str, Any] = {"data": {
    "accounts": [
        {"id": "400-1", "balance": {"amount": "-4812.50", "currency": "RUB"}, "debt": 4812.5,
         "debt_since": "2026-09-09", "invoices": [
             {"number": "A-1", "amount": 1240, "on": "2026-10-01", "due": "2026-10-25"},
             {"number": "A-2", "amount": "1300.10", "on": "2026-11-01T00:00:00+03:00"}]},
        {"id": 4002, "balance": {"amount": 0}, "invoices": None}],
    "payments": [{"amount": "500", "on": "2026-11-20", "how": "card"}]}}


def read(document: Any = DOCUMENT, plan: SourcePlan = PLAN) -> Said:
    found = {name: reading.rows_at(document, part.rows) for name, part in plan.parts.items()}
    return reading.said(plan, found, "400-1")


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with one thing in it made otherwise."""
    import copy
    document = copy.deepcopy(DOCUMENT)
    node: Any = document
    *steps, last = path.split(".")
    for step in steps:
        node = node[int(step)] if isinstance(node, list) else node[step]
    node[last] = value
    return document


def exact(document: Any) -> Any:
    """JSON's numbers as the border reads them."""
    if isinstance(document, float):
        return Decimal(str(document))
    if isinstance(document, dict):
        return {name: exact(value) for name, value in document.items()}
    if isinstance(document, list):
        return [exact(value) for value in document]
    return document


def test_accounts_invoices_and_payments_are_read_by_their_paths() -> None:
    said = read(exact(DOCUMENT))
    first, second = said.accounts
    assert (first.number, first.balance_minor, first.debt_minor, first.debt_since) == (
        "400-1", -481_250, 481_250, date(2026, 9, 9))
    assert (second.number, second.currency, second.debt_minor) == ("4002", "RUB", 0)
    assert [(row.account, row.number, row.amount_minor) for row in said.invoices] == [
        ("400-1", "A-2", 130_010), ("400-1", "A-1", 124_000)]
    [payment] = said.payments
    assert (payment.account, payment.amount_minor, payment.method) == ("400-1", 50_000, "card")


@pytest.mark.parametrize(("document", "reason"), [
    ([], "wrong_shape"), ("<html>", "wrong_shape"), (None, "wrong_shape"), ({}, "wrong_shape"),
    ({"error": "no such account"}, "wrong_shape"), ({"data": {"accounts": 7}}, "wrong_shape"),
    ({"data": {"accounts": ["x"], "payments": []}}, "wrong_shape"),
    (changed("data.accounts.0.id", None), "wrong_type"),
    (changed("data.accounts.0.id", True), "wrong_type"),
    (changed("data.accounts.0.id", "x" * 101), "wrong_type"),
    (changed("data.accounts.0.id", {"a": 1}), "wrong_type"),
    (changed("data.accounts.0.balance.currency", "USD"), "wrong_currency"),
    (changed("data.accounts.0.balance.currency", "<b>"), "wrong_currency"),
    (changed("data.accounts.0.balance.amount", "много"), "wrong_sum"),
    (changed("data.accounts.0.balance.amount", "1.005"), "wrong_sum"),
    (changed("data.accounts.0.balance.amount", "NaN"), "wrong_sum"),
    (changed("data.accounts.0.balance.amount", "1e999999999"), "wrong_sum"),
    (changed("data.accounts.0.balance.amount", 10**30), "wrong_sum"),
    (changed("data.accounts.0.balance.amount", True), "wrong_sum"),
    (changed("data.accounts.0.balance.amount", [1]), "wrong_sum"),
    (changed("data.accounts.0.debt", "-5"), "wrong_sum"),
    (changed("data.accounts.0.invoices", {"a": 1}), "wrong_type"),
    (changed("data.accounts.0.invoices.0.on", "01.10.2026"), "wrong_type"),
    (changed("data.accounts.0.invoices.0.on", "0001-01-01"), "wrong_type"),
    (changed("data.accounts.0.invoices.0.on", None), "wrong_shape"),
    (changed("data.payments.0.amount", None), "wrong_shape"),
    (changed("data.payments", "none"), "wrong_shape"),
])
def test_what_is_not_what_the_settings_promise_is_refused(document: Any, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read(exact(document))
    assert refused.value.reason == reason


def test_letters_that_move_a_cursor_or_turn_a_line_stay_outside() -> None:
    said = read(exact(changed("data.payments.0.how", "card\x1b[2J‮\x00!")))
    assert said.payments[0].method == "card [2J !"


def test_what_is_too_much_is_left_out_and_counted() -> None:
    many = changed("data.payments", [{"amount": "1", "on": "2026-01-01"}] * 500)
    said = read(exact(many))
    assert (len(said.payments), said.left_out) == (PLAN.most_rows, 300)


def test_figures_travel_through_the_store_unchanged() -> None:
    said = read(exact(DOCUMENT))
    assert Said.of(said.facts()) == said


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5)
    | st.decimals(allow_nan=True, allow_infinity=True) | st.dates() | st.datetimes(
        timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["data", "accounts", "payments", "id", "balance", "amount", "on",
                         "invoices", "number", "currency", "x"]), inner, max_size=4),
    max_leaves=20)


@given(anything)
def test_whatever_comes_is_read_or_refused_and_nothing_else(document: Any) -> None:
    try:
        said = read(document)
    except Refused:
        return
    for row in (*said.accounts, *said.invoices, *said.payments):
        assert row.currency == "RUB"
    assert Said.of(said.facts()) == said


@given(st.integers(-10**13, 10**13))
def test_a_sum_is_exact_however_it_is_written(minor: int) -> None:
    amount = Decimal(minor) / 100
    for written in (amount, str(amount)):
        document = changed("data.payments.0.amount", written)
        assert read(exact(document)).payments[0].amount_minor == minor


def test_a_moment_is_the_day_it_names() -> None:
    row = Found({"amount": 5, "on": datetime(2026, 11, 2, 23, 30, tzinfo=UTC)})
    said = reading.said(PLAN, {"payment": [row]}, "1")
    assert said.payments[0].paid_on == date(2026, 11, 2)
