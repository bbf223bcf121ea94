"""TOML that people write, read into a struct; what is wrong is told with its line ○.

`tomllib` names the line of what is no TOML. What is TOML and still wrong is found by its path
(`step[2].go[0].to`): the lines of all tables and keys are noted here, nearest one first.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import TypeAlias, TypeVar

import msgspec

Path: TypeAlias = tuple[str | int, ...]
T = TypeVar("T")
_TABLE = re.compile(r"^\s*(\[\[|\[)\s*([A-Za-z0-9_.-]+)\s*(\]\]|\])")
_KEY = re.compile(r"^\s*([A-Za-z0-9_-]+)\s*=")
_STEP = re.compile(r"([A-Za-z0-9_-]+)|\[(\d+)\]")
_AT = re.compile(r" - at `(?:key in )?\$\.?([^`]*)`$")
_UNKNOWN = re.compile(r"unknown field `([^`]+)`")
_LONG = ('"""', "'''")


class TomlWrong(Exception):
    """It cannot be used; the message names file, line and reason."""

    def __init__(self, name: str, line: int, reason: str) -> None:
        super().__init__(f"{name}:{line}: {reason}")
        self.line = line


class Places:
    """Where tables and keys of a text stand, lines counted from 1."""

    def __init__(self, text: str) -> None:
        self._lines: dict[Path, int] = {(): 1}
        self._counts: dict[Path, int] = {}
        table: Path = ()
        closing = ""
        for number, line in enumerate(text.splitlines(), 1):
            if closing:
                closing = "" if closing in line else closing
                continue
            if found := _TABLE.match(line):
                table = self._table(found[2].split("."), is_one_of_many=found[1] == "[[")
                self._lines.setdefault(table, number)
            elif found := _KEY.match(line):
                self._lines.setdefault((*table, found[1]), number)
            closing = next((mark for mark in _LONG if line.count(mark) % 2), "")

    def _table(self, names: list[str], *, is_one_of_many: bool) -> Path:
        """The path of a header; inside of a list its last table is meant."""
        path: Path = ()
        for depth, name in enumerate(names, 1):
            path = (*path, name)
            if depth == len(names) and is_one_of_many:
                self._counts[path] = self._counts.get(path, -1) + 1
            if path in self._counts:
                path = (*path, self._counts[path])
        return path

    def line(self, path: Path) -> int:
        """Of this path, or of the nearest one around it."""
        while path not in self._lines:
            path = path[:-1]
        return self._lines[path]


def read(name: str, text: str, kind: type[T]) -> tuple[T, Places]:
    """The struct, and where its parts stand. Raises TomlWrong."""
    places = Places(text)
    try:
        raw: Mapping[str, object] = tomllib.loads(text)
        return msgspec.convert(raw, kind), places
    except tomllib.TOMLDecodeError as exc:
        found = re.search(r"at line (\d+)", str(exc))
        line = int(found[1]) if found else max(1, len(text.splitlines()))
        raise TomlWrong(name, line, str(exc)) from exc
    except msgspec.ValidationError as exc:
        reason = str(exc)
        at, unknown = _AT.search(reason), _UNKNOWN.search(reason)
        path = (*_path(at[1] if at else ""), *(unknown.groups() if unknown else ()))
        raise TomlWrong(name, places.line(path),
                        _AT.sub("", reason)) from exc


def _path(text: str) -> Path:
    """`step[2].go[0].to` as ("step", 2, "go", 0, "to")."""
    return tuple(int(index) if index else word for word, index in _STEP.findall(text))
