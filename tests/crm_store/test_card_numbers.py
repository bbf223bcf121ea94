"""No payment card's number is kept in free text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm_store.card_numbers import masked


@pytest.mark.parametrize(("text", "kept"), [
    ("pays with 4111 1111 1111 1111 today", "pays with •••• 1111 today"),
    ("5555-5555-5555-4444", "•••• 4444"), ("2200700000000006", "2200700000000006"),
    ("378282246310005.", "•••• 0005."),
    ("account 40817810099910004312", "account 40817810099910004312"),     # 20 digits
    ("call 8 916 123 45 67", "call 8 916 123 45 67"),
    ("meter 1234567890123", "meter 1234567890123"), ("", ""),
])
def test_a_card_is_masked_and_other_numbers_are_not(text: str, kept: str) -> None:
    assert masked(text) == kept


@given(st.text())
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)
