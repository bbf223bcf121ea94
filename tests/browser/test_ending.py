"""How a contact ends on the page, by keys: identity, outcome of two levels, what is next, what a
colleague typed, calls still without an outcome. axe minds nothing, nothing sticks out."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.test_desk import heard
from tests.browser.test_looks import keep, sticking_out, violations
from workstation import protocol as p
from workstation import views
from workstation.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

OUTCOMES = views.dispositions(Settings(), None)
QUESTIONS = [p.QuestionView(id="account", kind="account", about="", answer="0418"),
             p.QuestionView(id="address", kind="address", about="",
                            answer="Samara, Lesnaya 12, 34"),
             p.QuestionView(id="payment", kind="payment", about="", answer="2026-11-02"),
             p.QuestionView(id="meter", kind="meter", about="", answer="EL-77 0012")]
HANDED = p.HandedView(operator="102", name="Boris Orlov", note="Says the meter ran backwards.\n"
                      "Wants somebody to look.", disposition="to_colleague", form_type=None,
                      form={}, at=s.moment(-300))


def unproved(**more: Any) -> p.ConversationView:
    return s.talking(**{"card": s.card(masked=True), "identity": "unknown", "draft": s.NO_DRAFT,
                        "questions": QUESTIONS, "questions_needed": 2,
                        "dispositions": OUTCOMES, **more})


def ended(**more: Any) -> p.ConversationView:
    return s.wrapping_up(**{"draft": s.NO_DRAFT, "dispositions": OUTCOMES, **more})


async def is_sound(page: Page, name: str) -> None:
    await keep(page, name)
    assert await violations(page) == []
    assert await sticking_out(page) == []


async def test_questions_are_ticked_by_digits_and_sums_come_only_then(open_story: Open) -> None:
    view = unproved()
    page, stage = await open_story(s.desk(view, "talking"))
    await expect(page.locator("identity-check")).to_contain_text("Ask and tick 2 of these")
    await expect(page.locator("client-panel")).not_to_contain_text("4,812")
    await is_sound(page, "identity-asked")
    await page.keyboard.press("Alt+KeyI")
    await page.keyboard.press("Digit3")
    await page.keyboard.press("Digit1")
    assert await heard(stage, "conversation.identity") == [
        {"conversation": 900, "confirmed": True, "answered": ["payment", "account"]}]
    by = p.ConfirmedView(by="101", name="Anna Petrova", at=s.moment(-1), here=True)
    await stage.change(("conversations", "900", replace(
        view, card=s.card(), identity="confirmed", questions=[], confirmed=by)))
    await expect(page.locator("identity-check")).to_contain_text("Anna Petrova")
    await expect(page.locator("client-panel")).to_contain_text("₽4,812.50")


async def test_an_outcome_is_its_group_and_its_reason_by_two_keys(open_story: Open) -> None:
    page, stage = await open_story(s.desk(ended(), "wrap_up"))
    await is_sound(page, "outcome-groups")
    await page.keyboard.press("Alt+Digit1")
    await expect(page.locator("[data-outcome=explained]")).to_be_visible()
    await is_sound(page, "outcome-reasons")
    await page.keyboard.press("Alt+Backspace")
    await expect(page.locator("[data-group='To be done']")).to_be_visible()
    await page.keyboard.press("Alt+Digit1")
    await page.keyboard.press("Alt+Digit2")
    await expect(page.locator("[data-group=Settled]")).to_contain_text("Bill explained")
    await page.keyboard.press("Control+Enter")
    [finished] = await heard(stage, "conversation.finish")
    assert (finished["disposition"], finished["follow"]) == ("explained", {})


async def test_a_call_back_is_arranged_with_its_outcome(open_story: Open) -> None:
    page, stage = await open_story(s.desk(ended(), "wrap_up"), theme="dark")
    await page.keyboard.press("Alt+Digit2")
    await page.keyboard.press("Alt+Digit2")
    await expect(page.locator("#follow-due")).not_to_have_value("")
    await is_sound(page, "outcome-call-back-dark")
    await page.locator("[data-quick=tomorrow]").click()
    await page.keyboard.press("Control+Enter")
    [finished] = await heard(stage, "conversation.finish")
    assert finished["disposition"] == "call_back"
    assert finished["follow"]["kind"] == "call_back"
    assert finished["follow"]["due_at"].endswith("Z")


async def test_a_refusal_says_how_much_is_missing(open_story: Open) -> None:
    page, stage = await open_story(s.desk(ended(), "wrap_up"))
    await page.keyboard.press("Alt+Digit4")
    await expect(page.locator(".done-hint")).to_have_text("note of 5 letters")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator("[data-error=finish]")).to_contain_text("note of 5 letters")
    assert not stage.asked("conversation.finish")


async def test_a_colleagues_words_are_shown_as_his_and_taken_by_one_key(
    open_story: Open
) -> None:
    page, stage = await open_story(s.desk(
        s.talking(draft=s.NO_DRAFT, handed=HANDED, dispositions=OUTCOMES), "talking"),
        theme="dark", lang="ru")
    await expect(page.locator(".handed")).to_contain_text("От Boris Orlov")
    await is_sound(page, "handed-dark-ru")
    await page.keyboard.press("Alt+KeyU")
    await expect(page.locator("#note")).to_have_value(HANDED.note)
    assert (await heard(stage, "draft.save"))[0]["note"] == HANDED.note


async def test_another_screens_letters_come_in_while_one_types_and_the_caret_stays(
    open_story: Open
) -> None:
    view = s.talking(draft=replace(s.NO_DRAFT, version=1, note="the bill"))
    page, stage = await open_story(s.desk(view, "talking"))
    await page.keyboard.press("Alt+KeyN")
    await page.locator("#note").evaluate("(field) => field.setSelectionRange(8, 8)")
    stage.silent = True     # nothing of this screen is stored yet: the letters meet on the page
    await page.keyboard.type(" is")
    await stage.change(("conversations", "900", replace(view, draft=replace(
        view.draft, version=2, note="Again the bill"))))
    await expect(page.locator("#note")).to_have_value("Again the bill is")
    await page.keyboard.type(" late")
    await expect(page.locator("#note")).to_have_value("Again the bill is late")


async def test_calls_without_outcome_are_filled_from_a_list_by_one_key(open_story: Open) -> None:
    old = ended(id=880, call="c880", offered_at=s.moment(-4000), ended_at=s.moment(-3600),
                wrap_up_until=None, draft=replace(s.NO_DRAFT, note="half a note"))
    page, _stage = await open_story(s.desk(ended(), "wrap_up", -8, others=(old,)))
    await page.keyboard.press("Alt+KeyJ")
    rows = page.locator("[data-unfinished]")
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text("half a note")
    await is_sound(page, "unfinished")
    await page.keyboard.press("Digit1")
    await expect(page.locator("#note")).to_be_focused()
    await expect(page.locator("#note")).to_have_attribute("data-conversation", "880")
