"""Any spelling in, E.164 inside."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.folding import fold, words
from crm_store.phones import normalise

MOBILE = "+79161234567"
CYRILLIC = st.text("абвгдеёжзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЗИЙ", min_size=1, max_size=12)


@pytest.mark.parametrize("spelling", [
    "+7 (916) 123-45-67", "8 916 123 45 67", "89161234567", "79161234567", "9161234567",
    "00 7 916 1234567", "8 (916) 123‑45‑67", "tel:+79161234567", "sip:+79161234567@10.0.0.1",
    "+79161234567;phone-context=x", "8 916 123-45-67 доб. 12", "8 916 123-45-67, 8 495 1234567",
    "+7916123456７", " 8-916-123-45-67 ",
])
def test_every_spelling_is_one_number(spelling: str) -> None:
    number = normalise(spelling, region="RU")
    assert (number.e164, number.kind) == (MOBILE, "mobile")
    assert number.original == spelling.strip()


@pytest.mark.parametrize("raw", [
    None, "", "  ", "anonymous", "Anonymous", "<unknown>", "unknown", "restricted",
    "sip:anonymous@anonymous.invalid",
])
def test_hidden_is_hidden(raw: str | None) -> None:
    assert normalise(raw, region="RU").kind == "hidden"
    assert normalise(raw, region="RU").e164 is None


@pytest.mark.parametrize("raw", ["101", "1", "99999", "1-0-1"])
def test_a_short_number_is_internal_and_nobodys(raw: str) -> None:
    number = normalise(raw, region="RU")
    assert (number.kind, number.e164) == ("internal", None)


@pytest.mark.parametrize("raw", [
    "call after six", "1" * 40, "+", "(", "\x00+79161234567", "<script>", "8 916 CALL-NOW", "-",
])
def test_what_is_no_number_is_unknown(raw: str) -> None:
    number = normalise(raw, region="RU")
    assert (number.kind, number.e164) == ("unknown", None)


def test_a_bare_local_number_is_completed_by_the_entrys_area() -> None:
    assert normalise("123-45-67", region="RU-495").e164 == "+74951234567"
    assert normalise("123-45-67", region="RU").e164 is None


def test_a_foreign_number_without_plus_is_read_as_foreign() -> None:
    assert normalise("4915112345678", region="RU").e164 == "+4915112345678"


@given(st.text(max_size=80), st.sampled_from(["RU", "RU-495", "DE", "US", "ZZ", "", "x"]))
def test_no_text_breaks_it_and_the_result_is_stable(raw: str, region: str) -> None:
    number = normalise(raw, region=region)
    if number.e164 is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{4,14}", number.e164)
        assert normalise(number.e164, region="ZZ").e164 == number.e164
    else:
        assert number.kind in ("hidden", "internal", "unknown")


@given(st.integers(0, 9_999_999), st.sampled_from(["903", "916", "925", "962"]),
       st.sampled_from(["INTERNATIONAL", "NATIONAL", "E164", "RFC3966"]))
def test_what_the_library_writes_we_read(subscriber: int, code: str, style: str) -> None:
    number = phonenumbers.parse(f"+7{code}{subscriber:07d}")
    spelling = phonenumbers.format_number(
        number, getattr(phonenumbers.PhoneNumberFormat, style))
    assert normalise(spelling, region="RU").e164 == f"+7{code}{subscriber:07d}"


@pytest.mark.parametrize(("one", "other"), [
    ("Иванов", "Ivanov"), ("Иванов", "Iwanow"), ("Юлия", "Julia"), ("Алексей", "Alexey"),
    ("Алексей", "Alexei"), ("Ёлкин", "Елкин"), ("ТАТЬЯНА", "tatyana"), ("Ｉｖａｎ", "ivan"),
])
def test_names_fold_to_one_key(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@given(st.text(max_size=300))
def test_folding_takes_any_text_and_is_stable(text: str) -> None:
    key = fold(text)
    assert re.fullmatch(r"[a-z0-9 ]*", key)
    assert fold(key) == key


@given(CYRILLIC, st.integers(1, 12))
def test_the_beginning_of_a_name_folds_to_the_beginning_of_its_key(name: str, length: int) -> None:
    start = "".join(words(name[:length]))
    assert "".join(words(name)).startswith(start)
