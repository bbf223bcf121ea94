"""Connection lost and back: what is typed is kept, told, and sent."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from workstation import protocol

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_typing_goes_on_without_a_server_and_is_sent_when_it_is_back(
        open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    await stage.cut()
    banner = page.locator(".banner.is-red")
    await expect(banner).to_contain_text("No connection to the server")
    await page.keyboard.press("Alt+KeyN")
    await page.keyboard.press("Control+End")
    await page.keyboard.type(" Typed alone.")
    await expect(page.locator(".saved")).to_contain_text("kept here until the server is back")
    stage.closed = False
    await expect(banner).to_be_hidden(timeout=15_000)
    await expect(page.locator(".saved")).to_contain_text("saved")
    assert str(stage.asked("draft.save")[-1]["note"]).endswith("Typed alone.")
    await expect(page.locator("#note")).to_be_focused()


async def test_a_hole_in_the_messages_means_a_fresh_snapshot(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    [socket] = stage.sockets
    await stage.send(socket, protocol.Delta(seq=7, now=s.moment(), changes=[]))
    stage.story.views["conversations"]["900"] = s.talking()
    await expect(page.locator(".strip.tone-talking")).to_be_visible(timeout=10_000)


async def test_an_action_without_a_server_is_refused_in_words_and_not_repeated(
        open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.wrapping_up(), "wrap_up"))
    await stage.cut()
    await expect(page.locator(".banner.is-red")).to_be_visible()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("work-area [role=alert]")).to_contain_text("your text is kept")
    stage.closed = False
    await expect(page.locator(".banner.is-red")).to_be_hidden(timeout=15_000)
    assert stage.asked("conversation.finish") == []


async def test_a_call_that_came_meanwhile_is_there_after_the_break(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    await stage.cut()
    stage.story.views["conversations"]["900"] = s.conversation()
    stage.closed = False
    await expect(page.locator(".strip.tone-offered")).to_be_visible(timeout=15_000)


async def test_a_gap_of_the_telephone_system_is_told_to_everybody(open_story: Open) -> None:
    gap = protocol.GapView(id="g", pbx="main", since=s.moment(-9), until=None, calls_lost=0)
    page, _stage = await open_story(s.desk(None, "ready").with_views(gaps={"g": gap}))
    await expect(page.locator(".banner.is-red")).to_contain_text("telephone system (main) is down")


async def test_typing_goes_on_without_a_network_and_is_sent_when_it_is_back(
        open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    banner = page.locator(".banner.is-red")
    await page.context.set_offline(True)
    await expect(banner).to_contain_text("No connection to the server")
    await page.locator("#note").fill("Typed without a network.")
    await page.context.set_offline(False)
    await expect(banner).to_be_hidden(timeout=15_000)
    await expect(page.locator(".saved")).to_contain_text("saved")
    assert stage.asked("draft.save")[-1]["note"] == "Typed without a network."


async def test_a_network_that_swallows_everything_is_noticed(open_story: Open) -> None:
    """No socket is closed and nothing answers: the page asks whether anybody is there."""
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    stage.silent = True
    await page.evaluate(ADVANCED)
    await expect(page.locator(".banner.is-red")).to_be_visible(timeout=40_000)
    stage.silent = False
    await expect(page.locator(".banner.is-red")).to_be_hidden(timeout=40_000)


ADVANCED = "(() => { const now = Date.now; Date.now = () => now() + 60_000; })()"


async def test_our_upgrade_is_told_and_waits_for_an_idle_moment(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    await page.evaluate("window.isOld = true")
    await stage.cut()
    stage.story.build = "newer"
    stage.closed = False
    told = page.locator(".banner").filter(has_text="A new version is here")
    await expect(told).to_be_visible(timeout=15_000)
    await page.evaluate(ADVANCED)
    await page.wait_for_timeout(2500)
    assert await page.evaluate("window.isOld"), "nobody's call is interrupted"
    async with page.expect_event("load", timeout=30_000):
        await stage.change(("operators", "101", s.operator(since=-3)),
                           ("conversations", "900", None))
    await expect(told).to_be_hidden()


async def test_our_upgrade_is_taken_at_once_by_who_wants_it(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    await stage.cut()
    stage.story.build = "newer"
    stage.closed = False
    async with page.expect_event("load", timeout=30_000):
        await page.locator("[data-act=upgrade]").click(timeout=15_000)
    await expect(page.locator("#note")).to_have_value(s.talking().draft.note)
