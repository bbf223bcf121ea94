"""A workstation to test: the real server and database; the floor is moved by recorded tapes."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from crm_store import clients
from crm_store.store import Store
from cti.changes import Change
from cti.engine import Engine
from cti.feed import Fed
from cti.floor import apply
from cti.parse import parse
from cti.tape import TapePosition, decode
from tests.ports import free_port
from workstation import protocol
from workstation.accounts import demo_password
from workstation.desk import Desk
from workstation.serve import (
    engines_of,
    followers,
    listening,
    prepare,
    utc_now,
    wire,
)
from workstation.settings import Settings, load

TAPES = Path(__file__).parents[1] / "tapes"
SOON_S = 30.0      # the machine may be shared


def settings_in(folder: Path, **server: Any) -> Settings:
    values = {"port": free_port(), "demo_sign_ins": True, **server}
    return load(None, data_dir=folder, server=values,
                pbx={"ami_port": free_port(), "http_port": free_port()},
                menu={"port": free_port(), "gate_port": free_port()})


@dataclass
class Screen:
    """A screen on the socket, as page and terminal are: views, and what was told."""
    socket: aiohttp.ClientWebSocketResponse
    frames: asyncio.Queue[aiohttp.WSMessage] = field(default_factory=asyncio.Queue)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    snapshot: protocol.Snapshot | None = None
    heard: list[protocol.ServerMessage] = field(default_factory=list)
    n: int = 0
    seq: int = 0
    closed: int | None = None

    async def listen(self) -> None:
        """Take what comes as it comes: a peer that reads nothing leaves the server's beat
        unanswered and is cut off."""
        while True:
            frame = await self.socket.receive()
            self.frames.put_nowait(frame)
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return

    async def hear(self) -> protocol.ServerMessage | None:
        """The next message, applied; None when the socket closed."""
        async with asyncio.timeout(SOON_S):
            frame = await self.frames.get()
        if frame.type is not aiohttp.WSMsgType.TEXT:
            self.closed = self.socket.close_code
            return None
        message = msgspec.json.decode(frame.data, type=protocol.ServerMessage)
        self.heard.append(message)
        if message.seq:
            assert message.seq == self.seq + 1, "a hole in the sequence"
            self.seq = message.seq
        if isinstance(message, protocol.Snapshot):
            self.snapshot, self.views = message, {**message.views}
        if isinstance(message, protocol.Delta):
            protocol.merge(self.views, message.changes)
        return message

    async def ask(self, action: str, **args: Any) -> protocol.Reply:
        """Do it and wait for the reply; what comes meanwhile is applied."""
        self.n += 1
        await self.socket.send_str(json.dumps(
            {"type": "do", "n": self.n, "action": action, "args": args}))
        while True:
            message = await self.hear()
            assert message is not None, "closed instead of a reply"
            if isinstance(message, protocol.Reply) and message.n == self.n:
                return message

    async def until(self, is_so: Callable[[dict[str, dict[str, Any]]], bool]) -> None:
        async with asyncio.timeout(SOON_S):
            while not is_so(self.views):
                await self.hear()

    async def told(self, code: str) -> protocol.Notice:
        while True:
            message = await self.hear()
            assert message is not None
            if isinstance(message, protocol.Notice) and message.code == code:
                return message

    async def recognise(self) -> None:
        """The client of the newest conversation answered all that is asked of him."""
        one = self.conversations[0]
        reply = await self.ask("conversation.identity", conversation=one["id"], confirmed=True,
                               answered=[question["id"] for question in one["questions"]])
        assert reply.problem is None, reply.problem

    @property
    def conversations(self) -> list[dict[str, Any]]:
        return list(self.views["conversations"].values())


@asynccontextmanager
async def listening_screen(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[Screen]:
    screen = Screen(socket)
    async with asyncio.TaskGroup() as tasks:
        ear = tasks.create_task(screen.listen(), name="screen")
        try:
            yield screen
        finally:
            ear.cancel()


@dataclass
class Office:
    desk: Desk
    engine: Engine      # of the first Asterisk
    http: aiohttp.ClientSession

    @property
    def url(self) -> str:
        return self.desk.settings.server.url

    @property
    def store(self) -> Store:
        return self.desk.store

    def password(self, login: str) -> str:
        return demo_password(self.desk.secret, login)

    @asynccontextmanager
    async def screen(self, login: str) -> AsyncIterator[Screen]:
        """Signed in by message, as the terminal does; the snapshot is there."""
        async with self.http.ws_connect(f"{self.url}/live") as socket:
            await socket.send_str(json.dumps({
                "type": "sign_in", "login": login, "password": self.password(login)}))
            async with listening_screen(socket) as screen:
                await screen.hear()
                assert screen.snapshot is not None, screen.heard
                yield screen

    async def bearer(self, login: str) -> dict[str, str]:
        """Headers of a program signed in as `login`."""
        answer = await self.http.post(f"{self.url}/api/v1/session", json={
            "login": login, "password": self.password(login)})
        assert answer.status == 201
        return {"Authorization": f"Bearer {(await answer.json())['token']}"}

    async def play(self, name: str, *, until: Callable[[Change], bool] = lambda _: False,
                   on: Engine | None = None) -> Tape:
        """A tape onto a floor, by default the first one's, up to and with the first change that
        `until` means."""
        tape = Tape(self, (TAPES / f"{name}.jsonl").read_bytes().splitlines(), on or self.engine)
        await tape.play(until=until)
        return tape

    async def settled(self) -> None:
        """Until everybody has done what the changes asked of them."""
        async with asyncio.timeout(SOON_S):
            while self._is_busy():  # noqa: ASYNC110 - nobody else wants to know
                await asyncio.sleep(0.02)
        await asyncio.sleep(0.05)

    def _is_busy(self) -> bool:
        return any(site.journal.is_writing for site in self.desk.sites) or any(
            one.behind() for site in self.desk.sites for one in site.engine.feed._subscriptions)


@dataclass
class Tape:
    office: Office
    lines: list[bytes]
    engine: Engine
    at: int = 0
    changes: list[Change] = field(default_factory=list)

    async def play(self, *, until: Callable[[Change], bool] = lambda _: False) -> None:
        while self.at < len(self.lines) and not await self.step(until):
            pass
        await self.office.settled()

    async def step(self, until: Callable[[Change], bool]) -> bool:
        """One message; whether it brought what `until` means."""
        record = decode(self.lines[self.at])
        self.at += 1
        event = parse(record.at, record.headers)
        changes = apply(self.engine.floor, event) if event is not None else ()
        self.changes += changes
        if changes:
            self.engine.feed.publish(Fed(TapePosition("", self.at), changes, time.monotonic_ns()))
            await asyncio.sleep(0)
        return any(until(change) for change in changes)


_template: list[bytes] = []


async def migrated(settings: Settings) -> None:
    """A new SQLite base is the copy of one that was migrated once in this process."""
    path = Store(settings.store_url).path
    if path is None or path.exists():
        return
    if not _template:
        with tempfile.TemporaryDirectory() as folder:
            store = Store.at(Path(folder) / "template.db")
            await store.migrate()
            await store.close()
            assert store.path is not None
            _template.append(store.path.read_bytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_template[0])
    path.chmod(0o600)


@asynccontextmanager
async def open_office(folder: Path, *, clock: Callable[[], datetime] = utc_now,
                      settings: Settings | None = None) -> AsyncIterator[Office]:
    """Everything of `deskline serve` but the link to Asterisk and the dialler."""
    settings = settings or settings_in(folder)
    await migrated(settings)
    secret, engines = engines_of(settings)
    store = Store(settings.store_url)
    try:
        await prepare(store, settings)
        desk = wire(settings, secret, store, engines, clock)
        await desk.accounts.seed()
        async with asyncio.TaskGroup() as tasks:
            started = [tasks.create_task(work, name=name)
                       for name, work in followers(desk).items()]
            async with listening(desk), aiohttp.ClientSession(
                    cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
                yield Office(desk, engines[0], http)
            for task in started:
                task.cancel()
        desk.accounts.stop()
        desk.pins.stop()
        for engine in engines:
            engine._tape.close()
    finally:
        await store.close()


async def add_client(office: Office, name: str, number: str | None = None) -> int:
    async with office.store.begin() as tx:
        return await clients.create(tx, name=name, number=number, by="test",
                                    at=datetime.now(UTC), source="test")
