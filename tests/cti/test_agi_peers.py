"""Our FastAGI server against peers that leave, lie, come from elsewhere or are too many."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network

import pytest

from cti.agi import (
    AgiError,
    AgiSession,
    ConnectionLost,
    NoAnswer,
    OutOfStep,
    Request,
    serve,
)
from tests.cti.agi_peers import HEADER, Asterisk, connect, run_call


async def test_a_peer_that_leaves_in_mid_command_ends_its_own_script_only() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        await session.get_variable("A")

    async def asterisk(peer: Asterisk) -> None:
        await peer.next_command()
        await peer.says("200 resu")
        await peer.leaves()

    with pytest.raises(ConnectionLost):
        await run_call(script, asterisk)


async def test_a_silent_asterisk_is_given_up() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        await session.get_variable("A")

    async def asterisk(peer: Asterisk) -> None:
        await peer.next_command()
        assert await peer.is_cut_off()

    with pytest.raises(NoAnswer):
        await run_call(script, asterisk, reply_limit_s=0.1)


@pytest.mark.parametrize("opening", [
    HEADER.replace("79161234567", "1\n\n200 result=1 (yes)"),       # %0A%0A in the SIP address
    HEADER + "200 result=1 (yes)\n",
    HEADER + "200 result",
])
async def test_answers_forged_inside_the_opening_block_are_not_believed(opening: str) -> None:
    believed: list[str | None] = []
    stopped: list[AgiError] = []

    async def script(session: AgiSession, request: Request) -> None:
        try:
            believed.append(await session.get_variable("DESKLINE_CLAIM"))
        except AgiError as error:
            stopped.append(error)
            raise

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        assert await (await connect(server.port, opening)).is_cut_off()
    assert not believed
    assert [type(error) for error in stopped] == [OutOfStep]


@pytest.mark.parametrize("opening", [
    HEADER.replace("79161234567", "1\nagi_channel: PJSIP/101"),     # a key that stands twice
    HEADER.replace("79161234567", "1\nSet-Something"),
    HEADER.replace("agi_network_script", "agi_something_else"),
    HEADER.replace("menu?", "unknown?"),
    "HANGUP\n" + HEADER,
    HEADER.replace("menu?", "menu?" + "&".join("abcdefghijklmnopqrstuvw") + "&"),
    "agi_network: yes\nagi_x: " + "x" * 20_000 + "\n",
    "agi_x: y\n" * 4_000,
])
async def test_an_opening_block_that_asterisk_does_not_write_is_cut(opening: str) -> None:
    ran: list[Request] = []

    async def script(session: AgiSession, request: Request) -> None:
        ran.append(request)

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        peer = await connect(server.port, opening)
        assert await peer.is_cut_off()
    assert not ran


async def test_a_peer_from_elsewhere_is_cut_before_it_is_heard() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        raise AssertionError("it was heard")

    elsewhere = [ip_network("192.0.2.0/24")]
    async with serve("127.0.0.1", 0, {"menu": script}, allowed_peers=elsewhere) as server:
        peer = await connect(server.port, "")
        assert await peer.is_cut_off()


async def test_a_peer_over_the_limit_is_turned_away() -> None:
    async with serve("127.0.0.1", 0, {}, peer_limit=1) as server:
        first = await connect(server.port, "agi_")
        second = await connect(server.port, "")
        assert await second.is_cut_off()
        assert server.peers == 1
        await first.leaves()


async def test_half_an_opening_block_is_cut_at_the_deadline() -> None:
    async with serve("127.0.0.1", 0, {}, header_deadline_s=0.1) as server:
        peer = await connect(server.port, HEADER[:-1])
        assert await peer.is_cut_off()


async def test_a_thousand_half_open_peers_leave_the_next_caller_unharmed() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        await session.set_variable("DESKLINE_NEXT", "queue:billing")

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        half_open = [await connect(server.port, HEADER[:i % 60]) for i in range(1_000)]
        for peer in half_open[:500]:
            await peer.leaves()
        caller = await connect(server.port)
        await caller.hears("SET VARIABLE DESKLINE_NEXT \"queue:billing\"")
        await caller.says("200 result=1\n")
        assert await caller.is_cut_off()
        for peer in half_open[500:]:
            await peer.leaves()


async def test_a_script_that_fails_ends_its_own_connection_only(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def script(session: AgiSession, request: Request) -> None:
        if request.caller_number == "1":
            raise ZeroDivisionError
        await session.hangup()

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        assert await (await connect(server.port, HEADER.replace("79161234567", "1"))).is_cut_off()
        caller = await connect(server.port)
        await caller.hears("HANGUP")
        await caller.leaves()
    assert "A FastAGI script failed." in caplog.text


async def test_leaving_the_server_cancels_the_scripts_that_run() -> None:
    cancelled = asyncio.Event()

    async def script(session: AgiSession, request: Request) -> None:
        try:
            await session.wait_for_key(60)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        peer = await connect(server.port)
        await peer.next_command()
    assert cancelled.is_set()
    assert await peer.is_cut_off()


async def test_a_port_in_use_is_an_error_at_once() -> None:
    async with serve("127.0.0.1", 0, {}) as server:
        with pytest.raises(OSError, match="in use"):
            async with serve("127.0.0.1", server.port, {}):
                pass
