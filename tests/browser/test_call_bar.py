"""The call's buttons: drawn from what the server says can be done, each in one place for ever."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Page, expect

from tests.browser import call_stories as c
from tests.browser import stories as s
from tests.browser.conftest import Open
from tests.browser.stage import Stage, heard
from tests.browser.test_looks import keep, settled, sticking_out, violations
from workstation import protocol as p

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SCREENS = {"talking": c.talking, "held": c.held, "asking": c.asking, "asked": c.asked,
           "together": c.together}
WAYS = {"light": ("light", 1280, "en"), "dark_ru": ("dark", 1280, "ru"),
        "wide_ru": ("light", 1920, "ru")}
CALL = {"call": "c900"}


@pytest.mark.parametrize("way", WAYS)
async def test_every_state_of_a_call_is_sound(way: str, open_story: Open) -> None:
    theme, width, lang = WAYS[way]
    page, stage = await open_story(c.talking(), theme=theme, width=width, lang=lang)
    for name, make in SCREENS.items():
        await stage.change(("conversations", "900", make().views["conversations"]["900"]))
        await keep(page, f"call-{name}-{way}")
        assert await sticking_out(page) == [], name
        if name in ("held", "together"):
            assert await violations(page) == [], name
    for key in ("F7", "F3"):
        await stage.change(("conversations", "900", s.talking(can=c.TALK)))
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_be_visible()
        await keep(page, f"call-{key}-{way}")
        assert await violations(page) == [], key
        await page.keyboard.press("Escape")
        await expect(page.locator("dialog[open]")).to_have_count(0)


async def test_no_button_moves_whatever_happens_to_the_call(open_story: Open) -> None:
    page, stage = await open_story(s.desk(None, "ready"))
    await settled(page)
    places = await button_places(page)
    assert len(places) == 7
    for make in SCREENS.values():
        await stage.change(("conversations", "900", make().views["conversations"]["900"]))
        assert await button_places(page) == places
    await stage.change(("conversations", "900", s.wrapping_up()))
    assert await button_places(page) == places


async def test_only_what_the_server_allows_is_enabled(open_story: Open) -> None:
    page, stage = await open_story(c.talking(can=[]))
    assert await enabled(page) == ["end"]
    await shown(stage, s.talking(can=c.TALK))
    await expect(page.locator("[data-act=hold]")).to_be_enabled()
    assert await enabled(page) == ["hold", "mute", "transfer", "keypad", "park", "end"]
    await shown(stage, c.asking().views["conversations"]["900"])
    await expect(page.locator("[data-act=hold]")).to_be_disabled()
    assert await enabled(page) == ["mute", "keypad", "end"]


KEYS: tuple[tuple[Any, str, str, str, dict[str, Any]], ...] = (
    (c.talking, "F4", "hold", "hold", {}),
    (c.held, "F4", "hold", "resume", {}),
    (c.asked, "F4", "hold", "swap", {}),
    (c.talking, "F6", "mute", "mute", {"on": True}),
    (c.asked, "F7", "transfer", "complete", {}),
    (c.talking, "F10", "park", "park", {}),
    (c.asked, "F10", "park", "conference", {}),
    (c.talking, "F9", "end", "hangup", {}),
    (c.asked, "F9", "end", "cancel", {}),
    (c.together, "F9", "end", "leave", {}),
    (c.talking, "Alt+KeyP", "recording", "pause_recording", {}),
    (c.talking, "Alt+KeyO", "stop-recording", "record", {"on": False}),
)


async def test_a_button_and_its_key_ask_the_same(open_story: Open) -> None:
    page, stage = await open_story(s.desk(s.talking(), "talking"))
    for story, key, act, verb, more in KEYS:
        await shown(stage, story().views["conversations"]["900"])
        button = page.locator(f"[data-act={act}]:enabled")
        await expect(button).to_be_visible()
        await page.focus("#note")
        await page.keyboard.press(key)
        assert await heard(stage, f"call.{verb}") == [CALL | more], key
        await button.click()
        assert await heard(stage, f"call.{verb}", 2) == [CALL | more] * 2, act


async def test_one_of_a_conference_is_taken_out(open_story: Open) -> None:
    page, stage = await open_story(c.together())
    await page.keyboard.press("Alt+KeyX")
    await heard(stage, "call.drop")
    await page.locator("[data-act=drop-client]").click()
    assert await heard(stage, "call.drop", 2) == [
        CALL | {"party": "third"}, CALL | {"party": "client"}]


async def test_who_is_asked_decides_nothing_about_the_call(open_story: Open) -> None:
    """Anna is the third here: it is a colleague's call."""
    me = replace(c.consult(), operator="101", who="Anna Petrova")
    page, stage = await open_story(c.of(s.talking(can=["hangup"], consult=me)))
    await expect(page.locator(".strip")).to_contain_text("A colleague asks you")
    await expect(page.locator("[data-party=third]")).to_have_count(0)
    assert await enabled(page) == ["end"]
    await page.keyboard.press("F9")
    assert await heard(stage, "call.hangup") == [CALL]


