"""A lead hears a colleague's call from his tile; the bar says whom, and changes how."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import Stage, heard
from workstation import protocol as p

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def talking() -> tuple[s.Story, p.CallView]:
    """101 talks with a client; the floor of the lead 120."""
    story = s.floor()
    call = next(one for one in story.views["calls"].values() if one.operator == "101")
    story.views["operators"]["101"] = replace(story.views["operators"]["101"], call=call.id)
    return story, call


async def hears(stage: Stage, call: p.CallView, *modes: Any) -> None:
    await stage.change(("calls", call.id, replace(call, listeners=[p.ListenerView(
        supervisor="120", name="Sofia Lebedeva", operator="101", mode=mode, since=s.moment(-1))
        for mode in modes])))


async def test_a_tiles_menu_opens_by_click_or_key_and_does_by_letter(open_story: Open) -> None:
    story, call = talking()
    page, stage = await open_story(story, "/floor")
    tile, menu = page.locator("[data-operator='101']"), page.locator(".tile-menu")
    place = await tile.bounding_box()
    await tile.click(position={"x": 120, "y": 60})
    await expect(menu).to_be_visible()
    await expect(menu.locator("[data-act=listen]")).to_be_focused()
    await expect(menu.locator("[data-act=stop_listening]")).to_be_disabled()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await tile.locator(".tile-open").focus()
    await page.keyboard.press("Enter")
    await page.keyboard.press("w")
    assert await heard(stage, "call.whisper") == [{"call": call.id}]
    await expect(menu).to_be_hidden()
    assert await tile.bounding_box() == place


async def test_who_does_not_talk_cannot_be_heard(open_story: Open) -> None:
    story, _call = talking()
    page, stage = await open_story(story, "/floor")
    await page.locator("[data-operator='102'] .tile-open").click()
    menu = page.locator(".tile-menu")
    await expect(menu.locator("[data-act=state]")).to_be_enabled()
    await expect(menu.locator(".menu-item:enabled")).to_have_count(2)
    await expect(menu).to_contain_text("In no talk now")
    await page.keyboard.press("l")
    assert stage.asked("call.listen") == []


async def test_the_bar_tells_whom_one_hears_changes_how_and_moves_nothing(
        open_story: Open) -> None:
    story, call = talking()
    page, stage = await open_story(story, "/floor")
    tile, bar = page.locator("[data-operator='101']"), page.locator(".listening")
    place = await tile.bounding_box()
    await expect(bar).to_have_count(0)
    await hears(stage, call, "listen")
    await expect(bar).to_contain_text("You listen to Anna Petrova")
    await expect(bar.locator("[data-act=listen]")).to_have_attribute("aria-pressed", "true")
    await expect(tile.locator(".tile-ears")).to_have_attribute(
        "title", "Sofia Lebedeva is listening")
    button = await bar.locator("[data-act=take_over]").bounding_box()
    await page.keyboard.press("Alt+b")
    assert await heard(stage, "call.barge") == [{"call": call.id}]
    await hears(stage, call, "barge")
    await expect(bar).to_contain_text("You are in the call of Anna Petrova")
    assert await bar.locator("[data-act=take_over]").bounding_box() == button
    await bar.locator("[data-act=take_over]").click()
    assert await heard(stage, "call.take_over") == [{"call": call.id}]
    await page.keyboard.press("Alt+h")
    assert await heard(stage, "call.stop_listening") == [{"call": call.id}]
    await hears(stage, call)
    await expect(bar).to_have_count(0)
    await page.keyboard.press("Alt+h")
    assert len(stage.asked("call.stop_listening")) == 1
    assert await tile.bounding_box() == place


async def test_a_refusal_is_said_and_the_next_try_is_made(open_story: Open) -> None:
    story, call = talking()
    story.replies["call.listen"] = p.Problem(code="phone_unreachable", title="", detail="")
    page, stage = await open_story(story, "/floor")
    for count in (1, 2):
        await page.locator("[data-operator='101'] .tile-open").click()
        await page.keyboard.press("l")
        assert len(await heard(stage, "call.listen", count)) == count
    await expect(page.locator(".toast").first).to_contain_text("cannot be reached")
    assert call.id


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "ru"])
async def test_it_fits(open_story: Open, theme: str, lang: str) -> None:
    story, call = talking()
    page, stage = await open_story(story, "/floor", theme=theme, lang=lang)
    await hears(stage, call, "whisper")
    await page.locator("[data-operator='101'] .tile-open").click()
    for part in (".listening", ".tile-menu"):
        box = await page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 1280
        assert box["y"] + box["height"] <= 800
