"""The README's pictures, taken from a running demo: `make demo` in one terminal, then this.

Anna takes a call in a real Chromium; the supervisor's floor is photographed while she talks.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
    "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream",
]
CALL_MS = 180_000


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--demo", type=Path, default=Path(".deskline/demo.json"))
    options.add_argument("--out", type=Path, default=Path("docs"))
    options.add_argument("--chromium", default="/usr/bin/chromium")
    asked = options.parse_args()
    demo = json.loads(asked.demo.read_text())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=FLAGS)
        take(browser, demo, asked.out)
        browser.close()


def take(browser: Browser, demo: dict[str, Any], out: Path) -> None:
    """operator.png and operator-dark.png in a call, floor.png meanwhile."""
    with page_of(browser, demo, "sofia") as floor, page_of(browser, demo, "anna") as desk:
        expect(desk.get_by_text("Headset ready")).to_be_visible(timeout=20_000)
        desk.keyboard.press("Alt+0")
        desk.locator("[data-act=answer]").wait_for(timeout=CALL_MS)
        desk.keyboard.press("F2")
        expect(desk.locator("state-menu")).to_contain_text("Talking", timeout=10_000)
        candidate = desk.locator(".candidate").first
        if candidate.is_visible():
            candidate.click()
        desk.keyboard.press("Alt+i")
        desk.fill("#note", "Disputes the March reading, sends a photo of the meter.")
        desk.wait_for_timeout(1_500)
        desk.screenshot(path=out / "operator.png")
        desk.emulate_media(color_scheme="dark")
        desk.screenshot(path=out / "operator-dark.png")
        floor.screenshot(path=out / "floor.png")
        desk.keyboard.press("F9")
        desk.wait_for_timeout(1_000)
        desk.keyboard.press("Alt+1")        # settled …
        desk.keyboard.press("Alt+1")        # … resolved
        desk.keyboard.press("Control+Enter")


@contextmanager
def page_of(browser: Browser, demo: dict[str, Any], login: str) -> Iterator[Page]:
    password = next(one["password"] for one in demo["sign_ins"] if one["login"] == login)
    context = browser.new_context(viewport={"width": 1440, "height": 860},
                                  permissions=["microphone"], color_scheme="light")
    page = context.new_page()
    page.goto(demo["url"])
    page.fill("input[name=login]", login)
    page.fill("input[name=password]", password)
    page.keyboard.press("Enter")
    page.locator("desk-app .main").wait_for()
    yield page
    context.close()


if __name__ == "__main__":
    main()
