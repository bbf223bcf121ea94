"""Small pieces of screen text. Outside text comes in as plain parts, never as markup. ○"""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.content import Content

Part = str | tuple[str, str] | Content
DOT = " · "


def row(*parts: Part) -> Content:
    """One line of parts: plain text, (text, style) or content."""
    return Content.assemble(*parts)


def dotted(parts: Iterable[Part]) -> Content:
    """The parts that are not empty, with dots between."""
    out: list[Part] = []
    for part in parts:
        if not _is_empty(part):
            out += [(DOT, "$dim"), part] if out else [part]
    return Content.assemble(*out)


def _is_empty(part: Part) -> bool:
    return not (part[0] if isinstance(part, tuple) else str(part))


def stack(lines: Iterable[Content]) -> Content:
    return Content("\n").join(lines)


def fit(text: str, width: int) -> str:
    """Exactly `width` cells: cut with an ellipsis, or filled with spaces."""
    if width <= 0:
        return ""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(set_cell_size(text, width - 1).rstrip() + "…", width)


def cut(text: str, width: int) -> str:
    """At most `width` cells, with an ellipsis where something is left out."""
    return fit(text, width).rstrip()


def flow(first: Content, parts: Iterable[Part], width: int, indent: int) -> Content:
    """`first`, then the parts with dots between; what does not fit goes on, indented."""
    lines, line = [], first
    for part in parts:
        if _is_empty(part):
            continue
        piece = Content.assemble(part)
        is_begun = line.cell_length > indent
        gap = row((DOT, "$dim")) if is_begun and line is not first else Content(" " * is_begun)
        if is_begun and line.cell_length + gap.cell_length + piece.cell_length > width:
            lines.append(line)
            line, gap = Content(" " * indent), Content("")
        line = line + gap + piece.truncate(max(4, width - indent), ellipsis=True)
    return stack([*lines, line])


def sides(left: Content, right: str, width: int, style: str = "$dim") -> Content:
    """`left` cut to leave room, `right` at the right edge."""
    room = max(0, width - cell_len(right) - 1)
    left = left.truncate(room, ellipsis=True)
    gap = " " * max(1, width - left.cell_length - cell_len(right))
    return Content.assemble(left, gap, (right, style))


def cell(text: str, style: str = "", justify: str = "left") -> Text:
    """A table cell; rich Text, since DataTable reads markup in plain strings."""
    return Text(text, style=style, no_wrap=True, overflow="ellipsis",
                justify="right" if justify == "right" else "left")
