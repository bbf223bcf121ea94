"""The page as a telephone, on a real Asterisk through the real server; sound is measured."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.acceptance.screens import KEEP_PEERS, VOICE_HZ, loudest_hz, write_voice
from tests.browser.conftest import FLAGS, chromium
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import Phone, phone
from tests.workstation.office import Office
from tests.workstation.test_real_calls import settings_for, working

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"),
              pytest.mark.timeout(180)]
CALLER, CALLER_HZ = "+79161234567", 620


@asynccontextmanager
async def desk_of(pbx: PrivatePbx, folder: Path) -> AsyncIterator[tuple[Office, BrowserContext]]:
    """Server on the private Asterisk, and a browser whose microphone says a tone."""
    voice = folder / "voice.wav"
    write_voice(voice)
    flags = [*FLAGS, f"--use-file-for-fake-audio-capture={voice}"]
    async with working(settings_for(pbx, folder / "data")) as office, async_playwright() as play:
        browser = await play.chromium.launch(executable_path=chromium(), args=flags)
        context = await browser.new_context(viewport={"width": 1280, "height": 800},
                                            permissions=["microphone"])
        await context.add_init_script(KEEP_PEERS)
        try:
            yield office, context
        finally:
            await browser.close()


async def signed_in(office: Office, context: BrowserContext) -> Page:
    page = await context.new_page()
    await page.goto(office.url)
    await page.fill("input[name=login]", "anna")
    await page.fill("input[name=password]", office.password("anna"))
    await page.keyboard.press("Enter")
    await expect(page.locator(".state-phone")).to_have_text("Headset ready", timeout=20_000)
    return page


async def go_ready(page: Page) -> None:
    await page.keyboard.press("Alt+Digit0")
    await expect(page.locator(".state-word")).to_have_text("Ready", timeout=10_000)


async def answered(page: Page, caller: Phone, port: int) -> None:
    await caller.dial(ENTRY, port)
    await expect(page.locator("[data-act=answer]")).to_be_visible(timeout=40_000)
    await page.keyboard.press("F2")
    await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=10_000)


async def test_both_hear_each_other_and_hold_mute_and_keys_work(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            assert abs(await loudest_hz(page) - CALLER_HZ) < 15, "the page hears the caller"
            await page.keyboard.press("F8")
            await page.keyboard.press("5")
            await caller.wait("digit")
            await page.keyboard.press("Escape")
            await page.keyboard.press("F4")
            await expect(page.locator(".strip.tone-held")).to_be_visible(timeout=5_000)
            await page.keyboard.press("F4")
            await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=5_000)
            await page.keyboard.press("F6")
            await expect(page.locator("[data-act=mute]")).to_have_attribute("aria-pressed", "true")
            await page.keyboard.press("F6")
            await page.keyboard.press("F9")
            await caller.wait("ended")
        assert caller.heard().share_of(VOICE_HZ) > 0.5, "the caller hears the operator"
        await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=10_000)


async def test_a_blind_transfer_frees_the_page(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            await page.keyboard.press("F7")
            await page.keyboard.type("104")
            await page.keyboard.press("Enter")
            await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=15_000)
            assert not caller.has("ended"), "the caller talks on with the colleague"
            await caller.hang_up()


async def test_the_second_tab_is_silent_says_so_and_can_take_over(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    async with desk_of(pbx, tmp_path) as (office, context):
        first = await signed_in(office, context)
        second = await context.new_page()
        await second.goto(f"{office.url}/desk")
        await expect(second.locator(".banner")).to_contain_text("in another tab")
        await second.locator("[data-act=take-over]").click()
        await expect(second.locator(".state-phone")).to_have_text("Headset ready", timeout=10_000)
        await expect(first.locator(".banner")).to_contain_text("in another tab")
        await second.close()


async def test_closing_the_page_hangs_up_at_once(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            await page.close()
            async with asyncio.timeout(8):      # without a BYE it would be rtp_timeout, 10 s
                while "PJSIP/101-web-" in pbx.ask("core show channels concise"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await caller.hang_up()


async def test_a_refused_microphone_is_told_in_words_and_nobody_goes_ready(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    async with working(settings_for(pbx, tmp_path / "data")) as office, async_playwright() as play:
        flags = [flag for flag in FLAGS if "fake-ui" not in flag]
        browser: Browser = await play.chromium.launch(executable_path=chromium(),
                                                      args=[*flags, "--deny-permission-prompts"])
        context = await browser.new_context()
        page = await context.new_page()
        await page.goto(office.url)
        await page.fill("input[name=login]", "gleb")
        await page.fill("input[name=password]", office.password("gleb"))
        await page.keyboard.press("Enter")
        await page.wait_for_selector(".call-bar")
        await page.keyboard.press("Alt+Digit0")
        await expect(page.locator(".banner.is-red")).to_contain_text("refused the microphone")
        await expect(page.locator(".state-word")).to_have_text("Offline")
        await browser.close()
