"""A menu drawn: as text for a terminal, as SVG for a page. Pure.

Steps stand in rows by their distance from the start; an edge is named by the key, value or word
that leads along it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from ivr.steps import (
    Ask,
    AskDigits,
    Branch,
    ChooseLanguage,
    GoOutside,
    GoToMenu,
    GoToOperator,
    GoToQueue,
    HangUp,
    LookUp,
    Menu,
    Note,
    PlaySound,
    Rate,
    Say,
    Step,
    TakeMessage,
    leads,
)

WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 168, 46, 22, 54, 16
MOST_IN_ROW = 8
KINDS: Mapping[type, str] = {
    Say: "say", PlaySound: "play", Ask: "ask", AskDigits: "digits", LookUp: "look_up",
    Branch: "branch", Note: "note", ChooseLanguage: "language", Rate: "rate",
    TakeMessage: "voicemail", GoToQueue: "queue", GoToOperator: "operator", GoOutside: "number",
    GoToMenu: "menu", HangUp: "hangup",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one step: how many callers came to it, and for how many it was the last."""
    entered: int
    left: int


def kind_of(step: Step) -> str:
    """As in the file: say, ask, …"""
    return KINDS[type(step)]


def about(step: Step) -> str:
    """What the step is about, in a few characters."""
    match step:
        case Branch(on=on):
            return on
        case LookUp(what=what):
            return what
        case AskDigits(look_up=look_up):
            return look_up
        case Note(fact=fact, value=value):
            return f"{fact} = {value}"
        case ChooseLanguage(language=language):
            return language
        case GoToQueue(queue=queue):
            return queue or "default"
        case GoToOperator(operator=operator):
            return operator
        case GoOutside(number=number):
            return number
        case GoToMenu(menu=menu):
            return menu
        case PlaySound(sound=sound):
            return f"♪ {sound}"
        case Say(phrases=phrases) | Ask(phrases=phrases) | Rate(phrases=phrases):
            return " + ".join(phrases)
        case TakeMessage(group=group):
            return group
    return ""


def as_text(menu: Menu, figures: Mapping[str, Figures] | None = None) -> str:
    """One step a paragraph, in the order of the rows."""
    lines = [f"{menu.id}: begins at {menu.start}, key 0 leads to {menu.operator}"]
    for row in rows(menu):
        for name in row:
            step = menu.steps[name]
            tail = f"  {about(step)}" if about(step) else ""
            count = figures.get(name) if figures else None
            seen = f"  [{count.entered} came, {count.left} left]" if count else ""
            lines.append(f"\n{name}  ({kind_of(step)}){tail}{seen}")
            lines += [f"  {label or '·':>12} → {target}" for label, target in _edges(step)]
    return "\n".join(lines) + "\n"


def _edges(step: Step) -> list[tuple[str, str]]:
    """Labels that lead to the same step stand together."""
    found: dict[str, list[str]] = {}
    for label, target in leads(step):
        found.setdefault(target, []).append(label)
    return [(", ".join(filter(None, labels)), target) for target, labels in found.items()]


def rows(menu: Menu) -> list[list[str]]:
    """By distance from the start; a row that is too long goes on in the next one."""
    distance = {menu.start: 0}
    waiting = [menu.start]
    for name in waiting:
        for _, target in leads(menu.steps[name]):
            if target not in distance:
                distance[target] = distance[name] + 1
                waiting.append(target)
    last = max(distance.values()) + 1
    for name in menu.steps:
        distance.setdefault(name, last)
    found: list[list[str]] = []
    for depth in range(last + 1):
        here = [name for name in (*waiting, *menu.steps) if distance[name] == depth]
        here = list(dict.fromkeys(here))
        found += [here[at:at + MOST_IN_ROW] for at in range(0, len(here), MOST_IN_ROW)]
    return [row for row in found if row]


@dataclass(frozen=True, slots=True)
class _Box:
    x: float
    y: float

    @property
    def middle(self) -> float:
        return self.x + WIDTH / 2


