"""One manager session with Asterisk: panoramisk behind our own adapter.

Panoramisk's Manager and protocol stay underneath (actions, their ids and lines); what was found
to lose or repeat things is replaced: bytes are framed before they are decoded, an answer is
complete by our own rule, a closed link fails what waits, and nothing is ever sent again.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, cast

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from cti.errors import CommandRefused, CommandTimedOut, LinkDown, LoginRefused, NotSendable
from cti.genuine import BOOTED, MAYBE, genuine, is_whole
from cti.tape import REPEATABLE, Headers

CONNECT_LIMIT_S = 5.0
ANSWER_LIMIT_S = 5.0
PING_EVERY_S = 5.0
PING_LIMIT_S = 5.0
FRAME_LIMIT = 1 << 20           # a message longer than this is none
GATHER_S = 0.004                # packets that follow each other closer than this come together
LINE_LIMIT = 1024               # bytes; Asterisk refuses longer lines …
HEADERS_LIMIT = 128             # … and more of them

END = b"\r\n\r\n"
GREETING_LIMIT = 1_024
REPEATED = REPEATABLE - {"Operator"}        # that one is our own mark's, never Asterisk's
FORBIDDEN = re.compile(r"[\r\n\0]")
GENUINE = "genuine"
NOISE = frozenset((
    b"VarSet", b"Newexten", b"RTCPSent", b"RTCPReceived", b"TestEvent", b"ChallengeSent",
    b"SuccessfulAuth", b"ExtensionStatus", b"PresenceStateChange", b"NewConnectedLine",
    b"DialState",               # what Newstate says of the same leg
    b"DTMFBegin", b"DTMFEnd",   # keys may be card data: they never reach the tape
))


@dataclass(frozen=True, slots=True)
class Heard:
    """A message for the tape. `quarantined` says why it is not believed."""
    headers: Headers
    received_ns: int
    quarantined: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to an action: its response and, for a list, the events of it."""
    headers: Headers
    items: tuple[Headers, ...] = ()


Deliver = Callable[[Sequence[Heard]], None]


@dataclass(frozen=True, kw_only=True)
class Account:
    """Where to log in and as whom. `system_name` None: events are not checked for it."""
    host: str
    port: int
    name: str
    secret: str = field(repr=False)
    system_name: str | None = None
    wants_events: bool = True


def headers_of(frame: bytes) -> tuple[Headers, bool]:
    """The headers of one message, and whether a single-valued one stood twice."""
    lines = frame.decode("utf-8", "replace").split("\r\n")
    try:
        headers = cast("Headers", dict([line.split(": ", 1) for line in lines]))
    except ValueError:
        return _odd_headers(lines)
    return (headers, False) if len(headers) == len(lines) else _odd_headers(lines)


def _odd_headers(lines: Sequence[str]) -> tuple[Headers, bool]:
    headers: Headers = {}
    is_double = False
    for line in lines:
        key, colon, value = line.partition(":")
        if not colon:
            continue
        value = value.removeprefix(" ")
        before = headers.get(key)
        if before is None:
            headers[key] = value
            continue
        is_double = is_double or key not in REPEATED
        headers[key] = [*before, value] if isinstance(before, list) else [before, value]
    return headers, is_double


class _Ask(Action):  # type: ignore[misc]
    """An action that waits for its response, and for the end of its list when it asks for one."""

    def __init__(self, headers: Mapping[str, Any], *, is_list: bool) -> None:
        super().__init__(headers)
        self.is_list = is_list
        self.response: Headers = {}
        self.items_: list[Headers] = []

    def take(self, headers: Headers) -> bool:
        """Whether the answer is complete. An OriginateResponse *event* has a Response line."""
        if "Event" not in headers:
            self.response = headers
            if headers.get("Response") != "Success" or not self.is_list:
                return self._complete()
        elif headers.get("EventList") == "Complete" or str(headers["Event"]).endswith("Complete"):
            return self._complete()
        elif self.is_list:
            self.items_.append(headers)
        return False

    def _complete(self) -> bool:
        if not self.future.done():
            self.future.set_result(Reply(self.response, tuple(self.items_)))
        return True


