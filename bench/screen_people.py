"""The people of `bench.screen`: callers, and operators at sockets of the protocol's own kind.

An operator's socket is read with the kernel's own time stamps, so the moment of a frame is that
of the server's write, however late this process comes to read it.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from cti.pbx.plan import PbxPlan
from cti.pbx.world import Caller, originate
from workstation import protocol

SO_TIMESTAMPNS = 35             # socket(7); the module `socket` does not name it
STAMP = struct.Struct("@qq")    # struct timespec
READ = 1 << 20
SIGNING_IN = 3                  # argon2: more at once only wait for each other
SIGN_IN_WITHIN_S = 90.0
CALLER_STAYS_S = 4              # then he gives up, so that a slow machine gathers no crowd
AGAIN_AFTER_S = 2.0
CONCERNING = (b'"conversations"', b'"operators"', b'"reply"')
_decode = msgspec.json.Decoder(protocol.ServerMessage).decode
Hear = Callable[[bytes, float], None]


class Wire:
    """A websocket client. `hear` gets each text frame and when the kernel had it, in s (Unix)."""

    def __init__(self, url: str, hear: Hear) -> None:
        self._protocol = ClientProtocol(parse_uri(url), max_size=None)
        self._hear = hear
        self._parts: list[bytes] = []
        self._socket = socket.socket()
        self.is_closed = False
        self.opened = asyncio.Event()

    async def open(self, host: str, port: int) -> None:
        loop = asyncio.get_running_loop()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        await loop.sock_connect(self._socket, (host, port))
        self._protocol.send_request(self._protocol.connect())
        self._flush()
        loop.add_reader(self._socket, self._read)
        async with asyncio.timeout(SIGN_IN_WITHIN_S):
            await self.opened.wait()

    def send(self, message: msgspec.Struct) -> None:
        self._protocol.send_text(msgspec.json.encode(message))
        self._flush()

    def close(self) -> None:
        if self.is_closed:
            return
        self.is_closed = True
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _read(self) -> None:
        data, ancillary, _, _ = self._socket.recvmsg(READ, socket.CMSG_SPACE(STAMP.size))
        at = _stamp(ancillary)
        if not data:
            self.close()
            return
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Frame):
                self._take(event, at)
            else:
                self.opened.set()
        self._flush()

    def _take(self, frame: Frame, at: float) -> None:
        if frame.opcode not in (Opcode.TEXT, Opcode.CONT):
            return
        self._parts.append(bytes(frame.data))
        if frame.fin:
            whole, self._parts = b"".join(self._parts), []
            self._hear(whole, at)

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._socket.send(data)     # a few hundred bytes: the kernel takes them whole


def _stamp(ancillary: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, SO_TIMESTAMPNS):
            seconds, nanoseconds = STAMP.unpack(data[:STAMP.size])
            return float(seconds) + float(nanoseconds) / 1e9
    return time.time()


@dataclass(slots=True)
class Framed:
    """When the server wrote a pop's frames, in s (Unix): the first, and the one with the card."""
    first: float
    whole: float | None = None


@dataclass(slots=True)
class Crew:
    """What all operators saw. Pops by (call, operator)."""
    pops: dict[tuple[str, str], Framed] = field(default_factory=dict)
    finished: int = 0
    refused: Counter[str] = field(default_factory=Counter)      # problem code → how often


