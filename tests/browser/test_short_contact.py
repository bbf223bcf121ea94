"""An ordinary contact on the real server: identity asked, the outcome of two levels demanded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from crm_store.tables.contacts import Interactions
from tests.browser.test_own_keys import MOST_KEYS, Keyboard
from tests.workstation.office import add_client, open_office
from tests.workstation.test_guiding import TAPE, owes
from tests.workstation.test_live import _caller_of, is_answer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
NOTE = "Asked about March; explained the correction."


async def test_identity_note_and_outcome_take_at_most_twelve_keys(
    built: None, browser: Browser, tmp_path: Path
) -> None:
    async with open_office(tmp_path) as office:
        client = await add_client(office, "Ivanov Ivan", _caller_of(TAPE))
        await owes(office, client, 481_250)
        context = await browser.new_context(viewport={"width": 1280, "height": 720})
        try:
            page = await context.new_page()
            await page.goto(office.url)
            await page.fill("input[name=login]", "anna")
            await page.fill("input[name=password]", office.password("anna"))
            await page.keyboard.press("Enter")
            await expect(page.locator(".state-word")).to_be_visible(timeout=30_000)
            tape = await office.play(TAPE, until=is_answer)
            await expect(page.locator("[data-question]").first).to_be_visible(timeout=30_000)
            questions = page.locator("[data-question]")
            keys = Keyboard(page)
            await keys.press("F2")      # to answer; the tape's phone has done it
            await keys.press("Alt+KeyI")
            await expect(questions.first).to_be_focused()
            for digit in range(1, await questions.count() + 1):
                if await page.locator(".identity.is-confirmed").count():
                    break
                await keys.press(f"Digit{digit}")
            await expect(page.locator(".identity.is-confirmed")).to_be_visible(timeout=30_000)
            await keys.press("Alt+KeyN")
            await expect(page.locator("#note")).to_be_focused()
            await keys.note(NOTE)
            await tape.play()
            await keys.press("F9")      # to end; so has the caller
            await expect(page.locator("[data-group='Settled']")).to_be_visible(timeout=30_000)
            await keys.press("Alt+Digit1")
            await expect(page.locator("[data-outcome=explained]")).to_be_visible()
            await keys.press("Alt+Digit2")
            await keys.press("Control+Enter")
            await expect(page.locator("main day-panel")).to_be_visible(timeout=30_000)
        finally:
            await context.close()
        assert len(keys.pressed) <= MOST_KEYS, keys.pressed
        async with office.store.read() as tx:
            row = await tx.first(select(Interactions.disposition, Interactions.note))
    assert (row.disposition, row.note) == ("explained", NOTE)
