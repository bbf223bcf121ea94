"""Where in a TOML file a value stands ○: its readers tell what is wrong, not where."""

from __future__ import annotations

import re

_STEP = re.compile(r"\.?([A-Za-z0-9_-]+)|\[(\d+|\.\.\.)\]")
_HEADER = re.compile(r"^\s*(\[\[?)\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*(?:\.[A-Za-z0-9_.-]+\s*)?=")
_AT = re.compile(r" - at `\$\.?(.*)`$")
_UNKNOWN = re.compile(r"unknown field `(\w+)`")


def told_apart(text: str) -> tuple[str, str]:
    """A complaint of msgspec as (path, what): ("field[3].kind", "Invalid enum value 'x'")."""
    found = _AT.search(text)
    where = found.group(1) if found else ""
    what = text[:found.start()] if found else text
    unknown = _UNKNOWN.search(what)
    if unknown:
        where = f"{where}.{unknown.group(1)}".lstrip(".")
    return where, f"{what} ({where})" if where else what


def line_of(text: str, path: str) -> int:
    """The line of the value at `path`, else of the nearest that holds it; 1 for the whole."""
    wanted = [name or int(place) if name or place != "..." else 0
              for name, place in _STEP.findall(path)]
    best, depth = 1, 0
    for line, here in _places(text):
        common = 0
        for one, other in zip(here, wanted, strict=False):
            if one != other:
                break
            common += 1
        if common > depth and (common >= len(here) or common == len(wanted)):
            best, depth = line, common
    return best


def _places(text: str) -> list[tuple[int, list[str | int]]]:
    """(line, path) of every header and key."""
    found: list[tuple[int, list[str | int]]] = []
    counts: dict[str, int] = {}
    table: list[str | int] = []
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            name = header.group(2)
            table = list(name.split("."))
            if header.group(1) == "[[":
                counts[name] = counts.get(name, -1) + 1
                table = [*table, counts[name]]
            found.append((number, table))
        elif key := _KEY.match(line):
            found.append((number, [*table, key.group(1)]))
    return found
