"""A misspelt word shares a piece with what was meant, and is nearer to it than to others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.folding import fold
from crm_store.typos import STEM, pieces, slips, sound, stem

WORDS = st.text("abcdefghijklmnoprstuvz", min_size=4, max_size=14)


@pytest.mark.parametrize(("one", "other"), [
    ("Щербаков", "Scherbakov"), ("Хабаров", "Habarov"), ("Цой", "Tzoi"), ("Шмидт", "Schmit"),
    ("Чайковский", "Tchaikovsky"), ("Екатерина", "Yekaterina"), ("Иванов", "Ivanoff"),
    ("Филиппов", "Philippov"),
])
def test_other_spellings_sound_alike(one: str, other: str) -> None:
    assert sound(fold(one)) == sound(fold(other))


@given(WORDS, st.integers(0, 20), st.sampled_from(["swap", "miss", "add", "wrong"]))
def test_one_slip_is_always_found(word: str, at: int, slip: str) -> None:
    word = fold(word).replace(" ", "")
    at %= max(1, len(word))
    changed = {"swap": word[:at] + word[at:at + 2][::-1] + word[at + 2:],
               "miss": word[:at] + word[at + 1:], "add": word[:at] + "m" + word[at:],
               "wrong": word[:at] + "m" + word[at + 1:]}[slip]
    typed = fold(changed)
    if len(typed) < 4 or len(stem(typed)) < 4 or len(stem(word)) < 4 or _turned(word, typed):
        return
    assert set(pieces(stem(word))) & set(pieces(stem(typed)))
    assert slips(typed, word) is not None


def _turned(word: str, typed: str) -> bool:
    """A slip inside `shch` changes more than one letter of the sound; that is no one slip."""
    from rapidfuzz.distance import OSA
    return bool(OSA.distance(sound(word), sound(typed)) > 1 or OSA.distance(word, typed) > 1)


@given(WORDS)
def test_pieces_are_few_and_hold_the_stem(word: str) -> None:
    whole = stem(word)
    found = pieces(whole)
    assert whole in found
    assert len(found) <= 29
    assert len(whole) <= STEM


def test_nearer_words_have_fewer_slips() -> None:
    order = ["ivanov", "ivanova", "ivaniv", "petrov"]
    found = [slips("ivanov", word) for word in order]
    assert found[0] == 0
    assert [one is None for one in found] == [False, False, False, True]
    assert found == sorted(found, key=lambda one: 9 if one is None else one)


def test_short_words_are_not_guessed() -> None:
    assert slips("li", "li") == 0
    assert slips("li", "lo") is None