class _Protocol(AMIProtocol):  # type: ignore[misc]
    """Bytes in, whole messages out, in order, one batch per packet."""

    closed: bool
    gathers = False     # once logged in: being woken costs more than most events do

    def __init__(self, session: Session) -> None:
        self._session = session
        self._read_ns = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.factory = self._session
        self.encoding = "utf-8"
        self._session.protocol = self
        self._rest = b""
        self._is_greeted = False

    def data_received(self, data: bytes) -> None:
        received_ns = time.monotonic_ns()
        data = self._rest + data
        if not self._is_greeted:
            greeting, line_end, data = data.partition(b"\r\n")
            if not line_end:
                self._rest = greeting
                if len(greeting) > GREETING_LIMIT:      # that is no Asterisk
                    self.transport.abort()
                return
            self._is_greeted = True
        frames = data.split(END)
        self._rest = frames.pop()
        self._session.take(frames, received_ns, self._rest)
        if len(self._rest) > FRAME_LIMIT:
            self.transport.abort()
        elif self.gathers:
            self._gather(received_ns)

    def _gather(self, received_ns: int) -> None:
        """The first is taken at once; those that follow closely wait for each other."""
        is_close = received_ns - self._read_ns < GATHER_S * 1e9
        self._read_ns = received_ns
        if is_close and not self.transport.is_closing():
            self.transport.pause_reading()
            asyncio.get_running_loop().call_later(GATHER_S, self._read_on)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self.close()
        self._session.lost()

    def close(self) -> None:
        """Close, and fail what waits: nothing is kept to be sent again."""
        asks = list(self.responses.values())
        self.responses.clear()
        for ask in asks:
            if not ask.future.done():
                ask.future.set_exception(LinkDown("the link to Asterisk was lost"))
        if not self.closed:
            self.closed = True
            self.transport.abort()      # `close` would wait for a black hole to take the rest


class Session(Manager):  # type: ignore[misc]
    """A logged-in manager session; made by `connect`."""

    def __init__(self, account: Account, deliver: Deliver | None = None) -> None:
        super().__init__(protocol_factory=_Protocol)
        self.account = account
        self.quarantined = 0
        self._deliver = deliver
        self._genuine = genuine(account.system_name)
        self._recorded: set[str] = set()    # ids of actions whose answers belong on the tape
        self._gone = asyncio.Event()
        self._has_booted = False
        self._heard_ns = 0                  # when something last came, by `monotonic_ns`
        self._own = b""                     # how the ids of our actions begin; secret
        self._lag_s = 0.0

    @property
    def lag_s(self) -> float:
        """How old the newest event was when we read it: large when we read too slowly."""
        return self._lag_s

    def take(self, frames: Sequence[bytes], received_ns: int, rest: bytes = b"") -> None:
        """Called by the protocol with every whole message of one packet, and the beginning of
        the next where there is one."""
        self._heard_ns = received_ns
        heard: list[Heard] = []
        for frame, begins, is_torn in self._judged(frames, rest):
            one = self._hear(frame, received_ns, is_genuine=begins is GENUINE, is_torn=is_torn)
            if one is not None:
                heard.append(one)
        if not heard:
            return
        self._note_lag(heard[-1])
        if self._deliver is not None:
            self._deliver(heard)

    def _note_lag(self, newest: Heard) -> None:
        """Once a packet. Asterisk on another machine has another clock; doctor compares them."""
        stamp = newest.headers.get("Timestamp")
        if newest.quarantined is None and isinstance(stamp, str):
            with suppress(ValueError):
                self._lag_s = max(0.0, time.time() - float(stamp))

    def lost(self) -> None:
        self._gone.set()

    def _judged(
        self, frames: Sequence[bytes], rest: bytes,
    ) -> Sequence[tuple[bytes, str, bool]]:
        """Each that is not blank, as what it begins rightly (or ""), and whether the next begins
        as nothing: then a name has cut this one in two."""
        rest = rest.lstrip(b"\r\n")
        is_torn = len(rest) >= len(MAYBE[1]) and not rest.startswith(MAYBE)
        judged = []
        for frame in reversed(frames):
            if frame[:2] == b"\r\n":
                frame = frame.lstrip(b"\r\n")
            if frame:
                begins = self._begins(frame)
                judged.append((frame, begins, is_torn))
                is_torn = not begins
        return judged[::-1]

    def _begins(self, frame: bytes) -> str:
        if self._genuine.match(frame) is not None:
            return GENUINE
        is_answer = frame.startswith(MAYBE) and self._own and self._own in frame
        is_boot = not self._has_booted and frame.startswith(BOOTED)
        return "answer" if is_answer or is_boot else ""

    def _hear(
        self, frame: bytes, received_ns: int, *, is_genuine: bool, is_torn: bool,
    ) -> Heard | None:
        """A message for the tape; None for noise and for answers that are only ours."""
        if frame[7:frame.find(b"\r\n")] in NOISE:
            return None     # names first: half of all events are never looked at
        is_genuine = is_genuine or self._boots(frame)
        headers, is_double = headers_of(frame)
        action_id = headers.get("ActionID")
        ask = self.protocol.responses.get(action_id) if isinstance(action_id, str) else None
        if not is_double:
            is_torn = "Event" in headers and (is_torn or not is_whole(headers))
        if ask is not None and not (is_double or is_torn):
            return self._answer(ask, str(action_id), headers, received_ns)
        if not is_genuine and "Event" not in headers and not is_double:
            return None     # an answer that came too late
        why = ("a header stands twice" if is_double else "cut by a name" if is_torn else
               None if is_genuine else "not genuine")
        self.quarantined += why is not None
        return Heard(headers, received_ns, why)

    def _boots(self, frame: bytes) -> bool:
        """The first FullyBooted after a login comes without Timestamp and SystemName; a second
        such one nobody sends."""
        if self._has_booted or not frame.startswith(BOOTED):
            return False
        self._has_booted = True
        return True

    def _answer(
        self, ask: _Ask, action_id: str, headers: Headers, received_ns: int,
    ) -> Heard | None:
        if ask.take(headers):
            self.protocol.responses.pop(action_id, None)
        return Heard(headers, received_ns) if action_id in self._recorded else None

    async def ask(
        self, headers: Mapping[str, str | Sequence[str]], *, timeout_s: float = ANSWER_LIMIT_S,
        is_list: bool = False, is_recorded: bool = False,
    ) -> Reply:
        """Send one action, once, and wait for its answer.

        Raises NotSendable, LinkDown, CommandRefused, CommandTimedOut. `is_recorded` puts the
        answer on the tape as well.
        """
        check_lines(headers)
        if self._gone.is_set() or self.protocol is None or self.protocol.closed:
            raise LinkDown("there is no link to Asterisk")
        ask = _Ask(headers, is_list=is_list)
        self._own = ask.id.rsplit("/", 2)[0].encode()
        if is_recorded:
            self._recorded.add(ask.id)
        try:
            async with asyncio.timeout(timeout_s):
                reply: Reply = await self.protocol.send(ask)
        except TimeoutError as error:
            raise CommandTimedOut(f"no answer to {headers['Action']} in {timeout_s} s") from error
        finally:
            self._recorded.discard(ask.id)
            self.protocol.responses.pop(ask.id, None)
        if reply.headers.get("Response") in ("Success", "Goodbye"):
            return reply
        raise CommandRefused(str(reply.headers.get("Message", "no reason given")))

    async def watch(self) -> None:
        """Never returns; raises LinkDown as soon as the link is gone, or silent for too long."""
        while True:
            try:
                async with asyncio.timeout(PING_EVERY_S):
                    await self._gone.wait()
                raise LinkDown("Asterisk closed the link")
            except TimeoutError:
                pass
            asked_ns = time.monotonic_ns()
            try:
                await self.ask({"Action": "Ping"}, timeout_s=PING_LIMIT_S)
            except CommandTimedOut as error:
                if self._heard_ns < asked_ns:       # else it speaks: one of us has much to do
                    raise LinkDown("Asterisk is silent") from error

    def close(self) -> None:
        if self.protocol is not None:
            self.protocol.close()
            self.protocol.transport.abort()