async def test_a_refusal_is_told_in_words(open_story: Open) -> None:
    story = c.talking()
    story.replies["call.park"] = p.Problem(code="not_now", title="No")
    page, _stage = await open_story(story, lang="ru")
    await page.keyboard.press("F10")
    await expect(page.locator(".toast.is-error")).to_have_text(
        "Сейчас со звонком этого сделать нельзя.")


async def test_tones_of_a_desk_phone_go_through_the_server(open_story: Open) -> None:
    page, stage = await open_story(c.talking())
    await page.keyboard.press("F8")
    await expect(page.locator("dialog.is-keypad[open]")).to_be_visible()
    await page.keyboard.press("4")
    await page.locator(".keypad button", has_text="#").click()
    assert await heard(stage, "call.keypad", 2) == [CALL | {"digits": "4"}, CALL | {"digits": "#"}]
    await expect(page.locator(".keypad-shown")).to_have_text("4#")


# ── whom to transfer to ──────────────────────────────────────────────────────────────────────
async def test_a_colleague_is_found_by_name_and_asked_first(open_story: Open) -> None:
    page, stage = await open_story(c.talking())
    await page.keyboard.press("F7")
    await expect(page.locator(".target").first).to_contain_text("Boris Orlov")
    await page.keyboard.type("vera")
    await expect(page.locator(".target")).to_have_count(1)
    await expect(page.locator(".target")).to_contain_text("Talking")
    await page.keyboard.press("Control+Enter")
    assert await heard(stage, "call.consult") == [CALL | {"operator": "103"}]
    await expect(page.locator("transfer-panel")).to_have_count(0)


@pytest.mark.parametrize(("typed", "where"), [
    ("104", {"operator": "104"}), ("outag", {"queue": "outages"}),
    ("+7 903 555-66-77", {"number": "+79035556677"})])
async def test_enter_hands_the_call_over_at_once(
        typed: str, where: dict[str, str], open_story: Open) -> None:
    page, stage = await open_story(c.talking())
    await page.keyboard.press("F7")
    await expect(page.locator(".target").first).to_be_visible()
    await page.keyboard.type(typed)
    await page.keyboard.press("Enter")
    assert await heard(stage, "call.transfer") == [CALL | where]


async def test_a_menu_is_sent_to_and_cannot_be_asked(open_story: Open) -> None:
    page, stage = await open_story(c.talking())
    await page.keyboard.press("F7")
    await page.locator("[data-target='menu main']").click()
    await expect(page.locator("[data-act=consult]")).to_be_disabled()
    await page.keyboard.press("Enter")
    assert await heard(stage, "call.to_menu") == [CALL | {"menu": "main"}]


async def test_rows_keep_their_places_while_states_change(open_story: Open) -> None:
    page, stage = await open_story(c.talking())
    await page.keyboard.press("F7")
    row = page.locator("[data-target='operator 102']")
    await expect(row).to_contain_text("Ready")
    place = await row.bounding_box()
    told = c.targets()
    told["colleagues"] = [replace(one, state="talking" if one.id == "102" else "ready")
                          for one in reversed(told["colleagues"])]
    stage.story.replies["call.targets"] = told
    await expect(row).to_contain_text("Talking")
    assert await row.bounding_box() == place


