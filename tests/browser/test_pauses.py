"""Pauses on the page: set aside and back with one key, limits on the floor."""

from __future__ import annotations

import dataclasses
import re

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_who_did_not_answer_is_told_that_he_is_set_aside_and_how_to_be_ready(
        open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"), "/desk")
    await stage.change(("operators", "101", s.operator(
        state="paused", reason="Auto-Pause", since=-5)))
    strip = page.locator(".strip-idle")
    await expect(strip.locator(".is-set-aside")).to_contain_text("you did not answer")
    await page.keyboard.press("Alt+Digit0")
    assert (await heard(stage, "state.set"))[0]["state"] == "ready"


async def test_a_pause_shows_its_limit_and_the_floor_says_when_it_is_over(
        open_story: Open) -> None:
    page, stage = await open_story(s.floor(), "/floor")
    away = replace(s.operator("Boris Orlov", "102", "paused", reason="lunch", since=-2_800),
                   limit_s=2_700)
    await stage.change(("operators", "102", away))
    tile = page.locator("[data-operator='102']")
    await expect(tile).to_contain_text("Lunch")
    await stage.change(("operators", "102", replace(away, over="amber")))
    await expect(tile).to_contain_text("longer than")
    await expect(page.locator(".toast")).to_contain_text("Boris Orlov: Lunch lasts longer than")
    await stage.change(("operators", "102", replace(away, over="red")))
    await expect(tile).to_have_class(re.compile("is-over-red"))


async def test_a_new_pin_is_shown_until_the_menu_is_closed(open_story: Open) -> None:
    story = dataclasses.replace(s.desk(None, "ready"), replies={"pin.renew": {"pin": "482913"}})
    page, _stage = await open_story(story, "/desk")
    await page.locator(".state-button").click()
    await page.locator("[data-act=renew-pin]").click()
    await expect(page.locator("#state-choices")).to_contain_text("482913")
    await page.keyboard.press("Escape")
    await expect(page.locator("#state-choices")).not_to_contain_text("482913")
