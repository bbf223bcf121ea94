"""The supervisor's page is the telephone by which he hears a call: it answers by itself, pops no
card, and is an ordinary talk once the call is taken over. On a real Asterisk; sound is measured.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.acceptance.screens import VOICE_HZ
from tests.browser.test_phone import CALLER, CALLER_HZ, desk_of, hears
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import phone
from tests.workstation.test_real_calls import ready

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"),
              pytest.mark.timeout(180)]
OPERATOR_HZ = 850


async def test_a_page_hears_whispers_and_takes_over(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with (
        phone(tmp_path, sip, "101", pbx.password("sip:101"), tone_hz=OPERATOR_HZ,
              auto_answer=True) as operator,
        phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller,
        desk_of(pbx, tmp_path) as (office, context), ready(office, "anna") as anna,
    ):
        page = await context.new_page()
        await page.goto(office.url)
        await page.fill("input[name=login]", "sofia")
        await page.fill("input[name=password]", office.password("sofia"))
        await page.keyboard.press("Enter")
        tile, bar = page.locator("[data-operator='101']"), page.locator(".listening")
        await caller.dial(ENTRY, sip)
        await operator.wait("connected")
        await expect(tile).to_contain_text("Talking")
        await tile.locator(".tile-open").click()
        await expect(page.locator(".tile-menu [data-act=listen]")).to_be_enabled()
        await page.keyboard.press("l")
        await expect(bar).to_contain_text("You listen to Anna Petrova")
        await hears(page, CALLER_HZ, OPERATOR_HZ)
        await page.keyboard.press("Alt+w")
        await expect(bar).to_contain_text("Anna Petrova hears you")
        await page.wait_for_timeout(1500)
        await page.keyboard.press("Alt+l")
        await expect(bar).to_contain_text("You listen to")
        assert not await page.locator("[role=alert]").count(), "nothing rings or pops"
        assert not caller.has("ended")
        await page.keyboard.press("Alt+g")
        await operator.wait("ended")
        await expect(bar).to_have_count(0)
        await expect(page.locator(".strip.tone-talking")).to_be_visible()
        await anna.until(lambda views: [view["state"] for view in views[
            "conversations"].values()] == ["wrap_up"])
        before = len(operator.events)
        await page.wait_for_timeout(1500)
        await hears(page, CALLER_HZ)
        await page.keyboard.press("F9")
        await caller.wait("ended")
        assert len(operator.events) == before
    assert operator.heard().share_of(VOICE_HZ) > 0.2, "whispering was heard"
    assert caller.heard().share_of(VOICE_HZ) > 0.5, "the client talked with the supervisor"
