"""What stands between the server and Asterisk's manager interface, and spoils it on order.

Cut (both ends hear of it at once), stall (a black hole both ways: nothing is heard, nothing is
refused, and on healing everything arrives late), slow (the server's side reads a trickle), drop
(single answers never arrive).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

READ = 16_384
TRICKLE = 4_096             # bytes a second while slow
CONNECT_LIMIT_S = 5.0
ENDING_S = 0.2              # links that were cut end by themselves
ANSWER, END = b"Response: ", b"\r\n\r\n"
GONE = (OSError, TimeoutError, asyncio.IncompleteReadError)
Way = Literal["up", "down"]     # to Asterisk, to the server


class Proxy:
    """Listens on `port`, leads to `target`, both on `host`."""

    def __init__(self, host: str, port: int, target: int) -> None:
        self._host, self._port, self._target = host, port, target
        self._links: set[asyncio.StreamWriter] = set()
        self._open = asyncio.Event()
        self._open.set()
        self._is_refusing = self._is_slow = False
        self._drops = 0
        self.dropped = 0
        self.linked_at: list[float] = []        # Unix time of each link that reached Asterisk

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Proxy]:
        server = await asyncio.start_server(self._serve, self._host, self._port)
        try:
            yield self
        finally:
            server.close()
            self.heal()
            self._abort()
            await asyncio.sleep(ENDING_S)

    async def cut(self, down_s: float) -> None:
        """Every link breaks, and for a while none can be made."""
        self._is_refusing = True
        self._abort()
        await asyncio.sleep(down_s)
        self._is_refusing = False

    async def stall(self, down_s: float) -> None:
        self._open.clear()
        await asyncio.sleep(down_s)
        self._open.set()

    async def slow(self, down_s: float) -> None:
        self._is_slow = True
        await asyncio.sleep(down_s)
        self._is_slow = False

    async def drop(self, count: int, within_s: float) -> None:
        """The next `count` answers of Asterisk's vanish."""
        self._drops = count
        await asyncio.sleep(within_s)
        self._drops = 0

    def heal(self) -> None:
        self._open.set()
        self._is_refusing = self._is_slow = False
        self._drops = 0

    def _abort(self) -> None:
        for writer in list(self._links):
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_refusing:
            writer.transport.abort()
            return
        self._links.add(writer)
        try:
            async with asyncio.timeout(CONNECT_LIMIT_S):
                await self._open.wait()
                far_reader, far_writer = await asyncio.open_connection(self._host, self._target)
        except GONE:
            self._links.discard(writer)
            writer.transport.abort()
            return
        self._links.add(far_writer)
        self.linked_at.append(time.time())
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._pump(reader, far_writer, "up"))
                tasks.create_task(self._pump(far_reader, writer, "down"))
        finally:
            for one in (writer, far_writer):
                self._links.discard(one)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                    way: Way) -> None:
        """Until one side has gone; then the other goes too."""
        with suppress(*GONE):
            while data := await self._read(reader, way):
                await self._open.wait()
                writer.write(self._less(data) if way == "down" and self._drops else data)
                await writer.drain()
        writer.transport.abort()

    async def _read(self, reader: asyncio.StreamReader, way: Way) -> bytes:
        await self._open.wait()
        if way == "up" or not self._is_slow:
            return await reader.read(READ)
        await asyncio.sleep(0.25)
        return await reader.read(TRICKLE // 4)

    def _less(self, data: bytes) -> bytes:
        """Without the first whole answer in it, if there is one."""
        start = 0 if data.startswith(ANSWER) else data.find(END + ANSWER) + len(END)
        end = data.find(END, start)
        if (start == len(END) - 1) or end < 0:
            return data
        self._drops -= 1
        self.dropped += 1
        return data[:start] + data[end + len(END):]
