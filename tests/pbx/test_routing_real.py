"""What routing decided, carried out by the real dialplan: the chosen operator, else the queue."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from cti.agi import AgiSession, Request, serve
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.manager import Manager, manager
from tests.pbx.phones import phone

pytestmark = [pytest.mark.pbx, pytest.mark.timeout(120)]
ANNA = "PJSIP/101"


@asynccontextmanager
async def routed(pbx: PrivatePbx, variables: Mapping[str, str]) -> AsyncIterator[Manager]:
    """A caller for whom a menu sets these before he goes on to the queue."""
    async def menu(agi: AgiSession, request: Request) -> None:
        for name, value in (variables | {"DESKLINE_NEXT": "queue:billing"}).items():
            await agi.set_variable(name, value)

    async with (serve("127.0.0.1", pbx.ports.agi_menu, {"menu": menu}),
                manager(pbx.ports.ami, "observer", pbx.password("ami:observer")) as observer):
        await pbx.world_originate(entry=ENTRY, talk_s=20)
        yield observer


@pytest.fixture
async def member(pbx: PrivatePbx, tmp_path: Path) -> AsyncIterator[str]:
    """Anna is in the queue, ready, by a phone that answers by itself."""
    async with phone(tmp_path, pbx.ports.sip, "101", pbx.password("sip:101"), auto_answer=True):
        await asyncio.to_thread(pbx.ask, f"queue add member {ANNA} to billing")
        yield ANNA
        await asyncio.to_thread(pbx.ask, f"queue remove member {ANNA} from billing")
        await asyncio.to_thread(pbx.hang_up_everything)


async def test_the_chosen_operator_is_rung_before_the_queue_is_joined(
    pbx: PrivatePbx, member: str,
) -> None:
    async with routed(pbx, {"DESKLINE_PREFER": "101", "DESKLINE_PREFER_S": "9"}) as observer:
        rung = await observer.wait("DialBegin", limit_s=30, where=lambda event: event.get(
            "DestChannel", "").startswith(f"{member}-"))
        ended = await observer.wait("DialEnd", limit_s=30)
        assert not observer.seen("QueueCallerJoin")
    assert (rung["DialString"], ended["DialStatus"]) == ("101", "ANSWER")


@pytest.mark.parametrize("who", ["101", "104", "999"])
async def test_who_is_paused_not_in_the_queue_or_unknown_is_not_waited_for(
    pbx: PrivatePbx, member: str, who: str,
) -> None:
    """The caller goes to the queue at once, before those of a smaller priority."""
    await asyncio.to_thread(pbx.ask, f"queue pause member {member}")
    wanted = {"DESKLINE_PREFER": who, "DESKLINE_PREFER_S": "30", "QUEUE_PRIO": "6"}
    async with routed(pbx, wanted) as observer:
        await observer.wait("QueueCallerJoin", limit_s=15)
        assert not observer.seen("DialBegin")
        shown = await asyncio.to_thread(pbx.ask, "queue show billing")
    assert "prio: 6" in shown
