"""Forty hostile texts in every place of the desk that shows what others wrote."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_guiding import DAY, asked, message, proposals
from tests.browser.test_guiding import step as step_of
from tests.browser.test_looks import keep, sticking_out
from tests.hostile import HOSTILE
from workstation import protocol as p
from workstation.protocol import guiding

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


def worded(at: int) -> str:
    return HOSTILE[at % len(HOSTILE)]


def scripted(_args: dict[str, Any]) -> dict[str, Any]:
    """All forty as questions that were answered with the next one."""
    steps = [step_of(f"s{at}", text, "text", answer=worded(at + 1), said=worded(at + 1))
             for at, text in enumerate(HOSTILE)]
    return {"script": guiding.ScriptView(id="x", title=worded(0), steps=steps, done=True),
            "others": [guiding.ScriptChoice(id="x", title=worded(1))]}


def offered(args: dict[str, Any]) -> dict[str, Any]:
    [offer, *_] = proposals({})["proposals"]
    return {"proposals": [replace(offer, id=f"o{at}", title=text, say=worded(at + 1),
                                  why=worded(at + 2)) for at, text in enumerate(HOSTILE)],
            "answered": []}


def hostile() -> s.Story:
    questions = [p.QuestionView(id=f"q{at}", kind="email", about="", answer=text)
                 for at, text in enumerate(HOSTILE[:9])]
    handed = p.HandedView(operator="102", name=worded(2), note="\n".join(HOSTILE),
                          disposition=None, form_type=None, form={}, at=s.moment(-300))
    view = s.talking(caller_name=worded(0), questions=questions, questions_needed=2,
                     identity="unknown", handed=handed, script="x", tab="script",
                     card=replace(s.card(masked=True), name=worded(1), tags=list(HOSTILE[:12])),
                     draft=replace(s.NO_DRAFT, note="\n".join(HOSTILE)))
    notes = [p.TimelineView(key=f"note:{at}", kind="note", at=s.moment(-at),
                            facts={"text": text, "by": worded(at + 1)})
             for at, text in enumerate(HOSTILE)]
    story = s.desk(replace(view, timeline=notes), "talking")
    story.views["messages"] = {str(at): message(id=at, text=text, by_name=worded(at + 3))
                               for at, text in enumerate(HOSTILE[:3], 1)}
    story.views["helps"] = {"3": asked(answer=worded(4), answered_name=worded(5),
                                       answered_at=s.moment(), answered_by="109")}
    story.replies |= {
        "script.show": scripted, "proposal.list": offered, "day.show": {"day": DAY},
        "message.list": {"messages": [message(id=at, text=text, by_name=text)
                                      for at, text in enumerate(HOSTILE, 1)]}}
    return story


async def is_unharmed(page: Page, name: str) -> None:
    """Nothing ran, nothing became markup, nothing is wider than its place."""
    await keep(page, name)
    assert await page.evaluate("window.owned") is None
    assert await page.locator("iframe, main style, main img, main h1:not(.sr-only)").count() == 0
    assert await sticking_out(page) == []
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0


async def test_hostile_texts_are_only_read_and_break_no_panel(open_story: Open) -> None:
    page, _stage = await open_story(hostile(), width=1280, height=720)
    await expect(page.locator(".script-step")).to_have_count(len(HOSTILE))
    await expect(page.locator("time-line .event")).to_have_count(len(HOSTILE))
    await expect(page.locator("time-line")).to_contain_text("<script>window.owned=1</script>")
    await is_unharmed(page, "hostile-script")
    await page.keyboard.press("Alt+KeyV")
    await expect(page.locator(".offer")).to_have_count(len(HOSTILE))
    await is_unharmed(page, "hostile-offers")
    await page.keyboard.press("Alt+KeyD")
    await expect(page.locator(".day-messages li")).not_to_have_count(0)
    await is_unharmed(page, "hostile-day")
