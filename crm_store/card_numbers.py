"""Payment cards' numbers in free text ○: they are never kept, whoever types them (PCI DSS 3)."""

from __future__ import annotations

import re

_RUN = re.compile(r"(?<![0-9])[0-9](?:[ -]?[0-9]){12,18}(?![0-9])")
_MASK = "•••• "


def masked(text: str) -> str:
    """The text with each card's number as "•••• 1234". A number counts as a card's when it is 13
    to 19 digits long, begins as cards do (2 to 6) and its check digit is right."""
    return _RUN.sub(_mask, text)


def _mask(found: re.Match[str]) -> str:
    digits = re.sub(r"[ -]", "", found[0])
    return _MASK + digits[-4:] if digits[0] in "23456" and _is_right(digits) else found[0]


def _is_right(digits: str) -> bool:
    """The check digit of ISO/IEC 7812 (Luhn)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
