"""Keys and palette: every action has a key or a name, keys are changed, a contact is short."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import heard
from tests.browser.test_looks import keep, sticking_out, violations
from workstation import protocol

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
MOST_KEYS = 12


class Keyboard:
    """Counts what is pressed; the letters of a note are not counted."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed: list[str] = []

    async def press(self, key: str) -> None:
        self.pressed.append(key)
        await self.page.keyboard.press(key)

    async def note(self, text: str) -> None:
        await self.page.keyboard.type(text)


async def test_an_ordinary_contact_takes_at_most_twelve_keys_besides_the_note(
        open_story: Open) -> None:
    """Answer, identity, note, end, outcome, done: nothing but the keyboard."""
    ringing = s.conversation(card=s.card(masked=True), draft=s.NO_DRAFT, can=["answer"])
    page, stage = await open_story(s.desk(ringing, "offered", -4))
    keys = Keyboard(page)
    await expect(page.locator(".strip.tone-offered")).to_be_visible()
    await keys.press("F2")
    talking = s.talking(card=s.card(masked=True), draft=s.NO_DRAFT, identity="unknown",
                        can=["hangup"])
    await stage.change(("conversations", "900", talking))
    await expect(page.locator(".strip.tone-talking")).to_be_visible()
    await keys.press("Alt+KeyN")
    await keys.note("Asked about March; explained the correction.")
    await keys.press("F9")
    await stage.change(("conversations", "900", s.wrapping_up(draft=talking.draft)))
    await expect(page.locator(".strip.tone-wrap_up")).to_be_visible()
    await keys.press("Alt+Digit1")
    await keys.press("Control+Enter")
    [finished] = await heard(stage, "conversation.finish")
    assert finished["disposition"] == "resolved"
    assert finished["note"] == "Asked about March; explained the correction."
    assert len(keys.pressed) <= MOST_KEYS, keys.pressed


def keeping(story: s.Story) -> dict[str, Any]:
    """The story's server keeps the keys, as the real one does."""
    kept: dict[str, Any] = {"keys": {}}
    story.replies["keys.mine"] = lambda _: dict(kept)
    story.replies["keys.set"] = lambda args: kept.update(keys=args["keys"]) or {}
    return kept


async def keys_open(page: Page) -> None:
    """By its key; the list is there and has the focus."""
    await page.keyboard.press("Shift+Slash")
    await expect(page.locator("dialog.is-keys .keys")).to_be_focused()


async def palette_open(page: Page) -> None:
    await page.keyboard.press("Control+KeyK")
    await expect(page.locator("dialog.is-search input")).to_be_focused()


async def closed(page: Page) -> None:
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def change(page: Page, action: str, key: str) -> None:
    button = page.locator(f"[data-key='{action}']")
    await button.click()
    await expect(button).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press(key)


