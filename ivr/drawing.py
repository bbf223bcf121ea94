"""A menu drawn: as text for a terminal, as SVG for a page. Pure.

Steps stand in rows by their distance from the start; an edge is named by the key, value or word
that leads along it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
MOST_IN_ROW = 5
GIVEN_UP = {"failed", "gives_up"}     # such ways to the operator are not drawn: all have them
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
class Box:
    """A step in the picture."""
    name: str
    kind: str
    about: str
    x: int
    y: int
    is_start: bool


@dataclass(frozen=True, slots=True)
class Edge:
    """`path` is SVG's, "" where there is but the label at `x`, `y`. `is_back`: against the
    reading direction."""
    path: str
    label: str
    x: int
    y: int
    is_back: bool


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]


def picture(menu: Menu) -> Picture:
    """Where everything stands."""
    table = rows(menu)
    widest = max(map(len, table))
    width = 2 * MARGIN + widest * (WIDTH + GAP_X)
    height = 2 * MARGIN + len(table) * (HEIGHT + GAP_Y) - GAP_Y
    boxes = {}
    for number, row in enumerate(table):
        first = (width - len(row) * (WIDTH + GAP_X) + GAP_X) // 2
        for place, name in enumerate(row):
            boxes[name] = Box(
                name, kind_of(menu.steps[name]), about(menu.steps[name]),
                first + place * (WIDTH + GAP_X), MARGIN + number * (HEIGHT + GAP_Y),
                name == menu.start)
    edges = [edge for name in menu.steps for edge in _ways(menu, name, boxes)]
    return Picture(width, height, tuple(boxes.values()), tuple(edges))


def _ways(menu: Menu, name: str, boxes: Mapping[str, Box]) -> Iterator[Edge]:
    """Down by a line; back up, or to the side, by a word below the box: such lines would cross
    everything."""
    begin, told = boxes[name], 0
    for label, target in _edges(menu.steps[name]):
        if target == menu.operator and not set(label.split(", ")) - GIVEN_UP:
            continue
        end = boxes[target]
        if end.y > begin.y:
            yield _line(begin, end, label)
            continue
        text = f"{label} ↑ {target}".strip()
        yield Edge("", _short(text, 26), begin.x + 4, begin.y + HEIGHT + 13 + 13 * told, True)
        told += 1


def _line(begin: Box, end: Box, label: str) -> Edge:
    x0, y0, x1, y1 = begin.x + WIDTH // 2, begin.y + HEIGHT, end.x + WIDTH // 2, end.y
    bend = (y1 - y0) // 2
    path = f"M{x0} {y0} C{x0} {y0 + bend} {x1} {y1 - bend} {x1} {y1}"
    return Edge(path, _short(label, 16), x0 + (x1 - x0) * 3 // 10, y0 + (y1 - y0) * 3 // 10 + 3,
                False)


def heat(figures: Figures | None, most: int) -> int:
    """0 to 4: how many left here, against the step where most did."""
    return round(4 * figures.left / most) if figures and most else 0


def as_svg(menu: Menu, figures: Mapping[str, Figures] | None = None) -> str:
    """A picture of its own, that needs no page around it."""
    drawn = picture(menu)
    most = max((one.left for one in (figures or {}).values()), default=0)
    parts = [f'<style>{STYLE}</style>', *map(_edge_svg, drawn.edges)]
    for box in drawn.boxes:
        known = (figures or {}).get(box.name)
        parts.append(_box_svg(box, known, heat(known, most)))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" class="menu-map" role="img" '
            f'aria-label="{escape(menu.id)}" viewBox="0 0 {drawn.width} {drawn.height}" '
            f'width="{drawn.width}" height="{drawn.height}">{"".join(parts)}</svg>\n')


STYLE = ("text{font:12px sans-serif}.about,.edge text{font-size:10px;fill:#555}"
         "rect{fill:#fff;stroke:#777}path{fill:none;stroke:#999}"
         ".start rect{stroke-width:2.5}.heat1 rect{fill:#fdf0e0}.heat2 rect{fill:#fbdcb8}"
         ".heat3 rect{fill:#f6b98a}.heat4 rect{fill:#ef8f63}")


def _edge_svg(edge: Edge) -> str:
    kind = "edge back" if edge.is_back else "edge"
    text = f'<text x="{edge.x}" y="{edge.y}">{escape(edge.label)}</text>' if edge.label else ""
    line = f'<path d="{edge.path}"/>' if edge.path else ""
    return f'<g class="{kind}">{line}{text}</g>'


def _box_svg(box: Box, figures: Figures | None, warmth: int) -> str:
    words = f"{box.kind} {box.about}".strip()
    count = "" if figures is None else (
        f'<text class="count" x="{box.x + WIDTH - 8}" y="{box.y + 18}" text-anchor="end">'
        f"{figures.left} / {figures.entered}</text>")
    return (f'<g class="step {box.kind} heat{warmth}{" start" if box.is_start else ""}">'
            f"<title>{escape(box.name)}: {escape(words)}</title>"
            f'<rect x="{box.x}" y="{box.y}" width="{WIDTH}" height="{HEIGHT}" rx="6"/>'
            f'<text x="{box.x + 8}" y="{box.y + 18}">{escape(_short(box.name, 24))}</text>'
            f'<text class="about" x="{box.x + 8}" y="{box.y + 35}">{escape(_short(words, 27))}'
            f"</text>{count}</g>")


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most - 1]}…"
