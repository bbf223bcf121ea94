"""Events that we have Asterisk keep from us, since others tell the same: on no tape do they
change anything."""

from __future__ import annotations

import pytest

from cti.changes import Change, OperatorOffered
from cti.floor import Floor
from cti.tape import Record
from tests.cti.tapes import FOLDER, NAMES, fold, records, told

RINGING = "5"


def is_unheard(record: Record) -> bool:
    """As `cti/pbx/render_system` has the observer's account filter them."""
    headers = record.headers
    return (headers.get("Event") == "AgentCalled" or (
        headers.get("Event") == "Newstate" and headers.get("ChannelState") == RINGING))


def rings(name: str) -> bool:
    """A tape of ours, which names the phones: those of others learn them from these events."""
    raw = (FOLDER / f"{name}.jsonl").read_bytes()
    return b"DesklineStarted" in raw and b"DialBegin" in raw


def offers(changes: list[Change]) -> list[tuple[str, str | None]]:
    return [(change.operator, change.queue) for change in changes
            if isinstance(change, OperatorOffered)]


@pytest.mark.parametrize("name", [name for name in NAMES if rings(name)])
def test_nothing_is_told_otherwise_without_them(name: str) -> None:
    tape = records(name)
    heard = fold(Floor("main"), tape)
    without = fold(Floor("main"), [one for one in tape if not is_unheard(one)])
    assert [told(change) for change in without] == [told(change) for change in heard]
    assert offers(without) == offers(heard)
