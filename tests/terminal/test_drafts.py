"""The law of two screens: nothing typed is lost, and everybody ends with the same draft."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workstation.protocol import DraftView
from workstation.terminal import drafts
from workstation.terminal.drafts import Content

CASES = (Path(__file__).parents[2] / "workstation" / "web" / "ui" / "test" / "join_cases.json")
TEXT = st.text(alphabet="abc \nя", max_size=12)


@given(TEXT, TEXT)
def test_stretch_turns_one_text_into_the_other(before: str, after: str) -> None:
    start, end, text = drafts.stretch(before, after)
    assert before[:start] + text + before[end:] == after


@given(TEXT, TEXT, st.integers(0, 12))
def test_carried_cursor_stays_inside_and_keeps_its_place_in_untouched_text(
    before: str, after: str, offset: int
) -> None:
    offset = min(offset, len(before))
    carried = drafts.carry(offset, before, after)
    assert 0 <= carried <= len(after)
    start, end, _ = drafts.stretch(before, after)
    if offset <= start:
        assert carried == offset
    elif offset >= end:
        assert len(after) - carried == len(before) - offset


@given(TEXT, TEXT)
def test_join_with_one_side_unchanged_is_the_other_side(base: str, other: str) -> None:
    assert drafts.join_text(base, base, other) == other
    assert drafts.join_text(base, other, base) == other


@given(TEXT, TEXT, TEXT)
def test_join_keeps_inserted_letters_of_both_sides(base: str, mine: str, theirs: str) -> None:
    joined = drafts.join_text(base, base + mine, theirs + base)
    assert len(joined) >= len(base) + max(len(mine), len(theirs))


@pytest.mark.parametrize("case", json.loads(CASES.read_text()), ids=lambda case: case["name"])
def test_server_and_terminal_join_as_the_page_does(case: dict[str, str]) -> None:
    assert drafts.join_text(case["base"], case["mine"], case["theirs"]) == case["joined"]


def test_letters_typed_at_both_ends_are_both_kept() -> None:
    assert drafts.join_text("the bill", "the bill is late", "again the bill") == \
        "again the bill is late"


def view(version: int, content: Content) -> DraftView:
    return DraftView(version=version, note=content.note, disposition=content.disposition,
                     form_type=content.form_type, form=dict(content.form), saved_at=None)


@dataclass
class Server:
    """Keeps the last whole draft, and what each screen has yet to hear, in order."""
    version: int = 0
    content: Content = field(default_factory=Content)
    heard: tuple[list[DraftView], ...] = field(default_factory=lambda: ([], []))

    def save(self, content: Content) -> int:
        self.version += 1
        self.content = content
        for inbox in self.heard:
            inbox.append(view(self.version, content))
        return self.version


@dataclass
class Desk:
    place: int
    typing: drafts.Typing = field(
        default_factory=lambda: drafts.opened(view(0, Content())))

    def step(self, server: Server, what: str) -> None:
        if what == "send":
            self.typing, content = drafts.send(self.typing)
            if content is not None:
                version = server.save(content)
                self.typing = drafts.saved(self.typing, version)
        elif what == "hear" and server.heard[self.place]:
            self.typing = drafts.heard(self.typing, server.heard[self.place].pop(0))
        elif what == "cut":
            self.typing = drafts.lost(self.typing)
            server.heard[self.place].clear()
            self.typing = drafts.heard(self.typing, view(server.version, server.content))
        elif what not in {"hear", "cut"}:
            note = self.typing.typed.note + what
            self.typing = drafts.write(self.typing, replace(self.typing.typed, note=note))


def settle(server: Server, *desks: Desk) -> None:
    """Everybody hears everything and sends what is left, until nothing moves."""
    for _ in range(20):
        for desk in desks:
            while server.heard[desk.place]:
                desk.step(server, "hear")
            desk.step(server, "send")


MOVES = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["send", "hear", "cut", "x", "y"])),
                 max_size=30)


@given(MOVES)
def test_two_screens_and_the_server_end_with_the_same_draft(moves: list[tuple[int, str]]) -> None:
    server, desks = Server(), (Desk(0), Desk(1))
    for place, what in moves:
        desks[place].step(server, what)
    settle(server, *desks)
    assert desks[0].typing.typed == desks[1].typing.typed == server.content


@given(st.lists(st.sampled_from(["send", "hear", "cut", "a", "b", "c"]), max_size=40))
def test_one_screen_loses_no_letter_whatever_the_link_does(moves: list[str]) -> None:
    server, desk, other = Server(), Desk(0), Desk(1)
    for what in moves:
        desk.step(server, what)
    settle(server, desk, other)
    typed = "".join(what for what in moves if len(what) == 1)
    assert server.content.note == typed == desk.typing.typed.note == other.typing.typed.note


def test_own_echo_while_typing_on_changes_nothing() -> None:
    typing = drafts.write(drafts.opened(view(0, Content())), Content(note="a"))
    typing, sent = drafts.send(typing)
    typing = drafts.write(typing, Content(note="ab"))
    assert sent == Content(note="a")
    typing = drafts.heard(typing, view(1, Content(note="a")))
    assert typing.typed.note == "ab"
    assert drafts.send(drafts.saved(typing, 1))[1] == Content(note="ab")


def test_form_fields_typed_on_both_screens_are_both_kept() -> None:
    base = Content(form={"meter": "1"})
    mine = Content(form={"meter": "1", "reading": "10590"})
    theirs = Content(form={"meter": "2"}, disposition="resolved")
    assert drafts.join(base, mine, theirs) == Content(
        form={"meter": "2", "reading": "10590"}, disposition="resolved")