class Operator:
    """Ready at once, finishes each conversation as soon as it is over."""

    def __init__(self, crew: Crew, url: str, login: str, password: str) -> None:
        self._crew = crew
        self._me = ""
        self._n = 0
        self._finishing: set[int] = set()
        self._asked: dict[int, tuple[str, dict[str, Any]]] = {}
        self._sign_in = protocol.SignIn(login=login, password=password)
        self._url = url
        self._wire = Wire(url, self._hear)
        self._is_ready = False
        self._told = asyncio.Event()        # that he is ready, or that his sign-in was refused

    async def begin(self, host: str, port: int) -> None:
        """Sign in and be ready; a busy machine may refuse, then once more. Raises TimeoutError."""
        async with asyncio.timeout(SIGN_IN_WITHIN_S):
            while not self._is_ready:
                self._told.clear()
                self._wire = Wire(self._url, self._hear)
                await self._wire.open(host, port)
                self._wire.send(self._sign_in)
                await self._told.wait()

    def end(self) -> None:
        self._wire.close()

    def _hear(self, data: bytes, at: float) -> None:
        if self._me and not any(word in data for word in CONCERNING):
            return                          # the queues' figures: nothing to do
        match _decode(data):
            case protocol.Snapshot() as snapshot:
                self._me = snapshot.me.id
                for name, view in snapshot.views["operators"].items():
                    self._see(protocol.Change("operators", name, view), at)
                self._do("phone.attach", {"phone": "desk"})
                self._do("state.set", {"state": "ready"})
            case protocol.Delta() as delta:
                for change in delta.changes:
                    self._see(change, at)
            case protocol.Reply() as reply:
                self._answered(reply)

    def _answered(self, reply: protocol.Reply) -> None:
        """What was refused is asked again; somebody who is not ready gets no calls."""
        action, args = self._asked.pop(reply.n, ("", {}))
        if reply.problem is None:
            return
        self._crew.refused[reply.problem.code] += 1
        if action:
            asyncio.get_running_loop().call_later(AGAIN_AFTER_S, self._do, action, args)
            return
        self._wire.close()      # the sign-in
        self._told.set()

    def _see(self, change: protocol.Change, at: float) -> None:
        view: Any = change.view
        if view is None:
            return
        if change.collection == "conversations":
            self._work(view, at)
        elif change.collection == "operators" and change.id == self._me:
            if view["state"] == "paused" and view["reason"] == "Auto-Pause":
                self._do("state.set", {"state": "ready"})
            if view["state"] == "ready":
                self._is_ready = True
                self._told.set()

    def _work(self, view: dict[str, Any], at: float) -> None:
        if view["state"] == "ringing":
            pop = self._crew.pops.setdefault((view["call"], self._me), Framed(at))
            if pop.whole is None and not view["notice"]:
                pop.whole = at
        if view["state"] == "wrap_up" and view["id"] > 0 and view["id"] not in self._finishing:
            self._finishing.add(view["id"])
            self._crew.finished += 1
            self._do("conversation.finish", {"conversation": view["id"], "note": "",
                                             "disposition": "resolved", "then": "ready"})

    def _do(self, action: str, args: dict[str, Any]) -> None:
        if self._wire.is_closed:
            return
        self._n += 1
        self._asked[self._n] = action, args
        self._wire.send(protocol.Do(n=self._n, action=action,
                                    args=msgspec.Raw(msgspec.json.encode(args))))


@asynccontextmanager
async def at_work(url: str, host: str, port: int,
                  logins: Sequence[tuple[str, str]]) -> AsyncIterator[Crew]:
    """Every operator signed in and ready, as long as the block lasts."""
    crew, turns = Crew(), asyncio.Semaphore(SIGNING_IN)
    people = [Operator(crew, url, login, password) for login, password in logins]

    async def begin(person: Operator) -> None:
        async with turns:
            await person.begin(host, port)

    async with asyncio.TaskGroup() as tasks:
        for person in people:
            tasks.create_task(begin(person))
    try:
        yield crew
    finally:
        for person in people:
            person.end()


async def call_in(plan: PbxPlan, entry: str, numbers: Sequence[str], *, rate: float,
                  seconds: float) -> int:
    """Callers at exponential gaps, `rate` a second on average; how many were sent.

    One manager connection for all; what it answers is thrown away, tape and screens tell enough.
    """
    dice, placed = random.Random(1), 0
    reader, writer = await asyncio.open_connection(plan.host, plan.ports.world_ami)
    _order(writer, {"Action": "Login", "Username": "world", "Events": "off",
                    "Secret": plan.password("ami:world")})
    clock = asyncio.get_running_loop().time
    due, until = clock(), clock() + seconds
    async with asyncio.TaskGroup() as tasks:
        draining = tasks.create_task(_drain(reader))
        while (due := due + dice.expovariate(rate)) < until:
            await asyncio.sleep(max(0.0, due - clock()))
            _order(writer, originate(Caller(
                entry=entry, number=numbers[placed % len(numbers)], script="listen", before_s=0,
                talk_s=CALLER_STAYS_S)))
            placed += 1
        draining.cancel()
    writer.close()
    return placed


def _order(writer: asyncio.StreamWriter, action: dict[str, str]) -> None:
    writer.write(("".join(f"{key}: {value}\r\n" for key, value in action.items()) + "\r\n")
                 .encode())


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(READ):
        pass
