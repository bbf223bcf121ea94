"""Script, offers, dialling, my day and help in the terminal, by keys alone."""

from __future__ import annotations

from typing import Any

from tests.terminal import story
from tests.terminal.server import until
from tests.terminal.stage import on_stage
from workstation import protocol as p
from workstation.protocol import guiding, team
from workstation.terminal.widgets.client import Timeline

BASE = (*story.QUEUES, story.operator(state="talking"),
        story.operator("109", "Sofia Lebedeva"))
TALK = story.conversation(script="debt_reminder", tab="script")
LEAD = story.me(id="109", login="sofia", name="Sofia Lebedeva", roles=["supervisor"])


def step(name: str, text: str, ask: Any, choices: tuple[tuple[str, str], ...] = (),
         **changes: Any) -> guiding.ScriptStepView:
    facts: dict[str, Any] = {"id": name, "text": text, "ask": ask, "label": "", "said": "",
                             "choices": [list(one) for one in choices], "required": True,
                             "answer": None, "by": "", "at": None}
    return guiding.ScriptStepView(**(facts | changes))


GREETING = step("greeting", "Am I speaking with Ivanov?", "choice",
                (("himself", "Yes, in person"), ("another", "Somebody else")))
OTHERS = [guiding.ScriptChoice(id="debt_reminder", title="Debt reminder")]


def scripted(*steps: guiding.ScriptStepView, done: bool = False) -> dict[str, Any]:
    return {"script": guiding.ScriptView(id="debt_reminder", title="Debt reminder", done=done,
                                         steps=list(steps)), "others": OTHERS}


async def test_a_script_is_gone_through_by_digits_and_typing() -> None:
    day = step("day", "By which day?", "date")
    told = step("greeting", GREETING.text, "choice", answer="himself", said="Yes, in person")
    async with on_stage(*BASE, TALK, answers={
            "script.show": scripted(GREETING), "script.answer": scripted(told, day)}) as stage:
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.press("alt+q")
        await stage.sees("Debt reminder", "Am I speaking with Ivanov?", "2 Somebody else")
        await stage.press("1")
        answered = (await stage.asked("script.answer"))[0]
        assert (answered["step"], answered["answer"]) == ("greeting", "himself")
        await stage.sees("→ Yes, in person", "▸ By which day?")
        await stage.type("24.11")
        await stage.press("enter")
        answered = (await stage.asked("script.answer", 2))[1]
        assert (answered["step"], answered["answer"][4:]) == ("day", "-11-24")
        assert {len(line) for line in stage.lines()} == {100}


async def test_answers_of_an_earlier_contact_open_from_the_timeline() -> None:
    call = p.TimelineView(key="call:7", kind="call", at=story.ago(9000), facts={
        "direction": "in", "queue": "billing", "operator": "102", "outcome": "answered",
        "interaction_id": 77, "scripted": 1})
    given = guiding.GivenView(script="Debt reminder", question="By which day?", answer="1 Dec",
                              by="102", at=story.ago(8990))
    talk = story.conversation(timeline=[call], timeline_cursor=None)
    async with on_stage(*BASE, talk, answers={"script.answers": {"answers": [given]}}) as stage:
        await stage.sees("1 script answer")
        timeline = stage.app.screen.query_one("#timeline", Timeline)
        timeline.focus()
        await until(lambda: timeline.has_focus)
        await stage.press("home", "enter")
        await stage.sees("Debt reminder", "By which day?", "→ 1 Dec")
        assert (await stage.asked("script.answers"))[0] == {"interaction": 77}


async def test_an_offer_is_answered_by_its_letter() -> None:
    offer = guiding.ProposalView(id="instalments", kind="offer", title="Pay in instalments",
                                 say="You could pay in parts.", why="Owes 4,812.50 for 60 days.")
    async with on_stage(*BASE, TALK, answers={
            "proposal.list": {"proposals": [offer], "answered": []},
            "proposal.answer": {"proposals": [], "answered": []}}) as stage:
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.press("alt+v")
        await stage.sees("Pay in instalments", "Owes 4,812.50 for 60 days.")
        await stage.press("l")
        await stage.press("1")
        said = (await stage.asked("proposal.answer"))[0]
        assert (said["proposal"], said["answer"], said["until_on"]) == (
            "instalments", "later", None)
        await stage.sees("Nothing to offer now")


async def test_a_number_is_dialled_typed_twice_and_refused_in_words() -> None:
    refusals = [
        p.Problem(code="retype_needed", title="Type it once more."),
        p.Problem(code="unlawful", title="No.", facts={"why": "hours", "rule": "EU-base",
                                                       "until": story.later(3600)})]
    async with on_stage(*BASE, TALK, answers={
            "call.dial": lambda args: refusals[bool(args.retyped)]}) as stage:
        await stage.sees("Ivanov Ivan Ivanovich")
        await stage.press("alt+c")
        await stage.sees("Which number?")
        await stage.press("enter")
        await stage.sees("type it once more")
        await stage.type("89161234567")
        await stage.press("enter")
        assert (await stage.asked("call.dial", 2))[1]["retyped"] == "89161234567"
        await stage.sees("Outside of lawful hours (EU-base).")


DAY = team.DayView(
    mine=team.FiguresView(calls=14, handling_s=192.0, wrap_up_s=31.0), people=6, talked_s=2310.0,
    team=team.FiguresView(calls=11.5, handling_s=224.0, wrap_up_s=44.0), at=story.ago(0))


def message(**changes: Any) -> team.MessageView:
    facts: dict[str, Any] = {
        "id": 7, "by": "109", "by_name": "Sofia Lebedeva", "to_kind": "all", "to": "",
        "text": "Outage in Samara", "at": story.ago(30), "seen_at": None, "receipts": []}
    return team.MessageView(**(facts | changes))


def asked(**changes: Any) -> team.HelpView:
    facts: dict[str, Any] = {
        "id": 3, "operator": "101", "name": "Anna Petrova", "text": "He shouts", "call": None,
        "at": story.ago(12), "answered_by": None, "answered_name": "", "answered_at": None,
        "answer": ""}
    return team.HelpView(**(facts | changes))


async def test_a_message_is_told_and_my_day_shows_figures() -> None:
    async with on_stage(*BASE, TALK, message(), answers={
            "day.show": {"day": DAY}, "message.list": {"messages": [message()]}}) as stage:
        await stage.sees("Sofia Lebedeva: Outage in Samara")
        await stage.press("alt+d")
        await stage.sees("3:12", "3:44", "Outage in Samara")
        await stage.press("escape", "alt+a")
        assert (await stage.asked("message.seen"))[0]["id"] == 7
        await stage.press("alt+y")
        await stage.asked("help.ask")


async def test_a_lead_is_told_who_asks_for_help_and_answers() -> None:
    async with on_stage(*BASE, me=LEAD) as stage:
        await stage.server.show(asked())
        await stage.sees("Anna Petrova asks for help", "? asks for help")
        await stage.press("alt+a")
        assert (await stage.asked("help.answer"))[0]["id"] == 3
