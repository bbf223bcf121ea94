"""kill -9 of the server while people talk, with a real Asterisk: what was said meanwhile is told
from Asterisk's own records at the next start, and who was muted still is."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from crm_store.contacts import Interaction
from crm_store.store import Store
from tests.pbx.fixtures import CHECKOUT, ENTRY, PrivatePbx
from tests.pbx.phones import Phone, phone
from tests.workstation.office import Screen, listening_screen
from tests.workstation.test_mending_real import mending_settings, rows, settled
from tests.workstation.test_real_calls import states
from workstation.accounts import demo_password
from workstation.settings import Settings

pytestmark = pytest.mark.pbx
ENDS, STAYS, COMES = "+79165550201", "+79165550202", "+79165550203"


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[asyncio.subprocess.Process]:
    """Killed when the block is left."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workstation.server_process", cwd=CHECKOUT,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(settings.model_dump_json().encode() + b"\n")
        async with asyncio.timeout(30):
            assert await process.stdout.readline() == b"up\n"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@asynccontextmanager
async def screen(settings: Settings, secret: bytes, login: str) -> AsyncIterator[Screen]:
    async with (aiohttp.ClientSession() as http,
                http.ws_connect(f"{settings.server.url}/live") as socket):
        await socket.send_str(json.dumps({"type": "sign_in", "login": login,
                                          "password": demo_password(secret, login)}))
        async with listening_screen(socket) as one:
            await one.hear()
            yield one


async def goes_ready(anna: Screen) -> None:
    assert (await anna.ask("phone.attach", phone="desk")).problem is None
    assert (await anna.ask("state.set", state="ready")).problem is None
    await anna.until(lambda views: views["operators"][anna.snapshot.me.id]["state"] == "ready")  # type: ignore[union-attr]


async def calls(one: Phone, pbx: PrivatePbx, taker: Phone, nth: int = 1) -> None:
    await one.dial(ENTRY, pbx.ports.sip)
    await taker.wait("connected", nth=nth)


async def test_what_was_said_while_the_server_was_dead_is_told_at_its_next_start(
        pbx: PrivatePbx, tmp_path: Path) -> None:
    """One call ends while nobody looks, one comes and goes, and one outlives it, muted."""
    began, sip, secret = datetime.now(UTC), pbx.ports.sip, pbx.plan.secret
    settings = mending_settings(pbx, tmp_path)
    async with AsyncExitStack() as stack:
        async def one(name: str, password: str | None = None) -> Phone:
            return await stack.enter_async_context(
                phone(tmp_path, sip, name, password, auto_answer=password is not None))

        annas = await one("101", pbx.password("sip:101"))
        boriss = await one("102", pbx.password("sip:102"))
        ends, stays, comes = [await one(name) for name in (ENDS, STAYS, COMES)]
        async with serving(settings) as server:
            async with screen(settings, secret, "anna") as anna:
                await goes_ready(anna)
                await calls(stays, pbx, annas)
                await anna.until(lambda views: states(views) == ["talking"])
                call = anna.conversations[0]["call"]
                assert (await anna.ask("call.mute", call=call, on=True)).problem is None
                async with screen(settings, secret, "boris") as boris:
                    await goes_ready(boris)
                    await calls(ends, pbx, boriss)
                    await boris.until(lambda views: states(views) == ["talking"])
            await asyncio.sleep(1)
            server.kill()
            await server.wait()
        await ends.hang_up()
        await boriss.wait("ended")
        await calls(comes, pbx, boriss, nth=2)
        await asyncio.sleep(1.5)
        await comes.hang_up()
        await boriss.wait("ended", nth=2)
        async with serving(settings):
            async with screen(settings, secret, "anna") as anna:
                await anna.until(lambda views: any(
                    view["call"] == call and view["state"] == "talking" and view["muted"]
                    for view in views["conversations"].values()))
                await stays.hang_up()
                await anna.until(lambda views: "talking" not in states(views))
            found = await told(settings, began)
    for name in ("101", "102"):
        for queue in ("billing", "outages", "collection"):
            pbx.ask(f"queue remove member PJSIP/{name} from {queue}")
    assert {number: (row.outcome, row.operator) for number, row in found.items()} == {
        ENDS: ("answered", "102"), STAYS: ("answered", "101"), COMES: ("answered", "102")}
    assert found[ENDS].reconstructed
    assert found[COMES].reconstructed
    assert all((row.talked_s or 0) >= 0.9 for row in found.values()), found


async def told(settings: Settings, began: datetime) -> dict[str, Interaction]:
    """The three contacts once the gap is settled and the last has ended."""
    store = Store(settings.store_url)
    try:
        gaps = await settled(store, began)
        assert "server" in {gap.why for gap in gaps}
        assert all(gap.unknown == 0 for gap in gaps)
        async with asyncio.timeout(20):
            while True:
                found = {number: row for number, row in (await rows(store, began)).items()
                         if number in (ENDS, STAYS, COMES)}
                if len(found) == 3 and all(row.ended_at for row in found.values()):
                    return found
                await asyncio.sleep(0.2)
    finally:
        await store.close()
