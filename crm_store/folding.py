"""Folding: the same key for the same name, whatever its alphabet, case and marks.

Иванов, Ivanov and Iwanow fold to `ivanov`; Юлия and Julia to `iulia`. Letters only ever map one
by one or shrink, so the beginning of a name folds to the beginning of its key.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_LETTERS = str.maketrans({"ё": "е", "ı": "i"})
_SOUNDS = str.maketrans({"w": "v", "x": "ks", "y": "i", "j": "i"})
_WORD = re.compile(r"[a-z0-9]+")
_DOUBLED = re.compile(r"([a-z])\1+")
_LONGEST_WORD = 40
_LONGEST_TEXT = 500


def fold(text: str) -> str:
    """The folded words, joined by one space; "" when nothing of it can be read."""
    return " ".join(words(text))


def words(text: str) -> tuple[str, ...]:
    """The folded words in order; never raises, never longer than a name can be."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST_TEXT]).casefold().translate(_LETTERS)
    latin = anyascii(plain).casefold().replace("'", "")
    return tuple(_sound(word)[:_LONGEST_WORD] for word in _WORD.findall(latin))


def _sound(word: str) -> str:
    return _DOUBLED.sub(r"\1", word.translate(_SOUNDS))
