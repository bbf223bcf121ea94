"""The main job: a client calls, the card is there while it rings, the next call knows of it."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.acceptance.conftest import Api, Demo, send_home
from tests.acceptance.screens import VOICE_HZ, loudest_hz, signed_in
from tests.acceptance.tmux import Tmux
from tests.pbx.phones import Phone, phone

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]
ENTRY, CALLER_HZ = "+74951200000", 620
NOTE = "Reading of March is disputed"


@pytest.fixture
def client(demo: Demo) -> dict[str, str]:
    """A client with an account and a meter whom no other client shares a number with."""
    send_home(demo)
    api = Api(demo, "sofia")
    for hit in api.ask("GET", "/clients?q=Ivan")["items"]:
        card = api.ask("GET", f"/clients/{hit['client_id']}")
        number = card["phones"][0]["e164"]
        found = api.ask("GET", f"/clients?phone=%2B{number[1:]}")["items"]
        if len(found) == 1 and card["accounts"] and card["accounts"][0]["meters"]:
            return {"id": str(card["client_id"]), "name": card["name"], "number": number}
    raise AssertionError("no such client in the sample")


async def test_a_call_from_the_menu_to_the_note_in_the_next_call(
    demo: Demo, client: dict[str, str], tmp_path: Path
) -> None:
    sip = demo.facts["sip"]["port"]
    async with signed_in(demo, "anna", tmp_path) as page:
        await _go_ready(page)
        async with phone(tmp_path, sip, client["number"], tone_hz=CALLER_HZ) as caller:
            await _call_in(demo, caller, sip)
            await _card_shows_while_it_rings(page, client)
            await _nobody_else_sees_it(demo)
            await _both_hear_each_other(page)
            await _same_in_the_terminal(demo, client, page)
            await page.keyboard.press("F9")
            await caller.wait("ended")
        assert caller.heard().share_of(VOICE_HZ) > 0.5, "the caller hears the operator"
        await _file_a_request(page)
        await _finish(page)
        await _interaction_is_whole(demo, client)
        async with phone(tmp_path, sip, client["number"]) as again:
            await _call_in(demo, again, sip)
            await expect(page.locator("time-line")).to_contain_text(NOTE, timeout=60_000)
            await again.hang_up()


async def _go_ready(page: Page) -> None:
    await expect(page.get_by_text("Headset ready")).to_be_visible(timeout=20_000)
    await page.keyboard.press("Alt+0")
    await expect(page.locator("state-menu")).to_contain_text("Ready", timeout=5_000)


async def _call_in(demo: Demo, caller: Phone, sip: int) -> None:
    """He presses until the menu hears it: during its greeting it does not."""
    await caller.dial(ENTRY, sip)
    await caller.wait("connected")
    floor = Api(demo, "sofia")
    for _ in range(20):
        await asyncio.sleep(1)
        await caller.digits("2")
        calls = floor.ask("GET", "/floor")["calls"].values()
        if any(call["state"] in ("waiting", "ringing") for call in calls):
            return
    raise AssertionError("the menu does not let him through")


async def _card_shows_while_it_rings(page: Page, client: dict[str, str]) -> None:
    await expect(page.locator("[data-act=answer]")).to_be_visible(timeout=60_000)
    await expect(page.locator("client-panel")).to_contain_text(client["name"])
    await expect(page.locator("time-line")).to_contain_text("Invoice")


async def _nobody_else_sees_it(demo: Demo) -> None:
    floor = Api(demo, "sofia").ask("GET", "/floor")
    offered = [one["id"] for one in floor["operators"].values()
               if one["state"] == "offered"]
    assert offered == ["101"]


async def _both_hear_each_other(page: Page) -> None:
    await page.keyboard.press("F2")
    await expect(page.locator("state-menu")).to_contain_text("Talking", timeout=5_000)
    assert abs(await loudest_hz(page) - CALLER_HZ) < 15, "the page hears the caller"


async def _same_in_the_terminal(demo: Demo, client: dict[str, str], page: Page) -> None:
    """What is typed in one is there in the other."""
    async with Tmux.running(demo.url, "anna", demo.password("anna")) as terminal:
        surname = client["name"].split()[0]
        await terminal.sees(surname, limit_s=20)
        await page.fill("#note", NOTE)
        await terminal.sees("Reading of March", limit_s=5)


async def _file_a_request(page: Page) -> None:
    await expect(page.locator("state-menu")).to_contain_text("Wrap-up", timeout=10_000)
    form = page.locator("request-form")
    for field in await form.locator("input:not([type=hidden])").all():
        if not await field.input_value():
            await field.fill("12345" if await field.get_attribute("type") != "date"
                             else "2026-11-20")
    for text in await form.locator("textarea").all():
        if not await text.input_value():
            await text.fill("The reading looks too high")
    await form.locator("[data-act=file]").click()
    await expect(page.get_by_text(re.compile(r"Request \d+ filed: Billing, due "))).to_be_visible()


async def _finish(page: Page) -> None:
    await page.keyboard.press("Alt+1")      # settled …
    await page.keyboard.press("Alt+1")      # … resolved
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("state-menu")).to_contain_text("Ready", timeout=5_000)


async def _interaction_is_whole(demo: Demo, client: dict[str, str]) -> None:
    api = Api(demo, "sofia")
    row = api.ask("GET", f"/interactions?number=%2B{client['number'][1:]}")["items"][0]
    assert (row["outcome"], row["operator"], row["disposition"], row["note"]) == (
        "answered", "101", "resolved", NOTE)
    parts = api.ask("GET", f"/interactions/{row['id']}")["segments"]
    assert [part["kind"] for part in parts][:4] == ["menu", "waiting", "ringing", "talk"]
    requests = api.ask("GET", "/requests")["items"]
    mine = [one for one in requests if str(one["client_id"]) == client["id"]]
    assert mine
    assert mine[0]["due_at"]
