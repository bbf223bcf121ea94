"""Texts with the client's fields merged in ○.

`{debt}` in a script becomes his debt as the person who reads it may see it: masked until identity
is ticked, hidden where his rights hide it. What is merged in is never read as a text again, holds
no control characters, and is as long as a line at most.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

MASKED = "•••••"
UNKNOWN = "…"
LONGEST = 200
NAMES = frozenset({
    "client", "operator", "company", "number", "debt", "debt_since", "balance", "account",
    "address", "meter", "last_reading", "last_read_on", "queue", "campaign", "today",
    "debt_days", "tenure_days", "days_since_contact", "days_since_payment",
    "days_since_reading", "contacts_30_days",
})
_PLACE = re.compile(r"\{([^{}]*)\}")
_HARMFUL = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})


def merged(text: str, values: Mapping[str, str]) -> str:
    """Every `{name}` by its value; of a value that is not known "…"."""
    return _PLACE.sub(lambda place: plain(values.get(place[1], "")) or UNKNOWN, text)


def plain(value: str) -> str:
    kept = "".join(" " if char in "\n\r\t" else char for char in value[:4 * LONGEST]
                   if char in "\n\r\t" or unicodedata.category(char) not in _HARMFUL)
    return " ".join(kept.split())[:LONGEST]


def wrong(text: str, answers: Iterable[str] = ()) -> str:
    """The first place that means nothing, or "". `{answer.STEP}`: what was answered there."""
    asked = {f"answer.{step}" for step in answers}
    for name in _PLACE.findall(text):
        if name not in NAMES and name not in asked and not name.startswith("custom."):
            return f"there is no field {{{name}}}"
    if "{" in _PLACE.sub("", text) or "}" in _PLACE.sub("", text):
        return "a brace stands alone"
    return ""
