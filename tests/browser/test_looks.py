"""Every screen, in both themes and languages: axe finds nothing, nothing sticks out, no jumps.

With DESKLINE_SHOTS=folder the pictures are kept there, to be looked at.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import UI, Open

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = UI / "node_modules" / "axe-core" / "axe.min.js"
Make = Callable[[], s.Story]
SCREENS: dict[str, tuple[Make, str]] = {
    "idle": (lambda: s.desk(None, "ready", -42), "/desk"),
    "offline": (lambda: s.desk(None, "offline", -42), "/desk"),
    "ringing": (lambda: s.desk(
        s.conversation(card=s.card(masked=True)), "offered", -4,
        others=(s.wrapping_up(id=880, call="c880", wrap_up_until=None),)), "/desk"),
    "talking": (lambda: s.desk(s.talking(), "talking"), "/desk"),
    "wrap_up": (lambda: s.desk(s.wrapping_up(), "wrap_up", -8), "/desk"),
    "candidates": (lambda: s.desk(s.ambiguous(), "offered", -4), "/desk"),
    "unknown": (lambda: s.desk(s.unknown(), "offered", -4), "/desk"),
    "requests": (lambda: s.desk(None, "ready"), "/desk#requests"),
    "floor": (s.floor, "/floor"),
    "calls": (s.floor, "/floor#calls"),
    "campaigns": (s.floor, "/floor#campaigns"),
    "sign_in": (s.with_sign_ins, "/"),
}
WAYS = {"light": ("light", 1280, "en"), "dark_ru": ("dark", 1280, "ru")}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("screen", SCREENS)
async def test_screen_is_sound(screen: str, way: str, open_story: Open) -> None:
    make, path = SCREENS[screen]
    theme, width, lang = WAYS[way]
    page, _stage = await open_story(make(), path, theme=theme, width=width, lang=lang)
    await keep(page, f"{screen}-{way}")
    assert await violations(page) == []
    assert await sticking_out(page) == []


async def test_dialogs_are_sound(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.talking(), "talking"))
    for key in ("Shift+Slash", "Control+KeyK"):
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_be_visible()
        await keep(page, key)
        assert await violations(page) == []
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)
    await page.keyboard.press("Alt+KeyS")
    await expect(page.locator("[role^=menuitem]:focus")).to_be_visible()
    await keep(page, "state-menu")
    assert await violations(page) == []


async def test_motion_stops_for_who_asks(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.conversation(), "offered"))
    await expect(page.locator(".mark-offered").first).to_be_visible()
    await page.emulate_media(reduced_motion="reduce")
    names = await page.locator(".mark-offered").evaluate_all(
        "marks => marks.map(mark => getComputedStyle(mark).animationName)")
    assert set(names) == {"none"}


async def settled(page: Page) -> None:
    """Fonts are there, what moves once has moved, and nothing was drawn for a while."""
    await page.evaluate("""async () => {
      await document.fonts.ready;
      await Promise.allSettled(document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime !== Infinity)
        .map((one) => one.finished));
      const end = performance.now() + 3000;
      await new Promise((done) => {
        let timer = 0;
        const watcher = new MutationObserver(() => again());
        const stop = () => { watcher.disconnect(); done(); };
        const again = () => {
          clearTimeout(timer);
          timer = setTimeout(stop, performance.now() < end ? 100 : 0);
        };
        watcher.observe(document.body, { childList: true, subtree: true, attributes: true });
        again();
      });
    }""")


async def violations(page: Page) -> list[str]:
    await settled(page)
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    # A pulsing mark is drawing, not text; axe measures contrast in whatever frame it meets.
    found: list[dict[str, Any]] = await page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then(found => found.violations)")
    return [f"{item['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for item in found for node in item["nodes"]]


async def sticking_out(page: Page) -> list[str]:
    """Elements wider than what holds them: a longer language must not break the layout."""
    await settled(page)
    found: list[str] = await page.evaluate("""() => {
      const out = [];
      if (document.documentElement.scrollWidth > innerWidth) out.push("page");
      for (const element of document.querySelectorAll(
        ".column-head, .page-head, .call-button, .button, .top-line, .strip, .foot-bar, .tile, "
        + ".queue-card header, .figure, .outcome, .state-button, .chip")) {
        if (element.scrollWidth > element.clientWidth + 1) {
          out.push(`${element.className}: ${element.textContent.trim().slice(0, 60)}`);
        }
      }
      return out;
    }""")
    return found


async def keep(page: Page, name: str) -> None:
    folder = os.environ.get("DESKLINE_SHOTS")
    if folder:
        await settled(page)
        await page.screenshot(path=Path(folder) / f"{name}.png")
