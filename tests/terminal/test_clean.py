"""Hostile text from the telephone network cannot break the screen."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from workstation.terminal.clean import LIMIT, clean, clean_tree

NASTY = "\x1b\x9b\x07[]?;0mJH\u202e\u2066\u200b\u200d\ufe0f\u0301☎👍"
HOSTILE = st.text(st.one_of(st.characters(), st.sampled_from(NASTY)))


@given(HOSTILE)
def test_cleaned_text_holds_nothing_a_terminal_obeys(text: str) -> None:
    for char in clean(text):
        category = unicodedata.category(char)
        assert category not in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(HOSTILE)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean(clean(text, lines=True), lines=True) == clean(text, lines=True)


@given(HOSTILE)
def test_no_character_takes_more_than_two_cells(text: str) -> None:
    cleaned = clean(text)
    assert len(cleaned) <= LIMIT
    assert cell_len(cleaned) <= 2 * len(cleaned)


@pytest.mark.parametrize(("said", "shown"), [
    ("\x1b[2J\x1b[31mIvanov\x1b[0m", "Ivanov"),
    ("\x1b]0;owned\x07Ivanov", "Ivanov"),
    ("\x9b31mIvanov", "Ivanov"),
    ("Iva\u202enov", "Ivanov"),
    ("Iva\u200b\u200d\ufeffnov", "Ivanov"),
    ("Ivanov\r\nHACK", "Ivanov HACK"),
    ("[b]Ivanov[/b] [@click=quit]", "[b]Ivanov[/b] [@click=quit]"),
    ("👨\u200d👩\u200d👧 family", "□ family"),
    ("e" + "\u0301" * 40, "é\u0301\u0301"),
    ("Петров Ёж", "Петров Ёж"),
    ("  two   spaces ", "two spaces"),
    ("שלום", "שלום"),
    ("山田", "山田"),
])
def test_what_is_shown_of_a_hostile_name(said: str, shown: str) -> None:
    assert clean(said) == shown


def test_a_note_keeps_its_lines_and_a_name_does_not() -> None:
    tree = {"note": "one\r\ntwo ", "name": "one\ntwo ", "draft": {"form": {"a": "x "}}}
    assert clean_tree(tree) == {"note": "one\ntwo ", "name": "one two",
                                "draft": {"form": {"a": "x "}}}
