"""The recorded tapes, and how tests read them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cti.changes import CallEnded, Change, SegmentClosed, name_of
from cti.floor import Floor, apply
from cti.parse import parse
from cti.tape import Record, decode

FOLDER = Path(__file__).resolve().parents[1] / "tapes"
NAMES = sorted(f"{path.parent.name}/{path.stem}" for path in FOLDER.glob("*/*.jsonl"))


def records(name: str) -> list[Record]:
    """The messages of a tape; they are shared, so nobody changes one."""
    return list(_decoded(name))


@cache
def _decoded(name: str) -> tuple[Record, ...]:
    lines = (FOLDER / f"{name}.jsonl").read_bytes().splitlines()
    return tuple(decode(line) for line in lines)


def fold(floor: Floor, tape: list[Record]) -> list[Change]:
    """What `tape` changes on `floor`."""
    changes: list[Change] = []
    for record in tape:
        event = parse(record.at, record.headers)
        if event is not None:
            changes += apply(floor, event)
    return changes


QUIET = frozenset({"operator_changed", "link_restored", "link_lost"})


def story(changes: list[Change]) -> list[str]:
    """The names of what happened to calls, without the operators' states and the segments."""
    quiet = {"operator_changed", "segment_closed", "link_restored", "link_lost"}
    return [name_of(change) for change in changes if name_of(change) not in quiet]


def told(change: Change) -> str:
    """One line: the name, and what tells it apart: `offer_ended 101 refused`; a part of a call
    with its length, an end with who talked last and the seconds waited, talked and held."""
    facts = {
        "call_started": ("direction",), "call_queued": ("queue",), "menu_entered": ("menu",),
        "menu_step": ("menu", "step"), "client_named": ("client", "how"),
        "call_left_queue": ("queue", "reason"), "operator_offered": ("operator",),
        "offer_ended": ("operator", "reason"), "call_answered": ("operator",),
        "call_held": ("operator",), "call_resumed": ("operator",),
        "call_transferred": ("kind", "transferor", "target"), "operator_left": ("operator",),
        "call_picked_up": ("operator", "taken_from"), "call_forwarded": ("operator", "target"),
        "call_parked": ("operator",), "call_unparked": ("operator", "reason"),
        "call_consulted": ("operator", "target", "state"),
        "listening_began": ("supervisor", "operator", "mode"),
        "listening_ended": ("supervisor", "operator", "mode"),
        "segment_closed": ("kind", "who"), "attempt_settled": ("attempt", "status"),
        "call_ended": ("outcome", "ended_by", "cause"),
    }
    name = name_of(change)
    line = " ".join([name, *(str(getattr(change, key)) for key in facts.get(name, ()))])
    if isinstance(change, SegmentClosed):
        return f"{line} {(change.at - change.started_at).total_seconds():.1f}"
    if isinstance(change, CallEnded):
        times = (change.waited_s, change.talked_s, change.held_s)
        return f"{line} {change.operator} {' '.join(f'{one:.1f}' for one in times)}"
    return line
