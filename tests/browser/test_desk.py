"""The operator's page: what is there when it rings, keys, drafts, focus. Stories on the stage."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import Stage, heard
from workstation import protocol as p

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def ring(stage: Stage, **changes: object) -> None:
    view = s.conversation(**{"id": 901, "call": "c901", "offered_at": s.moment(), **changes})
    await stage.change(("conversations", str(view.id), view),
                       ("operators", "101", s.operator(state="offered", since=0)))


async def caret(page: Page) -> tuple[str, int]:
    """The focused field's text and where its cursor is."""
    found = await page.evaluate(
        "[document.activeElement.value, document.activeElement.selectionStart]")
    return found[0], found[1]


async def test_strip_and_card_are_there_when_it_rings(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    await expect(page.locator(".strip-idle")).to_be_visible()
    await ring(stage, card=s.card(masked=True))
    strip = page.locator(".strip.tone-offered")
    await expect(strip).to_contain_text("+7 495 123-45-67 · Ivanov Ivan Ivanovich")
    await expect(strip).to_contain_text("Billing · chose billing · waited 0:42")
    await expect(page.locator("client-panel .card-name")).to_have_text("Ivanov Ivan Ivanovich")
    await expect(page.locator("time-line .event")).to_have_count(12)
    marks = await page.evaluate("performance.getEntriesByName('conversation painted').length")
    assert marks == 1


async def test_ringing_takes_nothing_from_somebody_who_types(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.wrapping_up(), "wrap_up"))
    note = page.locator("#note")
    await note.focus()
    await page.keyboard.press("End")
    await page.keyboard.type(" More")
    before = await caret(page)
    await ring(stage)
    await expect(page.locator(".strip.tone-offered")).to_be_visible()
    assert await caret(page) == before
    await expect(page.locator("[data-conversation='900'][aria-current='true']")).to_be_visible()


async def test_nothing_moves_when_it_rings(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.wrapping_up(), "wrap_up"))
    await page.locator("#note").focus()
    places = "['.call-bar','.main','.foot-bar','#note','.outcomes','.call-buttons'].map(" \
             "q => JSON.stringify(document.querySelector(q).getBoundingClientRect()))"
    before = await page.evaluate(places)
    await ring(stage)
    await expect(page.locator(".strip.tone-offered")).to_be_visible()
    assert await page.evaluate(places) == before


async def test_a_candidate_is_chosen_by_his_digit(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.ambiguous(), "offered"))
    await expect(page.locator(".candidate").first).to_contain_text("called from here 3 times")
    await page.keyboard.press("2")
    assert await heard(stage, "conversation.choose") == [{"conversation": 900, "client_id": 4813}]


async def test_none_of_these_makes_a_new_client(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.unknown(), "offered"))
    await expect(page.locator(".strip-who")).to_contain_text("<b>Mallory</b>")
    await page.keyboard.press("0")
    await expect(page.locator("#new-client-name")).to_be_focused()
    await page.keyboard.press("Control+A")
    await page.keyboard.type("Zorin Lev")
    await page.keyboard.press("Enter")
    assert await heard(stage, "conversation.new_client") == [
        {"conversation": 900, "name": "Zorin Lev", "kind": "person"}]


WATCHED = """() => {
    const send = WebSocket.prototype.send;
    WebSocket.prototype.send = function (data) {
        if (String(data).includes("draft.save")) window.sentAt ??= performance.now();
        return send.call(this, data);
    };
    document.querySelector("#note").addEventListener(
        "input", (event) => { window.typedAt ??= event.timeStamp; });
}"""


