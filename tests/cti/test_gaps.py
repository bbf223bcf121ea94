"""What is said of calls that ended while nobody was looking."""

from __future__ import annotations

from datetime import timedelta

from cti.changes import CallAnswered, CallEnded, SegmentClosed
from cti.events import LinkCut, SnapshotBegan, SnapshotEnded
from cti.floor import Floor, apply
from cti.parse import parse
from tests.cti.tapes import records

GAP = timedelta(minutes=30)


def test_a_call_that_vanished_in_a_gap_lasted_until_it_was_last_seen() -> None:
    """Asterisk was killed in mid-talk and came back half an hour later: nobody talked so long."""
    floor = Floor("main")
    cut_at = None
    for record in records("inbound/answered_caller_hangs_up"):
        event = parse(record.at, record.headers)
        changes = apply(floor, event) if event is not None else ()
        if any(isinstance(change, CallAnswered) for change in changes):
            cut_at = record.at + timedelta(seconds=7)
            break
    assert cut_at is not None
    apply(floor, LinkCut(cut_at))
    apply(floor, SnapshotBegan(cut_at + GAP))
    told = apply(floor, SnapshotEnded(cut_at + GAP))
    (ended,) = (change for change in told if isinstance(change, CallEnded))
    assert (ended.outcome, ended.at) == ("lost_sight", cut_at)
    assert 7 <= ended.talked_s < 8
    assert all(change.at == cut_at for change in told if isinstance(change, SegmentClosed))
