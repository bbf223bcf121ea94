"""The manager session against a played Asterisk: framing, belief, answers, and a dead link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cti import ami
from cti.ami import Account, Heard, Session, connect, headers_of
from cti.errors import CommandRefused, CommandTimedOut, LinkDown, LoginRefused, NotSendable

SYSTEM = "d0123456789abcdef"
GREETING = b"Asterisk Call Manager/12.0.0\r\n"


def event(name: str, *lines: str, system: str = SYSTEM) -> bytes:
    head = (f"Event: {name}", "Privilege: call,all", "Timestamp: 1795355316.812345",
            f"SystemName: {system}")
    return ("\r\n".join((*head, *lines)) + "\r\n\r\n").encode()


def listening(system: str | None = SYSTEM) -> tuple[Session, list[Heard]]:
    heard: list[Heard] = []
    account = Account(host="127.0.0.1", port=1, name="observer", secret="s", system_name=system)
    return Session(account, heard.extend), heard


class Sink:
    """A transport that goes nowhere."""

    def close(self) -> None: ...

    def abort(self) -> None: ...


def fed(chunks: Sequence[bytes], system: str | None = SYSTEM) -> list[Heard]:
    session, heard = listening(system)
    protocol = ami._Protocol(session)
    protocol.connection_made(Sink())  # type: ignore[arg-type]
    for chunk in chunks:
        protocol.data_received(chunk)
    return heard


NAMES = ("Иванов Пётр", "สมชาย", "Ä" * 70, "a: b", "😀")
STREAM = GREETING + b"".join(
    event("Newchannel", f"CallerIDName: {name}", "Uniqueid: 1.1", f"Exten: {place}")
    for place, name in enumerate(NAMES))


def test_a_stream_cut_at_every_byte_loses_and_damages_nothing() -> None:
    whole = [one.headers for one in fed([STREAM])]
    assert [one["CallerIDName"] for one in whole] == list(NAMES)
    for cut in range(len(STREAM)):
        assert [one.headers for one in fed([STREAM[:cut], STREAM[cut:]])] == whole


def test_a_stream_that_comes_byte_by_byte_is_the_same() -> None:
    bytewise = fed([STREAM[place:place + 1] for place in range(len(STREAM))])
    assert [one.headers for one in bytewise] == [one.headers for one in fed([STREAM])]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=60), max_size=8))
def test_no_bytes_from_outside_raise(chunks: list[bytes]) -> None:
    fed([GREETING, *chunks, b"\r\n\r\n"])


def test_noise_and_keys_pressed_never_reach_the_tape() -> None:
    assert fed([GREETING, event("VarSet", "Variable: x"), event("DTMFEnd", "Digit: 4")]) == []


FORGED = (
    b"Event: Hangup\r\nUniqueid: 1.1\r\n\r\n",
    b"Event: Hangup\r\nPrivilege: call,all\r\nUniqueid: 1.1\r\n\r\n",
    event("Hangup", "Uniqueid: 1.1", system="dffff"),
    b"Privilege: call,all\r\n" + event("Hangup"),
    event("Hangup", "Uniqueid: 1.1", "Uniqueid: 2.2"),
    b"Uniqueid: 1.1\r\nEvent: Hangup\r\n\r\n",
)


@pytest.mark.parametrize("frame", FORGED)
def test_an_event_that_does_not_begin_like_ours_or_says_a_thing_twice_is_set_aside(
        frame: bytes) -> None:
    assert [one.quarantined is not None for one in fed([GREETING, frame])] == [True]


def test_what_asterisk_repeats_rightly_is_believed() -> None:
    heard = fed([GREETING, event("Hangup", "ChanVariable: a=1", "ChanVariable: b=2")])
    assert [one.quarantined for one in heard] == [None]
    assert heard[0].headers["ChanVariable"] == ["a=1", "b=2"]


def test_a_genuine_event_after_blank_lines_is_believed() -> None:
    heard = fed([GREETING, b"\r\n\r\n\r\n" + event("Hangup")])
    assert [one.quarantined for one in heard] == [None]


def test_a_caller_cannot_forge_an_event_by_his_name() -> None:
    """The worst case: Asterisk passes line ends in a name through."""
    name = "x\r\n\r\nEvent: Hangup\r\nPrivilege: call,all\r\nTimestamp: 1.1\r\nUniqueid: 9.9"
    heard = fed([GREETING, event("Newchannel", f"CallerIDName: {name}", "Uniqueid: 1.1")])
    assert [one.quarantined for one in heard] == [
        "cut by a name", "a header stands twice"]


def test_headers_of_a_line_without_a_value() -> None:
    headers, is_double = headers_of(b"Event: Hangup\r\nExten: \r\nContext:\r\nnonsense")
    assert (headers, is_double) == ({"Event": "Hangup", "Exten": "", "Context": ""}, False)


# a session over a socket

Answer = Callable[[dict[str, str]], bytes | None]


@asynccontextmanager
async def asterisk(answer: Answer) -> AsyncIterator[tuple[int, list[dict[str, str]]]]:
    """Plays the manager interface: `answer` gives the bytes for each action, None for silence."""
    actions: list[dict[str, str]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(GREETING)
        try:
            while True:
                raw = (await reader.readuntil(b"\r\n\r\n")).decode()
                action = dict(line.split(": ", 1) for line in raw.strip().split("\r\n"))
                actions.append(action)
                reply = answer(action)
                if reply is not None:
                    head = f"ActionID: {action['ActionID']}\r\n".encode()
                    writer.write(reply.replace(b"@id\r\n", head))
                if action["Action"] == "Quit":
                    return
        except asyncio.IncompleteReadError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], actions


def obliging(action: dict[str, str]) -> bytes | None:
    match action["Action"]:
        case "Silence":
            return None
        case "Refused":
            return b"Response: Error\r\n@id\r\nMessage: No such channel\r\n\r\n"
        case "List":
            item = b"Event: Item\r\n@id\r\nName: %d\r\n\r\n"
            return (b"Response: Success\r\n@id\r\nEventList: start\r\n\r\n" + item % 1 + item % 2
                    + b"Event: ListComplete\r\n@id\r\nEventList: Complete\r\n\r\n")
        case "Originate":
            return (b"Event: OriginateResponse\r\n@id\r\nResponse: Failure\r\n\r\n"
                    b"Response: Success\r\n@id\r\nMessage: Originate successfully queued\r\n\r\n")
    return b"Response: Success\r\n@id\r\nMessage: ok\r\n\r\n"


def account(port: int) -> Account:
    return Account(host="127.0.0.1", port=port, name="observer", secret="s3cret")


async def test_every_kind_of_action_gets_its_own_answer() -> None:
    async with asterisk(obliging) as (port, actions), connect(account(port)) as session:
        assert (await session.ask({"Action": "QueueAdd"})).headers["Message"] == "ok"
        listed = await session.ask({"Action": "List"}, is_list=True)
        assert [item["Name"] for item in listed.items] == ["1", "2"]
        with pytest.raises(CommandRefused, match="No such channel"):
            await session.ask({"Action": "Refused"})
        queued = await session.ask({"Action": "Originate", "Channel": "Local/1@x"})
        assert queued.headers["Response"] == "Success"
        with pytest.raises(CommandTimedOut):
            await session.ask({"Action": "Silence"}, timeout_s=0.05)
    assert [action["Action"] for action in actions] == [
        "Login", "QueueAdd", "List", "Refused", "Originate", "Silence"]


async def test_a_refused_login_is_told_as_such() -> None:
    def refuse(action: dict[str, str]) -> bytes:
        return b"Response: Error\r\n@id\r\nMessage: Authentication failed\r\n\r\n"

    async with asterisk(refuse) as (port, _):
        with pytest.raises(LoginRefused, match="Authentication failed"):
            async with connect(account(port)):
                pass


async def test_nobody_there_is_a_link_that_is_down() -> None:
    with pytest.raises(LinkDown):
        async with connect(account(1)):
            pass


@pytest.mark.parametrize("value", ["x\r\nAction: Command", "x\ny", "x\0", "a" * 2000])
async def test_a_value_that_would_begin_another_line_is_not_sent(value: str) -> None:
    async with asterisk(obliging) as (port, actions), connect(account(port)) as session:
        with pytest.raises(NotSendable):
            await session.ask({"Action": "Hangup", "Channel": value})
    assert [action["Action"] for action in actions] == ["Login"]


async def test_what_waits_when_the_link_goes_fails_and_is_never_sent_again() -> None:
    async with asterisk(obliging) as (port, actions):
        async with connect(account(port)) as session, asyncio.TaskGroup() as tasks:
            async def hang() -> None:
                with pytest.raises(LinkDown):
                    await session.ask({"Action": "Silence"})

            tasks.create_task(hang())
            await asyncio.sleep(0.05)
            await session.ask({"Action": "Quit"})
        with pytest.raises(LinkDown):
            await session.ask({"Action": "Ping"})
        async with connect(account(port)):
            await asyncio.sleep(0.05)
    assert [action["Action"] for action in actions].count("Silence") == 1


async def test_a_silent_link_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "PING_EVERY_S", 0.05)
    monkeypatch.setattr(ami, "PING_LIMIT_S", 0.05)

    def deaf(action: dict[str, str]) -> bytes | None:
        return obliging(action) if action["Action"] == "Login" else None

    async with asterisk(deaf) as (port, _), connect(account(port)) as session:
        with pytest.raises(LinkDown, match="silent"):
            await session.watch()


async def test_who_has_much_to_tell_and_answers_late_is_not_silent(
        monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ami, "PING_EVERY_S", 0.01)
    monkeypatch.setattr(ami, "PING_LIMIT_S", 0.2)

    def busy(action: dict[str, str]) -> bytes | None:
        return obliging(action) if action["Action"] == "Login" else event("Hangup")

    async with asterisk(busy) as (port, actions), connect(account(port)) as session:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await session.watch()
    assert [action["Action"] for action in actions].count("Ping") > 1
