"""FastAGI: Asterisk connects per call and does what a script asks of it.

    async with serve("127.0.0.1", 4573, {"menu": answer_call}) as server: …

Our own framing in place of panoramisk's: its server freezes for good on a peer that closes in
mid-header, a hang-up line puts its answers one step behind, GET DATA's time-out is lost, and a
variable that holds `hangup` reads as a hang-up. One connection that misbehaves is cut, its caller
goes on in the dialplan, and the others notice nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from cti.agi_lines import (
    AgiError,
    CommandRefused,
    ConnectionLost,
    HungUp,
    NoAnswer,
    OutOfStep,
    Reply,
    Request,
    SoundMissing,
    UnsafeText,
    check_variable,
    command_line,
    parse_header,
    parse_reply,
)
from cti.agi_wire import Wire
from cti.user_events import DesklineEvent, encode

__all__ = [
    "AgiError", "AgiServer", "AgiSession", "CommandRefused", "ConnectionLost", "Digits", "HungUp",
    "NoAnswer", "OutOfStep", "Request", "Script", "SoundMissing", "UnsafeText", "serve",
]

MEDIA_LIMIT_S = 300.0       # the longest sound we play
WATCH_S = 0.1               # how exactly time limits are kept
USAGE_LINES = 50
KEYS = "0123456789*#ABCDabcd"

Network: TypeAlias = IPv4Network | IPv6Network
LOOPBACK: tuple[Network, ...] = (ip_network("127.0.0.0/8"), ip_network("::1/128"))

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Digits:
    """What the caller keyed in; not complete where he fell silent before `#` or the limit."""
    pressed: str
    is_complete: bool


class AgiSession:
    """One call's connection. Every method raises AgiError's children; HungUp ends most scripts."""

    def __init__(self, wire: Wire, request: Request, reply_limit_s: float) -> None:
        self._wire = wire
        self._reply_limit_s = reply_limit_s
        self.request = request

    @property
    def is_hung_up(self) -> bool:
        return self._wire.is_hung_up or self._wire.is_lost

    async def get_variable(self, name: str) -> str | None:
        """None where it is not set. `name` may be a function: `CHANNEL(linkedid)`."""
        reply = await self._command("GET", "VARIABLE", check_variable(name))
        return reply.data if reply.number == 1 else None

    async def set_variable(self, name: str, value: str) -> None:
        await self._command("SET", "VARIABLE", check_variable(name), value)

    async def answer(self) -> None:
        await self._media("ANSWER")

    async def hangup(self) -> None:
        await self._command("HANGUP")

    async def play(self, path: Path | str, escape_digits: str = "") -> str | None:
        """Play a sound (its path without the extension) to its end or to a key of `escape_digits`.

        Returns the key, or None. Raises SoundMissing when Asterisk finds no such file.
        """
        reply = await self._media(
            "STREAM", "FILE", str(path), _keys(escape_digits), lasting_s=MEDIA_LIMIT_S)
        if reply.number == 0 and reply.end_position == 0:
            raise SoundMissing(f"Asterisk can not play {path}")
        return _key(reply.number)

    async def wait_for_key(self, timeout_s: float) -> str | None:
        """The next key, or None after `timeout_s`."""
        reply = await self._media("WAIT", "FOR", "DIGIT", _ms(timeout_s), lasting_s=timeout_s)
        return _key(reply.number)

    async def get_digits(self, path: Path | str, max_digits: int, timeout_s: float) -> Digits:
        """Play a sound, any key ends it, and collect keys until `#`, `max_digits` or silence."""
        reply = await self._media(
            "GET", "DATA", str(path), _ms(timeout_s), str(max_digits),
            lasting_s=MEDIA_LIMIT_S + timeout_s * max_digits,
        )
        return Digits(reply.result, is_complete=reply.data != "timeout")

    async def record(
        self, path: Path | str, form: str, escape_digits: str, limit_s: float, silence_s: float,
    ) -> None:
        """After a tone keep what the caller says, in `path` with the extension `form`, until a
        key, the limit or a silence. Who hangs up ends it too: what he said is kept."""
        if self.is_hung_up:
            raise HungUp
        with suppress(HungUp, ConnectionLost):
            await self._command(
                "RECORD", "FILE", str(path), form, _keys(escape_digits), _ms(limit_s), "BEEP",
                f"s={max(1, round(silence_s))}", lasting_s=limit_s + silence_s,
                dead_channel=HungUp)

    async def user_event(self, event: DesklineEvent) -> None:
        """Tell the floor; works after a hang-up too."""
        reply = await self._command("EXEC", "UserEvent", encode(event))
        if reply.number == -2:
            raise CommandRefused("Asterisk has no application UserEvent (app_userevent)")

    async def _media(self, *words: str, lasting_s: float = 0.0) -> Reply:
        """A command that needs a living channel. -1 is Asterisk's word for a dead one."""
        if self.is_hung_up:
            raise HungUp
        reply = await self._command(*words, lasting_s=lasting_s, dead_channel=HungUp)
        if reply.result == "-1":
            raise HungUp
        return reply

    async def _command(
        self, *words: str, lasting_s: float = 0.0,
        dead_channel: type[AgiError] = CommandRefused,
    ) -> Reply:
        """Send one command and take its answer; `lasting_s` is how long it may take to be done."""
        self._wire.send(command_line(words))
        reply = await self._reply(self._reply_limit_s + lasting_s)
        if reply.code == 511:
            raise dead_channel
        if reply.code != 200:
            raise CommandRefused(f"{words[0]}: {reply.code} {reply.data}")
        return reply

    async def _reply(self, limit_s: float) -> Reply:
        self._wire.expect_within(limit_s)
        line = await self._wire.next_line()
        if line.startswith("100"):      # "Trying…": the answer follows
            line = await self._wire.next_line()
        reply = parse_reply(line)
        if reply.has_more:
            await self._skip_usage()
        self._wire.expect_nothing()
        return reply

    async def _skip_usage(self) -> None:
        for _ in range(USAGE_LINES):
            if (await self._wire.next_line()).startswith("520 "):
                return
        raise OutOfStep("an explanation of wrong use did not end")


