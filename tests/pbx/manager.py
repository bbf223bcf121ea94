"""A bare manager client for tests: it sends what it is told and keeps every event it sees."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Message = dict[str, str]


@dataclass(slots=True)
class Manager:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    events: list[Message] = field(default_factory=list)
    answers: list[Message] = field(default_factory=list)
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, **headers: str) -> Message:
        """One action and its answer; `Variable` and the like as Asterisk spells them."""
        known = len(self.answers)
        text = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        self.writer.write(f"{text}\r\n".encode())
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: len(self.answers) > known)
        return self.answers[known]

    async def wait(self, event: str, *, limit_s: float = 15.0,
                   where: Callable[[Message], bool] = lambda _: True, nth: int = 1) -> Message:
        async with asyncio.timeout(limit_s), self.news:
            await self.news.wait_for(lambda: len(self.seen(event, where)) >= nth)
        return self.seen(event, where)[nth - 1]

    def seen(self, event: str, where: Callable[[Message], bool] = lambda _: True) -> list[Message]:
        """Events of that name, a UserEvent's own name included."""
        return [e for e in self.events
                if event in (e.get("Event"), e.get("UserEvent")) and where(e)]


@asynccontextmanager
async def manager(port: int, account: str, secret: str) -> AsyncIterator[Manager]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    await reader.readline()
    one = Manager(reader, writer)
    async with asyncio.TaskGroup() as tasks:
        follower = tasks.create_task(_follow(one), name=f"manager-{account}")
        try:
            await one.send(Action="Login", Username=account, Secret=secret)
            yield one
        finally:
            follower.cancel()
            writer.close()


async def _follow(one: Manager) -> None:
    while True:
        try:
            raw = await one.reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return
        lines = (line.partition(": ") for line in raw.decode(errors="replace").splitlines())
        message = {key: value for key, _, value in lines if key}
        async with one.news:
            (one.events if "Event" in message else one.answers).append(message)
            one.news.notify_all()
