"""Script, offers, dialling by hand, my day and help on the page."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard
from tests.browser.test_looks import keep, sticking_out, violations
from workstation.protocol import dialling, guiding, team

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
CLIENT = s.card().client_id
OTHERS = [guiding.ScriptChoice(id="debt_reminder", title="Debt reminder")]


def step(name: str, text: str, ask: Any = "", choices: tuple[tuple[str, str], ...] = (),
         **changes: Any) -> guiding.ScriptStepView:
    facts: dict[str, Any] = {"id": name, "text": text, "ask": ask, "label": "",
                             "choices": [list(one) for one in choices], "required": True,
                             "answer": None, "said": "", "by": "", "at": None}
    return guiding.ScriptStepView(**(facts | changes))


def script(args: dict[str, Any]) -> dict[str, Any]:
    """The first question, or the second one when an answer came."""
    choices = (("himself", "Yes, in person"), ("another", "Somebody else"))
    greeting = "Good day, this is Anna Petrova. Am I speaking with <b>Ivanov</b>?"
    steps = [step("greeting", greeting, "choice", choices)]
    if "answer" in args:
        steps = [step("greeting", greeting, "choice", choices, answer="himself",
                      said="Yes, in person"),
                 step("debt", "There is a debt of 4,812.50 ₽."),
                 step("day", "By which day will it be paid?", "date")]
    return {"script": guiding.ScriptView(id="debt_reminder", title="Debt reminder", steps=steps,
                                         done=False), "others": OTHERS}


def proposals(args: dict[str, Any]) -> dict[str, Any]:
    offer = guiding.ProposalView(
        id="instalments", kind="offer", title="Pay in instalments",
        say="You could pay in equal parts.", why="Owes 4,812.50 ₽ for 60 days.")
    hint = guiding.ProposalView(id="reading", kind="hint", title="Ask for a reading",
                                say="What does it show?", why="40 days old.")
    said = guiding.ProposedView(id="instalments", title="Pay in instalments", answer="later",
                                until=s.moment(86_400 * 9), by="101", at=s.moment())
    return {"proposals": [hint] if "answer" in args else [offer, hint],
            "answered": [said] if "answer" in args else []}


def guided(**changes: Any) -> s.Story:
    story = s.desk(s.talking(script="debt_reminder", tab="script", **changes), "talking")
    story.replies |= {"script.show": script, "script.answer": script, "script.choose": script,
                      "proposal.list": proposals, "proposal.answer": proposals}
    return story


async def sound(page: Any, name: str) -> None:
    await keep(page, name)
    assert await violations(page) == []
    assert await sticking_out(page) == []


@pytest.mark.parametrize(("theme", "lang", "width"), [
    ("light", "en", 1280), ("dark", "ru", 1920)])
async def test_a_script_is_open_already_and_a_digit_answers_it(
    open_story: Open, theme: str, lang: str, width: int
) -> None:
    page, stage = await open_story(guided(), theme=theme, lang=lang, width=width)
    panel = page.locator("script-panel")
    await expect(panel.locator(".script-say")).to_contain_text("<b>Ivanov</b>")
    await page.keyboard.press("1")
    [answer] = await heard(stage, "script.answer")
    assert (answer["step"], answer["answer"]) == ("greeting", "himself")
    await expect(panel.locator(".script-step")).to_have_count(3)
    await sound(page, f"script-{theme}")
    await page.keyboard.press("Alt+v")
    await expect(page.locator(".offer").first).to_be_focused()
    await sound(page, f"offers-{theme}")
    await page.keyboard.press("l")
    [said] = await heard(stage, "proposal.answer")
    assert (said["proposal"], said["answer"], said["client_id"]) == (
        "instalments", "later", CLIENT)
    await expect(page.locator(".offers-said li")).to_have_count(1)
    await page.keyboard.press("Alt+r")
    await expect(page.locator("#request-type")).to_be_focused()


def told(**changes: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "number": "+79161234567", "label": "+7 916 123-45-67", "retype": True, "owners": [],
        "why": "", "facts": {}, "until": None, "shown": [
            dialling.ShownView(queue="", name="Volga Energy", number="+74951200000"),
            dialling.ShownView(queue="collection", name="Collection", number="+74951200002")]}
    return {"dialling": dialling.DiallingView(**(facts | changes))}


async def test_a_link_of_another_page_fills_the_number_in_and_never_dials(
    open_story: Open
) -> None:
    story = s.desk(None, "ready")
    story.replies["call.dialling"] = told()
    page, stage = await open_story(story)
    await page.goto(f"{stage.url}/desk?dial=tel%3A%2B7-916-123-45-67")
    await expect(page.locator("#dial-number")).to_have_value("+7-916-123-45-67")
    assert "dial=" not in page.url
    await expect(page.locator("#dial-again")).to_be_visible()
    await sound(page, "dial")
    assert stage.asked("call.dial") == []
    await page.locator("#dial-again").fill("89161234567")
    await page.keyboard.press("Enter")
    [dialled] = await heard(stage, "call.dial")
    assert (dialled["number"], dialled["retyped"]) == ("+7-916-123-45-67", "89161234567")
    await expect(page.locator("dial-form")).to_have_count(0)


async def test_what_the_law_forbids_is_told_in_words(open_story: Open) -> None:
    story = s.desk(None, "ready")
    story.replies["call.dialling"] = told(why="hours", facts={"rule": "EU-base"},
                                          until=s.moment(3600), retype=False)
    page, _stage = await open_story(story)
    await page.keyboard.press("Alt+c")
    await expect(page.locator("#dial-number")).to_be_focused()
    await page.keyboard.type("8 916 123-45-67")
    await expect(page.locator("[data-error=dial]")).to_contain_text("EU-base")
    await expect(page.locator("[data-act=dial]")).to_be_disabled()


def message(**changes: Any) -> team.MessageView:
    facts: dict[str, Any] = {
        "id": 7, "by": "109", "by_name": "Sofia Lebedeva", "to_kind": "all", "to": "",
        "text": "Outage in Samara: say two hours <img src=x>", "at": s.moment(-30),
        "seen_at": None, "receipts": []}
    return team.MessageView(**(facts | changes))


def asked(**changes: Any) -> team.HelpView:
    facts: dict[str, Any] = {
        "id": 3, "operator": "101", "name": "Anna Petrova", "text": "", "call": None,
        "at": s.moment(-12), "answered_by": None, "answered_name": "", "answered_at": None,
        "answer": ""}
    return team.HelpView(**(facts | changes))


DAY = team.DayView(
    mine=team.FiguresView(calls=14, handling_s=192.0, wrap_up_s=31.0), people=6, talked_s=2310.0,
    team=team.FiguresView(calls=11.5, handling_s=224.0, wrap_up_s=44.0), at=s.moment())


@pytest.mark.parametrize(("theme", "lang"), [("light", "ru"), ("dark", "en")])
async def test_my_day_shows_figures_and_messages_and_help_is_one_key(
    open_story: Open, theme: str, lang: str
) -> None:
    story = s.desk(s.talking(), "talking")
    story.views["messages"] = {"7": message()}
    story.replies |= {"day.show": {"day": DAY}, "message.list": {"messages": [message()]},
                      "help.ask": {"help": asked()}}
    page, stage = await open_story(story, theme=theme, lang=lang)
    await expect(page.locator("[data-message='7']")).to_contain_text("<img src=x>")
    await page.keyboard.press("Alt+y")
    await heard(stage, "help.ask")
    await stage.change(("helps", "3", asked(answered_by="109", answered_name="Sofia Lebedeva",
                                            answered_at=s.moment())))
    await expect(page.locator("[data-act=help]")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("Alt+d")
    await expect(page.locator(".day-figures")).to_contain_text("3:12")
    await sound(page, f"day-{theme}")
    await page.keyboard.press("Escape")
    await sound(page, f"message-{theme}")
    await page.keyboard.press("Alt+a")
    assert (await heard(stage, "message.seen"))[0]["id"] == 7


async def test_a_lead_sees_who_asks_for_help_and_answers_with_one_key(open_story: Open) -> None:
    story = s.floor()
    story.views["helps"] = {"3": asked(text="He shouts")}
    story.replies |= {"day.show": {"day": DAY}, "message.list": {"messages": [
        message(by="109", receipts=[team.SeenView(operator="101", at=s.moment()),
                                    team.SeenView(operator="102", at=None)])]},
        "message.send": {"message": message()}}
    page, stage = await open_story(story, "/floor")
    await expect(page.locator(".tile.is-asking")).to_have_count(1)
    await sound(page, "help-floor")
    await page.keyboard.press("Alt+a")
    assert (await heard(stage, "help.answer"))[0]["id"] == 3
    await page.keyboard.press("Alt+d")
    await page.locator(".message-form textarea").fill("Fire drill")
    await sound(page, "day-lead")
    await page.locator("[data-act=send-message]").click()
    [sent] = await heard(stage, "message.send")
    assert (sent["to_kind"], sent["text"]) == ("all", "Fire drill")


