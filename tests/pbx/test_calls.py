"""Inbound calls through the private Asterisk: menu, queue, and what happens when we are not there.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cti.agi import AgiSession, Request, serve
from cti.pbx.render_system import CEL_FIELDS
from tests.pbx.fixtures import ENTRY, ENTRY_OUTAGES, PrivatePbx
from tests.pbx.manager import Manager, manager
from tests.pbx.phones import phone

pytestmark = pytest.mark.pbx


@pytest.fixture(autouse=True)
async def _quiet_afterwards(pbx: PrivatePbx) -> AsyncIterator[None]:
    yield
    await asyncio.to_thread(pbx.hang_up_everything)
    await asyncio.sleep(0.3)


@asynccontextmanager
async def observing(pbx: PrivatePbx) -> AsyncIterator[Manager]:
    async with manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer:
        yield observer


async def test_with_our_servers_stopped_a_caller_is_in_the_queue_within_two_seconds(
        pbx: PrivatePbx) -> None:
    async with observing(pbx) as observer:
        await pbx.world_originate(entry=ENTRY_OUTAGES, talk_s=10)
        joined = await observer.wait("QueueCallerJoin", limit_s=2)
    assert joined["Queue"] == "outages"
    assert joined["CallerIDNum"] == "+79161234567"


@pytest.mark.parametrize("dialled", ["+74959999999", "sales", "101*"])
async def test_a_call_for_a_number_that_is_no_entry_reaches_the_first_entry(
        pbx: PrivatePbx, tmp_path: Path, dialled: str) -> None:
    async with (observing(pbx) as observer,
                phone(tmp_path, pbx.ports.sip, "+79161234567") as caller):
        await caller.dial(dialled, pbx.ports.sip)
        joined = await observer.wait("QueueCallerJoin")
        assert joined["Queue"] == "billing"


@pytest.mark.parametrize(("next_", "queue"), [
    ("queue:collection", "collection"), ("queue:nowhere", "billing"), ("", "billing"),
    ("rubbish", "billing"), ("queue:billing) & 1", "billing"),
])
async def test_the_menu_chooses_the_queue_and_nonsense_leads_to_the_entrys_own(
        pbx: PrivatePbx, next_: str, queue: str) -> None:
    seen: list[Request] = []

    async def menu(agi: AgiSession, request: Request) -> None:
        seen.append(request)
        await agi.set_variable("DESKLINE_NEXT", next_)

    async with serve("127.0.0.1", pbx.ports.agi_menu, {"menu": menu}), observing(pbx) as observer:
        await pbx.world_originate(entry=ENTRY)
        joined = await observer.wait("QueueCallerJoin")
    assert joined["Queue"] == queue
    assert seen[0].query == {"entry": "74951200000", "pbx": "main"}


async def test_a_menu_that_served_the_caller_ends_the_call(pbx: PrivatePbx) -> None:
    async def menu(agi: AgiSession, request: Request) -> None:
        await agi.set_variable("DESKLINE_NEXT", "hangup")

    async with serve("127.0.0.1", pbx.ports.agi_menu, {"menu": menu}), observing(pbx) as observer:
        await pbx.world_originate(entry=ENTRY)
        await observer.wait("Hangup")
        assert not observer.seen("QueueCallerJoin")


async def test_a_menu_server_that_hangs_gives_the_caller_up_to_the_queue(
        pbx: PrivatePbx) -> None:
    async def menu(agi: AgiSession, request: Request) -> None:
        await asyncio.sleep(60)

    async with serve("127.0.0.1", pbx.ports.agi_menu, {"menu": menu}), observing(pbx) as observer:
        await pbx.world_originate(entry=ENTRY)
        joined = await observer.wait("QueueCallerJoin", limit_s=pbx.plan.menu_limit_s + 3)
        assert joined["Queue"] == "billing"
        await pbx.world_originate(entry=ENTRY)      # and it lives on: no limit in the queue
        await asyncio.sleep(1)
        assert not observer.seen("Hangup", lambda e: e["Linkedid"] == joined["Linkedid"])


async def test_a_caller_who_leaves_a_menu_server_that_hangs_leaves_no_channel_behind(
        pbx: PrivatePbx) -> None:
    async def menu(agi: AgiSession, request: Request) -> None:
        await asyncio.sleep(60)

    async with serve("127.0.0.1", pbx.ports.agi_menu, {"menu": menu}), observing(pbx) as observer:
        await pbx.world_originate(entry=ENTRY, talk_s=1)
        await observer.wait("Hangup", limit_s=4)


@pytest.mark.parametrize("name", [
    'Event: Hangup', "A, B; C [x] ${SHELL(id)}", '"quoted"', "Иван <b>", "x" * 120,
])
async def test_a_hostile_caller_name_arrives_as_text_and_harms_nothing(
        pbx: PrivatePbx, name: str) -> None:
    async with observing(pbx) as observer:
        await pbx.world_originate(caller_name=name, talk_s=5)
        joined = await observer.wait("QueueCallerJoin")
        assert name.strip('"')[:10] in joined["CallerIDName"]
        assert joined["CallerIDNum"] == "+79161234567"


async def test_a_refused_and_an_unanswered_offer_pause_the_operator(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    async with (observing(pbx) as observer,
                phone(tmp_path, pbx.ports.sip, "102", pbx.password("sip:102")) as operator):
        pbx.ask("queue add member PJSIP/102 to billing")
        await pbx.world_originate(talk_s=15)
        await operator.wait("incoming")
        await operator.refuse(486)
        paused = await observer.wait("QueueMemberPause")
        assert (paused["Paused"], paused["PausedReason"]) == ("1", "Auto-Pause")
        pbx.ask("queue remove member PJSIP/102 from billing")


async def test_an_operator_calls_a_colleague_and_a_number(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    async with phone(tmp_path, pbx.ports.sip, "101", pbx.password("sip:101")) as operator:
        await operator.dial("104", pbx.ports.sip)
        await operator.wait("connected")
        await operator.hang_up()
        await operator.wait("ended")
        await operator.dial("+79160000001", pbx.ports.sip)
        await operator.wait("connected", nth=2)
        await operator.hang_up()
        await operator.wait("ended", nth=2)
        await operator.dial("79160000001999999999", pbx.ports.sip)
        refused = await operator.wait("ended", nth=3)
        assert refused["code"] >= 400


async def test_asterisk_keeps_records_of_its_own(pbx: PrivatePbx) -> None:
    """With the link down they are all that tells of a call that came and went."""
    async with observing(pbx) as observer:
        await pbx.world_originate(caller_number="+79165554433", talk_s=2)
        joined = await observer.wait("QueueCallerJoin")
        await observer.wait("Hangup")
    call, log = joined["Linkedid"], pbx.main.site.folder / "log"
    await asyncio.sleep(0.5)
    with (log / "cel-custom" / "Master.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file, fieldnames=list(CEL_FIELDS))
                if row["linkedid"] == call]
    assert rows[0]["eventtype"] == "CHAN_START"
    assert rows[-1]["eventtype"] == "LINKEDID_END"
    assert rows[-1]["number"] == "+79165554433"
    assert 1.5 < float(rows[-1]["eventtime"]) - float(rows[0]["eventtime"]) < 6
    assert f"|{call}|billing|NONE|ABANDON|" in (log / "queue_log").read_text()
    assert call in (log / "cdr-custom" / "Master.csv").read_text()


async def test_members_and_pauses_survive_kill_9(pbx: PrivatePbx) -> None:
    pbx.ask("queue add member PJSIP/109 to billing penalty 2 as 109")
    pbx.ask("queue pause member PJSIP/109 queue billing reason lunch")
    await asyncio.sleep(1.5)        # Asterisk commits its own database once a second
    pbx.kill()
    await asyncio.to_thread(pbx.start_again)
    told = await asyncio.to_thread(pbx.ask, "queue show billing")
    pbx.ask("queue remove member PJSIP/109 from billing")
    assert "PJSIP/109" in told
    assert "lunch" in told
