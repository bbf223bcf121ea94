"""What stands on the desk while nothing is open, what is heard when something falls due, and what
was answered to a script in an earlier contact."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard
from tests.browser.test_guiding import DAY, message
from tests.browser.test_looks import keep, sticking_out, violations
from tests.browser.test_own_phone import ACCESS
from tests.browser.test_tasks import task
from workstation.protocol import guiding

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LISTEN = """() => {
  window.notes = [];
  const Plain = OscillatorNode;
  window.OscillatorNode = class extends Plain {
    constructor(context, options) { super(context, options); notes.push(options.frequency); }
  };
}"""


async def test_my_day_has_the_desk_until_a_call_comes_and_a_reminder_is_heard_once(
    open_story: Open
) -> None:
    story = s.desk(None, "ready")
    story.me = replace(story.me, phone=ACCESS)
    story.replies |= {"day.show": {"day": DAY}, "message.list": {"messages": [message()]}}
    page, stage = await open_story(story)
    day = page.locator("main day-panel")
    await expect(day.locator(".day-figures")).to_contain_text("3:12")
    await expect(page.locator("client-panel")).to_be_hidden()
    await keep(page, "my-day-idle")
    assert await violations(page) == []
    assert await sticking_out(page) == []
    await page.keyboard.press("Alt+KeyD")
    await expect(day.locator(".day")).to_be_focused()
    await page.evaluate(LISTEN)
    await page.mouse.click(640, 600)        # browsers let a page sound after a click
    await stage.change(("tasks", "1", task(told_at=s.moment())))
    await expect(page.locator("[data-task='1']").first).to_be_visible()
    await page.wait_for_function("notes.length === 1 && notes[0] === 880")
    await stage.change(("conversations", "900", s.talking()))
    await expect(page.locator("client-panel")).to_be_visible()
    await expect(day).to_have_count(0)
    await stage.change(("conversations", "900", None))
    await expect(day.locator(".day-figures")).to_be_visible()
    assert await page.evaluate("notes.filter(one => one === 880).length") == 1


async def test_answers_to_a_script_open_in_the_timeline(open_story: Open) -> None:
    view = s.talking()
    call = next(item for item in view.timeline if item.kind == "call")
    told = replace(call, facts={**call.facts, "scripted": 2, "interaction_id": 77})
    story = s.desk(replace(view, timeline=[
        told if item is call else item for item in view.timeline]), "talking")
    story.replies["script.answers"] = {"answers": [
        guiding.GivenView(script="Debt reminder", question="By which day will it be paid?",
                          answer="<img src=x> 1 Dec", by="102", at=s.moment(-9000)),
        guiding.GivenView(script="Debt reminder", question="How much?", answer="4,812.50 RUB",
                          by="102", at=s.moment(-8990))]}
    page, stage = await open_story(story)
    await page.locator("[data-act=answers]").click()
    await expect(page.locator(".script-answers dd")).to_have_text(
        ["<img src=x> 1 Dec", "4,812.50 RUB"])
    assert await heard(stage, "script.answers") == [{"interaction": 77}]
    await keep(page, "script-answers")
    assert await violations(page) == []
    assert await sticking_out(page) == []
