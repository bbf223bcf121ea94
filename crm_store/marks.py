"""Which part of a text a search met ○: character ranges, `[start, end)`, in order, apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from crm_store.folding import words

Marks = tuple[tuple[int, int], ...]
_WORD = re.compile(r"[^\W_](?:[\w'\u2019`]*[^\W_])?")


def of_words(text: str, typed: Iterable[str], *, whole: Iterable[str] = ()) -> Marks:
    """Where words of `text` begin with a folded word of `typed`; or are one of `whole`."""
    begun, meant = sorted(set(typed), key=len, reverse=True), set(whole)
    return _apart(range_ for word in _WORD.finditer(text)
                  for range_ in _in_word(word.group(), word.start(), begun, meant))


def _in_word(word: str, at: int, begun: list[str], meant: set[str]) -> Iterator[tuple[int, int]]:
    folded = words(word)
    if not meant.isdisjoint(folded):
        yield at, at + len(word)
        return
    joined = "".join(folded)
    found = next((start for start in begun if joined.startswith(start)), None)
    if found is not None:
        yield at, at + _letters(word, len(found))


def _letters(word: str, folded_length: int) -> int:
    """How many letters of a word fold to that many: `Щ` alone is `shch`."""
    return next((count for count in range(1, len(word))
                 if len("".join(words(word[:count]))) >= folded_length), len(word))


def of_digits(text: str, digits: str) -> Marks:
    """Where the digits stand in a number, whatever is written between them."""
    places = [place for place, sign in enumerate(text) if sign in "0123456789"]
    at = "".join(text[place] for place in places).find(digits) if digits else -1
    return ((places[at], places[at + len(digits) - 1] + 1),) if at >= 0 else ()


def of_start(text: str, length: int) -> Marks:
    """The first `length` characters."""
    return ((0, min(length, len(text))),) if length > 0 and text else ()


def _apart(found: Iterable[tuple[int, int]]) -> Marks:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)
