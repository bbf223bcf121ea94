"""What a letter is about ○, by the words that each type names; and the reason, to be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from workstation.requests.kinds import RequestType

_ACCOUNT = re.compile(r"(?<![\w-])\d[\d-]{3,19}(?![\w-])")
_ACCOUNTS = 20
_SUBJECT_COUNTS = 3         # a word of the subject says more than one of the text


@dataclass(frozen=True, slots=True)
class Guess:
    """`type` None: no rule says. `why` holds the words that decided, as `word:…`."""
    type: str | None
    why: tuple[str, ...]


def classify(kinds: Mapping[str, RequestType], subject: str, text: str) -> Guess:
    """The type with most of its words in it; none, when two have as many."""
    head, body = subject.casefold(), text.casefold()
    found: dict[str, tuple[int, tuple[str, ...]]] = {}
    for kind in kinds.values():
        words = [word for word in kind.words if word.casefold() in head or word.casefold() in body]
        weight = sum(_SUBJECT_COUNTS if word.casefold() in head else 1 for word in words)
        if weight:
            found[kind.id] = (weight, tuple(f"word:{word}" for word in words))
    if not found:
        return Guess(None, ("no_words",))
    ranked = sorted(found.items(), key=lambda one: -one[1][0])
    if len(ranked) > 1 and ranked[0][1][0] == ranked[1][1][0]:
        return Guess(None, (f"either:{ranked[0][0]}", f"either:{ranked[1][0]}"))
    return Guess(ranked[0][0], ranked[0][1][1])


def accounts_in(text: str) -> list[str]:
    """What may be numbers of accounts, in order."""
    return list(dict.fromkeys(_ACCOUNT.findall(text)))[:_ACCOUNTS]
