"""Outcomes and a colleague's words, as the work area shows them ○."""

from __future__ import annotations

from textual.content import Content

from workstation.protocol import ConversationView, DispositionView
from workstation.terminal import outcomes
from workstation.terminal.formats import when
from workstation.terminal.pictures.line import row, stack
from workstation.terminal.workplace import Workplace

LINES = 4       # of a colleague's note


def outcome_rows(desk: Workplace, item: ConversationView, group: str,
                 chosen: DispositionView | None) -> list[tuple[str, Content]]:
    """The open group's outcomes and the way back, or the first level."""
    inside = outcomes.inside(item.dispositions, group)
    if inside is None:
        return [_place(desk, place, number, chosen)
                for number, place in enumerate(outcomes.places(item.dispositions), 1)]
    rows = [_outcome(desk, choice, number, chosen)
            for number, choice in enumerate(inside.choices, 1)]
    back = row((_key(len(rows) + 1), "$dim"), (f"‹ {desk.words('outcomes.back')}", "$dim"))
    return [*rows, ("‹", back)]


def _key(number: int) -> str:
    return f"Alt+{number} " if number < 10 else "      "


def _place(desk: Workplace, place: outcomes.Place, number: int,
           chosen: DispositionView | None) -> tuple[str, Content]:
    if not place.is_group:
        return _outcome(desk, place.choices[0], number, chosen)
    here = chosen if chosen is not None and chosen in place.choices else None
    name = f"{'(•)' if here else '( )'} {desk.say(place.name)} ›"
    return f"group:{place.name}", row(
        (_key(number), "$dim"), (name, "bold" if here else ""),
        (f" {desk.say(here.name)}" if here else "", "bold"))


def _outcome(desk: Workplace, choice: DispositionView, number: int,
             chosen: DispositionView | None) -> tuple[str, Content]:
    is_chosen = chosen is not None and choice.id == chosen.id
    demands = _demands(desk, choice)
    return choice.id, row(
        (_key(number), "$dim"),
        (f"{'(•)' if is_chosen else '( )'} {desk.say(choice.name)}", "bold" if is_chosen else ""),
        (f" ({demands})" if demands else "", "$dim"))


def _demands(desk: Workplace, choice: DispositionView) -> str:
    said = []
    if choice.note_min > 1:
        said.append(desk.words("outcomes.needs_letters", n=choice.note_min))
    elif choice.needs_note:
        said.append(desk.words("terminal.needs_note"))
    if choice.asks:
        said.append(desk.words(f"outcomes.asks.{choice.asks}"))
    if choice.needs_identity:
        said.append(desk.words("outcomes.needs_identity"))
    return ", ".join(said)


def handed(desk: Workplace, item: ConversationView) -> Content:
    """What the colleague typed who had the call before."""
    theirs = item.handed
    if theirs is None:
        return Content("")
    at = when(theirs.at, desk.locale, desk.now(), desk.zone) if theirs.at else ""
    head = row((desk.words("handed.by", name=theirs.name), "bold"), (f"  {at}", "$dim"),
               ("  Alt+U" if theirs.note.strip() else "", "$dim"))
    lines = [line for line in theirs.note.splitlines() if line.strip()][:LINES]
    return stack([head, *(row((f"│ {line}", "")) for line in lines)])
