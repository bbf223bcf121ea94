"""The outbound dialplan with a claim gate of our own, against debtors of every kind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from cti.agi import AgiSession, Request, serve
from tests.pbx.fixtures import PrivatePbx
from tests.pbx.manager import Manager, Message, manager

pytestmark = pytest.mark.pbx


@asynccontextmanager
async def outbound(pbx: PrivatePbx, claims: dict[str, dict[str, str]],
                   ) -> AsyncIterator[tuple[Manager, Manager]]:
    """An observer and a dialler, and a gate that grants `claims` (attempt → variables)."""
    async def claim(agi: AgiSession, request: Request) -> None:
        for name, value in claims.get(request.query["attempt"], {}).items():
            await agi.set_variable(name, value)
        if request.query["attempt"] in claims:
            await agi.set_variable("DESKLINE_CLAIM", "yes")

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(
            serve("127.0.0.1", pbx.ports.agi_gate, {"claim": claim}))
        accounts = [await stack.enter_async_context(
            manager(pbx.ports.ami, name, pbx.password(f"ami:{name}")))
            for name in ("observer", "dialler")]
        yield accounts[0], accounts[1]


def claimed(number: str, ring_s: int = 20) -> dict[str, str]:
    return {"DESKLINE_NUMBER": number, "DESKLINE_QUEUE": "collection",
            "DESKLINE_CALLERID": "+74951200000", "DESKLINE_RING_S": str(ring_s)}


async def dial(dialler: Manager, attempt: str) -> Message:
    return await dialler.send(
        Action="Originate", Channel=f"Local/{attempt}@deskline-dial/n", Context="deskline-idle",
        Exten="s", Priority="1", Async="true", Timeout="90000",
        ChannelId=f"deskline-a{attempt}-1", OtherChannelId=f"deskline-a{attempt}-2")


def of(attempt: str) -> Callable[[Message], bool]:
    return lambda event: event.get("Attempt") == attempt


def leg(attempt: str) -> Callable[[Message], bool]:
    return lambda event: event.get("Uniqueid") == f"deskline-a{attempt}-1"


@pytest.mark.parametrize(("attempt", "number", "ring_s", "status", "cause"), [
    ("11", "+79160000060", 20, "BUSY", "17"),
    ("12", "+79160000085", 20, "CHANUNAVAIL", "1"),
    ("13", "+79160000070", 2, "NOANSWER", "0"),
    ("14", "+79160000095", 20, "CONGESTION", "34"),
])
async def test_an_attempt_that_is_not_answered_tells_its_status(
        pbx: PrivatePbx, attempt: str, number: str, ring_s: int, status: str,
        cause: str) -> None:
    async with outbound(pbx, {attempt: claimed(number, ring_s)}) as (observer, dialler):
        await dial(dialler, attempt)
        told = await observer.wait("DesklineAttempt", where=of(attempt))
        await observer.wait("Hangup", where=leg(attempt))
        assert len(observer.seen("DesklineAttempt", of(attempt))) == 1
    assert (told["Status"], told["Cause"]) == (status, cause)
    assert told["Linkedid"] == f"deskline-a{attempt}-1"


async def test_an_answered_client_reaches_an_operator_and_the_halves_are_gone(
        pbx: PrivatePbx) -> None:
    pbx.ask("queue add member PJSIP/103 to collection")
    async with outbound(pbx, {"21": claimed("+79160000001")}) as (observer, dialler):
        await dial(dialler, "21")
        told = await observer.wait("DesklineAttempt", where=of("21"))
        await observer.wait("Hangup", where=leg("21"))
        called = await observer.wait("DialBegin", where=lambda e: "PJSIP/103-" in e["DestChannel"])
        await observer.wait("AgentConnect")
        await observer.wait("AgentComplete")
        assert told["Status"] == "ANSWER"
        assert told["Channel"].startswith("PJSIP/trunk-")
        assert called["CallerIDNum"] == "+79160000001"
        assert called["Linkedid"] == "deskline-a21-1"
        assert not observer.seen("DesklineDropped")
    pbx.ask("queue remove member PJSIP/103 from collection")


async def test_an_answered_client_for_whom_nobody_is_free_is_dropped_with_a_word(
        pbx: PrivatePbx) -> None:
    async with outbound(pbx, {"22": claimed("+79160000002")}) as (observer, dialler):
        await dial(dialler, "22")
        await observer.wait("QueueCallerJoin", where=lambda e: e["Queue"] == "collection")
        dropped = await observer.wait("DesklineDropped", where=of("22"))
        await observer.wait("Hangup", where=lambda e: e["Uniqueid"] == dropped["Uniqueid"])
        assert len(observer.seen("DesklineAttempt", of("22"))) == 1


async def test_a_client_who_answers_and_hangs_up_was_answered_once(pbx: PrivatePbx) -> None:
    async with outbound(pbx, {"23": claimed("+79160000090")}) as (observer, dialler):
        await dial(dialler, "23")
        await observer.wait("QueueCallerAbandon")
        told = observer.seen("DesklineAttempt", of("23"))
        assert [event["Status"] for event in told] == ["ANSWER"]


async def test_an_attempt_taken_back_while_it_rings_is_told_as_cancelled(
        pbx: PrivatePbx) -> None:
    async with outbound(pbx, {"24": claimed("+79160000070")}) as (observer, dialler):
        await dial(dialler, "24")
        await observer.wait("Newchannel", where=lambda e: e["Channel"].startswith("PJSIP/trunk"))
        await dialler.send(Action="Hangup", Channel="/^Local/24@deskline-dial.*1$/")
        told = await observer.wait("DesklineAttempt", where=of("24"))
        assert told["Status"] == "CANCEL"


async def test_without_a_claim_nobody_is_dialled(pbx: PrivatePbx) -> None:
    async with outbound(pbx, {}) as (observer, dialler):
        await dial(dialler, "31")
        await observer.wait("Hangup", where=leg("31"))
        assert not observer.seen("DesklineAttempt")
        assert not observer.seen("Newchannel", lambda e: e["Channel"].startswith("PJSIP/"))


async def test_with_the_gate_gone_nobody_is_dialled(pbx: PrivatePbx) -> None:
    async with manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer:
        async with manager(pbx.ports.ami, "dialler", pbx.password("ami:dialler")) as dialler:
            await dial(dialler, "32")
            await observer.wait("Hangup", where=leg("32"))
        assert not observer.seen("Newchannel", lambda e: e["Channel"].startswith("PJSIP/"))


HOSTILE = ("+7916/103", "79160000001&PJSIP/103", "79160000001@trunk,30,g", "12", "+",
           "7916000000112345678", '7916")&1=1', "${SHELL(id)}", "791600000 01", "sip:1@evil",
           "7916]) | (1")


@pytest.mark.parametrize("place", range(len(HOSTILE)))
async def test_a_number_that_is_none_is_refused_before_the_trunk(
        pbx: PrivatePbx, place: int) -> None:
    attempt = str(40 + place)
    async with outbound(pbx, {attempt: claimed(HOSTILE[place])}) as (observer, dialler):
        await dial(dialler, attempt)
        told = await observer.wait("DesklineAttempt", where=of(attempt))
        await observer.wait("Hangup", where=leg(attempt))
        assert (told["Status"], told["Cause"]) == ("FAILED", "28")
        assert not observer.seen("Newchannel", lambda e: e["Channel"].startswith("PJSIP/"))


async def test_a_campaign_of_an_unknown_queue_is_refused(pbx: PrivatePbx) -> None:
    wrong = {**claimed("+79160000001"), "DESKLINE_QUEUE": "nowhere"}
    async with outbound(pbx, {"60": wrong}) as (observer, dialler):
        await dial(dialler, "60")
        told = await observer.wait("DesklineAttempt", where=of("60"))
        assert told["Status"] == "FAILED"
