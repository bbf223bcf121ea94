"""A wall screen: its own link, figures only, dark as soon as the link is taken back."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import aiohttp
from aiohttp import WSMsgType

from crm_store import audit_reading
from tests.workstation.office import SOON_S, Office
from workstation.protocol.views import QueueView, WaitingView
from workstation.views import moment
from workstation.walls import queues


async def frame(socket: aiohttp.ClientWebSocketResponse) -> aiohttp.WSMessage:
    async with asyncio.timeout(SOON_S):
        return await socket.receive()


async def made(office: Office, login: str, **args: Any) -> Any:
    async with office.screen(login) as screen:
        return await screen.ask("wall.make", name="Hall", **args)


async def test_a_wall_shows_figures_by_its_link_and_goes_dark_when_it_is_taken_back(
        office: Office) -> None:
    reply = await made(office, "sofia", queues=["billing"])
    async with aiohttp.ClientSession() as nobody, nobody.ws_connect(
            f"{office.url}/wall/live") as socket:
        await socket.send_str(reply.result["token"])
        told = await frame(socket)
        picture = json.loads(told.data)
        assert (picture["name"], [one["id"] for one in picture["queues"]]) == (
            "Hall", ["billing"])
        async with office.screen("sofia") as sofia:
            listed = (await sofia.ask("wall.list")).result["links"]
            assert listed[0]["seen_at"] is not None
            assert "token" not in json.dumps(listed)
            await sofia.ask("wall.revoke", id=reply.result["link"]["id"])
        while (told := await frame(socket)).type is WSMsgType.TEXT:
            pass
        assert (told.type, told.data) == (WSMsgType.CLOSE, 4401)
    async with aiohttp.ClientSession() as nobody, nobody.ws_connect(
            f"{office.url}/wall/live") as socket:
        await socket.send_str(reply.result["token"])
        assert (await frame(socket)).data == 4401
    async with office.store.read() as tx:
        for what in ("wall.made", "wall.revoked"):
            page = await audit_reading.page(tx, audit_reading.Filter(what=what))
            assert [one.by for one in page[0]] == ["109"]


async def test_a_wall_learns_nobodys_number_unless_an_administrator_permits_it(
        office: Office) -> None:
    view = QueueView(
        id="billing", name="Billing", ready=1, talking=0, signed_in=1, answered_today=3,
        abandoned_today=1, in_time_today=2, service_level_s=20, waiting=[WaitingView(
            call="c1", since=moment(office.desk.clock()), number="+79161234567", name="Ivanov")])
    hidden, = queues([view], [], shows_callers=False)
    shown, = queues([view], [], shows_callers=True)
    assert (hidden.waiting, hidden.level, hidden.callers) == (1, 0.5, [])
    assert shown.callers[0].name == "Ivanov"
    assert (await made(office, "sofia", callers=True)).problem.code == "not_allowed"
    assert (await made(office, "admin", callers=True)).problem is None
    assert (await made(office, "anna")).problem.code == "not_allowed"


async def test_the_page_of_a_wall_needs_no_sign_in_and_says_nothing_by_itself(
        office: Office) -> None:
    async with aiohttp.ClientSession() as nobody, nobody.ws_connect(
            f"{office.url}/wall/live") as socket:
        await socket.send_str("x" * 32)
        assert (await frame(socket)).data == 4401
