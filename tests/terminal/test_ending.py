"""How a contact ends at the terminal, by keys alone: the same order of things as on the page."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from tests.terminal import story
from tests.terminal.stage import on_stage
from tests.terminal.test_desk import BASE, TALK, note
from workstation import protocol as p
from workstation import views
from workstation.settings import Settings

OUTCOMES = views.dispositions(Settings(), None)
WRAP = replace(TALK, state="wrap_up", ended_at=story.ago(5), wrap_up_until=story.later(39),
               extensions_left=2, dispositions=OUTCOMES)
QUESTIONS = [p.QuestionView(id="account", kind="account", about="", answer="0234"),
             p.QuestionView(id="payment", kind="payment", about="", answer="2026-11-02"),
             p.QuestionView(id="meter", kind="meter", about="", answer="M-77812")]


async def test_an_outcome_is_its_group_and_its_reason_by_two_keys() -> None:
    async with on_stage(*BASE, WRAP) as stage:
        await stage.sees("Alt+1 ( ) Settled ›", "Alt+4 ( ) Other (note of 5 letters)")
        await stage.press("alt+1")
        await stage.sees("Alt+2 ( ) Bill explained", "‹ All groups")
        await stage.press("alt+4")
        await stage.sees("Alt+1 ( ) Settled ›")
        await stage.press("alt+1", "alt+2")
        await stage.sees("(•) Settled › Bill explained")
        await stage.press("f10")
        finished, = await stage.asked("conversation.finish")
        assert (finished["disposition"], finished["follow"]) == ("explained", {})


async def test_what_an_outcome_lacks_is_said_before_it_is_sent() -> None:
    short = replace(WRAP, draft=story.draft(version=1, note="abc"))
    async with on_stage(*BASE, short) as stage:
        await stage.press("alt+4", "f10")
        await stage.sees("note of 5 letters")
        assert not stage.server.done("conversation.finish")


async def test_a_call_back_asks_when_and_is_done_with_its_outcome() -> None:
    async with on_stage(*BASE, WRAP) as stage:
        await stage.press("alt+2", "alt+2", "f10")
        await stage.sees("Call back", "+2h, 14:30")
        await stage.press("enter")
        finished, = await stage.asked("conversation.finish")
        assert (finished["disposition"], finished["follow"]["kind"]) == ("call_back", "call_back")
        assert datetime.fromisoformat(finished["follow"]["due_at"]).tzinfo is not None


async def test_identity_is_asked_and_ticked_by_digits() -> None:
    asked = replace(TALK, card=replace(story.card(), masked=True), questions=QUESTIONS,
                    questions_needed=2)
    async with on_stage(*BASE, asked) as stage:
        await stage.press("f3")
        await stage.sees("Ask and tick 2 of these", "Last digits of the account", "0234",
                         "Day of the last payment", "2 Nov")
        await stage.press("2", "3")
        assert await stage.asked("conversation.identity") == [
            {"conversation": 1, "confirmed": True, "answered": ["meter", "payment"]}]
        by = p.ConfirmedView(by="101", name="Anna Petrova", at=story.ago(1), here=True)
        await stage.server.show(replace(TALK, identity="confirmed", confirmed=by))
        await stage.sees("[x] identity confirmed")


async def test_a_colleagues_words_are_shown_as_his_and_taken_by_one_key() -> None:
    handed = p.HandedView(operator="102", name="Boris Orlov", note="Meter ran backwards",
                          disposition=None, form_type=None, form={}, at=story.ago(300))
    view = replace(TALK, handed=handed, draft=story.draft())
    async with on_stage(*BASE, view) as stage:
        await stage.sees("From Boris Orlov", "│ Meter ran backwards")
        await stage.press("alt+u")
        assert (await stage.asked("draft.save"))[0]["note"] == "Meter ran backwards"
        assert note(stage).text == "Meter ran backwards"


async def test_calls_without_outcome_are_filled_from_a_list_by_one_key() -> None:
    old = replace(WRAP, id=7, call="main-7", offered_at=story.ago(4000), wrap_up_until=None,
                  ended_at=story.ago(3600), draft=story.draft(version=1, note="half a note"))
    async with on_stage(*BASE, WRAP, old) as stage:
        await stage.press("alt+j")
        await stage.sees("My calls without outcome", "half a note")
        await stage.press("1")
        await stage.sees("half a note")
        assert note(stage).has_focus
        assert note(stage).text == "half a note"
