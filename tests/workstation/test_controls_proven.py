"""Every control, from page, terminal and API, and against real phones: where that is proved.

A control that is added fails here until each of the four has its proof.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from workstation.protocol.controls import ACTIONS
from workstation.web.resources import ROUTES

TESTS = Path(__file__).resolve().parent.parent
PROOFS: dict[str, tuple[Path, ...]] = {
    "page": tuple((TESTS / "browser").glob("test_*.py")),
    "terminal": tuple((TESTS / "terminal").glob("test_*.py")),
    "real phones": (*(TESTS / "pbx").glob("test_*.py"),
                    TESTS / "workstation" / "test_real_calls.py"),
}
VERBS = sorted({name.removeprefix("call.") for name in ACTIONS} | {"hangup", "dial"})


def told_of(verb: str, files: Iterable[Path]) -> list[str]:
    """Tests that name the control as what is asked for."""
    asked = re.compile(rf"[\"'](call\.)?{verb}[\"']")
    return [path.name for path in files if asked.search(path.read_text())]


@pytest.mark.parametrize("where", PROOFS)
@pytest.mark.parametrize("verb", VERBS)
def test_each_control_is_proved_from_everywhere(verb: str, where: str) -> None:
    assert told_of(verb, PROOFS[where]), f"nothing proves {verb}: {where}"


@pytest.mark.parametrize("verb", VERBS)
def test_each_control_is_a_route_of_the_api(verb: str) -> None:
    path = "/calls" if verb == "dial" else f"/calls/{{id}}/{verb}"
    assert any((route.method, route.path) == ("POST", path) for route in ROUTES)
