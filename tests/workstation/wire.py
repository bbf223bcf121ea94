"""A wire to Asterisk's manager that can be cut, and stay cut."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.ports import free_port


class Wire:
    def __init__(self, to: int) -> None:
        self.port = free_port()
        self._to = to
        self._ends: set[asyncio.StreamWriter] = set()
        self._is_cut = False

    def cut(self) -> None:
        """Both sides are hung up on, and nobody gets through."""
        self._is_cut = True
        for end in list(self._ends):
            end.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._ends |= {writer, far_writer}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pass(reader, far_writer))
            tasks.create_task(_pass(far_reader, writer))
        self._ends -= {writer, far_writer}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.transport.abort()


@asynccontextmanager
async def wire(to: int) -> AsyncIterator[Wire]:
    made = Wire(to)
    server = await asyncio.start_server(made.carry, "127.0.0.1", made.port)
    async with server:
        yield made
        made.cut()
