"""Every deed that the audit keeps has a name that a supervisor reads, in his language."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "workstation/texts"
WRITERS = {"record", "Deed", "write_down", "_write", "_note", "tell"}
ELSEWHERE = ("request.", "task.")      # named by what happened to it, where it is shown too


def _deeds(path: Path) -> Iterator[str]:
    """What is written by name; constants of the file count as their text."""
    tree = ast.parse(path.read_text())
    named = {target.id: node.value.value for node in tree.body if isinstance(node, ast.Assign)
             and isinstance(node.value, ast.Constant)
             for target in node.targets if isinstance(target, ast.Name)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(
            node.func, "id", "")
        if called not in WRITERS:
            continue
        for value in _values(node):
            text = value.value if isinstance(value, ast.Constant) else named.get(
                getattr(value, "id", ""))
            if isinstance(text, str) and text.count(".") == 1 and text.replace(
                    ".", "").replace("_", "").isalpha() and text.islower():
                yield text


def _values(call: ast.Call) -> Iterator[ast.expr]:
    for value in (*call.args, *(one.value for one in call.keywords if one.arg == "what")):
        yield from (value.body, value.orelse) if isinstance(value, ast.IfExp) else (value,)


DEEDS = {deed for package in ("crm_store", "workstation", "campaigns")
         for path in (ROOT / package).rglob("*.py") if "requests/" not in str(path)
         for deed in _deeds(path)}


def test_the_code_was_read() -> None:
    assert {"client.seen", "call.pick_up", "wall.made", "import.run", "entry.closed"} <= DEEDS


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_deed_has_a_name(language: str) -> None:
    texts = json.loads((TEXTS / f"{language}.json").read_text())
    missing = {deed for deed in DEEDS if not deed.startswith(ELSEWHERE)
               and f"deed.{deed}" not in texts}
    assert missing == set()
