"""Fields an administrator defines: what may be typed, what is stored, and being found by it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store import clients, custom_fields, errors
from crm_store.custom_values import Field, Value, found_by, parse, written
from crm_store.store import Store

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TEXT = Field(id=1, key="nick", label="Nickname", kind="text")
NUMBER = Field(id=2, key="area", label="Area", kind="number")
DAY = Field(id=3, key="since", label="Since", kind="date")
CHOICE = Field(id=4, key="tariff", label="Tariff", kind="choice", choices=("Day", "Ночной"))
MONEY = Field(id=5, key="limit", label="Limit", kind="money", currency="RUB")
YEN = Field(id=6, key="yen", label="Yen", kind="money", currency="JPY")
FRIEND = Field(id=7, key="friend", label="Friend", kind="reference", refers_to="client")
ACCOUNT = Field(id=8, key="main", label="Main", kind="reference", refers_to="account")


def _sum(minor: int, currency: str = "RUB") -> Value:
    return {"amount_minor": minor, "currency": currency}


@pytest.mark.parametrize(("field", "typed", "stored"), [
    (TEXT, "  Бублик 🙂 ", "Бублик 🙂"), (TEXT, "", None), (TEXT, "   ", None), (TEXT, None, None),
    (NUMBER, "1 234,5", 1234.5), (NUMBER, "1,234.50", 1234.5), (NUMBER, "-7", -7),
    (NUMBER, "\u22127", -7), (NUMBER, "3.0", 3), (NUMBER, 42, 42), (NUMBER, "1.234,5", 1234.5),
    (NUMBER, "0007", 7), (NUMBER, "1\u00a0000", 1000),
    (DAY, "2026-11-22", "2026-11-22"), (DAY, "22.11.2026", "2026-11-22"),
    (DAY, "1/2/1900", "1900-02-01"), (DAY, "2200-01-01", "2200-01-01"),
    (DAY, "2026-11-22T10:00:00Z", "2026-11-22"),
    (CHOICE, "day", "Day"), (CHOICE, "НОЧНОЙ", "Ночной"),
    (MONEY, "1 234,5", _sum(123450)), (MONEY, "-12.30", _sum(-1230)), (MONEY, "₽ 5", _sum(500)),
    (MONEY, "5 usd", _sum(500, "USD")), (MONEY, "1000 JPY", _sum(1000, "JPY")),
    (YEN, "1000", _sum(1000, "JPY")), (MONEY, _sum(7, "EUR"), _sum(7, "EUR")),
    (FRIEND, "#12", 12), (FRIEND, 12, 12), (ACCOUNT, " ab 400123 ", "AB400123"),
])
def test_what_is_typed_becomes_a_value(field: Field, typed: Value, stored: Value) -> None:
    assert parse(field, typed) == stored


@pytest.mark.parametrize(("field", "typed", "code"), [
    (TEXT, "a" * 2_001, "too_long"), (TEXT, {"a": 1}, "no_text"), (TEXT, True, "no_text"),
    (NUMBER, "many", "no_number"), (NUMBER, "nan", "no_number"), (NUMBER, "inf", "no_number"),
    (NUMBER, "1e99", "too_large"), (NUMBER, "1_000", "no_number"), (NUMBER, "٣", "no_number"),
    (NUMBER, "9" * 100, "no_number"), (NUMBER, "=1+1", "no_number"),
    (DAY, "2026-02-30", "no_date"), (DAY, "31.04.2026", "no_date"), (DAY, "0001-01-01", "no_date"),
    (DAY, "yesterday", "no_date"), (DAY, "22.11.26", "no_date"), (DAY, 45000, "no_date"),
    (CHOICE, "Evening", "no_choice"), (MONEY, "1.234", "no_sum"), (YEN, "1.5", "no_sum"),
    (MONEY, "a lot", "no_sum"), (MONEY, "1e400", "no_sum"),
    (MONEY, {"amount_minor": 1.5, "currency": "RUB"}, "no_sum"),
    (MONEY, {"amount_minor": 1, "currency": "rub"}, "no_sum"),
    (FRIEND, "Ivanov", "no_reference"), (FRIEND, "9" * 19, "no_reference"),
    (FRIEND, "²", "no_reference"), (ACCOUNT, "a;b", "no_reference"),
])
def test_what_does_not_fit_says_why(field: Field, typed: Value, code: str) -> None:
    with pytest.raises(errors.ValueInvalid) as told:
        parse(field, typed)
    assert told.value.code == code


@given(st.integers(-10**15, 10**15), st.sampled_from(["RUB", "JPY", "KWD", "USD"]))
def test_a_sum_written_is_read_again(minor: int, currency: str) -> None:
    value = _sum(minor, currency)
    assert parse(MONEY, written(MONEY, value)) == value


@given(st.one_of(st.integers(-10**15, 10**15),
                 st.floats(-1e15, 1e15, allow_nan=False).filter(lambda f: abs(f) > 1e-9)))
def test_a_number_written_is_read_again(number: float) -> None:
    value = parse(NUMBER, number)
    assert parse(NUMBER, written(NUMBER, value)) == value == number


@given(st.dates().filter(lambda day: day.year >= 1000))
def test_a_day_written_is_read_again(day: object) -> None:
    assert parse(DAY, written(DAY, str(day))) == str(day)


@given(st.sampled_from([TEXT, NUMBER, DAY, CHOICE, MONEY, FRIEND, ACCOUNT]), st.text())
def test_no_text_breaks_the_reading(field: Field, text: str) -> None:
    try:
        value = parse(field, text)
    except errors.ValueInvalid:
        return
    assert parse(field, written(field, value)) == value
    found_by(field, value)


async def test_a_field_is_there_as_soon_as_it_is_defined(store: Store) -> None:
    async with store.begin() as tx:
        made = await custom_fields.define(tx, "tariff", custom_fields.Shape(
            label=" Tariff ", kind="choice", choices=("Day", "Night"), place=2), by="boss", at=NOW)
        await custom_fields.define(tx, "first", custom_fields.Shape(
            label="First", kind="text", place=1), by="boss", at=NOW)
    async with store.read() as tx:
        fields = await custom_fields.defined(tx)
    assert [field.key for field in fields] == ["first", "tariff"]
    assert fields[1] == made
    assert (made.label, made.choices, made.version) == ("Tariff", ("Day", "Night"), 1)


async def test_a_key_is_taken_once(store: Store) -> None:
    shape = custom_fields.Shape(label="Tariff", kind="text")
    async with store.begin() as tx:
        await custom_fields.define(tx, "tariff", shape, by="boss", at=NOW)
        with pytest.raises(errors.Conflict):
            await custom_fields.define(tx, "tariff", shape, by="boss", at=NOW)


@pytest.mark.parametrize(("key", "shape", "code"), [
    ("Tariff", custom_fields.Shape(label="x", kind="text"), "bad_key"),
    ("1st", custom_fields.Shape(label="x", kind="text"), "bad_key"),
    ("a" * 41, custom_fields.Shape(label="x", kind="text"), "bad_key"),
    ("a'; drop table clients; --", custom_fields.Shape(label="x", kind="text"), "bad_key"),
    ("a", custom_fields.Shape(label=" ", kind="text"), "label_missing"),
    ("a", custom_fields.Shape(label="x" * 81, kind="text"), "label_missing"),
    ("a", custom_fields.Shape(label="x", kind="choice"), "choices_missing"),
    ("a", custom_fields.Shape(label="x", kind="choice", choices=("A", "a")), "choices_missing"),
    ("a", custom_fields.Shape(label="x", kind="choice", choices=("A", "")), "choices_missing"),
    ("a", custom_fields.Shape(label="x", kind="money", currency="roubles"), "no_currency"),
    ("a", custom_fields.Shape(label="x", kind="reference"), "target_missing"),
])
async def test_a_field_that_cannot_be_is_refused(
    store: Store, key: str, shape: custom_fields.Shape, code: str,
) -> None:
    async with store.begin() as tx:
        with pytest.raises(errors.ValueInvalid) as told:
            await custom_fields.define(tx, key, shape, by="boss", at=NOW)
        assert await custom_fields.defined(tx, with_retired=True) == ()
    assert told.value.code == code


async def test_of_two_who_alter_a_field_the_second_is_told(store: Store) -> None:
    shape = custom_fields.Shape(label="Tariff", kind="text")
    async with store.begin() as tx:
        await custom_fields.define(tx, "tariff", shape, by="boss", at=NOW)
        await custom_fields.alter(tx, "tariff", custom_fields.Shape(label="Plan", kind="text"),
                                  version=1, by="boss", at=NOW)
        with pytest.raises(errors.Stale):
            await custom_fields.alter(tx, "tariff", shape, version=1, by="other", at=NOW)
        with pytest.raises(errors.Stale):
            await custom_fields.retire(tx, "tariff", version=1, by="other", at=NOW)
        assert (await custom_fields.one(tx, "tariff")).label == "Plan"


async def test_a_retired_field_is_gone_and_can_come_back(store: Store) -> None:
    shape = custom_fields.Shape(label="Tariff", kind="text")
    async with store.begin() as tx:
        await custom_fields.define(tx, "tariff", shape, by="boss", at=NOW)
        await custom_fields.retire(tx, "tariff", version=1, by="boss", at=NOW)
        assert await custom_fields.defined(tx) == ()
        assert (await custom_fields.defined(tx, with_retired=True))[0].is_retired
        await custom_fields.alter(tx, "tariff", shape, version=2, by="boss", at=NOW)
        assert [field.key for field in await custom_fields.defined(tx)] == ["tariff"]


@pytest.mark.parametrize(("label", "key"), [
    ("Tariff plan", "tariff_plan"), ("Тарифный план", "tarifnyy_plan"),
    ("2nd phone", "f_2nd_phone"), ("!?", ""), ("", ""),
])
def test_a_label_in_any_alphabet_makes_a_key(label: str, key: str) -> None:
    assert custom_fields.key_of(label) == key


async def test_a_client_is_found_by_a_searchable_value(store: Store) -> None:
    async with store.begin() as tx:
        ivanov = await clients.create(tx, name="Ivanov", by="101", at=NOW)
        await clients.create(tx, name="Petrov", by="101", at=NOW)
        for key, searchable in (("dog", True), ("secret", False)):
            await custom_fields.define(tx, key, custom_fields.Shape(
                label=key, kind="text", is_searchable=searchable), by="boss", at=NOW)
        await custom_fields.put_words(tx, ivanov, {"dog": "Шарик и Bobik", "secret": "hidden"})
        for typed in ("Sharik", "шар", "bob шари", "BOBIK"):
            assert [hit.client_id for hit in await custom_fields.find(tx, typed)] == [ivanov]
        for typed in ("hidden", "", "%", "'", "tuzik", "bobik tuzik"):
            assert await custom_fields.find(tx, typed) == []
