"""Tasks and figures from elsewhere on the page: made in one step, told until put away."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard
from tests.browser.test_looks import sticking_out, violations
from workstation import protocol as p

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CLIENT = s.card().client_id


def task(key: int = 1, title: str = "Call back", **changes: Any) -> p.TaskView:
    facts: dict[str, Any] = {
        "id": key, "title": title, "note": "after six", "client_id": CLIENT,
        "client_name": "Ivanov Ivan Ivanovich", "request_id": None, "operator": "101",
        "group": None, "due_at": s.moment(7200), "remind": [0], "made_by": "109",
        "made_at": s.moment(-60), "done_at": None, "late": False, "told_at": None,
        "late_at": None, "leads": ["109"]}
    return p.TaskView(**(facts | changes))


def source(**changes: Any) -> p.SourceView:
    facts: dict[str, Any] = {
        "id": f"billing:{CLIENT}", "source": "billing", "name": "Energy billing",
        "client_id": CLIENT, "state": "fresh", "as_of": s.moment(-120), "failing_since": None,
        "again_at": None, "reason": "", "why": "", "masked": False, "balance_minor": -99900,
        "debt_minor": 99900, "debt_since": "2026-10-01", "currency": "RUB", "figures": [
            p.FigureView(kind="invoice", account="1", number="<b>A-7</b>", on="2026-11-01",
                         due_on=None, amount_minor=99900, debt_minor=0, currency="RUB", says="")],
        "left_out": 2}
    return p.SourceView(**(facts | changes))


async def test_a_task_from_the_conversation_takes_one_dialog(open_story: Open) -> None:
    story = s.desk(s.wrapping_up(), "wrap_up")
    story.replies["task.make"] = {"task": task(9, "Order a meter")}
    page, stage = await open_story(story)
    await page.locator("#note").focus()
    await page.keyboard.press("Alt+t")
    await expect(page.locator("task-form")).to_contain_text("Ivanov Ivan Ivanovich")
    await page.keyboard.type("Order a meter")
    await page.keyboard.press("Enter")
    [made] = await heard(stage, "task.make")
    assert (made["title"], made["client_id"], made["operator"], made["remind"]) == (
        "Order a meter", CLIENT, "101", [-15, 0])
    assert made["conversation"] == s.wrapping_up().id
    assert made["due_at"] > s.moment(3000)
    await expect(page.locator("task-form")).to_have_count(0)
    await expect(page.locator("#note")).to_be_focused()


async def test_a_reminder_stays_until_it_is_put_away_also_over_a_reload(open_story: Open) -> None:
    story = s.desk(None, "ready")
    page, stage = await open_story(story)
    await stage.change(("tasks", "1", task(told_at=s.moment())))
    alert = page.locator(".task-alert")
    await expect(alert).to_contain_text("Call back")
    await page.reload()
    await expect(alert).to_contain_text("Reminder")
    await alert.locator("[data-act=put-away]").click()
    await expect(alert).to_have_count(0)
    await page.reload()
    await expect(page.locator("foot-bar")).to_contain_text("my tasks 1")
    await expect(alert).to_have_count(0)


async def test_the_tab_counts_and_marks_what_is_late(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    await stage.change(("tasks", "1", task(due_at=s.moment(-600), late=True)),
                       ("tasks", "2", task(2, "Not mine", operator="102")),
                       ("tasks", "3", task(3, "For the group", operator=None, group="billing")))
    await expect(page.locator("[data-tab=tasks] .is-late")).to_have_text("2 !")
    await page.locator("[data-tab=tasks]").click()
    rows = page.locator("task-board tbody tr")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("late by 10 min")
    await page.locator("[data-filter=team]").click()
    await expect(rows).to_have_count(3)
    await rows.nth(2).locator("[data-act=take]").click()
    assert (await heard(stage, "task.hand_over"))[0]["operator"] == "101"
    await rows.first.locator("[data-act=done]").click()
    assert (await heard(stage, "task.done"))[0]["id"] == 1


@pytest.mark.parametrize(("changes", "says"), [
    ({}, ["as of 2 min ago", "999.00"]),
    ({"state": "failed", "reason": "timeout", "failing_since": s.moment(-60)},
     ["does not answer since", "took too long", "shown is what it said at"]),
    ({"state": "failed", "reason": "not_json", "failing_since": s.moment(-60)},
     ["cannot be used since", "something else than data"]),
    ({"masked": True, "debt_minor": 0}, ["•••••"])])
async def test_figures_come_after_the_card_and_say_their_age(
    open_story: Open, changes: dict[str, Any], says: list[str]
) -> None:
    page, stage = await open_story(s.desk(s.wrapping_up(), "wrap_up"))
    await expect(page.locator(".card-name")).to_be_visible()
    await stage.change(("sources", f"billing:{CLIENT}", source(**changes)))
    shown = page.locator("client-sources .source")
    for words in says:
        await expect(shown).to_contain_text(words)
    await shown.locator("h3 button").click()
    await expect(shown).to_contain_text("<b>A-7</b>")       # a text, not a mark-up
    await expect(shown).to_contain_text("and 2 more")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_page_of_tasks_can_be_read_by_everybody(open_story: Open, theme: str) -> None:
    page, stage = await open_story(s.desk(None, "ready"), "/desk#tasks", theme=theme)
    await stage.change(("tasks", "1", task(due_at=s.moment(-600), late=True,
                                           told_at=s.moment())), ("tasks", "2", task(2)))
    await expect(page.locator("task-board tbody tr")).to_have_count(2)
    await page.locator("[data-act=new-task]").click()
    await expect(page.locator("task-form")).to_be_visible()
    for _ in range(2):
        assert await violations(page) == []
        assert await sticking_out(page) == []
        await page.keyboard.press("Escape")
