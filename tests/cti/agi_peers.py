"""The other end of a FastAGI connection, for tests: speaks as Asterisk does, or as told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from cti.agi import AgiError, AgiSession, Request, Script, serve

HEADER = (
    "agi_network: yes\nagi_network_script: menu?entry=100&pbx=main\n"
    "agi_request: agi://127.0.0.1/menu?entry=100&pbx=main\nagi_channel: PJSIP/trunk-00000001\n"
    "agi_callerid: 79161234567\nagi_calleridname: Ann: B\nagi_callingpres: 0\nagi_threadid: 1\n\n"
)
WITHIN_S = 5.0


class Asterisk:
    """The other end of one connection: sends the opening block, answers what it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def hears(self, command: str) -> None:
        assert await self.next_command() == command

    async def next_command(self) -> str:
        return (await asyncio.wait_for(self._reader.readline(), WITHIN_S)).decode().rstrip("\n")

    async def says(self, text: str) -> None:
        self._writer.write(text.encode())
        await self._writer.drain()

    async def is_cut_off(self) -> bool:
        """Waits for the server to close, then closes this end too."""
        rest = b""
        with suppress(ConnectionError):
            rest = await asyncio.wait_for(self._reader.read(), WITHIN_S)
        await self.leaves()
        return rest == b""

    async def leaves(self) -> None:
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()


async def connect(port: int, opening: str = HEADER) -> Asterisk:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    asterisk = Asterisk(reader, writer)
    await asterisk.says(opening)
    return asterisk


async def run_call(
    script: Script, asterisk_side: Callable[[Asterisk], Awaitable[None]], **limits: float,
) -> None:
    """One call of `script`; what it raises is raised here."""
    outcome: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def watched(session: AgiSession, request: Request) -> None:
        try:
            await script(session, request)
        except AssertionError as error:
            outcome.set_exception(error)
        except AgiError as error:
            outcome.set_exception(error)
            raise
        else:
            outcome.set_result(None)

    async with serve("127.0.0.1", 0, {"menu": watched}, **limits) as server:  # type: ignore[arg-type]
        asterisk = await connect(server.port)
        try:
            async with asyncio.timeout(WITHIN_S):
                await asterisk_side(asterisk)
                await outcome
        finally:
            await asterisk.leaves()
