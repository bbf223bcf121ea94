"""How likely two records are one client."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.folding import fold
from crm_store.matching import Facts, account_key, compare

PHONE = frozenset({"+79161234567"})
FLAT = frozenset({"samara lenina 5 12"})


def _facts(name: str, **more: object) -> Facts:
    return Facts(name=fold(name), **more)   # type: ignore[arg-type]


@pytest.mark.parametrize(("one", "other"), [
    ("Иванов Иван", "Ivanov Ivan"), ("Иванов Иван", "Иван Иванов"),
    ("Иванов Иван", "Иванов Иван Петрович"), ("Иванов И. П.", "Иванов Иван Петрович"),
    ("Ивaнов Иван", "Иванoв Иван"), ("Ivanov Ivan", "Iwanow Iwan"),
    ("Ivanov Ivan", "Ivanof Ivan"), ("ООО Ромашка", "Ромашка"),
])
def test_spellings_of_one_name_on_one_number_are_suspect(one: str, other: str) -> None:
    verdict = compare(_facts(one, phones=PHONE), _facts(other, phones=PHONE))
    assert verdict.is_suspect, verdict


@pytest.mark.parametrize(("one", "other"), [
    ("Иванов Иван", "Иванова Анна"), ("Иванов Иван Петрович", "Иванов Петр Петрович"),
    ("Иванов Александр", "Иванова Александра"), ("Петрова Анна", "Петрова Алла"),
    ("Иванов", "Иванов Иван"), ("", ""), ("Ли А.", "Лю Б."),
])
def test_a_family_on_one_number_in_one_flat_is_no_duplicate(one: str, other: str) -> None:
    verdict = compare(_facts(one, phones=PHONE, addresses=FLAT),
                      _facts(other, phones=PHONE, addresses=FLAT))
    assert not verdict.is_suspect, verdict


def test_namesakes_are_no_duplicates_unless_they_live_in_one_street() -> None:
    name = _facts("Иванов Иван Петрович")
    assert not compare(name, name).is_suspect
    assert not compare(name, name, name_holders=2).is_suspect, "a rare name proves little alone"
    here = _facts("Иванов Иван Петрович", addresses=frozenset({"samara lenina 5 12"}))
    there = _facts("Иванов Иван Петрович", addresses=frozenset({"samara lenina 5kv12"}))
    assert compare(here, there).is_suspect


def test_a_number_of_many_proves_less() -> None:
    one = _facts("Иванов Иван", phones=PHONE)
    assert compare(one, one).score > compare(one, one, crowd=40).score


def test_reasons_say_what_is_shared() -> None:
    one = _facts("Иванов Иван", phones=PHONE, emails=frozenset({"a@b.c"}), addresses=FLAT)
    verdict = compare(one, one)
    assert [reason.code for reason in verdict.reasons] == [
        "same_name", "same_email", "same_phone", "same_address"]
    assert verdict.score == 100


def test_accounts_are_compared_without_dashes_and_zeros() -> None:
    assert account_key("00400-123 ") == account_key("400123") == "400123"
    assert account_key("0-1") == ""


facts = st.builds(
    Facts, name=st.lists(st.sampled_from(["ivanov", "ivanova", "ivan", "i", "petr", "ooo", ""]),
                         max_size=9).map(" ".join),
    kind=st.sampled_from(["person", "organisation"]),
    phones=st.frozensets(st.sampled_from(["+1", "+2"])),
    addresses=st.frozensets(st.sampled_from(["x"])))


@given(one=facts, other=facts, crowd=st.integers(2, 100), holders=st.integers(0, 9))
def test_likeness_is_symmetric_and_within_bounds(
    one: Facts, other: Facts, crowd: int, holders: int,
) -> None:
    there = compare(one, other, crowd=crowd, name_holders=holders)
    assert there == compare(other, one, crowd=crowd, name_holders=holders)
    assert 0 <= there.score <= 100
    assert compare(one, one).score >= compare(one, other).score or one.kind != other.kind or (
        not one.name.strip())
