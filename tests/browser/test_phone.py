"""The page as a telephone, on a real Asterisk through the real server; sound is measured."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.acceptance.screens import KEEP_PEERS, VOICE_HZ, loudest_hz, write_voice
from tests.browser.conftest import FLAGS, chromium
from tests.browser.stage import SOON_S
from tests.pbx.fixtures import ENTRY, PrivatePbx
from tests.pbx.phones import Phone, phone
from tests.workstation.office import Office
from tests.workstation.test_real_calls import settings_for, stored, working

pytestmark = [pytest.mark.pbx, pytest.mark.browser, pytest.mark.asyncio(loop_scope="session"),
              pytest.mark.timeout(180)]
CALLER, CALLER_HZ = "+79161234567", 620
NOTE = "Reading of March is disputed"


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
    await expect(page.locator(".state-phone")).to_have_text("Headset ready")
    return page


async def go_ready(page: Page) -> None:
    await page.keyboard.press("Alt+Digit0")
    await expect(page.locator(".state-word")).to_have_text("Ready")


async def hears(page: Page, *tones: int) -> None:
    """The loudest in the page's ear, as soon as it is one of these."""
    async with asyncio.timeout(SOON_S):
        while True:
            loudest = await loudest_hz(page, 0.4)
            if any(abs(loudest - hertz) < 15 for hertz in tones):
                return


async def answered(page: Page, caller: Phone, port: int) -> None:
    await caller.dial(ENTRY, port)
    await expect(page.locator("[data-act=answer]")).to_be_visible(timeout=40_000)
    await page.keyboard.press("F2")
    await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=10_000)


def kill_programs_that_name(path: str) -> None:
    """The browser of one test, all its processes, as `kill -9` does."""
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (folder / "cmdline").read_bytes()
            if path.encode() in line and int(folder.name) != os.getpid():
                os.kill(int(folder.name), signal.SIGKILL)


async def test_both_hear_each_other_and_hold_mute_and_keys_work(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            await hears(page, CALLER_HZ)
            await page.keyboard.press("F8")
            await expect(page.locator("dialog.is-keypad[open]")).to_be_visible()
            await page.keyboard.press("5")
            await caller.wait("digit")
            await page.keyboard.press("Escape")
            await expect(page.locator("dialog[open]")).to_have_count(0)
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


async def test_who_dials_from_the_page_answers_nothing_by_hand(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        await page.keyboard.press("Alt+KeyC")
        await expect(page.locator("#dial-number")).to_be_focused()
        await page.keyboard.type("89161234510")
        await expect(page.locator("#dial-again")).to_be_visible(timeout=15_000)
        await page.locator("#dial-again").fill("+79161234510")
        await page.keyboard.press("Enter")
        await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=30_000)
        await page.keyboard.press("F9")
        await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=15_000)


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
        await expect(second.locator(".state-phone")).to_have_text("Headset ready")
        await expect(first.locator(".banner")).to_contain_text("in another tab")
        await second.close()


async def test_a_page_loaded_again_in_mid_call_has_its_caller_back(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    """One interaction, one operator, the draft untouched; nobody presses a key."""
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            call = next(iter(office.desk.floor.calls.values()))
            await page.fill("#note", NOTE)
            await page.keyboard.press("Tab")
            await asyncio.sleep(2)
            await page.reload()
            async with asyncio.timeout(40):
                while not await page.evaluate("window.peers.length"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
                await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=20_000)
                await hears(page, CALLER_HZ)
            assert list(office.desk.floor.calls) == [call.id], "it is the same call"
            assert await page.input_value("#note") == NOTE
            await page.keyboard.press("F9")
            await caller.wait("ended")
        await expect(page.locator(".strip.tone-wrap_up")).to_be_visible(timeout=10_000)
        assert await page.input_value("#note") == NOTE
        row, kinds = await stored(office.store, call.id)
        assert (row.operator, row.outcome) == ("101", "answered")
        assert kinds[-5:] == ["ringing", "talk", "waiting", "ringing", "talk"]
        assert office.desk.floor.is_quiet()


async def test_a_closed_page_leaves_its_caller_to_a_word_and_music_at_once(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            await page.close()
            async with asyncio.timeout(8):      # at once, not after rtp_timeout
                while "PJSIP/101-web-" in pbx.ask("core show channels concise"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert "deskline-return" in pbx.ask("core show channels concise")
            assert not caller.has("ended")
            await caller.hang_up()


async def test_the_caller_of_a_page_that_died_is_first_in_the_queue_when_it_does_not_come_back(
        built: None, pbx: PrivatePbx, tmp_path: Path) -> None:
    """The server does not hear of it: sound stops, and the dialplan keeps the caller."""
    sip = pbx.ports.sip
    async with desk_of(pbx, tmp_path) as (office, context):
        page = await signed_in(office, context)
        await go_ready(page)
        async with phone(tmp_path, sip, CALLER, tone_hz=CALLER_HZ) as caller:
            await answered(page, caller, sip)
            call, floor = next(iter(office.desk.floor.calls)), office.desk.floor
            kill_programs_that_name(str(tmp_path / "voice.wav"))
            async with asyncio.timeout(25):
                while "deskline-return" not in pbx.ask("core show channels concise"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            await pbx.world_originate("listen", caller_number="+79165554433", talk_s=60)
            async with asyncio.timeout(40):
                while [one.call for one in floor.queue("billing").waiting][:1] != [call]:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            assert len(floor.queue("billing").waiting) == 2
            assert not caller.has("ended")
            await caller.hang_up()
        await asyncio.to_thread(pbx.hang_up_everything)


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
