"""Deltas of one fan-out are encoded once; each screen still gets its own number and all of it."""

from __future__ import annotations

import msgspec

from workstation import protocol
from workstation.board import Key, encode
from workstation.web.frames import SharedFrame

ONE: dict[Key, msgspec.Raw | None] = {("calls", "a"): msgspec.Raw(b'{"x":1}'),
                                      ("calls", "b"): None}
OTHER: dict[Key, msgspec.Raw | None] = {("calls", "a"): msgspec.Raw(b'{"x":2}')}


def whole(pending: dict[Key, msgspec.Raw | None], seq: int, now: str) -> bytes:
    return encode(protocol.Delta(seq=seq, now=now, changes=[
        protocol.Change(*key, raw) for key, raw in pending.items()]))


def test_what_is_shared_is_what_would_have_been_encoded_and_the_time_is_never_old() -> None:
    at = 0.0
    frames = SharedFrame(lambda: at)
    assert frames.delta(ONE, 7, "t1") == whole(ONE, 7, "t1")
    assert frames.delta(dict(ONE), 1200, "t2") == whole(ONE, 1200, "t1")    # of one fan-out
    assert frames.delta(OTHER, 8, "t3") == whole(OTHER, 8, "t3")
    at = 9.0
    assert frames.delta(OTHER, 9, "t4") == whole(OTHER, 9, "t4")
