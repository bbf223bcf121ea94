"""The supervisor's figures: operators, calls drawn to scale, ledgers as one bar. ○"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from textual.content import Content

from workstation.protocol import CallView, CampaignView, OperatorView, SegmentView
from workstation.terminal.formats import moment
from workstation.terminal.pictures.line import Part, dotted, flow, row, stack
from workstation.terminal.theme import colour, shape
from workstation.terminal.workplace import Workplace

# one sign per kind of segment: read without colour
SEGMENT_SIGNS: Mapping[str, str] = {
    "menu": ":", "waiting": ".", "ringing": "~", "dialling": "~", "talk": "=", "talking": "=",
    "hold": "-", "held": "-", "wrap_up": "+",
}
# states of the ledger in the order of a debtor's way, each with its sign
LEDGER_SIGNS: Mapping[str, str] = {
    "paid": "€", "promised": "P", "reached_in_person": "█", "reached_another": "▒",
    "refused": "R", "disputed": "D", "wrong_number": "W", "exhausted": "x",
    "not_callable": "-", "withdrawn": "w", "being_tried": "~", "waiting_until": ":",
    "not_tried": ".",
}
REST = "#"
STATES = ("ready", "offered", "talking", "wrap_up", "paused", "offline")


def state_word(desk: Workplace, item: OperatorView) -> str:
    word = f"{shape(item.state)} {desk.state(item.state)}"
    reason = desk.pause_reason(item.reason) if item.state == "paused" else ""
    return f"{word}: {reason}{' !' if item.over else ''}" if reason else word


def segments(item: CallView, now: datetime, width: int, longest_s: float) -> str:
    """The call from first ring to now, `width` signs for `longest_s` seconds."""
    if longest_s <= 0 or width <= 0:
        return ""
    out = ""
    start = moment(item.started_at)
    for segment in item.segments:
        end = (_end(segment, now) - start).total_seconds()
        until = round(width * max(0.0, end) / longest_s)
        out += SEGMENT_SIGNS.get(segment.kind, "?") * max(1, until - len(out))
    return out[:width]


def _end(segment: SegmentView, now: datetime) -> datetime:
    return now if segment.ended_at is None else moment(segment.ended_at)


def longest(calls: list[CallView], now: datetime) -> float:
    """Seconds of the oldest call; at least a minute, so that young calls look young."""
    ages = [(now - moment(call.started_at)).total_seconds() for call in calls]
    return max([60.0, *ages])


def shares(ledger: Mapping[str, int], width: int) -> dict[str, int]:
    """Cells per state; they add up to `width` (largest remainders), none for an empty ledger.

    A state somebody is in has at least one cell while there are cells enough.
    """
    total = sum(ledger.values())
    taken = [state for state in ordered(ledger) if ledger[state] > 0]
    if total <= 0 or width < len(taken):
        return {}
    spare = width - len(taken)
    exact = {state: spare * ledger[state] / total for state in taken}
    cells = {state: 1 + int(exact[state]) for state in taken}
    by_rest = sorted(taken, key=lambda state: exact[state] % 1, reverse=True)
    for state in by_rest[:width - sum(cells.values())]:
        cells[state] += 1
    return cells


def ordered(ledger: Mapping[str, int]) -> list[str]:
    known = [state for state in LEDGER_SIGNS if state in ledger]
    return known + sorted(set(ledger) - set(known))


def campaign(desk: Workplace, item: CampaignView, width: int) -> Content:
    """Name and state; the bar; the figures that add up; why it dials or not."""
    words = desk.words
    figures = [words("terminal.attempts", n=item.attempts), words("terminal.lines", n=item.lines)]
    style = {"running": "talking", "paused": "paused"}.get(item.state, "offline")
    head = dotted([(item.name, "bold"),
                   (f"{shape(style)} {words(f'campaign.{item.state}')}", colour(style)),
                   words("terminal.entries", n=item.size), *figures])
    cells = shares(item.ledger, width)
    bar = "".join(LEDGER_SIGNS.get(state, REST) * cells[state] for state in cells)
    lines = [head, row((bar or REST * width, "$primary"))]
    why = row(desk.coded("why", item.why))
    return stack([*lines, ledger(desk, item, width), why, Content("")])


def ledger(desk: Workplace, item: CampaignView, width: int) -> Content:
    """`50 = P promised 6 · █ reached 8 …`: the parts add up to the list."""
    parts: list[Part] = [
        row((LEDGER_SIGNS.get(state, REST), "bold"),
            f" {desk.coded('entry', state)} {item.ledger[state]}")
        for state in ordered(item.ledger) if item.ledger[state]]
    head = row((f"{sum(item.ledger.values())} = ", "bold"))
    return flow(head, parts, width, head.cell_length)


def states(desk: Workplace) -> Content:
    """How many operators are in which state."""
    counts: Counter[str] = Counter(item.state for item in desk.shelves.operators.values())
    parts: list[Part] = [(desk.catalogue.company, "bold")]
    parts += [(f"{shape(state)} {desk.state(state)} {counts[state]}",
               colour(state)) for state in STATES if counts[state]]
    return dotted(parts)
