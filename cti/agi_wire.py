"""One FastAGI connection: bytes to lines and back, with its time limits."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from collections.abc import Callable
from typing import cast

from cti.agi_lines import ConnectionLost, NoAnswer, OutOfStep

PENDING_BYTES = 65_536      # a peer that sends a longer line or more lines unasked is cut
PENDING_LINES = 1_000


class Wire(asyncio.Protocol):
    """Bytes to lines and back. A `HANGUP` line, which Asterisk sends at any time, is a flag."""

    def __init__(self, welcome: Callable[[Wire], None], header_limit: int) -> None:
        self._welcome = welcome
        self._header_budget = header_limit      # bytes left for the opening block
        self._is_opened = False
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._lines: deque[str] = deque()
        self._waiter: asyncio.Future[None] | None = None
        self._deadline = math.inf       # time.monotonic
        self.peer = ""
        self.is_lost = False
        self.is_hung_up = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        name = transport.get_extra_info("peername")
        self.peer = str(name[0]) if name else "::"
        self._welcome(self)

    def data_received(self, data: bytes) -> None:
        *whole, self._rest = (self._rest + data).split(b"\n")
        for raw in whole:
            self._take(raw.decode(errors="replace"))
        if not self._is_opened:
            self._header_budget -= len(data)
        is_flooded = len(self._rest) > PENDING_BYTES or len(self._lines) > PENDING_LINES
        if is_flooded or self._header_budget < 0:
            self.abort()
        self._wake()

    def _take(self, line: str) -> None:
        if self._is_opened and line == "HANGUP":
            self.is_hung_up = True
            return
        self._is_opened = self._is_opened or not line
        self._lines.append(line)

    def connection_lost(self, error: Exception | None) -> None:
        self.is_lost = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def expect_within(self, limit_s: float) -> None:
        """From now on `give_up_if_late` ends a wait that lasts longer."""
        self._deadline = time.monotonic() + limit_s

    def expect_nothing(self) -> None:
        self._deadline = math.inf

    def give_up_if_late(self, now: float) -> None:
        if now < self._deadline:
            return
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(NoAnswer())
        self.abort()

    async def next_line(self) -> str:
        """Raises ConnectionLost, and NoAnswer at the deadline, which ends the connection."""
        while not self._lines:
            if self.is_lost:
                raise ConnectionLost
            self._waiter = asyncio.get_running_loop().create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        return self._lines.popleft()

    def send(self, line: bytes) -> None:
        """Raises OutOfStep when the peer has spoken unasked: its next words answer nothing."""
        if self._lines or self._rest:
            self.abort()
            raise OutOfStep("the peer spoke unasked")
        if self.is_lost or self._transport is None:
            raise ConnectionLost
        self._transport.write(line)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        self.is_lost = True
        if self._transport is not None:
            self._transport.abort()