async def test_a_letter_is_on_its_way_to_the_server_within_400_ms(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    await page.keyboard.press("Alt+KeyN")
    await expect(page.locator("#note")).to_be_focused()
    await page.keyboard.press("Control+End")
    await page.evaluate(WATCHED)
    await page.keyboard.type("!")
    saved = await heard(stage, "draft.save")
    took_ms = await page.evaluate("window.sentAt - window.typedAt")
    assert took_ms < 1500       # by the page's own clock; 300 ms where it has a processor
    assert str(saved[0]["note"]).endswith("10 482.!")
    assert saved[0]["base"] == 3
    await expect(page.locator(".saved")).to_contain_text("saved")


async def test_letters_of_the_other_screen_come_without_moving_the_cursor(
        open_story: Open) -> None:
    view = s.talking()
    page, stage = await open_story(s.desk(view, "talking"))
    await page.locator("#note").focus()
    await page.evaluate("document.activeElement.setSelectionRange(5, 5)")
    other = replace(view.draft, version=9, note="Anna: " + view.draft.note)
    await stage.change(("conversations", "900", replace(view, draft=other)))
    await expect(page.locator("#note")).to_have_value(other.note)
    assert await caret(page) == (other.note, 11)


async def test_an_ordinary_contact_takes_few_keys(open_story: Open) -> None:
    """Outcome and done: two key presses besides the note (SCREENS: at most twelve)."""
    view = s.wrapping_up(draft=s.NO_DRAFT)
    page, stage = await open_story(s.desk(view, "wrap_up"))
    await page.keyboard.press("Alt+Digit1")
    await page.keyboard.press("Control+Enter")
    finished = await heard(stage, "conversation.finish")
    assert finished == [{"conversation": 900, "disposition": "resolved", "note": "",
                         "follow": {}, "request": None}]
    assert stage.asked("draft.save")[0]["disposition"] == "resolved"


async def test_an_outcome_that_needs_a_note_says_so(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.wrapping_up(draft=s.NO_DRAFT), "wrap_up"))
    await page.keyboard.press("Alt+Digit5")
    await expect(page.locator(".done-hint")).to_have_text("This outcome needs a note")
    await expect(page.locator("[data-act=finish]")).to_be_disabled()


async def test_wrap_up_counts_down_and_is_prolonged(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.wrapping_up(), "wrap_up"))
    first = await page.inner_text(".strip tick-time")
    await page.wait_for_function(
        "first => document.querySelector('.strip tick-time').innerText < first", arg=first)
    await page.keyboard.press("Alt+KeyM")
    assert await heard(stage, "conversation.extend") == [{"conversation": 900}]


async def test_sums_are_masked_until_identity_is_ticked(open_story: Open) -> None:
    view = s.talking(card=s.card(masked=True))
    page, stage = await open_story(s.desk(view, "talking"))
    await expect(page.locator("client-panel")).not_to_contain_text("4,812")
    await page.keyboard.press("Alt+KeyI")
    assert await heard(stage, "conversation.identity") == [
        {"conversation": 900, "confirmed": True, "answered": []}]
    await stage.change(("conversations", "900",
                        replace(view, card=s.card(), identity="confirmed")))
    await expect(page.locator("client-panel")).to_contain_text("₽4,812.50")


async def test_the_form_is_open_and_filled_and_files_a_request(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    await expect(page.locator("#field-billed_reading")).to_have_value("10482")
    await expect(page.locator("#field-client_reading")).to_have_value("10512")
    await page.keyboard.press("Alt+Enter")
    filed = (await heard(stage, "request.file"))[0]
    assert filed["client_id"] == 4812
    assert filed["conversation"] == 900
    assert filed["fields"]["account"] == "40 118 552-7"
    await expect(page.locator(".filed")).to_contain_text("Request 830 filed: Metering")


async def test_a_missing_field_is_named_and_focused(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.conversation(state="talking"), "talking"))
    await page.keyboard.press("Alt+Enter")
    await expect(page.locator("#field-client_reading")).to_be_focused()
    await expect(page.locator("[data-error=client_reading]")).to_have_text("This is needed.")
    await expect(page.locator("#field-client_reading")).to_have_attribute("aria-invalid", "true")
    assert stage.asked("request.file") == []
    await page.keyboard.type("1")
    await expect(page.locator("[data-error]")).to_have_count(0)


async def test_what_the_server_refuses_stands_at_its_field(open_story: Open) -> None:
    story = s.desk(s.talking(), "talking")
    story.replies = {**story.replies, "request.file": p.Problem(
        code="form_invalid", title="Some fields are not right.", detail="client_reading: is no …",
        facts={"fields": {"client_reading": "no_number"}})}
    page, _stage = await open_story(story)
    await page.keyboard.press("Alt+Enter")
    await expect(page.locator("[data-error=client_reading]")).to_have_text("This is no number.")
    await expect(page.locator("#field-client_reading")).to_be_focused()
    await expect(page.locator(".toast")).to_have_count(0)


