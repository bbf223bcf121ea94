"""One's own telephone on the page: the headset tried before the first call, lines in words."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_looks import keep, sticking_out, violations
from workstation import protocol

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
ACCESS = protocol.PhoneAccess(ws_url="/sip", realm_uri="sip:101-web@127.0.0.1", user="101-web",
                              password="x")


def with_headset() -> s.Story:
    story = s.desk(None, "ready")
    story.me = replace(story.me, phone=ACCESS)
    return story


async def test_microphone_and_sound_are_tried_before_the_first_call(open_story: Open) -> None:
    """Chromium's own microphone beeps: its level moves, and the words say that it is heard."""
    page, _stage = await open_story(with_headset())
    await page.context.grant_permissions(["microphone"])
    await page.locator("[data-act=devices]").click()
    said = page.locator("devices-panel [role=status]")
    await expect(said).to_have_text("You are heard well.", timeout=15_000)
    await expect(page.locator("#device-microphone option")).not_to_have_count(1)
    await page.locator("[data-act=test-tone]").click()
    await page.locator("[data-volume=ring]").fill("0")
    await keep(page, "devices")
    assert await violations(page) == []
    assert await sticking_out(page) == []
    kept = await page.evaluate("localStorage.getItem('deskline.volume.ring')")
    assert kept == "0"


async def test_a_bad_line_is_told_in_words_where_it_is_and_where_it_was(open_story: Open) -> None:
    leg = {"operator": "101", "seconds": 80.0, "loss": 0.06, "jitter_ms": 41.0,
           "round_trip_ms": 320.0, "worst": "poor", "bad_s": 12.0}
    view = s.talking()
    call = next(item for item in view.timeline if item.kind == "call")
    told = replace(call, facts={**call.facts, "lines": [leg]})
    page, _stage = await open_story(s.desk(replace(
        view, timeline=[told if item is call else item for item in view.timeline]), "talking"))
    mark = page.locator(".line-was")
    await expect(mark).to_contain_text("line was poor")
    await expect(mark).to_have_attribute(
        "title", "Anna Petrova: Round trip 320 ms · jitter 41 ms · 6% lost")
    assert await violations(page) == []


async def test_a_bad_line_of_the_team_is_on_the_floor(open_story: Open) -> None:
    story = s.floor()
    story.views["operators"]["101"] = replace(story.views["operators"]["101"], line="poor")
    page, _stage = await open_story(story, "/floor")
    tile = page.locator(".tile").filter(has_text="Anna Petrova")
    await expect(tile).to_contain_text("Line poor")
    assert await violations(page) == []
    assert await sticking_out(page) == []
