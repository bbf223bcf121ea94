"""Misspelt words: what a word sounds like, and the pieces it shares with its misspellings.

Two words within one letter of each other (two, when long) have a piece in common: the stem with
one or two letters left out. So a misspelt word is found by looking up its few dozen pieces, and
no word of the base is compared that does not share one. (Garbe's "symmetric delete", 2012.)
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations

from rapidfuzz.distance import OSA

STEM = 7                # letters of the sound that are looked up; what follows is compared only
_SHORTEST = 4           # a shorter word is found as it is or not at all
_LONG = 6               # from here two slips are forgiven
_SOUNDS = (
    (re.compile("shch|tsch|sch|sh|sz"), "s"), (re.compile("tch|ch|cz|ts|tz"), "c"),
    (re.compile("zh"), "z"), (re.compile("kh|gh"), "h"), (re.compile("ph|f"), "v"),
    (re.compile("ck|q"), "k"), (re.compile("th|dt"), "t"), (re.compile("i(?=[aeou])"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """A coarser key of a folded word: spellings that sound alike are one."""
    for spelling, letter in _SOUNDS:
        word = spelling.sub(letter, word)
    return word


def stem(word: str) -> str:
    """Under which the dictionary keeps a folded word; "" for one with digits."""
    return sound(word)[:STEM] if word.isalpha() else ""


def pieces(of: str) -> tuple[str, ...]:
    """A stem, and what is left of it without one letter, of a whole one without two."""
    if len(of) < _SHORTEST:
        return (of,)
    left_out = 2 if len(of) == STEM else 1
    found = {"".join(of[place] for place in range(len(of)) if place not in gone)
             for count in range(left_out + 1) for gone in combinations(range(len(of)), count)}
    return tuple(sorted(found))


def slips(typed: str, word: str) -> float | None:
    """How far a typed word is from a word, both folded; None when nobody would mean it.

    Letters swapped, missed, added or wrong count one each; a different spelling of the same sound
    a half; that more of the word follows a quarter.
    """
    limit = 2 if len(typed) >= _LONG else 1
    if len(typed) < _SHORTEST:
        return 0.0 if typed == word else None
    found = min(OSA.distance(typed, word), OSA.distance(typed, word[:len(typed)]) + 0.25)
    if found > 0.5:
        heard, said = sound(typed), sound(word)
        found = min(found, OSA.distance(heard, said) + 0.5,
                    OSA.distance(heard, said[:len(heard)]) + 0.75)
    return found if found < limit + 1 else None