async def test_a_lead_sends_a_waiting_call_elsewhere(open_story: Open) -> None:
    story = s.floor()
    waiting = next(call for call in story.views["calls"].values() if call.state == "waiting")
    story.views["calls"][waiting.id] = replace(waiting, can=["redirect"], recording="paused")
    story.replies = {**story.replies, "call.targets": c.targets()}
    page, stage = await open_story(story, "/floor#calls")
    row = page.locator(f"[data-call='{waiting.id}']")
    await expect(row).to_contain_text("REC paused")
    await expect(page.locator("[data-act=move]:enabled")).to_have_count(1)
    await row.locator("[data-act=move]").click()
    await page.locator("[data-target='queue outages']").click()
    await expect(page.locator("[data-act=consult]")).to_be_disabled()
    assert await violations(page) == []
    await page.locator("[data-act=hand-over]").click()
    assert await heard(stage, "call.redirect") == [{"call": waiting.id, "queue": "outages"}]


# ── callers to be taken ──────────────────────────────────────────────────────────────────────
async def test_parked_ringing_and_waiting_callers_are_taken(open_story: Open) -> None:
    page, stage = await open_story(c.of(None, "ready"))
    await expect(page.locator("[data-act=waiting]")).to_contain_text("1 parked")
    for call, action in (("p1", "call.take_back"), ("r1", "call.pick_up"), ("w1", "call.pick_up")):
        await page.keyboard.press("F3")
        await page.locator(f"[data-call={call}]").click()
        assert {"call": call} in await heard(stage, action)
        await expect(page.locator("waiting-panel")).to_have_count(0)
    await page.keyboard.press("F3")
    await expect(page.locator("[data-call=p1]")).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[data-call=p1]")).to_be_focused()
    await page.keyboard.press("Enter")
    assert (await heard(stage, "call.take_back", 2))[-1] == {"call": "p1"}


async def test_who_is_gone_keeps_his_row_so_that_no_click_hits_another(open_story: Open) -> None:
    page, stage = await open_story(c.of(None, "ready"))
    await page.keyboard.press("F3")
    second = page.locator("[data-call=w1]")
    await expect(second).to_be_visible()
    place = await second.bounding_box()
    queue = stage.story.views["queues"]["billing"]
    await stage.change(("queues", "billing", replace(queue, waiting=queue.waiting[1:], parked=[])))
    await expect(page.locator("[data-call=p1]")).to_be_disabled()
    await expect(page.locator("[data-call=p1]")).to_contain_text("gone")
    assert await second.bounding_box() == place

async def test_a_panel_closed_and_opened_at_once_stays_open(open_story: Open) -> None:
    page, _stage = await open_story(c.of(None, "ready"))
    await page.evaluate("""async () => {
      for (let times = 0; times < 3; times += 1) {
        dispatchEvent(new KeyboardEvent("keydown", {code: "F3"}));
        for (let turns = 0; turns < 50; turns += 1) await Promise.resolve();
      }
    }""")
    await settled(page)
    await expect(page.locator("waiting-panel")).to_be_visible()


# ── what is recorded, who listens ────────────────────────────────────────────────────────────
async def test_recording_and_listening_are_to_be_seen(open_story: Open) -> None:
    page, stage = await open_story(c.talking(recording="on"))
    await expect(page.locator(".rec-mark")).to_have_text("REC")
    await shown(stage, s.talking(
        can=[*c.TALK, "resume_recording"], recording="paused", listeners=[
            p.ListenerView(supervisor="120", name="Sofia Lebedeva", mode="whisper")]))
    await expect(page.locator(".rec-mark")).to_have_text("REC paused")
    await expect(page.locator(".listened")).to_contain_text("speaks to you")
    await page.locator(".rec-mark").click()
    await heard(stage, "call.resume_recording")
    await shown(stage, s.talking(can=["hold"]))
    await expect(page.locator(".rec-mark")).to_have_count(0)


async def shown(stage: Stage, one: p.ConversationView) -> None:
    await stage.change(("conversations", "900", one))


async def button_places(page: Page) -> list[dict[str, float]]:
    found: list[dict[str, float]] = await page.locator(".call-button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().toJSON())")
    return found


async def enabled(page: Page) -> list[str]:
    """Of the call's own; help can be asked for at any time."""
    own = page.locator(".call-button:enabled:not([data-act=help])")
    found: list[str] = await own.evaluate_all(
        "all => all.map(one => one.dataset.act)")
    return found