Script: TypeAlias = Callable[[AgiSession, Request], Awaitable[None]]


def serve(
    host: str, port: int, routes: Mapping[str, Script], *,
    allowed_peers: Sequence[Network] = LOOPBACK,
    header_limit: int = 16_384, header_deadline_s: float = 5.0,
    reply_limit_s: float = 10.0, peer_limit: int = 4_000,
) -> AgiServer:
    """A server to enter with `async with`; `port` 0 takes a free one.

    `routes`: path of `agi://host/path?query` → script. Peers outside `allowed_peers` are cut at
    once: whoever connects is believed to be Asterisk. A peer whose opening block (`header_limit`
    bytes) is not whole within `header_deadline_s` is cut as well, and one that takes longer
    than `reply_limit_s` to answer a command (on top of the time its sound or keys may take).
    """
    limits = _Limits(header_limit, header_deadline_s, reply_limit_s, peer_limit)
    return AgiServer(host, port, routes, allowed_peers, limits)


@dataclass(frozen=True, slots=True)
class _Limits:
    header_bytes: int
    header_s: float
    reply_s: float
    peers: int


class AgiServer:
    """Listens while it is entered; leaving it ends the running scripts by cancelling them."""

    def __init__(
        self, host: str, port: int, routes: Mapping[str, Script],
        allowed_peers: Sequence[Network], limits: _Limits,
    ) -> None:
        self._address = (host, port)
        self._routes = dict(routes)
        self._allowed_peers = tuple(allowed_peers)
        self._limits = limits
        self._tasks = asyncio.TaskGroup()
        self._attending: dict[asyncio.Task[None], Wire] = {}
        self._watch: asyncio.Task[None] | None = None
        self._listener: asyncio.Server | None = None
        self._is_leaving = False

    @property
    def port(self) -> int:
        if self._listener is None:
            raise RuntimeError("the server is not entered")
        return int(self._listener.sockets[0].getsockname()[1])

    @property
    def peers(self) -> int:
        """Connections open now."""
        return len(self._attending)

    async def __aenter__(self) -> Self:
        """Raises OSError when the port can not be had."""
        host, port = self._address
        loop = asyncio.get_running_loop()
        self._listener = await loop.create_server(
            lambda: Wire(self._welcome, self._limits.header_bytes), host, port, backlog=1024,
            start_serving=False)
        try:
            await self._listener.start_serving()
        except BaseException:       # cancelled meanwhile: the port is given back
            self._listener.close()
            raise
        await self._tasks.__aenter__()
        self._watch = self._tasks.create_task(self._cut_the_late(), name="agi deadlines")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._is_leaving = True
        if self._listener is not None:
            self._listener.close()
        for task in (self._watch, *self._attending):
            if task is not None:
                task.cancel()
        await self._tasks.__aexit__(None, None, None)

    def _welcome(self, wire: Wire) -> None:
        is_full = self._is_leaving or len(self._attending) >= self._limits.peers
        if is_full or not self._is_allowed(wire.peer):
            log.warning("A FastAGI peer was turned away.", extra={"action": "agi_refused"})
            wire.abort()
            return
        task = self._tasks.create_task(self._attend(wire), name=f"agi {wire.peer}")
        self._attending[task] = wire
        task.add_done_callback(self._attending.pop)

    async def _cut_the_late(self) -> None:
        """One clock for all: a timer per command costs half as much as the command."""
        while True:
            await asyncio.sleep(WATCH_S)
            now = time.monotonic()
            for wire in self._attending.values():
                wire.give_up_if_late(now)

    def _is_allowed(self, peer: str) -> bool:
        address = ip_address(peer)
        return any(address in network for network in self._allowed_peers)

    async def _attend(self, wire: Wire) -> None:
        """One connection from its opening block to its end; nothing but a cancel leaves here."""
        try:
            request = await self._receive_request(wire)
            script = self._script_for(request)
            await script(AgiSession(wire, request, self._limits.reply_s), request)
        except HungUp:
            log.debug("The caller hung up.", extra={"action": "agi_hung_up"})
        except AgiError as error:
            log.warning("A FastAGI connection was cut: %s", error, extra={"action": "agi_cut"})
        except Exception:
            log.exception("A FastAGI script failed.", extra={"action": "agi_script_failed"})
        finally:
            wire.close()

    def _script_for(self, request: Request) -> Script:
        try:
            return self._routes[request.path]
        except KeyError as error:
            raise CommandRefused(f"no script {request.path[:40]!r} here") from error

    async def _receive_request(self, wire: Wire) -> Request:
        lines: list[str] = []
        wire.expect_within(self._limits.header_s)
        while line := await wire.next_line():
            lines.append(line)
        wire.expect_nothing()
        return parse_header(lines)


def _ms(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))


def _keys(escape_digits: str) -> str:
    if any(key not in KEYS for key in escape_digits):
        raise UnsafeText(f"{escape_digits!r} holds what is no key")
    return escape_digits


def _key(code: int) -> str | None:
    """Asterisk gives the ASCII code of the key, 0 for none."""
    return chr(code) if code > 0 else None
