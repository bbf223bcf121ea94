"""Which encoding and separator a text file has ○: judged by what its letters make."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable

SEPARATORS = ";,\t|"
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866", "cp1252", "cp1254",
             "cp1250", "cp874")
_ONE_BYTE = ("cp1251", "koi8-r", "cp866", "cp1252", "cp1254", "cp1250", "cp874")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))
_BROKEN_SHARE = 0.001       # of the bytes beyond ASCII: a damaged UTF-8 file is still one
_WORD = re.compile(r"[^\W\d_]+")
_TURKISH = frozenset("ğışİĞŞçöüÇÖÜ")
_WESTERN = frozenset("éèêëàâäáãåçñöôóòõøüûúùïîíìßæœÉÈÀÄÖÜÅÆØÑÇ")
_CENTRAL = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČŠŽőűŐŰáéíóöúüäýÁÉÍÓÖÚÜ")
_ALPHABETS = frozenset((0, 1, 2, 3, 4, 5, 6, 14))       # Latin, Greek, Cyrillic, Thai …
_LOOKED_AT = 40             # records


def by_mark(start: bytes) -> str | None:
    """The encoding that the file says it has; it may lie."""
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    return None


def is_binary(start: bytes) -> bool:
    """Control characters that no text holds; not for UTF-16, which is full of zeros."""
    strange = sum(byte < 9 or 13 < byte < 27 for byte in start[:65_536])
    return strange > max(8, len(start[:65_536]) // 50)


def looks_like_utf16(start: bytes) -> str | None:
    """Without a mark: every second byte is the number of an alphabet, which is a small one."""
    sample = start[:4096]
    if len(sample) < 8 or 0 not in sample:
        return None
    even, odd = (sum(byte in _ALPHABETS for byte in sample[place::2]) for place in (0, 1))
    half = len(sample) // 2
    if odd > half * 0.9 and even < half * 0.2:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.9 and odd < half * 0.2 else None


def is_nearly_utf8(high: int, broken: int) -> bool:
    """`high` bytes beyond ASCII, of which `broken` sequences are no UTF-8."""
    return broken <= high * _BROKEN_SHARE


def one_byte_encoding(sample: bytes) -> str:
    """The code page under which the words look most like words."""
    return max(_ONE_BYTE, key=lambda encoding: _likeness(sample, encoding))


def _likeness(sample: bytes, encoding: str) -> float:
    text = sample.decode(encoding, "replace")
    good = bad = 0
    for word in _WORD.findall(text):
        high = [sign for sign in word if ord(sign) > 127]
        if high:
            good, bad = (good + len(high), bad) if _is_word(word, high, encoding) else (
                good, bad + len(high))
    bad += sum(ord(sign) > 127 and not sign.isalpha() and sign not in "№«»–—…°€ " + "\u00a0"
               for sign in text)
    return good - 3 * bad


def _is_word(word: str, high: list[str], encoding: str) -> bool:
    """Letters of one script, and capitals only where words have them."""
    if encoding in ("cp1251", "koi8-r", "cp866"):
        is_cyrillic = all("А" <= sign <= "я" or sign in "ЁёІіЇїЄєҐґЎў" for sign in word)
        return is_cyrillic and (word.isupper() or word[1:].islower() or len(word) == 1)
    if encoding == "cp874":
        return all("\u0e00" <= sign <= "\u0e7f" for sign in word) and len(word) > 1
    alphabet = {"cp1252": _WESTERN, "cp1254": _TURKISH, "cp1250": _CENTRAL}[encoding]
    is_cased = word.isupper() or word[1:].islower() or len(word) == 1
    has_latin = len(high) < len(word) or len(word) <= 2
    return all(sign in alphabet for sign in high) and is_cased and has_latin


def guess_separator(lines: Iterable[str]) -> str:
    """The sign that cuts the first records into most cells, equally many in each."""
    sample = [line for line in lines if line.strip()][:_LOOKED_AT]
    return max(SEPARATORS, key=lambda sign: _evenness(sample, sign))


def _evenness(sample: list[str], sign: str) -> tuple[float, int]:
    if not sample or sign not in sample[0]:
        return 0.0, 0
    try:
        widths = [len(cells) for cells in csv.reader(sample, delimiter=sign) if cells]
    except csv.Error:
        return 0.0, sample[0].count(sign)
    even = sum(width == widths[0] for width in widths) / len(widths)
    return round(even * min(widths[0], 50), 3), widths[0]
