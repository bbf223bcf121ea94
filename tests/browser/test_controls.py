"""Every control of a call from the page, with real phones; what each party hears is measured."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.acceptance.screens import VOICE_HZ, loud_hz
from tests.browser.test_looks import violations
from tests.browser.test_phone import answered, desk_of, go_ready, hears, signed_in
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import Phone, phone
from tests.workstation.office import Office

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"),
              pytest.mark.timeout(240)]
CALLER, CALLER_HZ = "+79161234568", 620
COLLEAGUE, COLLEAGUE_HZ = "102", 850
SOON_MS = 20_000


async def test_a_page_asks_a_colleague_joins_all_drops_and_connects(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    """By keys alone; the page's telephone stays in one and the same SIP dialogue."""
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with (phone(tmp_path, sip, COLLEAGUE, pbx.password(f"sip:{COLLEAGUE}"),
                          auto_answer=True, tone_hz=COLLEAGUE_HZ) as boris,
                    phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller):
            await answered(page, caller, sip)
            await page.keyboard.press("F4")
            await expect(page.locator(".strip.tone-held")).to_be_visible(timeout=SOON_MS)
            await ask_first(page, COLLEAGUE)
            await hears(page, COLLEAGUE_HZ)
            await expect(party(page, "client", "held")).to_be_visible()
            await page.keyboard.press("F4")
            await expect(party(page, "third", "held")).to_be_visible(timeout=SOON_MS)
            await hears(page, CALLER_HZ)
            await page.keyboard.press("F10")
            await expect(page.locator("[data-act=drop-third]")).to_be_enabled(timeout=SOON_MS)
            await expect(page.locator("[data-party=third]")).to_contain_text("Boris Orlov")
            assert await violations(page) == []
            await hears_both(page)
            await page.keyboard.press("Alt+KeyX")
            await boris.wait("ended")
            await expect(page.locator("[data-party=third]")).to_have_count(0, timeout=SOON_MS)
            await hears(page, CALLER_HZ)
            await ask_first(page, COLLEAGUE)
            await page.keyboard.press("F9")
            await boris.wait("ended", nth=2)
            await expect(page.locator("[data-party=third]")).to_have_count(0, timeout=SOON_MS)
            await hears(page, CALLER_HZ)
            await ask_first(page, COLLEAGUE)
            assert await page.evaluate("window.peers.length") == 1, "one talk, one peer"
            await page.keyboard.press("F7")
            await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=SOON_MS)
            await asyncio.sleep(1)
            assert not caller.has("ended"), "the caller talks on with the colleague"
            await caller.hang_up()
        assert caller.heard().share_of(COLLEAGUE_HZ) > 0.5, "the caller heard the colleague"
        assert boris.heard().share_of(VOICE_HZ) > 0.5, "the colleague heard the page"
        await asyncio.to_thread(pbx.hang_up_everything)


async def test_a_desk_phone_is_driven_by_the_same_buttons(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        async with (phone(tmp_path, sip, "101", pbx.password("sip:101"), auto_answer=True,
                          tone_hz=VOICE_HZ) as anna,
                    phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller):
            await use_phone(page, "desk", "Desk phone")
            await go_ready(page)
            await talk(page, caller, sip)
            await page.locator("[data-act=hold]").click()
            await expect(page.locator(".strip.tone-held")).to_be_visible(timeout=SOON_MS)
            await page.keyboard.press("F4")
            await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=SOON_MS)
            await page.keyboard.press("F6")
            await expect(page.locator("[data-act=mute]")).to_have_attribute(
                "aria-pressed", "true", timeout=SOON_MS)
            await page.keyboard.press("F6")
            await page.keyboard.press("F8")
            await page.keyboard.press("7")
            await caller.wait("digit")
            await page.keyboard.press("Escape")
            await parked_and_taken_back(page, office, anna)
            await page.keyboard.press("F9")
            await caller.wait("ended")
        await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=SOON_MS)
        assert office.desk.floor.is_quiet()
        await use_phone(page, "web", "Headset ready")


async def test_a_call_that_rings_at_a_colleague_is_picked_up_goes_to_a_menu_and_comes_back(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    """The page's telephone answers by itself what its operator fetched."""
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context), office.screen("boris") as boris:
        page = await signed_in(office, context)
        async with (phone(tmp_path, sip, COLLEAGUE, pbx.password(f"sip:{COLLEAGUE}")) as silent,
                    phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller):
            assert (await boris.ask("phone.attach", phone="desk")).problem is None
            assert (await boris.ask("state.set", state="ready")).problem is None
            await caller.dial(ENTRY, sip)
            await silent.wait("incoming", limit_s=40)
            await page.keyboard.press("F3")
            row = page.locator(".takeable-row", has_text="at Boris Orlov")
            await expect(row).to_be_visible(timeout=SOON_MS)
            await row.click()
            await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=SOON_MS)
            await hears(page, CALLER_HZ)
            call = next(iter(office.desk.floor.calls))
            await page.keyboard.press("F7")
            await page.locator("[data-target='menu main']").click()
            await page.keyboard.press("Enter")
            async with asyncio.timeout(20):
                while talks(office, call) < 2:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=SOON_MS)
            await hears(page, CALLER_HZ)
            assert list(office.desk.floor.calls) == [call], "it is the same call"
            assert await page.evaluate("window.peers.length") == 1, "one talk, one peer"
            await page.keyboard.press("F9")
            await caller.wait("ended")
            assert (await boris.ask("state.set", state="offline")).problem is None
        await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=SOON_MS)


def talks(office: Office, call: str) -> int:
    parts = office.desk.floor.calls[call].segments
    return [part.kind for part in parts].count("talk")


async def parked_and_taken_back(page: Page, office: Office, anna: Phone) -> None:
    await page.keyboard.press("F10")
    await expect(page.locator("[data-act=waiting]")).to_contain_text("1 parked", timeout=SOON_MS)
    call = next(iter(office.desk.floor.calls))
    await anna.wait("ended")
    await page.keyboard.press("F3")
    await page.locator(f"[data-call='{call}']").click()
    await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=SOON_MS)
    await expect(page.locator("[data-act=waiting]")).to_contain_text("0 parked")
    assert list(office.desk.floor.calls) == [call], "it is the same call"


async def use_phone(page: Page, which: str, said: str) -> None:
    await page.keyboard.press("Alt+KeyS")
    await page.locator(f"[data-act=use-{which}]").click()
    await expect(page.locator(".state-phone")).to_contain_text(said, timeout=SOON_MS)


async def talk(page: Page, caller: Phone, sip: int) -> None:
    """Its phone answers by itself."""
    await caller.dial(ENTRY, sip)
    await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=40_000)


async def ask_first(page: Page, colleague: str) -> None:
    await page.keyboard.press("F7")
    await expect(page.locator(".target").first).to_be_visible()
    await page.keyboard.type(colleague)
    await page.keyboard.press("Control+Enter")
    await expect(party(page, "third", "talking")).to_be_visible(timeout=SOON_MS)


def party(page: Page, who: str, state: str) -> Locator:
    return page.locator(f"[data-party={who}].is-{state}")


async def hears_both(page: Page) -> None:
    """Client and colleague in one moment."""
    async with asyncio.timeout(20):
        while not await is_heard(page, CALLER_HZ, COLLEAGUE_HZ):
            pass


async def is_heard(page: Page, *tones: int) -> bool:
    loud = await loud_hz(page, 0.5)
    return all(any(abs(hertz - tone) < 15 for hertz in loud) for tone in tones)
