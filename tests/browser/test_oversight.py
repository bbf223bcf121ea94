"""Thresholds, wall screens, and what a lead does from a tile or a caller who waits."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from aiohttp import web
from msgspec.structs import replace
from playwright.async_api import Browser, Page, expect

from tests.browser import call_stories as c
from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import Stage, application, heard, page_of
from tests.browser.test_looks import keep, sticking_out, violations
from workstation import protocol as p
from workstation.protocol.floor import WallQueueView, WallView

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

RED = p.AlarmView(figure="longest", level="red", bound=60, since=s.moment(-20), sound=True,
                  message="Call Pavel")
AMBER = p.AlarmView(figure="level", level="amber", bound=80, since=s.moment(-300))
HELD = {"version": 3, "by": "109", "at": s.moment(-900), "thresholds": [
    {"figure": "level", "queue": "", "days": [], "since": "", "until": "", "amber": 80,
     "red": 60, "sound": False, "message": ""},
    {"figure": "longest", "queue": "billing", "days": [1, 2, 3, 4, 5], "since": "09:00",
     "until": "18:00", "amber": 60, "red": 180, "sound": True, "message": "Call Pavel"}],
    "crossings": [{"queue": "billing", "figure": "longest", "level": "red", "bound": 180,
                   "at": s.moment(-600), "ended_at": None}]}


def floor() -> s.Story:
    story = s.floor()
    waiting = story.views["queues"]["billing"].waiting
    like = next(iter(story.views["calls"].values()))
    story.views["calls"] |= {one.call: replace(
        like, id=one.call, state="waiting", number=one.number, name=one.name, client_name="",
        operator=None, can=["redirect"]) for one in waiting}
    return story


async def test_a_figure_past_its_threshold_is_a_word_and_a_sign_and_told_once(
        open_story: Open) -> None:
    story = floor()
    page, stage = await open_story(story, "/floor")
    billing = page.locator("[data-queue=billing]")
    await expect(billing.locator(".alarm-list")).to_have_count(0)
    queue = story.views["queues"]["billing"]
    await stage.change(("queues", "billing", replace(queue, alarms=[RED, AMBER])))
    await expect(billing.locator(".alarm-list li").first).to_have_text(
        "▲ Red longest wait 1:00 or more · Call Pavel")
    await expect(billing.locator(".alarm-list li").last).to_contain_text("△ Amber")
    await expect(page.locator(".toast").first).to_contain_text(
        "Red · Billing: longest wait 1:00 or more · Call Pavel")
    await expect(page.locator(".toast")).to_have_count(2)
    await stage.change(("queues", "billing", replace(queue, alarms=[RED, AMBER], ready=7)))
    await expect(billing).to_contain_text("7 ready")
    await expect(page.locator(".toast")).to_have_count(2)
    mute = page.locator("[data-act=mute-alarms]")
    await mute.click()
    await expect(mute).to_have_text("Alarm sound is off")
    await sound(page, "floor")


async def test_a_caller_who_waits_is_fetched_or_sent_elsewhere(open_story: Open) -> None:
    story = floor()
    story.replies["call.targets"] = c.targets()
    page, stage = await open_story(story, "/floor")
    await page.locator("[data-queue=billing] [data-waiting=w0]").click()
    await expect(page.locator("queue-menu .menu-item:focus")).to_be_visible()
    await page.keyboard.press("p")
    assert (await heard(stage, "call.pick_up"))[0]["call"] == "w0"
    await page.locator("[data-queue=billing] [data-waiting=w1]").click()
    await expect(page.locator("queue-menu .menu-item:focus")).to_be_visible()
    await page.keyboard.press("r")
    await expect(page.locator("dialog[open]")).to_be_visible()


async def test_a_state_is_set_with_a_reason_and_a_message_goes_from_the_tile(
        open_story: Open) -> None:
    page, stage = await open_story(floor(), "/floor")
    tile = page.locator("[data-operator='102'] .tile-open")
    await tile.click()
    await expect(page.locator("tile-menu .menu-item:focus")).to_be_visible()
    await page.keyboard.press("s")
    dialog = page.locator("dialog.is-tile")
    await expect(dialog.locator("select")).to_be_focused()
    await dialog.locator("select").select_option("paused:meeting")
    await dialog.locator("input").fill("team talk")
    await sound(page, "tile-state")
    await page.keyboard.press("Enter")
    assert await heard(stage, "operator.state") == [
        {"operator": "102", "state": "paused", "reason": "meeting", "why": "team talk"}]
    await expect(dialog).to_be_hidden()
    await tile.click()
    await expect(page.locator("tile-menu .menu-item:focus")).to_be_visible()
    await page.keyboard.press("m")
    await expect(dialog.locator("textarea")).to_be_focused()
    await dialog.locator("textarea").fill("Well done")
    await dialog.locator("button[data-act=tile-send]").click()
    assert await heard(stage, "message.send") == [
        {"to_kind": "operator", "to": "102", "text": "Well done"}]


async def test_thresholds_are_changed_on_their_page_and_a_wrong_line_is_marked(
        open_story: Open) -> None:
    story = floor()
    story.replies |= {"threshold.show": HELD, "threshold.save": p.Problem(
        code="threshold_invalid", title="no", facts={"fields": {"1": "order"}})}
    page, stage = await open_story(story, "/floor#base/thresholds")
    line = page.locator("[data-threshold='1']")
    await line.get_by_label("Red 2").fill("30")
    await line.get_by_role("button", name="Sat").click()
    await page.locator("[data-act=save-thresholds]").click()
    saved = (await heard(stage, "threshold.save"))[0]
    assert saved["version"] == 3
    assert saved["thresholds"][1] | {"queue": ""} == HELD["thresholds"][1] | {  # type: ignore[index]
        "queue": "", "days": [1, 2, 3, 4, 5, 6], "red": 30}
    await expect(line.locator(".field-error")).to_contain_text("Red must be worse")
    await sound(page, "thresholds")


async def test_a_walls_link_is_made_shown_once_and_taken_back(open_story: Open) -> None:
    link = {"id": 4, "name": "Hall", "queues": ["billing"], "callers": False, "by": "109",
            "at": s.moment(-60), "seen_at": None, "revoked_at": None}
    story = floor()
    story.replies |= {"wall.list": {"links": [link]}, "wall.make": {"link": link, "token": "T0K"}}
    page, stage = await open_story(story, "/floor#base/walls")
    await page.get_by_label("Name").fill("Hall")
    await page.get_by_label("Billing").check()
    await page.locator("[data-act=make-wall]").click()
    assert await heard(stage, "wall.make") == [
        {"name": "Hall", "queues": ["billing"], "callers": False}]
    await expect(page.locator(".wall-made a")).to_have_attribute(
        "href", f"{stage.url}/wall#T0K")
    await sound(page, "walls")
    await page.locator("[data-revoke='4']").click()
    assert await heard(stage, "wall.revoke") == [{"id": 4}]


# ── the wall itself ──────────────────────────────────────────────────────────────────────────
def wall(**more: Any) -> WallView:
    def one(name: str, waiting: int, longest: float | None, level: float | None,
            *alarms: p.AlarmView) -> WallQueueView:
        return WallQueueView(
            id=name.lower(), name=name, waiting=waiting, level=level, level_s=20, answered=92,
            longest_since=s.moment(-longest) if longest else None, abandoned=4, ready=3,
            talking=4, signed_in=8, alarms=list(alarms), callers=[])
    view = WallView(
        now=s.moment(), build="test", company="Volga Energy", name="Hall",
        time_zone="Europe/Moscow", blind=False,
        states={"ready": 6, "talking": 9, "wrap_up": 2, "paused": 3}, queues=[
            one("Billing", 12, 754, 0.58, RED), one("Collection", 0, None, None),
            one("Outages", 3, 41, 0.76, AMBER)])
    return replace(view, **more)


@dataclass
class Hall:
    """A server of walls: `views` are sent one after the other, then it waits."""
    view: WallView = field(default_factory=wall)
    url: str = ""
    tokens: list[str] = field(default_factory=list)
    sockets: list[web.WebSocketResponse] = field(default_factory=list)

    async def page(self, request: web.Request) -> web.StreamResponse:
        return page_of(Stage(s.floor()), request, "wall.html")

    async def live(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.tokens.append(await socket.receive_str())
        self.sockets.append(socket)
        await socket.send_str(msgspec.json.encode(self.view).decode())
        async for _ in socket:
            break
        return socket


@asynccontextmanager
async def hall() -> AsyncIterator[Hall]:
    made = Hall()
    app = application(Stage(s.floor()))
    app.router.add_get("/wall", made.page)
    app.router.add_get("/wall/live", made.live)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield made
    finally:
        for socket in made.sockets:
            await socket.close()
        await runner.cleanup()


@pytest.mark.parametrize(("width", "height", "theme"), [
    (1920, 1080, "light"), (3840, 2160, "dark")])
async def test_a_wall_is_read_at_five_metres(browser: Browser, width: int, height: int,
                                             theme: Any) -> None:
    """The smallest words are 2.9 % of the screen's height: 20 mm on one of 55 inches, and the
    digits more than 9 %."""
    async with hall() as made:
        page = await browser.new_page(viewport={"width": width, "height": height},
                                      color_scheme=theme)
        await page.goto(f"{made.url}/wall?lang=en#T0K")
        await expect(page.locator(".wall-queue")).to_have_count(3)
        assert made.tokens == ["T0K"]
        assert await page.locator(".wall-queue h2").all_inner_texts() == [
            "Billing", "Collection", "Outages"]
        await expect(page.locator(".wall-queue.is-red .wall-alarm")).to_have_text(
            "▲ Red: Call Pavel")
        sizes = await page.evaluate(SIZES)
        assert min(sizes["words"]) >= 0.029 * height, sizes
        assert min(sizes["digits"]) >= 0.09 * height, sizes
        assert sizes["cut"] == []
        await sound(page, f"wall-{width}-{theme}")
        await page.close()


SIZES = """() => {
  const size = (one) => parseFloat(getComputedStyle(one).fontSize);
  const all = (which) => [...document.querySelectorAll(which)];
  const sticks = (one) => one.scrollWidth > one.clientWidth + 1;
  return { words: all('.wall-figure span, .wall-alarm, .wall-state, h2').map(size),
           digits: all('.wall-figure b').map(size),
           cut: all('.wall-queue, .wall-figures, .wall-main').filter(sticks)
             .map((one) => one.className) };
}"""


async def test_a_wall_comes_back_by_itself_and_says_so_when_its_link_is_not_valid(
        browser: Browser) -> None:
    async with hall() as made:
        page = await browser.new_page()
        await page.goto(f"{made.url}/wall?lang=en#T0K")
        await expect(page.locator(".wall-queue")).to_have_count(3)
        made.view = wall(name="Hall again")
        await made.sockets[0].close(code=1012)
        await expect(page.locator("h1")).to_have_text("Hall again", timeout=30_000)
        assert len(made.tokens) == 2
        await made.sockets[1].close(code=4401)
        await expect(page.locator("h1")).to_contain_text("not valid", timeout=30_000)
        await page.close()


async def sound(page: Page, name: str) -> None:
    """axe finds nothing and nothing sticks out; with DESKLINE_SHOTS it is kept as a picture."""
    await keep(page, name)
    if os.environ.get("DESKLINE_SHOTS") and "wall-" not in name:
        await page.emulate_media(color_scheme="dark")
        await page.set_viewport_size({"width": 1920, "height": 1080})
        await asyncio.sleep(0.1)
        await keep(page, f"{name}-dark")
        assert await violations(page) == []
        await page.emulate_media(color_scheme="light")
        await page.set_viewport_size({"width": 1280, "height": 800})
    assert await violations(page) == []
    assert await sticking_out(page) == []


# ── a manager's phone ────────────────────────────────────────────────────────────────────────
DAY = {
    "now": s.moment(), "company": "Volga Energy", "time_zone": "Europe/Moscow", "blind": False,
    "states": {"ready": 3, "talking": 4}, "late_in_all": 1, "gaps": [], "contacts": [{
        "at": s.moment(-300), "direction": "in", "who": "Ivanov Ivan Ivanovich", "client_id": 1,
        "queue": "billing", "operator": "Anna Petrova", "outcome": "answered",
        "disposition": None, "talked_s": 190}],
    "late": [{"number": "812", "title": "Meter reading dispute", "group": "billing",
              "operator": None, "due_at": s.moment(-4000)}],
    "standstills": [{"name": "November debtors", "why": "outside the calling hours"}],
    "crossings": HELD["crossings"], "queues": [{
        "id": "billing", "name": "Billing", "waiting": 4, "longest_since": s.moment(-65),
        "answered": 92, "abandoned": 4, "in_time": 84, "level_s": 20, "ready": 3,
        "signed_in": 8, "alarms": []}]}


async def test_a_manager_reads_the_day_and_a_card_at_390_pixels(browser: Browser) -> None:
    stage = Stage(s.floor())

    async def page_itself(request: web.Request) -> web.StreamResponse:
        return page_of(stage, request, "today.html")

    async def day(_: web.Request) -> web.StreamResponse:
        return web.json_response(DAY)

    async def found(_: web.Request) -> web.StreamResponse:
        return web.json_response({"items": [{
            "client_id": 1, "name": "Ivanov Ivan Ivanovich", "kind": "person", "why": "name",
            "marked": "Ivanov", "marks": [], "number": "+74951234567", "account": "7701",
            "address": "Samara, Polevaya 4"}]})

    async def card(_: web.Request) -> web.StreamResponse:
        return web.Response(body=msgspec.json.encode({"card": s.card(masked=True)}),
                            content_type="application/json")

    app = application(stage)
    app.router.add_get("/today", page_itself)
    app.router.add_get("/api/v1/today", day)
    app.router.add_get("/api/v1/today/clients", found)
    app.router.add_get("/api/v1/today/client", card)
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    page = await browser.new_page(viewport={"width": 390, "height": 844})
    try:
        await page.goto(f"http://127.0.0.1:{runner.addresses[0][1]}/today?lang=en")
        await expect(page.locator(".figures")).to_contain_text("92")
        await expect(page.locator("main")).to_contain_text("Request 812 is late")
        await expect(page.locator("main")).to_contain_text("November debtors")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await sound(page, "wall-today")
        await page.locator("#find").fill("Ivanov")
        await page.locator("[data-client='1']").click()
        await expect(page.locator(".card-head")).to_be_visible()
        await page.emulate_media(color_scheme="dark")
        await sound(page, "wall-today-card-dark")
    finally:
        await page.close()
        await runner.cleanup()


async def test_a_card_says_why_its_client_is_not_called(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    story.replies["client.why_not_called"] = {
        "numbers": [{"number": "+74951234567", "label": "+7 495 123-45-67", "why": "limit",
                     "facts": {"rule": "RU-230", "counted": 2, "maximum": 2}, "until": None}],
        "entries": [{"campaign": "November", "running": False, "state": "exhausted",
                     "sentence": "Every attempt is used up."}]}
    page, stage = await open_story(story)
    await page.locator("why-called summary").click()
    await expect(page.locator("why-called li").first).to_contain_text(
        "The limit of calls is reached: 2 of 2 (RU-230).")
    await expect(page.locator("why-called li").last).to_contain_text("Every attempt is used up.")
    assert len(await heard(stage, "client.why_not_called")) == 1
    assert await violations(page) == []
