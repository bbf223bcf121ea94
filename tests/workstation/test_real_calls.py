"""With a real Asterisk: a caller, an operator's desk phone, the screens and the rows."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from crm_store import interaction_pages, interactions
from crm_store.store import Store
from tests.pbx.fixtures import PrivatePbx
from tests.ports import free_port
from tests.workstation.office import Office, Screen
from workstation.serve import running
from workstation.settings import Settings, load

pytestmark = pytest.mark.pbx
CALLER = "+79161234567"


def settings_for(pbx: PrivatePbx, folder: Path, **changes: Any) -> Settings:
    """The fixture's Asterisk as ours: its ports, its secret."""
    folder.mkdir(exist_ok=True)
    (folder / "secret").write_bytes(pbx.plan.secret)
    ports = pbx.ports
    parts: dict[str, Any] = {
        "server": {"port": free_port(), "demo_sign_ins": True},
        "pbx": {"ami_port": ports.ami, "http_port": ports.http, "sip_port": ports.sip,
                "trunk": f"127.0.0.1:{ports.world_sip}"},
        "menu": {"port": ports.agi_menu, "gate_port": ports.agi_gate}}
    return load(None, data_dir=folder, **{**parts, **changes})


@asynccontextmanager
async def working(settings: Settings) -> AsyncIterator[Office]:
    """`deskline serve` itself, linked."""
    async with running(settings) as desk, aiohttp.ClientSession() as http:
        async with asyncio.timeout(20):
            while not desk.link_is_up():  # noqa: ASYNC110 - the link has no event for tests
                await asyncio.sleep(0.05)
        yield Office(desk, None, http)  # type: ignore[arg-type]


@asynccontextmanager
async def ready(office: Office, login: str) -> AsyncIterator[Screen]:
    """An operator whose desk phone (played by the world) answers, ready."""
    async with office.screen(login) as screen:
        assert (await screen.ask("phone.attach", phone="desk")).problem is None
        assert (await screen.ask("state.set", state="ready")).problem is None
        me = screen.snapshot.me.id if screen.snapshot else ""
        await screen.until(lambda views: views["operators"][me]["state"] == "ready"
                           and views["operators"][me]["registered"])
        try:
            yield screen
        finally:
            await screen.ask("state.set", state="offline")


def states(views: dict[str, dict[str, Any]]) -> list[str]:
    return [view["state"] for view in views["conversations"].values()]


