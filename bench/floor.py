"""The floor page at 500 operators: how long until a delta is painted, and what the page costs.

The real page in Chromium on a stage that plays its part of the socket: 20 of 500 tiles change each
second. Painted: from the delta's arrival in the page to the end of the frame that shows it.

    python -m bench.floor [--operators 500] [--changing 20] [--seconds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from typing import Any

from playwright.async_api import CDPSession, Page, async_playwright

from bench import machine
from tests.browser import stories as s
from tests.browser.conftest import FLAGS, chromium
from tests.browser.stage import Stage, staged

GOAL = "goal: a delta painted <= 100 ms; 20 of 500 tiles a second under 10 % of a core"
WATCH = """() => {
  window.painted = [];
  const own = WebSocket.prototype;
  const setter = Object.getOwnPropertyDescriptor(own, 'onmessage').set;
  Object.defineProperty(own, 'onmessage', { set(hear) {
    setter.call(this, (event) => {
      const at = performance.now();
      hear(event);
      if (!String(event.data).includes('"delta"')) return;
      requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = () => window.painted.push(performance.now() - at);
        channel.port2.postMessage(null);
      });
    });
  } });
}"""


def crowd(count: int) -> dict[str, Any]:
    return {str(number): s.operator(f"Operator {number}", str(number), "ready", since=-number)
            for number in range(1000, 1000 + count)}


async def change(stage: Stage, seconds: float, changing: int, count: int) -> None:
    began, turn = time.monotonic(), 0
    while time.monotonic() - began < seconds:
        turn += 1
        names = [str(1000 + (turn * changing + place) % count) for place in range(changing)]
        state = "talking" if turn % 2 else "paused"
        await stage.change(*(("operators", name, s.operator(
            f"Operator {name}", name, state, since=-1, whom=f"Client {turn}"))
            for name in names))
        await asyncio.sleep(max(0.0, began + turn - time.monotonic()))


async def busy_s(session: CDPSession) -> float:
    told = await session.send("Performance.getMetrics")
    return next(float(one["value"]) for one in told["metrics"] if one["name"] == "TaskDuration")


async def measure(page: Page, stage: Stage, wanted: argparse.Namespace) -> tuple[
        list[float], float, float]:
    session = await page.context.new_cdp_session(page)
    await session.send("Performance.enable")
    await change(stage, 3, wanted.changing, wanted.operators)
    await page.evaluate("window.painted.length = 0")
    before, began = await busy_s(session), time.monotonic()
    await change(stage, wanted.seconds, wanted.changing, wanted.operators)
    used, took = await busy_s(session) - before, time.monotonic() - began
    painted: list[float] = await page.evaluate("window.painted")
    began, before = time.monotonic(), await busy_s(session)
    await asyncio.sleep(5)
    rest = (await busy_s(session) - before) / (time.monotonic() - began)
    return sorted(painted), used / took, rest


async def run(wanted: argparse.Namespace) -> None:
    story = s.floor().with_views(operators=crowd(wanted.operators), calls={})
    async with async_playwright() as playwright, staged(story) as stage:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.add_init_script(f"({WATCH})()")
        await page.goto(f"{stage.url}/floor?lang=en")
        await page.wait_for_selector(f"[data-operator='{999 + wanted.operators}']")
        painted, share, rest = await measure(page, stage, wanted)
        await browser.close()
    p99 = painted[min(len(painted) - 1, int(0.99 * len(painted)))]
    print(machine.machine())
    print(f"floor page, {wanted.operators} operators, {wanted.changing} tiles a second: painted "
          f"p50 {statistics.median(painted):.0f} ms, p99 {p99:.0f} ms ({len(painted)} deltas); "
          f"the page takes {100 * share:.1f} % of a core, {100 * rest:.1f} % when nothing moves")
    print(GOAL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operators", type=int, default=500)
    parser.add_argument("--changing", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=20)
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
