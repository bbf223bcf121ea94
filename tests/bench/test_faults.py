"""The fault run's own parts: what it counts as lost, ghost and wrong owner, and its proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from bench import faults_truth
from bench.faults import options
from bench.faults_proxy import Proxy
from bench.faults_truth import FAR_FIELDS, Call
from bench.faults_verdict import Ours, judge
from cti.pbx.render_system import CEL_FIELDS

A, B = "+79990000001", "+79990000002"
PEOPLE = frozenset({"201", "202"})


def call(*owners: str, number: str = A, linkedids: tuple[str, ...] = ("1.1",)) -> Call:
    return Call(number, is_taken=True, linkedids=set(linkedids), owners=list(owners))


def ours(operator: str | None, *talked: str, number: str = A, outcome: str = "answered",
         is_over: bool = True, call_id: str = "1.1") -> Ours:
    return Ours(call_id, number, operator, outcome, is_over, talked, 0.0)


def test_what_is_written_as_it_was_is_clean() -> None:
    verdict = judge({A: call("201", "202"), B: call(number=B)},
                    [ours("202", "201", "202"), ours(None, number=B, outcome="abandoned")], [])
    assert verdict.is_clean
    assert (verdict.real, verdict.connected, verdict.handed_on) == (2, 1, 1)
    assert verdict.wrong_outcome == []


def test_a_call_that_nobody_wrote_down_is_lost() -> None:
    assert judge({A: call("201")}, [], []).lost == [f"{A} 1.1 with 201"]


def test_a_talk_of_another_length_is_told_and_no_fault_by_itself() -> None:
    told = judge({A: Call(A, linkedids={"1.1"}, owners=["201"], talked_s=9.0)},
                 [Ours("1.1", A, "201", "answered", True, ("201",), 5.0)], [])
    assert told.is_clean
    assert len(told.wrong_length) == 1


def test_a_caller_who_never_reached_us_is_not_missed() -> None:
    assert judge({A: Call(A)}, [], []).is_clean


@pytest.mark.parametrize(("written", "live"), [
    ([ours("201", "201"), ours("201", "201", call_id="9.9")], []),
    ([ours("201", "201", is_over=False)], []),
    ([ours("201", "201"), ours(None, number="billing", call_id="9.9")], []),
    ([ours("201", "201")], ["1.1"])])
def test_what_never_was_or_never_ends_is_a_ghost(written: list[Ours], live: list[str]) -> None:
    assert len(judge({A: call("201")}, written, live).ghosts) == 1


@pytest.mark.parametrize("written", [
    ours("202", "202"), ours(None), ours("201"), ours("201", "201", "202")])
def test_anothers_or_nobodys_call_is_a_wrong_owner(written: Ours) -> None:
    assert len(judge({A: call("201")}, [written], []).wrong_owner) == 1


def test_who_picked_up_when_nobody_was_left_may_be_named_or_not() -> None:
    picked_up = Call(A, is_taken=True, linkedids={"1.1"}, answered_by=["201"])
    for operator in ("201", None):
        assert judge({A: picked_up}, [ours(operator, outcome="abandoned")], []).is_clean


def _line(fields: dict[str, str], **values: str) -> str:
    return ",".join(f'"{values.get(name, "")}"' for name in fields) + "\n"


def test_the_truth_is_read_from_both_ends(tmp_path: Path) -> None:
    far, cel = tmp_path / "far.csv", tmp_path / "cel.csv"
    far.write_text(
        _line(FAR_FIELDS, start="1.0", src=A, dst="listen", disposition="ANSWERED")
        + _line(FAR_FIELDS, start="1.5", src=A, dst="201", disposition="ANSWERED")
        + _line(FAR_FIELDS, start="1.6", src=A, dst="202", disposition="NO ANSWER") + '"torn')
    begun = _line(CEL_FIELDS, eventtype="CHAN_START", uniqueid="1.1", linkedid="1.1", number=A,
                  channel="PJSIP/trunk-00000001")
    joined = _line(CEL_FIELDS, eventtype="BRIDGE_ENTER", uniqueid="1.2", linkedid="1.1",
                   number="201", channel="PJSIP/201-00000002")
    talks = [_line(CEL_FIELDS, eventtype=kind, eventtime=at, uniqueid="1.1", linkedid="1.1",
                   channel="PJSIP/trunk-00000001")
             for kind, at in (("BRIDGE_ENTER", "10.5"), ("BRIDGE_EXIT", "14.0"))]
    torn = '"CHAN_START","17\n'
    cel.write_text(begun + joined + torn + "".join(talks)
                   + begun.replace(A, B).replace("1.1", "2.2"))
    found = faults_truth.calls(far, cel, PEOPLE)
    assert found[A].owners == found[A].answered_by == ["201"]
    assert found[A].is_taken
    assert found[A].talked_s == 3.5
    assert found[B].is_real
    assert not found[B].is_taken


@asynccontextmanager
async def through(port: int) -> AsyncIterator[tuple[Proxy, asyncio.StreamReader,
                                                    asyncio.StreamWriter]]:
    """A link through a proxy to somebody who answers each line twice, the second as an event."""
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while line := await reader.readline():
                writer.write(b"Response: " + line + b"\r\n\r\nEvent: " + line + b"\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as far:
        target = far.sockets[0].getsockname()[1]
        async with Proxy("127.0.0.1", port, target).listening() as proxy:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            yield proxy, reader, writer
            writer.close()


async def _heard(reader: asyncio.StreamReader, limit_s: float = 0.3) -> bytes:
    try:
        async with asyncio.timeout(limit_s):
            return await reader.read(1000)
    except TimeoutError:
        return b""


async def test_the_proxy_drops_single_answers_and_nothing_else(unused_tcp_port: int) -> None:
    async with through(unused_tcp_port) as (proxy, reader, writer):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(proxy.drop(1, 0.2))
            await asyncio.sleep(0)
            writer.write(b"one\n")
            assert await _heard(reader) == b"Event: one\n\r\n\r\n"
        writer.write(b"two\n")
        assert b"Response: two" in await _heard(reader)
        assert proxy.dropped == 1


async def test_a_stalled_proxy_is_silent_and_lets_all_through_later(unused_tcp_port: int) -> None:
    async with through(unused_tcp_port) as (proxy, reader, writer):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(proxy.stall(0.5))
            await asyncio.sleep(0)
            writer.write(b"one\n")
            assert await _heard(reader) == b""
        assert b"Response: one" in await _heard(reader)


async def _is_ended(reader: asyncio.StreamReader) -> bool:
    async with asyncio.timeout(1):
        try:
            return await reader.read(10) == b""
        except ConnectionError:
            return True


async def test_a_cut_ends_the_link_and_refuses_for_a_while(unused_tcp_port: int) -> None:
    async with through(unused_tcp_port) as (proxy, reader, _), asyncio.TaskGroup() as tasks:
        tasks.create_task(proxy.cut(0.3))
        assert await _is_ended(reader)
        again, writer = await asyncio.open_connection("127.0.0.1", unused_tcp_port)
        assert await _is_ended(again)
        writer.close()


def test_an_unknown_fault_is_refused() -> None:
    assert options(["--faults", "cut,drop"]).faults == ("cut", "drop")
    with pytest.raises(SystemExit):
        options(["--faults", "flood"])
