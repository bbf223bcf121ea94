"""Deltas as they go out: most screens are told the same at once, so it is encoded once for all."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec

from workstation import protocol
from workstation.board import Key, encode

SAME_FOR_S = 0.05           # of one fan-out; a slow screen is told the time it is then
_HEAD = b'{"type":"delta","seq":'


class SharedFrame:
    """The last delta's changes and moment; who is due the same shares all but the number."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._pending: dict[Key, msgspec.Raw | None] = {}
        self._rest = b""
        self._until = 0.0

    def delta(self, pending: Mapping[Key, msgspec.Raw | None], seq: int, now: str) -> bytes:
        """What `encode(Delta(...))` would be."""
        at = self._clock()
        if at > self._until or self._pending != pending:
            self._pending = dict(pending)
            self._rest = self._encoded(now)
            self._until = at + SAME_FOR_S
        return b"%b%d%b" % (_HEAD, seq, self._rest)

    def _encoded(self, now: str) -> bytes:
        whole = encode(protocol.Delta(seq=0, now=now, changes=[
            protocol.Change(collection, name, raw)
            for (collection, name), raw in self._pending.items()]))
        return whole[len(_HEAD) + 1:]
