"""A client that a search found: what matched, and what tells two of one name apart. ○"""

from __future__ import annotations

from rich.cells import cell_len
from textual.content import Content

from workstation.protocol import HitView
from workstation.terminal.pictures.line import cut, dotted, row, stack
from workstation.terminal.workplace import Workplace

MET = "underline $accent"
SIGNS = {"person": "•", "organisation": "▪"}


def hit(desk: Workplace, found: HitView, width: int) -> Content:
    """Two lines: the name with why he was found, then number, account and address."""
    is_name = found.why == "name" and found.marked == found.name
    name = marked(found.name, found.marks, "bold") if is_name else row((found.name, "bold"))
    line = row(f"{SIGNS[found.kind]} ", name)
    if found.similar:
        line = row(line, (f"  {desk.words('search.similar')}", "italic $dim"))
    if not is_name:
        line = row(line, (f"  {found.field or desk.words(f'hit.{found.why}')} ", "$dim"),
                   marked(found.marked, found.marks, ""))
    return stack([line, row(("  " + cut(apart(desk, found).plain, width - 2), "$dim"))])


def apart(desk: Workplace, found: HitView) -> Content:
    """Without what stands there already as what matched."""
    account = found.account if found.account != found.marked else None
    return dotted([
        found.number or "" if found.why != "phone" else "",
        desk.words("search.account", number=account) if account else "",
        found.address or "" if found.why != "address" else ""])


def marked(text: str, marks: list[list[int]], style: str) -> Content:
    """The text, its marked parts underlined; marks beyond a text made safe are left out."""
    pieces, at = [], 0
    for start, end in marks:
        if not at <= start < end:
            continue
        pieces += [(text[at:start], style), (text[start:end], f"{style} {MET}".strip())]
        at = end
    pieces.append((text[at:], style))
    return Content.assemble(*(piece for piece in pieces if cell_len(piece[0])))
