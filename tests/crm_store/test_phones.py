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


REGIONS = st.sampled_from(["RU", "RU-495", "RU-846", "RU-84639", "DE", "DE-30", "KZ-7172", "ZZ"])
BETWEEN = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2011", " - "])


@given(st.text("0123456789", min_size=1, max_size=5), BETWEEN, REGIONS)
def test_no_short_number_is_ever_a_clients(digits: str, between: str, region: str) -> None:
    """Whatever area code would make a whole number of it: an extension calls, not a client."""
    number = normalise(between.join(digits), region=region)
    assert (number.kind, number.e164) == ("internal", None)


@given(st.integers(2_000_000, 7_999_999), st.sampled_from(["495", "499", "846", "812", "343"]),
       BETWEEN)
def test_the_same_local_number_is_another_at_each_entry(local: int, code: str, between: str
                                                        ) -> None:
    text = f"{local:07d}"
    spelling = between.join((text[:3], text[3:5], text[5:]))
    assert normalise(spelling, region=f"RU-{code}").e164 == f"+7{code}{local:07d}"
    assert normalise(spelling, region="RU").e164 is None
    assert normalise(spelling, region=f"RU-{code}").original == spelling


@given(st.integers(0, 9_999_999), st.sampled_from(["903", "916", "925"]), REGIONS,
       st.lists(BETWEEN, min_size=10, max_size=10), st.sampled_from(["+7", "8", "7", "8("]))
def test_what_stands_between_the_digits_does_not_matter(
    subscriber: int, code: str, region: str, between: list[str], prefix: str
) -> None:
    """A whole number means the same at every entry of its country."""
    digits = f"{code}{subscriber:07d}"
    spelling = prefix + "".join(one + sign for one, sign in zip(digits, between, strict=True))
    expected = f"+7{digits}"
    if region.startswith("RU") or prefix == "+7":
        assert normalise(spelling, region=region).e164 == expected


@given(st.sampled_from(["anonymous", "Anonymous", "RESTRICTED", "unknown", "withheld"]),
       st.sampled_from(["{}", " {} ", "sip:{}@10.0.0.1", "sip:{}@anonymous.invalid", "<{}>"]),
       REGIONS)
def test_who_hides_is_hidden_however_the_trunk_says_so(word: str, shape: str, region: str) -> None:
    number = normalise(shape.format(word), region=region)
    assert (number.kind, number.e164) == ("hidden", None)
