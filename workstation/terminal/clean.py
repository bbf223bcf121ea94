"""Text from outside, made harmless for a terminal. ○

Caller names come from anybody who can dial: escape sequences, bidirectional overrides, zero width
and stacked marks, pictures whose width every terminal counts differently. Everything the server
sends passes `clean_tree` once, in `link`; no widget cleans again, and none reads markup in it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

LIMIT = 2000            # characters of one line; drafts are kept whole
MARKS_IN_A_ROW = 2
UNSHOWABLE = "□"
KEPT_WHOLE = frozenset({"note", "draft"})

_ESCAPES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"                            # CSI: colours, cursor
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # OSC, DCS …
    r"|\x1b[ -/]*[0-~]?", re.DOTALL)
_BREAKS = re.compile(r"\r\n|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_RUNS = re.compile(f"{UNSHOWABLE}+")
_FILLERS = frozenset("\u034f\u115f\u1160\u3164\uffa0\u2800")


def clean(text: str, *, lines: bool = False) -> str:
    """`text` with letters, digits and signs only, each of a width all terminals agree on.

    `lines` keeps line ends and the length (a note somebody types); else one line of at most
    LIMIT characters with single spaces. Idempotent.
    """
    if text.isascii() and text.isprintable():
        return text if lines else _one_line(text)
    text = _BREAKS.sub("\n" if lines else " ", _ESCAPES.sub("", text)).replace("\t", " ")
    text = unicodedata.normalize("NFC", "".join(map(_showable, text)))
    text = _RUNS.sub(UNSHOWABLE, _limit_marks(text))
    return text if lines else _one_line(text)


def clean_tree(node: Any, *, lines: bool = False) -> Any:
    """Every string of decoded JSON cleaned; what stands below a key KEPT_WHOLE keeps its lines."""
    match node:
        case str():
            return clean(node, lines=lines)
        case dict():
            return {key: clean_tree(value, lines=lines or key in KEPT_WHOLE)
                    for key, value in node.items()}
        case list():
            return [clean_tree(value, lines=lines) for value in node]
    return node


def _one_line(text: str) -> str:
    return " ".join(text[:LIMIT].split())


def _showable(char: str) -> str:
    if char == "\n" or " " <= char <= "~":
        return char
    category = unicodedata.category(char)
    if category in {"Cc", "Cf"} or char in _FILLERS or _is_invisible(ord(char)):
        return ""
    if category[0] == "Z":
        return " "
    if category in {"Co", "Cs", "Cn"} or _is_picture(char, category):
        return UNSHOWABLE
    return char


def _is_invisible(code: int) -> bool:
    """Variation selectors, and vowels of Korean syllables that stand in no cell of their own."""
    return (0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F
            or 0x1161 <= code <= 0x11FF or 0xD7B0 <= code <= 0xD7FF)


def _is_picture(char: str, category: str) -> bool:
    """Emoji and ligatures whose width terminals disagree about."""
    code = ord(char)
    if 0x1F000 <= code <= 0x1FAFF or 0xFDF0 <= code <= 0xFDFF:
        return True
    return category == "So" and unicodedata.east_asian_width(char) in {"W", "F"}


def _limit_marks(chars: str) -> str:
    """Combining marks need a letter before them and stack at most MARKS_IN_A_ROW high."""
    out: list[str] = []
    marks = MARKS_IN_A_ROW
    for char in chars:
        if unicodedata.category(char) in {"Mn", "Me"}:
            marks += 1
            if marks > MARKS_IN_A_ROW:
                continue
        else:
            marks = MARKS_IN_A_ROW if char.isspace() else 0
        out.append(char)
    return "".join(out)
