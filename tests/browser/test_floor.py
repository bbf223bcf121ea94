"""The supervisor's pages: floor, calls, campaigns, gaps."""

from __future__ import annotations

import os
import re

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_queues_show_waiting_longest_wait_and_level_with_its_threshold(
        open_story: Open) -> None:
    page, _stage = await open_story(s.floor(), "/floor")
    billing = page.locator("[data-queue=billing]")
    await expect(billing.locator(".figure").nth(0)).to_have_text("4 waiting")
    await expect(billing.locator(".figure").nth(1)).to_contain_text("1:0")
    await expect(billing.locator(".figure").nth(2)).to_have_text("88% answered in 20 s, today")
    await expect(billing).to_contain_text("+7 495 123-45-67")
    await expect(billing).to_contain_text("and 1 more")


async def test_a_tile_shows_state_since_and_with_whom_and_stays_in_its_place(
        open_story: Open) -> None:
    page, stage = await open_story(s.floor(), "/floor")
    tile = page.locator("[data-operator='102']")
    await expect(tile).to_contain_text("Ready")
    place = await tile.bounding_box()
    await stage.change(("operators", "102", s.operator(
        "Boris Orlov", "102", "talking", since=-1, whom="Gromov Artyom")))
    await expect(tile).to_contain_text("Talking")
    await expect(tile).to_contain_text("Gromov Artyom")
    assert await tile.bounding_box() == place


async def test_times_tick_without_messages(open_story: Open) -> None:
    page, _stage = await open_story(s.floor(), "/floor")
    clock = page.locator("[data-operator='101'] tick-time")
    first = await clock.inner_text()
    await expect(clock).not_to_have_text(first)


async def test_segments_of_a_call_are_drawn_to_one_scale(open_story: Open) -> None:
    page, _stage = await open_story(s.floor(), "/floor#calls")
    row = page.locator("tr", has_text="OOO Vektor")
    await expect(row.locator(".segment")).to_have_count(6)
    widths = await row.locator(".segment").evaluate_all(
        "parts => parts.map(part => part.getBoundingClientRect().width)")
    talk, hold = widths[3], widths[4]
    assert talk / hold == pytest.approx(180 / 62, rel=0.05)


async def test_the_parts_of_the_ledger_add_up_and_why_is_said(open_story: Open) -> None:
    page, stage = await open_story(s.floor(), "/floor#campaigns")
    campaign = page.locator("[data-campaign='2']")
    await expect(campaign.locator(".ledger-legend button b").first).to_be_visible()
    counts = await campaign.locator(".ledger-legend button b").all_inner_texts()
    assert sum(map(int, counts)) == 50
    await expect(campaign.locator(".ledger .part")).to_have_count(len(counts))
    await expect(campaign.locator(".campaign-why")).to_have_text("Dialling.")
    await campaign.locator("[data-act='campaign.pause']").click()
    assert await heard(stage, "campaign.pause") == [{"campaign": 2}]


async def test_a_part_of_the_ledger_opens_the_people_behind_it(open_story: Open) -> None:
    page, stage = await open_story(s.floor(), "/floor#campaigns")
    await page.locator("[data-campaign='2'] .ledger-legend button", has_text="exhausted").click()
    row = page.locator(".entries tbody tr")
    await expect(row).to_have_count(1)
    await expect(row).to_contain_text(
        "Every attempt is used up (4): +7 903 111-22-33: busy ×2, no answer, "
        "+7 903 555-66-77: no answer.")
    assert stage.asked("campaign.entries")[0]["state"] == "exhausted"


async def test_steering_shows_the_day_s_drops_changes_the_pace_and_foretells(
    open_story: Open,
) -> None:
    page, stage = await open_story(s.floor(), "/floor#campaigns")
    one = page.locator("[data-campaign='2']")
    await one.locator("[data-act='steer']").click()
    await expect(one).to_contain_text("1.4 % of at most 2 % (3 of 212)")
    await expect(one.locator("path.is-tried")).to_have_attribute("d", re.compile("^M0.0 96.0L"))
    await one.locator("select[name=pacing]").select_option("predictive")
    await one.get_by_role("button", name="Change pace").click()
    assert await heard(stage, "campaign.pace") == [
        {"campaign": 2, "pacing": "predictive", "lines": 40}]
    await one.get_by_role("button", name="Rehearse").click()
    await expect(one.locator("[role=status]")).to_contain_text("5 people cannot be dialled")
    if shots := os.environ.get("DESKLINE_SHOTS"):
        await page.screenshot(path=f"{shots}/steering.png")
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await page.screenshot(path=f"{shots}/steering_dark.png")


async def test_an_entry_opens_the_card(open_story: Open) -> None:
    page, stage = await open_story(s.floor(), "/floor#campaigns")
    await page.locator("[data-campaign='2'] [data-act='list']").click()
    await page.locator(".entries button.link", has_text="OOO Vektor").click()
    assert (await heard(stage, "client.card"))[0]["client_id"] == 3
    await expect(page.locator("client-panel")).to_be_visible()


async def test_a_tile_tells_the_way_and_the_queue_of_the_call(open_story: Open) -> None:
    story = s.floor()
    call = next(one for one in story.views["calls"].values() if one.queue == "billing")
    story.views["operators"]["101"] = replace(story.views["operators"]["101"], call=call.id)
    page, _stage = await open_story(story, "/floor")
    whom = page.locator("[data-operator='101'] .tile-whom")
    await expect(whom).to_contain_text("Billing · Ivanov Ivan Ivanovich")
    await expect(whom.locator("[title=incoming]")).to_be_visible()


async def test_requests_say_what_each_value_is_in_this_language(open_story: Open) -> None:
    story = s.desk(None, "ready")
    row = story.views["requests"]["812"]
    story.views["requests"] = {"812": replace(row, fields={
        "client_reading": "10482.35", "seen_on": "2025-09-28", "reason": "misread"})}
    page, _stage = await open_story(story, "/desk#requests", lang="ru")
    await expect(page.locator(".about")).to_contain_text("10\u00a0482,35")
    await expect(page.locator(".about")).to_contain_text("28.09.25")
    await expect(page.locator(".about")).to_contain_text("Неверно сняты")


async def test_a_past_gap_is_told_to_the_supervisor(open_story: Open) -> None:
    page, _stage = await open_story(s.floor(), "/floor")
    await expect(page.locator(".banner")).to_contain_text("was cut from")
    await expect(page.locator(".banner")).to_contain_text(
        "2 calls were told from Asterisk's own records. How 1 call ended is not known.")


async def test_a_supervisor_without_queues_has_no_telephone(open_story: Open) -> None:
    story = s.floor()
    story.me = replace(story.me, queues=[])
    page, _stage = await open_story(story, "/floor")
    await expect(page.locator('[data-tab="floor"]')).to_be_visible()
    await expect(page.locator('[data-tab="desk"]')).to_have_count(0)
    await expect(page.locator("call-bar")).to_have_count(0)
