"""Our FastAGI server against peers that speak as Asterisk does, command by command."""

from __future__ import annotations

import re
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cti.agi import (
    AgiSession,
    CommandRefused,
    Digits,
    HungUp,
    OutOfStep,
    Request,
    SoundMissing,
    UnsafeText,
    serve,
)
from cti.agi_lines import COMMAND_BYTES, command_line, parse_reply
from cti.user_events import MenuStepped
from tests.cti.agi_peers import Asterisk, connect, run_call


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