async def test_a_key_is_changed_obeyed_shown_and_given_back(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    kept = keeping(story)
    page, _stage = await open_story(story)
    await keys_open(page)
    await change(page, "waiting.title", "Alt+KeyF")
    await expect(page.locator("[data-key='waiting.title']")).to_have_text("Alt F")
    assert kept == {"keys": {"waiting.title": "Alt+KeyF"}}
    await closed(page)
    await expect(page.locator("[data-act=waiting] kbd")).to_have_text("Alt F")
    await page.keyboard.press("F3")
    await expect(page.locator("dialog.is-waiting")).to_be_hidden()
    await page.keyboard.press("Alt+KeyF")
    await expect(page.locator("dialog.is-waiting")).to_be_visible()
    await closed(page)
    await keys_open(page)
    await page.locator("[data-act=keys-reset]").click()
    await expect(page.locator("[data-key='waiting.title']")).to_have_text("F3")
    assert kept == {"keys": {}}


async def test_a_key_that_is_taken_is_refused_with_the_reason(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    kept = keeping(story)
    page, _stage = await open_story(story)
    await keys_open(page)
    words = page.locator(".keys-how")
    for key, said in (("F4", "Hold"), ("KeyA", "needed for typing"),
                      ("Control+KeyT", "belongs to the browser")):
        await change(page, "call.keypad", key)
        await expect(words).to_contain_text(said)
        await page.keyboard.press("Escape")
        await expect(words).not_to_contain_text(said)
    assert kept == {"keys": {}}
    assert await violations(page) == []


async def test_keys_of_a_person_are_there_on_his_other_screen_at_once(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    kept = keeping(story)
    page, stage = await open_story(story)
    kept["keys"] = {"call.keypad": "F1"}
    [socket] = stage.sockets
    await stage.send(socket, protocol.Notice(seq=stage._next(socket), code="keys_changed"))
    await expect(page.locator("[data-act=keypad] kbd")).to_have_text("F1")
    await expect(page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize(("code", "letter"), [("KeyN", "т"), ("KeyN", "ื")])
async def test_keys_are_places_whatever_letter_lies_there(
        code: str, letter: str, open_story: Open) -> None:
    """A Russian and a Thai layout: the same place on the keyboard does the same."""
    page, _stage = await open_story(s.desk(s.talking(), "talking"))
    await page.evaluate(
        "([code, key]) => document.body.dispatchEvent(new KeyboardEvent('keydown',"
        " {code, key, altKey: true, bubbles: true, cancelable: true}))", [code, letter])
    await expect(page.locator("#note")).to_be_focused()


async def test_the_palette_does_what_has_a_name(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    await palette_open(page)
    await page.keyboard.type(">lunch")
    await expect(page.locator(".hit.is-action")).to_have_count(1)
    await keep(page, "palette")
    assert await violations(page) == []
    await page.keyboard.press("Enter")
    assert await heard(stage, "state.set") == [{"state": "paused", "reason": "lunch"}]


async def test_one_field_finds_clients_and_actions(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    page, _stage = await open_story(story)
    await palette_open(page)
    await page.keyboard.type("keypad")
    await expect(page.locator(".hit.is-action").first).to_contain_text("F8")
    await page.keyboard.press("Control+KeyA")
    await page.keyboard.type("note")
    await page.locator("[data-action='note.title']").click()
    await expect(page.locator("#note")).to_be_focused()


async def test_every_key_of_the_page_is_an_action_of_the_palette(open_story: Open) -> None:
    page, _stage = await open_story(s.floor(), "/floor")
    await keys_open(page)
    named = await page.locator("[data-key]").evaluate_all(
        "all => all.map(one => one.dataset.key)")
    assert "search.title" in named
    await closed(page)
    await palette_open(page)
    await page.keyboard.type(">")
    await expect(page.locator(".hit.is-action").nth(10)).to_be_visible()
    there = set(await page.locator("[data-action]").evaluate_all(
        "all => all.map(one => one.dataset.action)"))
    assert set(named) - {"search.title"} <= there
    assert {"tab-floor", "theme-dark", "sign-out"} <= there


async def test_a_dialog_opened_at_once_after_escape_is_not_lost(open_story: Open) -> None:
    """The browser closes a dialog first and tells of it a moment later: keys come between."""
    page, _stage = await open_story(s.desk(s.talking(), "talking"))
    await keys_open(page)
    await page.evaluate("""() => new Promise((told) => {
        const dialog = document.querySelector("dialog");
        dialog.addEventListener("close", () => setTimeout(told));
        dialog.close();
        document.body.dispatchEvent(new KeyboardEvent("keydown", {
            code: "KeyK", key: "k", ctrlKey: true, bubbles: true, cancelable: true }));
    })""")
    await expect(page.locator("dialog.is-search[open] input")).to_be_focused()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+KeyK")
    await page.keyboard.type(">lunch")
    await expect(page.locator(".hit.is-action")).to_have_count(1)


async def test_the_list_of_keys_fits_and_is_sound(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    story.replies["keys.mine"] = {"keys": {"call.keypad": "Alt+KeyF"}}
    page, _stage = await open_story(story, theme="dark", height=720, lang="ru")
    await keys_open(page)
    await keep(page, "keys-ru")
    assert await violations(page) == []
    assert await sticking_out(page) == []