async def test_why_done_was_refused_stands_above_it_and_goes_with_a_change(
    open_story: Open,
) -> None:
    story = s.desk(s.wrapping_up(), "wrap_up")
    story.replies = {**story.replies, "conversation.finish": p.Problem(
        code="nobody_knows", title="The database does not answer.", detail="")}
    page, _stage = await open_story(story)
    await page.keyboard.press("Alt+Digit1")
    await page.keyboard.press("Control+Enter")
    refused = page.locator("[data-error=finish]")
    await expect(refused).to_have_text("The database does not answer.")
    await expect(page.locator(".toast")).to_have_count(0)
    await expect(page.locator("[data-act=finish]")).to_be_enabled()
    await page.keyboard.press("Alt+Digit2")
    await expect(refused).to_have_count(0)


async def test_when_the_time_is_over_the_strip_says_so_and_gives_more(open_story: Open) -> None:
    page, stage = await open_story(
        s.desk(s.wrapping_up(draft=s.NO_DRAFT, wrap_up_until=None), "ready"))
    await expect(page.locator(".strip")).to_contain_text("Time is over; the outcome is still")
    await page.keyboard.press("Alt+KeyM")
    assert await heard(stage, "conversation.extend") == [{"conversation": 900}]


async def test_a_missed_call_asks_for_no_outcome(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.conversation(state="missed"), "ready"))
    await expect(page.locator("work-area")).to_contain_text("You missed this call")
    await expect(page.locator(".outcome, [data-act=finish], .request-form")).to_have_count(0)


@pytest.mark.parametrize("width", [1280, 1920])
async def test_the_reason_of_a_pause_is_not_cut(open_story: Open, width: int) -> None:
    story = s.desk(None, "paused")
    story.views["operators"]["101"] = replace(
        story.views["operators"]["101"], reason="Auto-Pause")
    page, _stage = await open_story(story, width=width)
    await expect(page.locator(".state-reason")).to_be_visible()
    assert await page.evaluate("""() => {
        const line = document.querySelector(".state-reason").getBoundingClientRect();
        return line.right <= document.querySelector(".state-phone").getBoundingClientRect().right;
    }""")


async def test_search_finds_opens_and_closes(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    await page.keyboard.press("Slash")
    await page.keyboard.type("ivan")
    await expect(page.locator(".hit")).to_have_count(3)
    await expect(page.locator(".hit mark")).to_have_text(["Ivan", "Ivan", "Ivan"])
    await expect(page.locator(".hit").first).to_contain_text(
        "+7 495 123-45-67 · account 40010 · Samara, Lenina 5-12")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(page.locator("client-panel .card-name")).to_be_visible()
    assert await heard(stage, "client.card") == [{"client_id": 4813, "reason": ""}]


async def test_requests_of_my_group_are_listed_and_moved(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"), "/desk#requests")
    await expect(page.locator("request-board tbody tr")).to_have_count(4)
    await page.get_by_role("button", name="Late: 1").click()
    await expect(page.locator("request-board tbody tr")).to_have_count(1)
    await page.locator("[data-request='812'][data-stage=in_work]").click()
    assert await heard(stage, "request.move") == [{"id": 812, "stage": "in_work"}]


async def test_every_key_is_told(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(None, "ready"))
    await page.keyboard.press("Shift+Slash")
    keys = page.locator("dialog.is-keys")
    for key in ("F2", "F9", "Alt I", "Ctrl K", "Ctrl ↵"):
        await expect(keys).to_contain_text(key)
    await page.keyboard.press("Escape")
    await expect(keys).to_be_hidden()


async def test_pausing_says_why(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    await page.keyboard.press("Alt+KeyS")
    await page.locator("[data-act=paused-lunch]").click()
    assert await heard(stage, "state.set") == [{"state": "paused", "reason": "lunch"}]


async def test_language_changes_without_a_reload_and_keeps_the_draft(open_story: Open) -> None:
    page, _stage = await open_story(s.desk(s.talking(), "talking"))
    await page.locator("#note").fill("kept")
    await page.locator("[data-act=locale]").select_option("ru")
    await expect(page.locator("[data-tab=desk]")).to_have_text("Рабочее место")
    await expect(page.locator("#note")).to_have_value("kept")