async def test_a_call_is_a_pop_a_talk_a_wrap_up_and_a_row(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    settings = settings_for(pbx, tmp_path)
    async with working(settings) as office, ready(office, "vera") as vera:
        async with office.screen("boris") as boris:
            await pbx.world_originate("talk", caller_number=CALLER,
                                      caller_name="Иванов <b>'", talk_s=30)
            await vera.until(lambda views: "ringing" in states(views))
            await vera.until(lambda views: "talking" in states(views))
            shown = vera.conversations[0]
            assert shown["number"] == CALLER
            assert shown["caller_name"].startswith("Иванов <b>")
            await vera.until(lambda views: "wrap_up" in states(views))
            assert vera.conversations[0]["wrap_up_until"] is not None
            await boris.ask("request.list")
            assert not boris.conversations
        await vera.until(lambda views: views["operators"]["103"]["state"] == "wrap_up")
        await vera.ask("conversation.finish", conversation=shown["id"], disposition="resolved",
                       note="done")
        await vera.until(lambda views: views["operators"]["103"]["state"] == "ready")
        row, kinds = await stored(office.store, shown["call"])
    assert (row.outcome, row.operator, row.disposition) == ("answered", "103", "resolved")
    assert row.talked_s is not None
    assert row.talked_s > 1
    assert [kind for kind in kinds if kind in ("waiting", "ringing", "talk", "wrap_up")] \
        == ["waiting", "ringing", "talk", "wrap_up"]


async def test_a_page_loaded_again_in_mid_call_gets_its_call_back(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with working(settings_for(pbx, tmp_path)) as office, ready(office, "gleb") as gleb:
        await pbx.world_originate("talk", caller_number=CALLER, talk_s=30)
        await gleb.until(lambda views: "talking" in states(views))
        async with office.screen("gleb") as again:
            assert "talking" in states(again.views)
            call = again.conversations[0]["call"]
            assert (await again.ask("call.hangup", call=call)).problem is None
            await again.until(lambda views: "wrap_up" in states(views))


async def test_a_server_started_in_mid_call_takes_it_up(pbx: PrivatePbx, tmp_path: Path) -> None:
    settings = settings_for(pbx, tmp_path)
    async with working(settings) as office, office.screen("daria") as daria:
        await daria.ask("phone.attach", phone="desk")
        await daria.ask("state.set", state="ready")
        await pbx.world_originate("talk", caller_number=CALLER, talk_s=90)
        await daria.until(lambda views: "talking" in states(views))
        call = daria.conversations[0]["call"]
    async with working(settings) as office, office.screen("daria") as daria:
        await daria.until(lambda views: bool(views["conversations"]))
        assert [view["call"] for view in daria.conversations] == [call]
        assert (await daria.ask("call.hangup", call=call)).problem is None
        await daria.until(lambda views: "wrap_up" in states(views))
        await daria.ask("state.set", state="offline")
        row, _ = await stored(office.store, call)
        assert row.outcome == "answered"


async def test_state_is_kept_by_asterisk_and_not_by_us(pbx: PrivatePbx, tmp_path: Path) -> None:
    settings = settings_for(pbx, tmp_path)
    async with working(settings) as office, office.screen("egor") as egor:
        await egor.ask("phone.attach", phone="desk")
        await egor.ask("state.set", state="paused", reason="lunch")
        await egor.until(lambda views: views["operators"]["106"]["reason"] == "lunch")
    async with working(settings) as office, office.screen("egor") as egor:
        await egor.until(lambda views: views["operators"]["106"]["reason"] == "lunch")
        assert egor.views["operators"]["106"]["state"] == "paused"
        await egor.ask("state.set", state="offline")
        await egor.until(lambda views: views["operators"]["106"]["state"] == "offline")
    assert "PJSIP/106" not in pbx.ask("queue show billing")


async def test_the_phone_is_changed_without_leaving_the_queues(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with working(settings_for(pbx, tmp_path)) as office, ready(office, "zoya") as zoya:
        await zoya.ask("phone.attach", phone="web")
        await zoya.until(lambda views: views["operators"]["107"]["phone"] == "web")
        assert zoya.views["operators"]["107"]["state"] == "ready"
        members = pbx.ask("queue show billing")
        assert "PJSIP/107-web" in members
        assert not re.search(r"PJSIP/107[^-]", members)


async def test_a_wrong_password_is_said_and_the_server_still_serves(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    settings = settings_for(pbx, tmp_path)
    (tmp_path / "secret").write_bytes(b"w" * 32)
    async with running(settings) as desk, aiohttp.ClientSession() as http:
        async with asyncio.timeout(20):
            while not desk.trouble():  # noqa: ASYNC110 - the link has no event for tests
                await asyncio.sleep(0.05)
        answer = await http.get(f"{desk.settings.server.url}/readyz")
        facts = await answer.json()
    assert facts["asterisk"] == "away"
    assert "refused the manager account" in facts["trouble"]


async def stored(store: Store, call: str) -> tuple[interactions.Interaction, list[str]]:
    """The interaction of a call once it is over, and the kinds of its segments."""
    async with asyncio.timeout(20):
        while True:
            async with store.read() as tx:
                rows, _ = await interaction_pages.page(
                    tx, interaction_pages.Wanted(call_id=call))
                if rows and rows[0].outcome is not None:
                    parts = await interactions.segments(tx, rows[0].id)
                    return rows[0], [part.kind for part in parts]
            await asyncio.sleep(0.1)


async def test_when_the_time_is_over_wrap_up_ends_by_itself(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    queues = [{"id": name, "name": name.title(), "wrap_up_s": 1}
              for name in ("billing", "outages", "collection")]
    async with (working(settings_for(pbx, tmp_path, queue=queues)) as office,
                ready(office, "vera") as vera):
        await pbx.world_originate("talk", caller_number=CALLER, talk_s=30)
        await vera.until(lambda views: "wrap_up" in states(views))
        await vera.until(lambda views: views["operators"]["103"]["state"] == "wrap_up")
        await vera.until(lambda views: views["operators"]["103"]["state"] == "ready")
        assert states(vera.views) == ["wrap_up"], "the contact still waits for its outcome"
        assert vera.conversations[0]["wrap_up_until"] is None


async def test_a_number_is_dialled_from_ones_own_phone(pbx: PrivatePbx, tmp_path: Path) -> None:
    async with working(settings_for(pbx, tmp_path)) as office, ready(office, "gleb") as gleb:
        reply = await gleb.ask("call.dial", number="8 (916) 123-45-10",
                               retyped="+79161234510")
        assert reply.problem is None
        await gleb.until(lambda views: "talking" in states(views))
        shown = gleb.conversations[0]
        assert (shown["direction"], shown["number"]) == ("out", "+79161234510")
        await gleb.ask("call.hangup", call=shown["call"])
        await gleb.until(lambda views: "wrap_up" in states(views))
        row, _ = await stored(office.store, shown["call"])
    assert (row.direction, row.operator, row.outcome) == ("out", "104", "answered")
    assert row.number == "+79161234510"


async def test_nothing_is_dialled_from_a_phone_that_cannot_be_reached(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with (working(settings_for(pbx, tmp_path)) as office,
                office.screen("anna") as anna):
        assert (await anna.ask("phone.attach", phone="desk")).problem is None
        reply = await anna.ask("call.dial", number="+79161234510", retyped="+79161234510")
        assert reply.problem is not None
        assert reply.problem.code == "phone_unreachable"


@asynccontextmanager
async def softphone_socket(office: Office) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """What the page of 101 has: `/sip` with its session."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as page:
        origin = {"Origin": office.url}
        await page.post(f"{office.url}/api/v1/session", headers=origin, json={
            "login": "anna", "password": office.password("anna")})
        async with page.ws_connect(f"{office.url}/sip", protocols=("sip",),
                                   headers=origin) as socket:
            yield socket


async def test_the_softphone_reaches_asterisk_through_the_server(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with (working(settings_for(pbx, tmp_path)) as office,
                softphone_socket(office) as socket):
        assert socket.protocol == "sip"
        await socket.send_str(request("REGISTER", "101-web"))
        async with asyncio.timeout(10):
            answer = await socket.receive_str()
    assert answer.startswith("SIP/2.0 401")


@pytest.mark.parametrize("caller", ["+79169998877", "102", "102-web", "trunk"])
async def test_a_page_cannot_call_in_as_somebody_else(
    pbx: PrivatePbx, tmp_path: Path, caller: str
) -> None:
    """Asterisk takes everybody at our address whom it does not know by name for the trunk."""
    async with (working(settings_for(pbx, tmp_path)) as office,
                softphone_socket(office) as socket):
        await socket.send_str(request("INVITE", caller))
        async with asyncio.timeout(10):
            answer = await socket.receive()
        await asyncio.sleep(0.5)
        assert not office.desk.floor.legs
        assert not office.desk.floor.calls
    assert answer.type is aiohttp.WSMsgType.CLOSE
    assert answer.data == aiohttp.WSCloseCode.POLICY_VIOLATION


def request(method: str, user: str) -> str:
    return "\r\n".join((
        f"{method} sip:74951200000@127.0.0.1 SIP/2.0",
        "Via: SIP/2.0/WS test.invalid;branch=z9hG4bKx1", "Max-Forwards: 70",
        f"To: <sip:{user}@127.0.0.1>", f"From: <sip:{user}@127.0.0.1>;tag=t1", "Call-ID: c1",
        f"CSeq: 1 {method}", "Contact: <sip:x@test.invalid;transport=ws>", "Content-Length: 0",
        "", ""))


async def test_a_call_is_transferred_over_the_api_to_a_colleague(
    pbx: PrivatePbx, tmp_path: Path
) -> None:
    async with working(settings_for(pbx, tmp_path)) as office, ready(office, "vera") as vera:
        await pbx.world_originate("talk", caller_number=CALLER, talk_s=40)
        await vera.until(lambda views: "talking" in states(views))
        call = vera.conversations[0]["call"]
        headers = await office.bearer("vera")
        url = f"{office.url}/api/v1/calls/{call}/transfer"
        for wrong in ({}, {"operator": "999"}, {"queue": "billing", "number": "+79161234567"},
                      {"number": "nonsense"}, {"queue": "billing\r\nAction: Ping"}):
            refused = await office.http.post(url, json=wrong, headers=headers)
            assert refused.status == 422, wrong
        others = await office.bearer("boris")
        assert (await office.http.post(url, json={"operator": "104"},
                                       headers=others)).status == 403
        done = await office.http.post(url, json={"operator": "104"}, headers=headers)
        assert done.status == 202, await done.text()
        await vera.until(lambda views: "wrap_up" in states(views))
        async with asyncio.timeout(20):
            while not _talks(office, "104"):  # noqa: ASYNC110 - no event for tests
                await asyncio.sleep(0.1)


def _talks(office: Office, operator: str) -> bool:
    return any(call.operator == operator and call.state == "talking"
               for call in office.desk.floor.calls.values())
