"""The leads' page of callers who wait: call-backs by name, closed numbers, incidents."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser import stories
from tests.browser.conftest import Open
from tests.browser.stage import heard
from tests.browser.stories import Story, moment
from tests.browser.test_looks import violations
from workstation.protocol import waiting as w

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SHOTS = os.environ.get("DESKLINE_SHOTS", "")


def _call_back(number: int, **more: Any) -> w.CallBackView:
    return w.CallBackView(**({
        "id": number, "queue": "billing", "place": number, "number": f"+7916123456{number}",
        "client_id": number, "client_name": "Иванов Иван <b>", "source": "queue",
        "arrived_at": moment(-600), "state": "waiting", "why": "", "tries": 0,
        "not_before": None} | more))


def _entry(number: str, **more: Any) -> w.EntryView:
    return w.EntryView(**({
        "entry": number, "is_open": True, "why": "hours", "until": moment(3600), "reason": "",
        "by": "", "menu": "main", "queue": "billing", "overflow": []} | more))


def _shown(_: dict[str, Any]) -> dict[str, Any]:
    return {
        "at": moment(), "callbacks": [
            _call_back(1, state="dialling", tries=1),
            _call_back(2, client_id=None, client_name="", source="web", why="no_answer", tries=1,
                       not_before=moment(600)),
            _call_back(3, place=0, state="withdrawn", why="called_again", source="closed")],
        "entries": [_entry("+74951200000"), _entry(
            "+74951200001", is_open=False, why="switched", until=None, by="Sofia Lebedeva",
            reason="no power in the building")],
        "incidents": [w.IncidentView(
            id=7, city="Samara", street="Lenina st.", state="proposed", note="",
            proposed_at=moment(-60), opened_at=None, opened_by="", ended_at=None, callers=6,
            untold=6)]}


def _story() -> Story:
    story = stories.floor()
    story.replies |= {"waiting.show": _shown, "incident.decide": {}, "entry.close": {},
                      "entry.open": {}, "callback.withdraw": {}}
    return story


async def test_a_lead_sees_who_waits_and_decides_with_a_reason(open_story: Open) -> None:
    page, stage = await open_story(_story(), "/floor#base/waits")
    await expect(page.locator("[data-callback]")).to_have_count(3)
    await expect(page.locator("[data-callback='1']")).to_contain_text("Иванов Иван <b>")
    assert await violations(page) == []
    await page.click("[data-incident='7'] [data-act=confirm]")
    assert [one["state"] for one in await heard(stage, "incident.decide")] == ["open"]
    await page.click("[data-callback='2'] [data-act=withdraw]")
    await expect(page.locator("input[name=why]")).to_be_focused()
    await page.fill("input[name=why]", "answered by mail")
    await page.keyboard.press("Enter")
    assert await heard(stage, "callback.withdraw") == [{"id": 2, "why": "answered by mail"}]
    await page.click("[data-entry='+74951200000'] [data-act=close]")
    await expect(page.locator("input[name=why]")).to_be_focused()
    await page.fill("input[name=why]", "storm")
    await page.keyboard.press("Enter")
    assert await heard(stage, "entry.close") == [{"entry": "+74951200000", "reason": "storm"}]


@pytest.mark.skipif(not SHOTS, reason="pictures are made on demand")
@pytest.mark.parametrize(("theme", "width", "lang"), [
    ("light", 1280, "en"), ("dark", 1920, "ru")])
async def test_pictures(open_story: Open, theme: str, width: int, lang: str) -> None:
    page, _ = await open_story(_story(), "/floor#base/waits", theme=theme, width=width, lang=lang)
    await expect(page.locator("[data-callback]")).to_have_count(3)
    await page.screenshot(path=f"{SHOTS}/waits-{theme}-{width}.png")
