"""Where in a menu's text something stands. Pure."""

from __future__ import annotations

import re

HEADER = re.compile(r"^[ \t]*\[+[ \t]*([^\]]+?)[ \t]*\]+")


def line_of(text: str, place: str) -> int:
    """The line of the key that `place` names, else of the table it is in, else 1."""
    parts, lines = place.split("."), text.split("\n")
    for depth in range(len(parts) - 1, -1, -1):
        found = _table(lines, ".".join(parts[:depth]))
        if found is None:
            continue
        first, last = found
        key = _key(lines, first, last, parts[depth])
        if key is not None or depth:
            return key or first
    found = _table(lines, place)
    return found[0] if found else 1


def _table(lines: list[str], name: str) -> tuple[int, int] | None:
    """First and last line of a table, counted from 1; the nameless one is the beginning."""
    first = 0 if not name else None
    for number, line in enumerate(lines, 1):
        header = HEADER.match(line)
        if header is None:
            continue
        if first is not None:
            return first, number - 1
        if re.sub(r"[\s\"']", "", header[1]) == name:
            first = number
    return None if first is None else (first, len(lines))


def _key(lines: list[str], first: int, last: int, name: str) -> int | None:
    pattern = re.compile(rf"[ \t]*[\"']?{re.escape(name)}[\"']?[ \t]*[=.]")
    return next((number for number in range(max(first, 1), last + 1)
                 if pattern.match(lines[number - 1])), None)
