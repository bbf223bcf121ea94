"""The part of a text that a search met, in the letters it was written in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.folding import words
from crm_store.marks import of_digits, of_start, of_words


@pytest.mark.parametrize(("text", "typed", "parts"), [
    ("Иванов Иван Петрович", "iva petr", ["Ива", "Ива", "Петр"]),
    ("Ivanov Ivan", "Ивано", ["Ivano"]),
    ("Щербакова Анна", "shch", ["Щ"]),
    ("Мария-Луиза О'Нил", "luiza onil", ["Луиза", "О'Нил"]),
    ("Алла", "ала", ["Алла"]),
    ("Ленина 5-12, Самара", "lenina 5", ["Ленина", "5"]),
    ("Petrov", "sidorov", []),
    ("", "x", []),
])
def test_words_begun_are_marked(text: str, typed: str, parts: list[str]) -> None:
    marked = [text[start:end] for start, end in of_words(text, words(typed))]
    assert marked == [part for part in parts if part]


def test_a_word_meant_is_marked_whole() -> None:
    assert of_words("Иванов Иван", (), whole=("ivanov",)) == ((0, 6),)


@given(st.text(max_size=60), st.lists(st.text(max_size=8), max_size=4))
def test_marks_are_in_order_apart_and_inside(text: str, typed: list[str]) -> None:
    found = of_words(text, [word for one in typed for word in words(one)])
    edges = [edge for pair in found for edge in pair]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in found)


def test_digits_are_found_between_other_signs() -> None:
    assert of_digits("+79161234567", "1234") == ((5, 9),)
    assert of_digits("8 (916) 123-45", "61234") == ((5, 13),)
    assert of_digits("+7916", "5") == of_digits("+7916", "") == ()


def test_the_start_is_no_longer_than_the_text() -> None:
    assert of_start("ACC", 9) == ((0, 3),)
    assert of_start("ACC", 0) == of_start("", 2) == ()
