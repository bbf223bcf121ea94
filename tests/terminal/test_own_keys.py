"""A key changed on the page is the key of the terminal too, as far as a terminal can."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from textual.binding import Binding

from tests.browser.conftest import UI
from tests.terminal import story
from tests.terminal.server import until
from tests.terminal.stage import on_stage
from workstation import protocol as p
from workstation.terminal import own_keys
from workstation.terminal.app import Terminal
from workstation.terminal.calls import CallScreen
from workstation.terminal.desk import DeskScreen
from workstation.terminal.own_keys import obeyed


def bindings() -> Iterator[Binding]:
    for screen in (Terminal, CallScreen, DeskScreen):
        yield from (one for one in screen.BINDINGS if isinstance(one, Binding))


def test_a_changed_key_is_obeyed_on_every_layout_and_shown() -> None:
    found = obeyed({"call.answer": "Alt+KeyF", "note.title": "F11"})
    assert found.keys == {"call.answer": "alt+f,alt+а", "note.title": "f11"}
    assert found.shown == {"call.answer": "Alt+F", "note.title": "F11"}
    assert found.refused == {}


@pytest.mark.parametrize("chord", ["Ctrl+Enter", "Ctrl+Alt+KeyQ", "Alt+Comma", "Ctrl+KeyI",
                                   "Alt+KeyW", "F12"])
def test_what_a_terminal_cannot_send_or_needs_itself_stays_as_delivered(chord: str) -> None:
    found = obeyed({"call.answer": chord})
    assert found.keys == {}
    assert list(found.refused) == ["call.answer"]


def test_two_keys_are_swapped_and_a_refused_one_takes_its_own_back() -> None:
    assert obeyed({"call.answer": "F4", "call.hold_or_resume": "F2"}).keys == {
        "call.answer": "f4", "call.hold_or_resume": "f2"}
    half = obeyed({"call.answer": "F4", "call.hold_or_resume": "Ctrl+Enter"})
    assert half.keys == {}, "hold keeps F4, so that answer cannot have it"
    assert set(half.refused) == {"call.answer", "call.hold_or_resume"}


def test_an_action_only_the_page_has_is_nothing_to_the_terminal() -> None:
    assert obeyed({"request.file": "F11"}) == obeyed({})


def test_the_table_is_that_of_the_bindings_and_of_the_page() -> None:
    told = {one.id: one.key.split(",")[0] for one in bindings() if one.id}
    assert told == {action: keys[0] for action, keys in own_keys.DELIVERED.items()}
    page = "".join((UI / "src" / name).read_text(encoding="utf-8")
                   for name in ("bindings.ts", "guide_keys.ts"))
    assert all(f'"{action}"' in page for action in told)
    assert set(own_keys.ACTIONS_OF.values()) <= set(told)


async def test_the_terminal_obeys_what_was_changed_on_the_page() -> None:
    async with on_stage(*story.QUEUES, story.operator(state="ready")) as stage:
        stage.server.answers["keys.mine"] = {"keys": {"state.menu": "Alt+KeyF",
                                                      "call.keypad": "Ctrl+Enter"}}
        await stage.server.say(p.Notice(seq=0, code="keys_changed"))
        await until(lambda: bool(stage.app.own_keys.keys))
        await stage.press("alt+f")
        await stage.sees("Lunch")
        await stage.press("escape", "f1")
        await stage.sees("Alt+F", "(page only: Ctrl+Enter)")
