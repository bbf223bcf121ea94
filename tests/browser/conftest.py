"""Chromium, the built page, and stages for stories. Mark tests that use them `browser`."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.browser.stage import SOON_S, Stage, staged
from tests.browser.stories import Story

CHECKOUT = Path(__file__).resolve().parents[2]
UI = CHECKOUT / "workstation" / "web" / "ui"
FLAGS = ["--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update",
         "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
expect.set_options(timeout=SOON_S * 1000)
Open = Callable[..., Awaitable[tuple[Page, Stage]]]


@pytest.fixture(scope="session")
def built() -> None:
    """The page, built if a source has changed since."""
    subprocess.run(["bash", "setup/ui.sh"], cwd=CHECKOUT, check=True, timeout=300)


def chromium() -> str:
    """The browser's program; skips where there is none, and fails where CI=true."""
    named = os.environ.get("DESKLINE_CHROMIUM", "")
    found = next(filter(None, map(shutil.which, (
        named or "chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        complain = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        complain("no Chromium here: apt-get install chromium, or set DESKLINE_CHROMIUM")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(built: None) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        await running.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_story(browser: Browser) -> AsyncIterator[Open]:
    """`page, stage = await open_story(story, "/desk", theme=…, width=…, lang=…)`.

    At the end of the test: no script error, nothing refused by the content security policy.
    """
    problems: list[str] = []
    async with AsyncExitStack() as stack:
        async def open_it(story: Story, path: str = "/desk", *, theme: Any = "light",
                          width: int = 1280, height: int = 800, lang: str = "en",
                          stage: Stage | None = None) -> tuple[Page, Stage]:
            place = stage or await stack.enter_async_context(staged(story))
            context = await browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=theme)
            stack.push_async_callback(context.close)
            page = await context.new_page()
            place.pages.append(page)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("console", lambda said: problems.append(said.text)
                    if said.type == "error" and "Failed to load" not in said.text
                    and "WebSocket" not in said.text else None)
            bare, _, tab = path.partition("#")
            await page.goto(f"{place.url}{bare}?lang={lang}" + (f"#{tab}" if tab else ""))
            await page.wait_for_selector("desk-app .main, .sign-in")
            return page, place

        yield open_it
    assert problems == []
