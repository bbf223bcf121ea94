"""Cells of imported tables: numbers repaired, sums and days read, every error of a row named."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.imports import cells, phone_cells
from crm_store.imports.cells import CellUnreadable
from crm_store.imports.parsing import RowUnreadable, Rules, parse

RULES = Rules("RU-846", "RUB")


@pytest.mark.parametrize(("cell", "numbers"), [
    ("+7 916 123-45-67", ["+79161234567"]), ("8 (916) 123-45-67", ["+79161234567"]),
    ("7.9161234567E10", ["+79161234567"]), ("7,9161234567E+10", ["+79161234567"]),
    ("79161234567.0", ["+79161234567"]), ("2001010", ["+78462001010"]),
    ("9161234567", ["+79161234567"]), ("-", []), ("нет", []), ("", []),
    ("89161234567 89167654321", ["+79161234567", "+79167654321"]),
    ("8 916 123 45 67, 8-846-200-10-10 доб. 12", ["+79161234567", "+78462001010"]),
    ("8 846 200-10-10, доб. 123", ["+78462001010"]),
    ("89161234567/89161234568", ["+79161234567", "+79161234568"]),
    ("+7 916 123 45 67 / +7 916 123 45 68", ["+79161234567", "+79161234568"]),
    ("моб. 89161234567 (жена)", ["+79161234567"]),
])
def test_telephone_cells_are_repaired(cell: str, numbers: list[str]) -> None:
    found, wrong = phone_cells.read("phone", cell, region="RU-846")
    assert ([one.e164 for one in found], wrong) == (numbers, [])


@pytest.mark.parametrize(("cell", "code"), [
    ("позвонить вечером, спросить Анну", "not_phone"), ("7,91612E+10", "digits_lost"),
    ("1234", "internal_phone"), ("=1+2", "not_phone"), ("x" * 5_000, "not_phone"),
    ("\u202e89161234567x", "not_phone"),
])
def test_what_is_no_number_is_said_why(cell: str, code: str) -> None:
    found, wrong = phone_cells.read("phone", cell, region="RU-846")
    assert (found, [one.code for one in wrong]) == ([], [code])


@given(st.text(max_size=80))
def test_no_cell_breaks_the_reader(cell: str) -> None:
    found, wrong = phone_cells.read("phone", cell, region="RU-846")
    assert all(one.e164.startswith("+") for one in found)
    assert all(str(one) for one in wrong)


@given(st.from_regex(r"9[0-9]{9}", fullmatch=True))
def test_every_spelling_of_a_mobile_is_the_same_number(digits: str) -> None:
    spellings = (f"+7{digits}", f"8{digits}", f"7{digits}.0", digits,
                 f"8 ({digits[:3]}) {digits[3:6]}-{digits[6:8]}-{digits[8:]}")
    numbers = {tuple(one.e164 for one in phone_cells.read("p", said, region="RU-846")[0])
               for said in spellings}
    assert numbers == {(f"+7{digits}",)}


@pytest.mark.parametrize(("said", "minor"), [
    ("4 812,50", 481_250), ("4,812.50", 481_250), ("-120", -12_000), ("(120,5)", -12_050),
    ("1 000 ₽", 100_000), ("0", 0), ("12.5", 1_250), (None, None)])
def test_sums(said: str | None, minor: int | None) -> None:
    assert cells.money("balance", said) == minor


@pytest.mark.parametrize("said", ["ten", "1.105", "1e30", "NaN", "Infinity", "=1+1", "--5"])
def test_what_is_no_sum(said: str) -> None:
    with pytest.raises(CellUnreadable):
        cells.money("balance", said)


@pytest.mark.parametrize(("said", "code"), [
    ("1900-01-01", "unlikely_day"), ("2200-12-31", "unlikely_day"), ("31.02.2026", "not_day"),
    ("yesterday", "not_day"), ("0", "not_day")])
def test_days_that_cannot_be_meant(said: str, code: str) -> None:
    with pytest.raises(CellUnreadable) as refused:
        cells.day("debt_since", said)
    assert refused.value.why.code == code


def test_days() -> None:
    for said in ("2026-08-10", "10.08.2026", "10/08/2026", "10.08.26", "2026-08-10 00:00:00"):
        assert cells.day("debt_since", said) == date(2026, 8, 10)


def test_every_error_of_a_row_is_named() -> None:
    with pytest.raises(RowUnreadable) as refused:
        parse({"name": "", "phone": "зайти лично", "debt": "-5", "debt_since": "2200-01-01",
               "currency": "roubles", "account": "№ 5!", "email": "nobody", "language": "?!",
               "time_zone": "Mars/Base", "kind": "robot", "client": "x",
               "tags": "t" * 99}, RULES)
    assert {(one.field, one.code) for one in refused.value.reasons} == {
        ("name", "empty"), ("phone", "not_phone"), ("debt", "negative"),
        ("debt_since", "unlikely_day"), ("currency", "not_currency"),
        ("account", "not_account"), ("email", "not_email"), ("language", "not_language"),
        ("time_zone", "not_zone"), ("kind", "not_kind"), ("client", "not_client"),
        ("tags", "too_long")}


def test_names_in_any_writing_and_with_signs_go_in() -> None:
    for name in ("محمد علي", "שלום כהן", "李小龍", "Жан-Поль 🙂", "=Иванов", "O'Brien"):
        assert parse({"name": f" {name} \x00"}, RULES).name == name


@given(st.dictionaries(st.sampled_from(["name", "phone", "email", "account", "debt", "balance",
                                        "debt_since", "tags", "time_zone", "meter", "client"]),
                       st.text(max_size=30)))
def test_any_row_is_read_or_refused_with_reasons(row: dict[str, str]) -> None:
    try:
        outcome = bool(parse(row, RULES).name)
    except RowUnreadable as exc:
        outcome = bool(exc.reasons)
    assert outcome
