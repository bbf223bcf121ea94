"""Calls told again from Asterisk's own records ○.

A call that lived or died while nobody listened is in CEL and queue_log. Both are brought to the
events that were missed (`missed`), so that the floor makes the same changes of them: one
understanding of a call, whoever tells it. What CEL does not know is not told: a hold by the
phone's own key, menus, whether a phone refused or rang out.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from cti.apart import ALONE, Apart
from cti.cel import CelRow
from cti.changes import CallEnded, Change
from cti.floor import Floor
from cti.missed import CLOCKS, Death, retold
from cti.queue_log import QueueRow
from cti.retelling import fold
from cti.tape import TapePosition

NO_TAPE = TapePosition("", 0)


@dataclass(frozen=True, slots=True)
class Reconstructed:
    """The changes of whole calls, in order, and the calls that are not over yet."""
    changes: tuple[Change, ...]
    live: frozenset[str]


def reconstruct(
    rows: Sequence[CelRow], log: Sequence[QueueRow], *, pbx: str,
    operators: Mapping[str, str], deaths: Sequence[Death] = (), apart: Apart = ALONE,
) -> Reconstructed:
    """`rows` must hold the calls from their beginnings; `operators`: interface → operator id."""
    floor = Floor(pbx, apart)
    floor.table = dict(operators)
    numbered = ((NO_TAPE, record) for record in retold(rows, log, pbx=pbx, deaths=deaths))
    let_go = {apart.marked(row.call_id) for row in rows if row.kind == "HANGUP"
              and f"{row.extra.get('hangupsource', '')}".startswith("dialplan/")}
    changes = tuple(_served(change, let_go) for _, told in fold(floor, numbered)
                    for change in told)
    return Reconstructed(changes, frozenset(floor.calls))


def _served(change: Change, let_go: Container[str]) -> Change:
    """A caller whom the dialplan let go, and who never asked for a person, was the menu's."""
    if not isinstance(change, CallEnded) or change.call not in let_go:
        return change
    if change.outcome != "abandoned" or change.queue is not None or change.ended_by == "client":
        return change
    return replace(change, outcome="served")


def deaths_in(
    rows: Sequence[CelRow], log: Sequence[QueueRow], lost_at: Iterable[datetime] = (),
) -> list[Death]:
    """When Asterisk was started, and when it had died: as we lost the link to it since its last
    sign of life (`lost_at`), else at that sign."""
    deaths = []
    for boot in (row.at for row in log if row.what == "QUEUESTART"):
        signs = [row.at for row in rows if row.at < boot]
        last = max(signs, default=boot)
        lost = [at for at in lost_at if last <= at < boot + CLOCKS]
        deaths.append(Death(min(lost, default=last), boot))
    return deaths
