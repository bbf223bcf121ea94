"""The page for everybody: enlarged, in longer words, in strong contrast, in every language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_looks import keep, sticking_out, violations

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LONGER = "ëïöüàéîõšž"


def longer(text: str) -> str:
    """40 % more letters, with accents; places stay as they are."""
    return text + " " + (LONGER * 20)[: max(1, int(len(text) * 0.4))] if text else text


async def in_longer_words(page: Page) -> None:
    async def lengthen(route: Route) -> None:
        answer = await route.fetch()
        texts: dict[str, Any] = await answer.json()
        body = {key: text if key.startswith("word.") else longer(text)
                for key, text in texts.items()}
        await route.fulfill(response=answer, body=json.dumps(body))
    await page.route("**/texts/en.*", lengthen)
    await page.reload()
    await page.wait_for_selector("desk-app .main")


@pytest.mark.parametrize("story", ["talking", "wrap_up"])
async def test_words_that_are_40_percent_longer_break_nothing(
        story: str, open_story: Open) -> None:
    told = s.desk(s.talking(), story) if story == "talking" else s.desk(s.wrapping_up(), story, -8)
    page, _stage = await open_story(told, height=720)
    await in_longer_words(page)
    await keep(page, f"longer-{story}")
    assert await sticking_out(page) == []
    assert await violations(page) == []


async def test_enlarged_twice_the_page_is_one_column_and_nothing_is_cut(open_story: Open) -> None:
    """1280 × 800 at 200 % is 640 × 400 to the page (WCAG 1.4.10: no scrolling in two ways)."""
    page, _stage = await open_story(s.desk(s.talking(), "talking"), width=640, height=400)
    await keep(page, "zoom-200")
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 640
    await page.locator("#note").scroll_into_view_if_needed()
    await page.locator("#note").fill("reached")
    assert await violations(page) == []


async def test_the_systems_own_colours_and_strong_contrast_are_kept(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.talking(), "talking"))
    await expect(page.locator("[aria-current=page]").first).to_be_visible()
    await page.emulate_media(forced_colors="active")
    await keep(page, "forced-colors")
    frame = await page.locator("[aria-current=page]").first.evaluate(
        "element => getComputedStyle(element).borderBottomWidth")
    assert frame == "3px"
    await page.emulate_media(forced_colors="none", contrast="more")
    assert await violations(page) == []


@pytest.mark.parametrize("lang", ["nl", "fr", "tr", "th"])
async def test_the_desk_is_sound_in_every_language(lang: str, open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.talking(), "talking"), lang=lang, height=720)
    await keep(page, f"talking-{lang}")
    await expect(page.locator("[data-act=mute]")).not_to_have_text("Mute")
    assert await sticking_out(page) == []
    assert await violations(page) == []
