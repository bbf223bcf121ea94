"""Requests on the page: lanes, who owes what, one in detail, mails that wait."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard
from tests.browser.test_looks import keep, sticking_out, violations
from workstation import protocol as p
from workstation.protocol import requests as r

CORNER: Any = {"x": 4, "y": 4}        # beside what can be pressed
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def _mail(**changes: Any) -> r.MailView:
    facts: dict[str, Any] = {
        "id": 7, "direction": "in", "sender": "who@else.example", "sender_name": "Ivan",
        "recipient": "help@volga.example", "subject": "My invoice", "state": "queued",
        "text": "<b>What about</b> my invoice?", "why": ["word:invoice", "unknown_sender"],
        "client_id": None, "request_id": None, "by": "client", "at": s.moment(-600),
        "files": [r.MailFileView(id=1, name="bill.pdf", size=2048, why="", kept=True),
                  r.MailFileView(id=2, name="a.exe", size=9, why="kind", kept=False)]}
    return r.MailView(**(facts | changes))


def _event(kind: str, **changes: Any) -> r.RequestEventView:
    facts: dict[str, Any] = {"request_id": 812, "kind": kind, "from_stage": None,
                             "to_stage": "new", "note": "", "by": "101", "at": s.moment(-5000)}
    return r.RequestEventView(**(facts | changes))


def _story() -> s.Story:
    story = s.floor()
    request = story.views["requests"]["812"]
    story.replies |= {
        "request.history": {"request": request, "joined": [830], "events": [
            _event("filed"), _event("told", by="process", note="Your request 812 is with us."),
            _event("moved", to_stage="in_work"), _event("late", by="clock"),
            _event("filed", request_id=830)],
            "mails": [_mail(state="filed")],
            "documents": [r.DocumentView(id=3, template="answer", title="Answer · 812", by="101",
                                         at=s.moment(-60))]},
        "mail.list": {"mails": [_mail()]}, "mail.settle": {}, "request.hand_over": {},
        "request.move": {}, "request.write": {}, "request.part": {}}
    story.views["tasks"] = {"1": p.TaskView(
        id=1, title="Call the client", note="", client_id=4812, client_name="OOO Vektor",
        request_id=819, operator="102", group=None, due_at=s.moment(-60), remind=[],
        made_by="process", made_at=s.moment(-900), done_at=None, late=True, told_at=None,
        late_at=None, leads=[])}
    return story


async def _look(page: Page, look: str) -> None:
    await page.locator(f"[data-look={look}]").click()


async def test_a_card_is_dragged_to_a_person_or_given_by_its_list(open_story: Open) -> None:
    page, stage = await open_story(_story(), "/floor#requests", width=1920)
    await _look(page, "people")
    card = page.locator("[data-card='812']")
    await card.drag_to(page.locator("[data-lane='102']"), source_position=CORNER)
    [first] = await heard(stage, "request.hand_over")
    assert (first["id"], first["operator"]) == (812, "102")
    await card.locator("select").focus()
    await card.locator("select").select_option("103")
    given = await heard(stage, "request.hand_over", 2)
    assert [one["operator"] for one in given] == ["102", "103"]
    await keep(page, "requests-people")
    assert await violations(page) == []
    await _look(page, "stages")
    await page.locator("[data-card='812']").drag_to(
        page.locator("[data-lane='In work']"), source_position=CORNER)
    [moved] = await heard(stage, "request.move")
    assert (moved["id"], moved["stage"]) == (812, "in_work")
    await keep(page, "requests-stages")


async def test_who_owes_what_to_whom_is_one_list_of_requests_and_tasks(open_story: Open) -> None:
    page, _stage = await open_story(_story(), "/floor#requests")
    await _look(page, "owed")
    rows = page.locator("table.owed tbody tr")
    await expect(rows).to_have_count(5)
    await expect(rows.first).to_contain_text("Ivanov")      # the longest overdue
    await page.locator(".owed-filter select").select_option("102")
    await expect(rows).to_have_count(1)
    await expect(rows.first).to_contain_text("Call the client")
    await keep(page, "requests-owed")
    assert await violations(page) == []


@pytest.mark.parametrize(("theme", "width", "lang"), [("light", 1280, "en"), ("dark", 1920, "ru")])
async def test_one_request_in_detail(open_story: Open, theme: str, width: int, lang: str) -> None:
    page, stage = await open_story(_story(), "/floor#requests", theme=theme, width=width,
                                   lang=lang)
    await page.locator("tr", has_text="Ivanov").locator("[data-act=open]").click()
    detail = page.locator(".request-detail")
    await expect(detail.locator(".letter-text")).to_have_text("<b>What about</b> my invoice?")
    await detail.locator("textarea").fill("We are looking into it.")
    await detail.locator("[data-act=write]").click()
    [written] = await heard(stage, "request.write")
    assert written["text"] == "We are looking into it."
    await detail.locator("[data-act=part]").click()
    assert (await heard(stage, "request.part"))[0]["id"] == 830
    await keep(page, f"request-detail-{theme}")
    assert await violations(page) == []
    assert await sticking_out(page) == []
    await page.keyboard.press("Escape")


async def test_a_mail_that_waits_is_filed(open_story: Open) -> None:
    page, stage = await open_story(_story(), "/floor#requests")
    await _look(page, "mail")
    letter = page.locator("[data-mail='7']")
    await letter.locator("[name=client]").fill("4812")
    await letter.locator("[name=type]").select_option("meter_dispute")
    await keep(page, "requests-mail")
    await letter.locator("[data-act=file]").click()
    [settled] = await heard(stage, "mail.settle")
    assert (settled["id"], settled["client_id"], settled["type"]) == (7, 4812, "meter_dispute")
    assert await violations(page) == []