def as_svg(
    menu: Menu, figures: Mapping[str, Figures] | None = None,
    link: Callable[[str], str] | None = None, title: str = "",
) -> str:
    """`link` gives where a step's figures lead to. Colours are the page's: classes, no styles."""
    table = rows(menu)
    widest = max(map(len, table))
    width = 2 * MARGIN + widest * (WIDTH + GAP_X) - GAP_X
    height = 2 * MARGIN + len(table) * (HEIGHT + GAP_Y) - GAP_Y
    boxes = _boxes(table, width)
    most = max((one.left for one in (figures or {}).values()), default=0)
    parts = [_edge(boxes, name, label, target) for name, step in menu.steps.items()
             for label, target in _edges(step)]
    parts += [_box(name, menu, boxes[name], (figures or {}).get(name), most, link)
              for name in boxes]
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="menu-map" role="img" '
            f'aria-label="{escape(title or menu.id)}" viewBox="0 0 {width:.0f} {height:.0f}" '
            f'width="{width:.0f}" height="{height:.0f}">{"".join(parts)}</svg>')


def _boxes(table: Sequence[Sequence[str]], width: float) -> dict[str, _Box]:
    found = {}
    for number, row in enumerate(table):
        first = (width - len(row) * (WIDTH + GAP_X) + GAP_X) / 2
        for place, name in enumerate(row):
            found[name] = _Box(first + place * (WIDTH + GAP_X),
                               MARGIN + number * (HEIGHT + GAP_Y))
    return found


def _edge(boxes: Mapping[str, _Box], name: str, label: str, target: str) -> str:
    """Down by the middle; back up by the right side."""
    begin, end = boxes[name], boxes[target]
    x0, y0, x1, y1 = begin.middle, begin.y + HEIGHT, end.middle, end.y
    if y1 > y0:
        bend = (y1 - y0) / 2
        path = f"M{x0:.0f} {y0:.0f} C{x0:.0f} {y0 + bend:.0f} {x1:.0f} {y1 - bend:.0f} " \
               f"{x1:.0f} {y1:.0f}"
        at = (x0 + (x1 - x0) * 0.3, y0 + (y1 - y0) * 0.3 + 3)
        kind = "down"
    else:
        x0, y0 = begin.x + WIDTH, begin.y + HEIGHT / 2
        x1, y1 = end.x + WIDTH, end.y + HEIGHT / 2
        out = max(x0, x1) + GAP_X
        path = f"M{x0:.0f} {y0:.0f} C{out:.0f} {y0:.0f} {out:.0f} {y1:.0f} {x1:.0f} {y1:.0f}"
        at, kind = (x0 + 4, y0 + 12), "back"
    text = f'<text x="{at[0]:.0f}" y="{at[1]:.0f}">{escape(_short(label, 16))}</text>'
    return f'<g class="edge {kind}"><path d="{path}"/>{text if label else ""}</g>'


def _box(
    name: str, menu: Menu, box: _Box, figures: Figures | None, most: int,
    link: Callable[[str], str] | None,
) -> str:
    step = menu.steps[name]
    heat = round(4 * figures.left / most) if figures and most else 0
    mark = " start" if name == menu.start else ""
    words = f"{kind_of(step)} {about(step)}".strip()
    inside = (
        f"<title>{escape(name)}: {escape(words)}</title>"
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
        f'<text class="name" x="{box.x + 8:.0f}" y="{box.y + 18:.0f}">'
        f"{escape(_short(name, 24))}</text>"
        f'<text class="about" x="{box.x + 8:.0f}" y="{box.y + 35:.0f}">'
        f"{escape(_short(words, 27))}</text>" + _count(box, figures))
    group = f'<g class="step {kind_of(step)} heat{heat}{mark}">{inside}</g>'
    return f'<a href="{escape(link(name))}">{group}</a>' if link and figures else group


def _count(box: _Box, figures: Figures | None) -> str:
    if figures is None:
        return ""
    return (f'<text class="count" x="{box.x + WIDTH - 8:.0f}" y="{box.y + 18:.0f}" '
            f'text-anchor="end">{figures.left} / {figures.entered}</text>')


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most - 1]}…"
