"""The websocket to the server: sign in, hear, ask; lost links are taken up again by themselves.

Speaks `workstation.protocol` as the page does. A lost link is resumed with the session token of
the last snapshot; the snapshot is the recovery. What was asked and not answered when the link
broke raises LinkLost to its asker: nothing is sent twice by itself.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
import websockets
from websockets.asyncio.client import ClientConnection, connect

from workstation.protocol import (
    Args,
    Delta,
    Do,
    Notice,
    Problem,
    Reply,
    ServerMessage,
    SignIn,
    Snapshot,
)
from workstation.terminal.clean import clean_tree

MAX_FRAME = 64 * 2**20      # a snapshot of a large floor; the library's default is 1 MiB
CONNECT_S = 5.0
ANSWER_S = 10.0
PING_S = 10.0
PAUSES_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
REFUSALS = {1008, 4401, 4403, 4429}


class LinkError(Exception):
    """The link to the server failed."""


class LinkLost(LinkError):
    """The link broke before the answer came; it may or may not have been done."""


class SignInRefused(LinkError):
    """The server does not let us in; `problem` says why."""
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


class Misunderstood(LinkError):
    """The server sent what this version does not know, or left a message out."""


class UnusableUrl(LinkError):
    """Not an http, https, ws or wss address."""


@dataclass(frozen=True)
class LinkState:
    """`why`: the reason while not up, for a person; `tries` since it was lost."""
    up: bool
    why: str = ""
    tries: int = 0


def live_url(server: str) -> str:
    """`http://host:8080` → `ws://host:8080/live`."""
    parts = urlsplit(server if "://" in server else f"http://{server}")
    schemes = {"http": "ws", "https": "wss", "ws": "ws", "wss": "wss"}
    if parts.scheme not in schemes or not parts.hostname:
        raise UnusableUrl(f"not a server address: {server}")
    path = parts.path.rstrip("/")
    path = path if path.endswith("/live") else f"{path}/live"
    return urlunsplit((schemes[parts.scheme], parts.netloc, path, "", ""))


def decode(frame: str | bytes) -> ServerMessage:
    """One message with every text in it cleaned. Raises Misunderstood."""
    try:
        tree = clean_tree(msgspec.json.decode(frame))
        message: ServerMessage = msgspec.convert(tree, ServerMessage)
        return message
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as exc:
        raise Misunderstood(str(exc)) from exc


class Link:
    """One signed-in screen. `hear` gets every message but replies; `changed` every LinkState.

    Both are called in the task that runs `run` and must not block.
    """

    def __init__(self, server: str, *, hear: Callable[[ServerMessage], None],
                 changed: Callable[[LinkState], None]) -> None:
        self._url = live_url(server)
        self._hear = hear
        self._changed = changed
        self._connection: ClientConnection | None = None
        self._asked: dict[int, asyncio.Future[Reply]] = {}
        self._n = 0
        self._seq = 0
        self._was_up = False
        self._resume: SignIn | None = None

    async def run(self, entry: SignIn) -> None:
        """Follow the server until cancelled. Raises SignInRefused."""
        tries = 0
        while True:
            self._was_up = False
            try:
                await self._follow(entry)
                why = "closed"
            except (OSError, TimeoutError, websockets.WebSocketException, Misunderstood) as exc:
                why = _in_words(exc)
            tries = 1 if self._was_up else tries + 1
            entry = self._resume or entry
            self._changed(LinkState(up=False, why=why, tries=tries))
            pause = PAUSES_S[min(tries, len(PAUSES_S)) - 1]
            await asyncio.sleep(pause * random.uniform(0.8, 1.2))

    def forget(self) -> None:
        """The session is over: the next sign-in is a new one."""
        self._resume = None

    async def _follow(self, entry: SignIn) -> None:
        async with connect(self._url, max_size=MAX_FRAME, open_timeout=CONNECT_S,
                           ping_interval=PING_S, ping_timeout=PING_S, close_timeout=1,
                           proxy=None) as connection:
            try:
                snapshot = await self._enter(connection, entry)
                self._connection, self._seq, self._was_up = connection, snapshot.seq, True
                self._resume = SignIn(session=snapshot.session)
                self._changed(LinkState(up=True))
                self._hear(snapshot)
                async for frame in connection:
                    self._receive(decode(frame))
            finally:
                self._drop()

    async def _enter(self, connection: ClientConnection, entry: SignIn) -> Snapshot:
        async with asyncio.timeout(ANSWER_S):
            await connection.send(msgspec.json.encode(entry).decode())
            try:
                message = decode(await connection.recv())
            except websockets.ConnectionClosed as exc:
                if exc.rcvd is not None and exc.rcvd.code in REFUSALS:
                    raise SignInRefused(Problem(code="refused", title=exc.rcvd.reason)) from exc
                raise
        match message:
            case Snapshot():
                return message
            case Reply(problem=Problem() as problem):
                raise SignInRefused(problem)
            case Notice(code=code, text=text):
                raise SignInRefused(Problem(code=code, title=text))
        raise Misunderstood("no snapshot first")

    def _receive(self, message: ServerMessage) -> None:
        if message.seq != self._seq + 1:
            raise Misunderstood(f"message {self._seq + 1} is missing")
        self._seq = message.seq
        if isinstance(message, Reply):
            asked = self._asked.pop(message.n, None)
            if asked is not None and not asked.done():
                asked.set_result(message)
            return
        if isinstance(message, Snapshot | Delta | Notice):
            self._hear(message)

    def _drop(self) -> None:
        self._connection = None
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(LinkLost())
                asked.exception()
        self._asked.clear()

    async def ask(self, action: str, args: Args) -> Reply:
        """The server's reply, also when it is a problem. Raises LinkLost."""
        if self._connection is None:
            raise LinkLost
        self._n += 1
        n, answer = self._n, asyncio.get_running_loop().create_future()
        self._asked[n] = answer
        do = Do(n=n, action=action, args=msgspec.Raw(msgspec.json.encode(args)))
        try:
            async with asyncio.timeout(ANSWER_S):
                await self._connection.send(msgspec.json.encode(do).decode())
                reply: Reply = await answer
                return reply
        except (TimeoutError, websockets.ConnectionClosed) as exc:
            raise LinkLost from exc
        finally:
            self._asked.pop(n, None)


def _in_words(error: Any) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, Misunderstood):
        return f"another version: {error}"[:120]
    if isinstance(error, websockets.ConnectionClosed) and error.rcvd is not None:
        return error.rcvd.reason or f"closed ({error.rcvd.code})"
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__)[:120]
