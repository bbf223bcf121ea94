"""Routing's rules and the types of requests on their pages, and why a call went where it did."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote

import msgspec
import pytest
from playwright.async_api import Page, Route, expect

from ivr.plan import shipped_rules
from ivr.routing.rules_file import House, parse
from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_looks import keep, sticking_out, violations
from tests.browser.test_oversight import HELD
from workstation.requests.kinds import FOLDER, load
from workstation.requests.type_texts import drawn as drawn_type
from workstation.routing_desk import drawn

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
HOUSE = House(queues=("billing", "collection"), operators=("101",), skilled=("billing",))
MORE = '''
[[rule]]
id = "same_person"
says = "Who called within a week talks with the same operator"
when = { last_days = "<= 7", queue = "billing" }
prefer = "last"
level = 5
'''
REASON = {"rule": "old_debt", "says": "Old debts are talked over by collection", "what": "queue",
          "value": "collection", "because": {"debt_days": "120", "queue": "billing"}}
WHY = {"at": s.moment(-60), "client_id": 1, "queue": "billing", "priority": 6, "operator": "101",
       "level": None, "version": 3, "talked": "101", "first": True,
       "facts": {"queue": "billing", "flag.vip": "yes", "hour": "10"},
       "reasons": [{"rule": "vip", "says": "Important clients come first", "what": "priority",
                    "value": "6", "because": {"flag.vip": "yes"}}]}
TRIED = {"since": s.moment(-600_000), "calls": 412, "changed": 23,
         "changes": {"queue": 20, "priority": 23}, "by_rule": {"old_debt": 20},
         "moves": [{"before": "billing", "after": "collection", "calls": 20}],
         "unknown": {"free.billing": 412},
         "shown": [{"call_id": "main-1", "at": s.moment(-9000), "client_id": 4812,
                    "queue": "billing", "priority": 0, "operator": None,
                    "new_queue": "collection", "new_priority": 2, "new_operator": "101",
                    "reasons": [REASON]}]}


def kept(name: str, text: str, drawing: Any) -> dict[str, Any]:
    return {"id": name, "text": text, "version": 3, "drawing": drawing, "versions": [
        {"id": 3, "note": "longer deadlines", "by": "110", "at": s.moment(-6000),
         "is_used": True}]}


async def answers(page: Page, said: dict[str, Any]) -> list[tuple[str, Any]]:
    """The server's words for these questions; what the page sent."""
    sent: list[tuple[str, Any]] = []

    async def answer(route: Route) -> None:
        path = unquote(route.request.url.partition("/api/v1")[2])
        body = route.request.post_data
        sent.append((f"{route.request.method} {path}", json.loads(body) if body else None))
        found = said.get(f"{route.request.method} {path}")
        await route.fulfill(status=404 if found is None else 200,
                            content_type="application/json",
                            body=msgspec.json.encode(found or {"code": "not_found", "title": ""}))
    said = {"GET /session": {"csrf": "x"}, **said}
    for pattern in ("**/api/v1/session", "**/api/v1/routing**", "**/api/v1/routing/**",
                    "**/api/v1/request-types**",
                    "**/api/v1/request-types/**", "**/api/v1/calls/*/routing"):
        await page.route(pattern, answer)
    return sent


async def sound(page: Page, name: str) -> None:
    assert await violations(page) == []
    assert await sticking_out(page) == []
    await keep(page, f"kept-{name}-{os.environ.get('DESKLINE_LOOK', 'light')}")


async def to_section(page: Page, name: str) -> None:
    await page.locator(f"[data-section={name}]").click()
    await expect(page.locator(f"[data-section={name}]")).to_have_attribute("aria-current", "page")


def story() -> s.Story:
    made = s.floor()
    made.replies |= {"threshold.show": HELD}
    made.me = msgspec.structs.replace(made.me, roles=["supervisor", "administrator"])
    return made


async def test_rules_are_read_tried_on_past_calls_and_written(open_story: Open) -> None:
    page, _ = await open_story(story(), "/floor#base/thresholds")
    text = shipped_rules() + MORE
    sent = await answers(page, {
        "GET /routing/rules": kept("rules", text, [drawn(one) for one in parse(text, HOUSE)]),
        "POST /routing/rules/try": TRIED,
        "POST /routing/rules/check": {"ok": False, "drawing": None, "faults": [
            {"line": 4, "place": "rule[1].queue", "why": "there is no queue 'x'"}]}})
    await to_section(page, "routing")
    row = page.locator("[data-rule=same_person]")
    await expect(row).to_contain_text("last_days <= 7")
    await expect(row).to_contain_text("first to who talked with him last, 10 s")
    await sound(page, "rules")
    await page.locator("[data-view=edit]").click()
    await page.locator("#kept-text").fill("[[rule]]")
    await expect(page.locator("[data-fault]")).to_contain_text("Line 4")
    await expect(page.locator("[data-act=use-text]")).to_be_disabled()
    await sound(page, "rules-text")
    await page.locator("[data-view=try]").click()
    await page.locator("[data-act=try-rules]").click()
    await expect(page.locator("[data-tried]")).to_contain_text(
        "23 of 412 calls would have gone another way")
    assert next(body for what, body in sent if what.endswith("/try"))["text"] == "[[rule]]"
    await sound(page, "rules-tried")


async def test_a_type_of_request_is_drawn_and_another_begins_as_its_copy(
    open_story: Open,
) -> None:
    page, _ = await open_story(story(), "/floor#base/thresholds")
    text = (FOLDER / "new_contract.toml").read_text("utf-8")
    await answers(page, {
        "GET /request-types": {"items": [{"id": "new_contract", "version": 3}]},
        "GET /request-types/new_contract": kept(
            "new_contract", text, drawn_type(load()["new_contract"]))})
    await to_section(page, "types")
    await expect(page.locator("[data-stage]").first).to_be_visible()
    assert await page.locator("[data-stage]").count() == len(load()["new_contract"].stage)
    await sound(page, "type")
    await page.locator("#type-new").fill("move_of_meter")
    await page.locator("[data-act=new-type]").click()
    await expect(page.locator("#kept-text")).to_have_value(
        text.replace('id = "new_contract"', 'id = "move_of_meter"'))
    await sound(page, "type-text")


async def test_the_floor_says_why_a_call_went_where_it_did(open_story: Open) -> None:
    page, _ = await open_story(story(), "/floor#calls")
    call = next(one.id for one in story().views["calls"].values() if one.direction == "in")
    await answers(page, {f"GET /calls/{call}/routing": WHY})
    await page.locator(f"[data-call='{call}'] [data-act=why]").click()
    await expect(page.locator("[data-why]")).to_contain_text("Important clients come first")
    await expect(page.locator("[data-why]")).to_contain_text("the one it was meant for")
    await sound(page, "why")
