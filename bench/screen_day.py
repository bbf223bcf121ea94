"""A day of one page: 500 calls without a reload. `python -m bench.screen_day [--calls 500]`

The product's own page in a real Chromium, its `/live` told by the tests' stage: each call rings,
is answered, typed about, wrapped up and finished, with the floor moving around it. Counted are the
JavaScript heap after a forced collection, elements and listeners after 50 calls and after all;
besides, what the first load weighs on the wire (gz) and when the page can be used.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import re
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace
from playwright.async_api import CDPSession, Page, async_playwright

from bench.machine import machine
from bench.screen_page import FLAGS, chromium
from tests.browser import stories as s
from tests.browser.stage import Stage, staged
from workstation import texts
from workstation.web import pages

FIRST = 50
GOAL_GROWTH, GOAL_KB, GOAL_S = 1.2, 200, 1.0


@dataclass(frozen=True)
class Held:
    calls: int
    heap_mb: float
    elements: int
    listeners: int

    def __str__(self) -> str:
        return (f"after {self.calls:4d} calls: heap {self.heap_mb:6.2f} MB, "
                f"{self.elements} elements, {self.listeners} listeners")


async def run(calls: int) -> None:
    print(machine())
    async with staged(s.desk(None, "ready")) as stage, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page(viewport={"width": 1280, "height": 800})
        await page.goto(f"{stage.url}/desk?lang=en")
        await page.locator("desk-app .main").wait_for()
        print(f"usable after {await usable_s(page):.2f} s (goal ≤ {GOAL_S})")
        print(f"first load {weight_kb('first'):.0f} KB gz (goal ≤ {GOAL_KB}), "
              f"and {weight_kb('later'):.0f} KB when a headset is used")
        cdp = await page.context.new_cdp_session(page)
        await work(page, stage, range(FIRST))
        first = await held(cdp, FIRST)
        print(first, flush=True)
        await work(page, stage, range(FIRST, calls))
        last = await held(cdp, calls)
        print(last)
        print(f"growth {last.heap_mb / first.heap_mb:.2f} × (goal ≤ {GOAL_GROWTH})")
        await browser.close()


async def work(page: Page, stage: Stage, numbers: range) -> None:
    for n in numbers:
        await one_call(page, stage, n)


async def one_call(page: Page, stage: Stage, n: int) -> None:
    """Another client each time: what a page keeps of clients that are gone is seen. Locators, no
    handles: a handle would keep what it points at."""
    key, card = str(10_000 + n), replace(s.card(masked=True), client_id=50_000 + n,
                                         name=f"Ivanov Ivan {n}")
    facts: dict[str, Any] = {"id": 10_000 + n, "call": f"c{n}", "card": card,
                             "client_id": card.client_id, "draft": s.NO_DRAFT}
    await stage.change(("conversations", key, s.conversation(**facts)),
                       ("operators", "101", s.operator(state="offered", since=0)))
    await page.locator(".strip.tone-offered").wait_for()
    await stage.change(("conversations", key, s.talking(**facts)),
                       ("operators", "101", s.operator(state="talking", since=0, calls=n)))
    await page.locator(".strip.tone-talking").wait_for()
    await page.fill("#note", f"Call {n}: asked about the invoice of March.")
    await page.keyboard.press("Control+KeyK")
    await page.keyboard.press("Escape")
    await stage.change(("conversations", key, s.wrapping_up(**facts)),
                       ("operators", "101", s.operator(state="wrap_up", since=0, calls=n)))
    await page.locator(".strip.tone-wrap_up").wait_for()
    await page.keyboard.press("Alt+Digit1")
    await page.keyboard.press("Control+Enter")
    await stage.change(("conversations", key, None),
                       ("operators", "101", s.operator(since=0, calls=n + 1)))
    await page.locator(".strip-idle").wait_for()
    stage.heard.clear()


async def held(cdp: CDPSession, calls: int) -> Held:
    await cdp.send("Performance.enable")
    for _ in range(3):
        await cdp.send("HeapProfiler.collectGarbage")
        await asyncio.sleep(0.3)
    told = {one["name"]: one["value"]
            for one in (await cdp.send("Performance.getMetrics"))["metrics"]}
    return Held(calls, told["JSHeapUsedSize"] / 1e6, int(told["Nodes"]),
                int(told["JSEventListeners"]))


async def usable_s(page: Page) -> float:
    """From the request of the page to the first frame with the desk in it."""
    return float(await page.evaluate("performance.now()")) / 1000


def weight_kb(name: str) -> float:
    """`first`: what stands on the page before it can be used: script, style and one language.
    `later`: what is fetched when it is needed, as the telephone for a headset."""
    named = json.loads((pages.BUILT / "manifest.json").read_text(encoding="utf-8"))
    first = {named["live.js"], named["live.css"]}
    waiting = [named["live.js"]]
    while waiting:
        text = (pages.BUILT / waiting.pop()).read_text(encoding="utf-8")
        needed = set(re.findall(r'from"\./([\w.-]+)"', text)) - first
        first |= needed
        waiting += needed
    later = {path.name for path in pages.BUILT.glob("*.js")} - first - {named["sign_in.js"]}
    files = [(pages.BUILT / one).read_bytes() for one in (first if name == "first" else later)]
    words = json.dumps(dict(texts.load("en")), ensure_ascii=False).encode()
    return sum(len(gzip.compress(one)) for one in [*files, *([words] * (name == "first"))]) / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    asyncio.run(run(parser.parse_args().calls))
