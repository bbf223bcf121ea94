"""What really happened, from those who cannot be wrong about it.

The far end's own records (CDR of the Asterisk that plays the outside: every caller, every desk
phone that answered) and our Asterisk's CEL, written row by row while calls live.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from cti.pbx.render_system import CEL_FIELDS

FAR_FIELDS = {      # of the outside's CDR, in this order
    "start": "CDR(start,u)", "answer": "CDR(answer,u)", "end": "CDR(end,u)", "src": "CDR(src)",
    "dst": "CDR(dst)", "disposition": "CDR(disposition)", "channel": "CDR(channel)"}
PREFIX = "+7999"            # every caller of a run has a number of his own
ANSWERED = "ANSWERED"
Row = dict[str, str]


def far_mapping() -> str:
    """cdr_custom.conf of the outside."""
    return "[mappings]\nMaster.csv => " + ",".join(
        f"${{CSV_QUOTE(${{{expression}}})}}" for expression in FAR_FIELDS.values()) + "\n"


@dataclass(slots=True)
class Call:
    """One caller, as the far end and CEL tell it. `owners`: who was connected to him, in order."""
    number: str
    is_taken: bool = False              # our Asterisk answered him, says the far end
    linkedids: set[str] = field(default_factory=set)
    owners: list[str] = field(default_factory=list)         # by CEL
    answered_by: list[str] = field(default_factory=list)    # phones that picked up, far end
    talked_s: float | None = 0.0        # by CEL; None: Asterisk was killed in mid-talk
    joined_at: float = 0.0              # while in a bridge

    @property
    def is_real(self) -> bool:
        return self.is_taken or bool(self.linkedids)


def calls(far: Path, cel: Path, operators: frozenset[str]) -> dict[str, Call]:
    """Caller's number → what became of him; both are CSV files, maybe torn at the end."""
    found: dict[str, Call] = {}
    for row in sorted(_rows(far, tuple(FAR_FIELDS)), key=lambda row: row["start"]):
        _far_end(found, row, operators)
    heard = list(_rows(cel, tuple(CEL_FIELDS)))
    numbers = {row["linkedid"]: row["number"] for row in heard
               if row["eventtype"] == "CHAN_START" and row["channel"].startswith("PJSIP/trunk-")
               and row["uniqueid"] == row["linkedid"]}
    for row in heard:
        number = numbers.get(row["linkedid"], "")
        if number.startswith(PREFIX):
            _near_end(found.setdefault(number, Call(number)), row, operators)
    for call in found.values():
        if call.joined_at:
            call.talked_s = None
    return found


def _far_end(found: dict[str, Call], row: Row, operators: frozenset[str]) -> None:
    number, is_answered = row["src"], row["disposition"] == ANSWERED
    if not number.startswith(PREFIX):
        return
    call = found.setdefault(number, Call(number))
    if row["dst"] not in operators:
        call.is_taken = call.is_taken or is_answered
    elif is_answered:
        call.answered_by.append(row["dst"])


def _near_end(call: Call, row: Row, operators: frozenset[str]) -> None:
    call.linkedids.add(row["linkedid"])
    if row["uniqueid"] == row["linkedid"]:
        _talk(call, row)
    operator = row["channel"].removeprefix("PJSIP/").rpartition("-")[0]
    if row["eventtype"] == "BRIDGE_ENTER" and operator in operators and (
            not call.owners or call.owners[-1] != operator):
        call.owners.append(operator)


def _talk(call: Call, row: Row) -> None:
    """The caller's own leg comes into a bridge, and out of it."""
    if row["eventtype"] == "BRIDGE_ENTER":
        call.joined_at = float(row["eventtime"])
    elif row["eventtype"] == "BRIDGE_EXIT" and call.joined_at and call.talked_s is not None:
        call.talked_s += float(row["eventtime"]) - call.joined_at
        call.joined_at = 0.0


def _rows(path: Path, names: tuple[str, ...]) -> Iterator[Row]:
    try:
        text = path.read_text(errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():      # each on its own: one torn by a kill spoils no other
        values = next(csv.reader([line]), [])
        if len(values) == len(names):
            yield dict(zip(names, values, strict=True))