def check_lines(headers: Mapping[str, str | Sequence[str]]) -> None:
    """The border outwards: a CR or LF would begin another header, or another action."""
    count = 0
    for key, value in headers.items():
        for item in (value,) if isinstance(value, str) else value:
            line = f"{key}: {item}"
            if FORBIDDEN.search(line) or len(_bytes(key, line)) > LINE_LIMIT:
                raise NotSendable(key, item[:80])
            count += 1
    if count >= HEADERS_LIMIT:      # the ActionID is one too
        raise NotSendable("headers", str(count))


def _bytes(key: str, line: str) -> bytes:
    try:
        return line.encode()
    except UnicodeEncodeError as error:     # half of a surrogate pair, as JSON can say it
        raise NotSendable(key, "what is no text") from error


@asynccontextmanager
async def connect(account: Account, deliver: Deliver | None = None) -> AsyncIterator[Session]:
    """Connect and log in; closed on exit. Raises LinkDown or LoginRefused."""
    session = Session(account, deliver)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(CONNECT_LIMIT_S):
            await loop.create_connection(lambda: _Protocol(session), account.host, account.port)
    except (OSError, TimeoutError) as error:
        where = f"{account.host}:{account.port}"
        raise LinkDown(f"no Asterisk manager at {where}: {error}") from error
    try:
        await _log_in(session)
        yield session
    finally:
        session.close()


async def _log_in(session: Session) -> None:
    account = session.account
    try:
        await session.ask({
            "Action": "Login", "Username": account.name, "Secret": account.secret,
            "Events": "on" if account.wants_events else "off"})
    except CommandRefused as error:
        raise LoginRefused(account.name, error.reason) from error
    except CommandTimedOut as error:
        raise LinkDown("Asterisk does not answer the login") from error
    session.protocol.gathers = account.wants_events
