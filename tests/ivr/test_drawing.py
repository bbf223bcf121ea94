"""A menu drawn: nothing is forgotten, nothing lies on anything else, nothing breaks the page."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import combinations

import pytest

from ivr.conditions import fits, is_condition
from ivr.drawing import HEIGHT, WIDTH, Figures, as_svg, as_text, picture
from ivr.menu_file import MenuInvalid, parse
from ivr.steps import Ask, GoToQueue, Menu, leads
from tests.ivr.test_menu import MAIN, known, main_text


def test_every_step_stands_in_the_picture_and_none_on_another() -> None:
    drawn = picture(MAIN)
    assert {box.name for box in drawn.boxes} == set(MAIN.steps)
    for one, other in combinations(drawn.boxes, 2):
        assert abs(one.x - other.x) >= WIDTH or abs(one.y - other.y) >= HEIGHT, (one, other)
    assert all(0 <= box.x <= drawn.width - WIDTH and 0 <= box.y <= drawn.height - HEIGHT
               for box in drawn.boxes)


def test_every_key_of_a_question_is_drawn() -> None:
    labels = " ".join(edge.label for edge in picture(MAIN).edges)
    for name, step in MAIN.steps.items():
        if isinstance(step, Ask):
            assert all(key in labels for key in step.keys), name


def test_the_text_tells_each_way_of_each_step() -> None:
    text = as_text(MAIN, {"choose": Figures(7, 3)})
    assert "[7 came, 3 left]" in text
    for name, step in MAIN.steps.items():
        paragraph = text.split(f"\n{name}  (")[1].split("\n\n")[0]
        assert all(f"→ {target}" in paragraph for _, target in leads(step))


def test_names_are_text_and_never_markup() -> None:
    menu = Menu("x", "a", "b", {
        "a": Ask(phrases=("<script>",), keys={"1": "b"}, gives_up="b"),
        "b": GoToQueue(queue='"><b>')})
    root = ElementTree.fromstring(as_svg(menu, {"a": Figures(2, 1)}))
    assert not [one for one in root.iter() if one.tag.endswith(("script", "}b"))]


@pytest.mark.parametrize(("value", "condition", "is_so"), [
    ("known", "known", True), ("sat", "sat, sun", True), ("fri", "sat,sun", False),
    ("9", "9..17", True), ("17", "9..17", True), ("18", "9..17", False), ("-5", "-9..-1", True),
    ("100", ">= 100", True), ("99", ">=100", False), ("known", "> 1", False), ("", "< 5", False),
    ("8", "< 9", True), ("9", "<= 9", True), ("07", "7", False),
])
def test_a_condition_fits_or_not(value: str, condition: str, is_so: bool) -> None:
    assert is_condition(condition)
    assert fits(value, condition) is is_so


@pytest.mark.parametrize("text", ["> x", "..", "A", "a b", "1..", "=5", "", "a,"])
def test_what_is_no_condition_is_refused(text: str) -> None:
    assert not is_condition(text)


FAULTS = (
    ('id = "main"', 'id = "main"\nextra = 1', 1, "extra"),
    ("tries = 2 ", "tries = 99 ", 0, "limits.tries"),
    ('2 = "billing"', '2 = "nobody"', 0, "steps.choose.keys.2"),
    ("least = 4\nmost = 8", "least = 4\nmost = 80", 1, "steps.pin.most"),
    ('what = "last_request"', 'what = "x"', 0, "steps.request.what"),
    ('when = { open = "request_open"', 'when = { open = "x"', 0, "steps.request_state.when.open"),
)


@pytest.mark.parametrize(("old", "new", "below", "place"), FAULTS)
def test_a_fault_is_named_by_the_line_of_its_key(
    old: str, new: str, below: int, place: str,
) -> None:
    text = main_text()
    assert old in text
    with pytest.raises(MenuInvalid) as caught:
        parse(text.replace(old, new, 1), known(), file="main.toml")
    line = text.count("\n", 0, text.index(old)) + 1 + below
    assert (caught.value.at[0].line, caught.value.at[0].place) == (line, place)
