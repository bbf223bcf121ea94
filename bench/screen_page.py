"""The pages of `bench.screen`: the product's own in a real Chromium, watched from within.

The product is not touched: a script that runs before the page's own listens to the same socket and
looks at the DOM whenever it changes. A pop counts as painted in the second animation frame after
the ringing strip shows its number and the client's column the client (or, where the number has
several or none, the number). The watching itself is inside the figure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

FLAGS = ["--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-sync",
         "--disable-background-networking", "--disable-component-update"]
OPENS_WITHIN_S = 30.0
PROBE = """
(() => {
  const pops = window.benchPops = {}, waiting = new Map();
  const now = () => performance.timeOrigin + performance.now();
  const hear = (text) => {
    if (!text.includes('"ringing"')) return;
    const at = now();
    for (const [collection, , view] of JSON.parse(text).changes ?? []) {
      if (collection !== "conversations" || view?.state !== "ringing") continue;
      const pop = pops[view.call] ??= { heard_at: at, strip_at: null, painted_at: null };
      if (view.notice === "") { pop.whole_heard_at ??= at; pop.size ??= text.length; }
      waiting.set(view.call, { pop, number: view.number_label, whole: view.notice === "",
                               who: view.card?.name ?? view.number_label });
    }
  };
  const painted = (pop, what) => requestAnimationFrame(() => requestAnimationFrame(() => {
    pop[what] ??= now();
  }));
  const look = () => {
    for (const [call, { pop, number, whole, who }] of waiting) {
      const strip = document.querySelector(".strip.tone-offered")?.textContent ?? "";
      if (!strip.includes(number)) continue;
      if (!pop.strip) { pop.strip = true; painted(pop, "strip_at"); }
      if (!whole || !document.querySelector("client-panel")?.textContent.includes(who)) continue;
      waiting.delete(call);
      if (!pop.whole) { pop.whole = true; painted(pop, "painted_at"); }
    }
  };
  window.WebSocket = class extends WebSocket {
    constructor(...facts) {
      super(...facts);
      this.addEventListener("message", ({ data }) => {
        if (typeof data === "string") hear(data);
      });
    }
  };
  new MutationObserver(look).observe(document,
                                     { subtree: true, childList: true, characterData: true });
})();
"""
# How far the page's clock (started with the page) is behind the machine's, in ms: median of nine
# looks at the moment when Date.now() steps on.
BEHIND = """
() => {
  const found = [];
  while (found.length < 9) {
    const before = Date.now();
    while (Date.now() === before);
    found.push(Date.now() - (performance.timeOrigin + performance.now()));
  }
  return found.sort((a, b) => a - b)[4];
}
"""
POPS = """() => ({ pops: window.benchPops, marks: performance.getEntriesByName(
  "conversation painted").map(({ detail }) => detail) })"""


@dataclass(frozen=True, slots=True)
class Painted:
    """One pop on one page; moments in s (Unix, the machine's clock), None: not while it rang."""
    heard_at: float                 # the first frame
    whole_heard_at: float | None    # the frame with the client
    strip_at: float | None
    painted_at: float | None
    marked_at: float | None         # by the page's own mark
    size: int                       # characters of the frame with the client


@dataclass(frozen=True, slots=True)
class Bare:
    """The empty page: ms from write to painted, ms of an echo's round trip."""
    painted_ms: list[float]
    echoed_ms: list[float]


class Browsing:
    """A running Chromium with the operators' pages and the bare one."""

    def __init__(self, browser: Browser) -> None:
        self.version = browser.version
        self.problems: list[str] = []
        self._browser = browser
        self._pages: dict[str, Page] = {}
        self._bare: Page | None = None

    async def open(self, url: str, operator: str, login: str, password: str) -> None:
        """The live page of one operator, signed in."""
        page = await self._new()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        await page.add_init_script(PROBE)
        await page.goto(url)
        await page.fill("input[name=login]", login)
        await page.fill("input[name=password]", password)
        await page.keyboard.press("Enter")
        await page.wait_for_selector("desk-app .main")
        self._pages[operator] = page

    async def open_bare(self, url: str) -> None:
        self._bare = await self._new()
        await self._bare.goto(url)

    async def _new(self) -> Page:
        context = await self._browser.new_context(viewport={"width": 1280, "height": 800})
        context.set_default_timeout(OPENS_WITHIN_S * 1000)
        return await context.new_page()

    async def pops(self) -> dict[tuple[str, str], Painted]:
        """By (call, operator)."""
        found = {}
        for operator, page in self._pages.items():
            behind, told = await page.evaluate(BEHIND), await page.evaluate(POPS)
            marks = {mark["call"]: mark["painted_at"] for mark in reversed(told["marks"])}
            for call, pop in told["pops"].items():
                found[call, operator] = _painted(pop, marks.get(call), behind)
        return found

    async def bare(self, since: float) -> Bare:
        """What the bare page saw after `since` (s, Unix)."""
        if self._bare is None:
            return Bare([], [])
        behind, told = await self._bare.evaluate(BEHIND), await self._bare.evaluate("bench")
        frames = [one for one in told["painted"] if one["pushed_at"] > since * 1000]
        return Bare([one["painted_at"] + behind - one["pushed_at"] for one in frames],
                    told["echoed"])


def _painted(pop: dict[str, Any], mark: float | None, behind: float) -> Painted:
    def seconds(at: float | None) -> float | None:
        return None if at is None else (at + behind) / 1000
    return Painted((pop["heard_at"] + behind) / 1000, seconds(pop.get("whole_heard_at")),
                   seconds(pop["strip_at"]), seconds(pop["painted_at"]), seconds(mark),
                   pop.get("size", 0))


@asynccontextmanager
async def browsing(url: str, bare_url: str,
                   people: Sequence[tuple[str, str, str]]) -> AsyncIterator[Browsing]:
    """`people`: (operator, login, password), a page each."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            found = Browsing(browser)
            await found.open_bare(bare_url)
            for operator, login, password in people:
                await found.open(url, operator, login, password)
            yield found
        finally:
            await browser.close()


def chromium() -> str:
    """The browser's program. Raises RuntimeError."""
    named = os.environ.get("DESKLINE_CHROMIUM", "")
    for name in (named, "chromium", "chromium-browser", "google-chrome"):
        if name and (found := shutil.which(name)):
            return found
    raise RuntimeError("no Chromium here: apt-get install chromium, or set DESKLINE_CHROMIUM")


@contextmanager
def bare_server(port: int) -> Iterator[str]:
    """The bare page's server in a process of its own; yields its address."""
    process = subprocess.Popen([sys.executable, "-m", "bench.screen_bare", str(port)])
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        process.terminate()
        process.wait()
