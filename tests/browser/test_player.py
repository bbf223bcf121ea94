"""A recording in the timeline: drawn, played, sought by keys, and why it cannot be heard."""

from __future__ import annotations

import math
import os
import struct
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, Route, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_looks import violations
from workstation.recording_files import RATE, header

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LONG_S = 30
ROW: dict[str, Any] = {
    "id": 7, "state": "kept", "why": "", "started_at": s.moment(-900), "ended_at": s.moment(-870),
    "seconds": LONG_S, "size": 44, "channels": 2, "marks": [[0, 9], [13, LONG_S]]}


def tone() -> bytes:
    side = [int(9000 * math.sin(at / 5)) for at in range(RATE)]
    return header(LONG_S * RATE) + struct.pack(
        f"<{2 * RATE}h", *(level for one in side for level in (one, one // 2))) * LONG_S


def speech(turn: int) -> list[int]:
    """Two who take turns."""
    return [int(abs(math.sin(at / 3.1) * math.sin(at / 41)) * 190) * ((at // 70) % 2 == turn)
            * (not 240 <= at < 346) for at in range(800)]


async def with_recording(open_story: Open, answer: dict[str, Any] | int, **look: Any) -> Page:
    first, *others = s.timeline()
    item = next(one for one in [first, *others] if one.kind == "call")
    heard = [replace(one, facts=one.facts | {"recorded": 1, "interaction_id": 31})
             if one is item else one for one in [first, *others]]
    page, _ = await open_story(s.desk(s.talking(timeline=heard), "talking"), **look)

    async def recordings(route: Route) -> None:
        if isinstance(answer, int):
            await route.fulfill(status=answer, content_type="application/problem+json", body=(
                '{"code":"not_allowed","title":"Your role does not allow this."}'))
        else:
            await route.fulfill(json={"recordings": [answer]})

    async def waveform(route: Route) -> None:
        await route.fulfill(json={"seconds": LONG_S, "client": speech(0), "operator": speech(1)})

    async def audio(route: Route) -> None:
        whole = tone()
        begin = int((route.request.headers.get("range") or "bytes=0-")[6:].partition("-")[0])
        await route.fulfill(status=206, body=whole[begin:], headers={
            "Content-Type": "audio/wav", "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {begin}-{len(whole) - 1}/{len(whole)}"})

    await page.route("**/api/v1/interactions/31/recordings", recordings)
    await page.route("**/api/v1/recordings/7/peaks", waveform)
    await page.route("**/api/v1/recordings/7/audio", audio)
    return page


async def test_a_recording_is_played_and_sought_by_keys_and_never_by_itself(
        open_story: Open) -> None:
    page = await with_recording(open_story, ROW)
    await expect(page.locator(".player")).to_have_count(0)
    await page.locator(".player-open").click()
    play = page.locator(".player-play")
    await expect(play).to_be_focused()
    await expect(play).to_have_accessible_name("Play")
    await expect(page.locator(".player-time")).to_have_text("0:00 / 0:30")
    await expect(page.locator(".player .pause")).to_have_count(1)
    await page.keyboard.press("Enter")
    await expect(play).to_have_accessible_name("Pause")
    await expect(page.locator(".player-time")).not_to_have_text("0:00 / 0:30")
    await page.keyboard.press("Enter")
    await expect(play).to_have_accessible_name("Play")
    await page.locator(".player-wave input").focus()
    await page.keyboard.press("Home")
    for _ in range(3):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator(".player-time")).to_have_text("0:15 / 0:30")
    await expect(page.locator(".player-wave input")).to_have_attribute(
        "aria-valuetext", "0:15 of 0:30")
    await page.locator(".player-speed").click()
    await expect(page.locator(".player-speed")).to_have_text("1.25×")
    assert await violations(page) == []


@pytest.mark.parametrize(("answer", "said"), [
    ({**ROW, "state": "open"}, "The recording is being made."),
    ({**ROW, "state": "gone", "why": "too_old"}, "its time to be kept is over"),
    (403, "You may hear your own calls and your team's.")])
async def test_what_cannot_be_heard_says_why(open_story: Open, answer: dict[str, Any] | int,
                                             said: str) -> None:
    page = await with_recording(open_story, answer)
    await page.locator(".player-open").click()
    await expect(page.locator(".player-said")).to_contain_text(said)


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_player_is_readable_in_both_themes(open_story: Open, theme: str) -> None:
    page = await with_recording(open_story, ROW, theme=theme, lang="ru")
    await page.locator(".player-open").click()
    await page.locator(".player-wave input").focus()
    for _ in range(2):
        await page.keyboard.press("ArrowRight")
    await expect(page.locator(".player-time")).to_have_text("0:10 / 0:30")
    assert await violations(page) == []
    if folder := os.environ.get("DESKLINE_PICTURES"):
        await page.locator("time-line").screenshot(path=Path(folder) / f"player-{theme}.png")
        await page.screenshot(path=Path(folder) / f"player-page-{theme}.png")
