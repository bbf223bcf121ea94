"""Our FastAGI server against peers that speak as Asterisk does, and against those that do not."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.agi import (
    AgiError,
    AgiSession,
    CommandRefused,
    ConnectionLost,
    Digits,
    HungUp,
    NoAnswer,
    OutOfStep,
    Request,
    Script,
    SoundMissing,
    UnsafeText,
    serve,
)
from cti.agi_lines import COMMAND_BYTES, command_line, parse_reply
from cti.user_events import MenuStepped

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


async def test_a_script_is_found_by_its_path_and_sees_query_and_caller() -> None:
    seen: list[Request] = []

    async def script(session: AgiSession, request: Request) -> None:
        seen.append(request)

    async with serve("127.0.0.1", 0, {"menu": script}) as server:
        assert await (await connect(server.port)).is_cut_off()
    (request,) = seen
    assert request.query == {"entry": "100", "pbx": "main"}
    assert (request.caller_number, request.caller_name) == ("79161234567", "Ann: B")
    assert request.channel == "PJSIP/trunk-00000001"
    assert not request.is_number_withheld


async def test_unknown_and_withheld_callers_are_told_apart_from_known_ones() -> None:
    request = Request("menu", {}, {"agi_callerid": "unknown", "agi_callingpres": "35"})
    assert request.caller_number is None
    assert request.is_number_withheld


async def test_the_word_hangup_in_a_variable_is_a_value() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        assert await session.get_variable("DESKLINE_NEXT") == "hangup"
        assert await session.get_variable("NOTHING") is None
        assert not session.is_hung_up

    async def asterisk(peer: Asterisk) -> None:
        await peer.hears("GET VARIABLE DESKLINE_NEXT")
        await peer.says("200 result=1 (hangup)\n")
        await peer.hears("GET VARIABLE NOTHING")
        await peer.says("200 result=0\n")

    await run_call(script, asterisk)


async def test_a_hangup_line_is_a_flag_and_answers_stay_in_step() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        assert await session.play("welcome", "0") is None
        assert session.is_hung_up
        with pytest.raises(HungUp):
            await session.wait_for_key(1)
        assert await session.get_variable("A") == "b"
        await session.set_variable("DESKLINE_NEXT", "hangup")

    async def asterisk(peer: Asterisk) -> None:
        await peer.hears("STREAM FILE welcome 0")
        await peer.says("HANGUP\n200 result=0 endpos=160\n")
        await peer.hears("GET VARIABLE A")
        await peer.says("200 result=1 (b)\n")
        await peer.hears("SET VARIABLE DESKLINE_NEXT hangup")
        await peer.says("200 result=1\n")

    await run_call(script, asterisk)


@pytest.mark.parametrize("answer", [
    "511 Command Not Permitted on a dead channel or intercept routine\n",
    "200 result=-1 endpos=99\n",
    "HANGUP\n200 result=-1 endpos=99\n",
])
async def test_a_sound_for_a_caller_who_is_gone_is_a_hang_up(answer: str) -> None:
    async def script(session: AgiSession, request: Request) -> None:
        await session.play("welcome")

    async def asterisk(peer: Asterisk) -> None:
        await peer.hears('STREAM FILE welcome ""')
        await peer.says(answer)

    with pytest.raises(HungUp):
        await run_call(script, asterisk)


async def test_a_long_explanation_of_wrong_use_does_not_put_answers_out_of_step() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        with pytest.raises(CommandRefused, match="520"):
            await session.wait_for_key(1)
        assert await session.get_variable("A") == "b"

    async def asterisk(peer: Asterisk) -> None:
        await peer.next_command()
        await peer.says("520-Invalid command syntax.  Proper usage follows:\n Usage: WAIT FOR\n")
        await peer.says("200 result=7\n520 End of proper usage.\n")
        await peer.hears("GET VARIABLE A")
        await peer.says("200 result=1 (b)\n")

    await run_call(script, asterisk)


@pytest.mark.parametrize(("answer", "digits"), [
    ("200 result=12 (timeout)\n", Digits("12", is_complete=False)),
    ("200 result= (timeout)\n", Digits("", is_complete=False)),
    ("200 result=1234\n", Digits("1234", is_complete=True)),
    ("200 result=\n", Digits("", is_complete=True)),
])
async def test_collected_keys_tell_whether_the_caller_finished(
    answer: str, digits: Digits,
) -> None:
    async def script(session: AgiSession, request: Request) -> None:
        assert await session.get_digits("account", 4, 2.5) == digits

    async def asterisk(peer: Asterisk) -> None:
        await peer.hears("GET DATA account 2500 4")
        await peer.says(answer)

    await run_call(script, asterisk)


async def test_a_key_ends_a_sound_and_a_missing_sound_is_noticed() -> None:
    async def script(session: AgiSession, request: Request) -> None:
        assert await session.play("/p/a b", "0123") == "2"
        assert await session.wait_for_key(0.5) == "#"
        assert await session.wait_for_key(0.5) is None
        with pytest.raises(SoundMissing):
            await session.play("nowhere")
        await session.user_event(MenuStepped("main", "greet"))

    async def asterisk(peer: Asterisk) -> None:
        await peer.hears('STREAM FILE "/p/a b" 0123')
        await peer.says("200 result=50 endpos=800\n")
        await peer.hears("WAIT FOR DIGIT 500")
        await peer.says("200 result=35\n")
        await peer.hears("WAIT FOR DIGIT 500")
        await peer.says("200 result=0\n")
        await peer.next_command()
        await peer.says("200 result=0 endpos=0\n")
        await peer.hears('EXEC UserEvent "DesklineMenu,Menu: main,Step: greet"')
        await peer.says("100 result=0 Trying...\n200 result=0\n")

    await run_call(script, asterisk)


@pytest.mark.parametrize("text", ["a\nHANGUP", "a\rb", "a\0b", "x" * COMMAND_BYTES])
async def test_a_text_that_would_be_a_second_command_never_leaves(text: str) -> None:
    async def script(session: AgiSession, request: Request) -> None:
        with pytest.raises(UnsafeText):
            await session.set_variable("A", text)
        with pytest.raises(UnsafeText):
            await session.get_variable(text)
        with pytest.raises(UnsafeText):
            await session.play("welcome", "x")
        await session.hangup()

    async def asterisk(peer: Asterisk) -> None:
        await peer.hears("HANGUP")
        await peer.says("200 result=1\n")

    await run_call(script, asterisk)


def asterisk_words(line: str) -> list[str]:
    """`parse_args` of res_agi.c, retold: quotes, backslashes, blanks."""
    words, word, quoted, escaped, begun = [], "", False, False, False
    for sign in line:
        if escaped:
            word, escaped = word + sign, False
        elif sign == "\\":
            escaped, begun = True, True
        elif sign == '"':
            quoted, begun = not quoted, True
        elif sign in " \t" and not quoted:
            if begun:
                words.append(word)
            word, begun = "", False
        else:
            word, begun = word + sign, True
    return [*words, word] if begun else words


@given(st.lists(st.text(st.characters(exclude_characters="\r\n\0", codec="utf-8"), max_size=30),
                min_size=1, max_size=5))
def test_asterisk_reads_the_words_that_we_wrote(words: list[str]) -> None:
    line = command_line(words).decode()
    assert line.endswith("\n")
    assert line.count("\n") == 1
    assert asterisk_words(line[:-1]) == words


@given(st.text())
def test_a_line_is_an_answer_or_out_of_step(line: str) -> None:
    with suppress(OutOfStep):
        assert re.match("[25]", str(parse_reply(line).code))


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
