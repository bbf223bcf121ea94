"""An operator's work in the terminal, by keys alone, against a real websocket server."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from textual.widgets import Input, TextArea

from tests.terminal import story
from tests.terminal.server import until
from tests.terminal.stage import Stage, on_stage
from workstation import protocol as p
from workstation.protocol.requests import MailView, RequestEventView

TALK = story.conversation(draft=story.draft(version=3, note="Asks why", saved_at=story.ago(2)))
BASE = (*story.QUEUES, story.operator(state="talking"))


def note(stage: Stage) -> TextArea:
    return stage.app.screen.query_one("#note", TextArea)


async def test_a_call_shows_card_history_form_note_and_outcomes() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.sees("■ Talking", "Ivanov Ivan Ivanovich", "debt 4,812.50 ₽",
                         "Invoice 1,240.00 ₽", "Meter reading dispute", "M-77812", "Asks why",
                         "Alt+1 ( ) Resolved", "Billing 3 waiting 1:")
        assert {len(line) for line in stage.lines()} == {100}


async def test_ringing_shows_the_strip_and_opens_the_card() -> None:
    async with on_stage(*BASE) as stage:
        await stage.sees("none open")
        await stage.server.show(story.conversation(
            state="ringing", answered_at=None, offered_at=story.ago(2), draft=story.draft()))
        await stage.sees("◆ RINGING", "lift the desk phone", "waited 0:4",
                         "main › operator", "debt 4,812.50 ₽")


async def test_a_ring_does_not_take_the_card_of_somebody_who_speaks() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.server.show(story.unknown(2))
        await stage.sees("◆ RINGING", "+7 916 999-88-77", "debt 4,812.50 ₽")
        await stage.press("alt+left")
        await stage.sees("Unknown client")


async def test_a_missed_call_offers_no_outcome() -> None:
    async with on_stage(*BASE, replace(TALK, state="missed")) as stage:
        await stage.sees("You missed this call")
        assert not any("Alt+1" in line for line in stage.lines()[:-1])


async def test_wrap_up_that_is_over_says_so_and_asks_for_more_time() -> None:
    over = replace(TALK, state="wrap_up", ended_at=story.ago(90), wrap_up_until=None)
    async with on_stage(*BASE, over) as stage:
        await stage.sees("◐ time is over  F12", "Outcome missi")
        await stage.press("f12")
        assert await stage.asked("conversation.extend") == [{"conversation": 1}]


async def test_typed_letters_reach_the_server_within_400_ms() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.press("ctrl+n")
        await stage.type(" so much")
        started = time.monotonic()
        await until(lambda: stage.server.draft().note == "Asks why so much")
        assert time.monotonic() - started < 0.4
        await stage.sees("saved 0:0")


async def test_letters_typed_in_the_page_appear_and_the_cursor_stays() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.press("ctrl+n", "left", "left", "left")
        theirs = story.draft(version=4, note="Anna: Asks why", saved_at=story.ago(0))
        await stage.server.show(replace(TALK, draft=theirs))
        await stage.sees("Anna: Asks why")
        await stage.type("!")
        await until(lambda: stage.server.draft().note == "Anna: Asks !why")


async def test_letters_of_both_screens_are_kept_when_they_cross() -> None:
    async with on_stage(*BASE, TALK) as stage:
        stage.server.is_deaf = True
        await stage.press("ctrl+n")
        await stage.type(" now")
        theirs = story.draft(version=4, note="Ivanov: Asks why", saved_at=story.ago(0))
        await stage.server.show(replace(TALK, draft=theirs))
        await stage.sees("Ivanov: Asks why now")
        stage.server.is_deaf = False
        await stage.server.cut()
        await until(lambda: stage.server.draft().note == "Ivanov: Asks why now")


async def test_an_outcome_is_one_key_and_done_is_one_key() -> None:
    wrap = replace(TALK, state="wrap_up", ended_at=story.ago(5), wrap_up_until=story.later(39))
    async with on_stage(*BASE, wrap) as stage:
        await stage.sees("wrap-up 0:3", "F12")
        await stage.press("f10")
        await stage.sees("Choose an outcome first")
        await stage.press("alt+2")
        await stage.sees("Alt+2 (•) Request filed")
        await stage.press("f10")
        assert await stage.asked("conversation.finish") == [{
            "conversation": 1, "disposition": "request", "note": "Asks why", "then": "ready",
            "follow": {}, "request": None}]
        await stage.server.take_away("conversations", "1")
        await stage.sees("none open")


async def test_a_refused_finish_keeps_the_draft_and_says_why() -> None:
    problem = p.Problem(code="note_missing", title="This outcome needs a note")
    async with on_stage(*BASE, TALK, answers={"conversation.finish": problem}) as stage:
        await stage.press("alt+1", "f10")
        await stage.sees("This outcome needs a note", "Asks why", "(•) Resolved")


async def test_more_time_is_one_key_in_the_wrap_up() -> None:
    wrap = replace(TALK, state="wrap_up", wrap_up_until=story.later(9))
    async with on_stage(*BASE, wrap) as stage:
        await stage.sees("wrap-up")
        await stage.press("f12")
        assert await stage.asked("conversation.extend") == [{"conversation": 1}]


@pytest.mark.parametrize(("key", "chosen"), [("1", 501), ("2", 502), ("0", None)])
async def test_candidates_are_chosen_by_their_digit(key: str, chosen: int | None) -> None:
    ring = story.unknown(2, story.candidate(501, "Ivanov Ivan", "3"),
                         story.candidate(502, "Ivanova Olga", "5"))
    ring = replace(ring, candidates=[
        replace(one, reasons=[p.ReasonView(kind="called", text="3")]) for one in ring.candidates])
    async with on_stage(*BASE, ring) as stage:
        await stage.sees("2 possible clients", " 1  Ivanov Ivan", "called from here 3 times",
                         " 0  none of these")
        await stage.press(key)
        assert await stage.asked("conversation.choose") == [
            {"conversation": 2, "client_id": chosen}]


async def test_an_unknown_number_becomes_a_client_with_one_key_and_a_name() -> None:
    async with on_stage(*BASE, story.unknown(2)) as stage:
        await stage.sees("Unknown client", "make a client of this number")
        await stage.press("n")
        await stage.sees("New client on +7 916 999-88-77")
        await stage.type("Petrova")
        await stage.press("enter")
        assert await stage.asked("conversation.new_client") == [
            {"conversation": 2, "name": "Petrova", "kind": "person"}]


async def test_identity_is_ticked_with_f3() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.sees("[ ] identity not confirmed")
        await stage.press("f3")
        assert await stage.asked("conversation.identity") == [
            {"conversation": 1, "confirmed": True, "answered": []}]


async def test_masked_sums_are_said_to_be_hidden() -> None:
    async with on_stage(*BASE, replace(TALK, card=story.card(masked=True, debt_minor=0))) as stage:
        await stage.sees("sums are hidden until F3")
        assert "4,812.50" not in stage.text


async def test_the_form_is_filled_typed_and_filed() -> None:
    filed = {"id": 9, "number": "R-9", "group": "Metering", "due_at": story.later(9)}
    async with on_stage(*BASE, TALK, answers={"request.file": filed}) as stage:
        await stage.press("ctrl+n", "ctrl+n", "shift+tab", "right")
        await until(lambda: stage.server.draft().form == {"account": "100871"})
        await stage.press("left", "tab", "tab")
        await stage.type("10590")
        await until(lambda: stage.server.draft().form.get("reading") == "10590")
        await stage.focus(".file")
        await stage.press("enter")
        asked = await stage.asked("request.file")
        assert asked[0]["fields"] == {
            "account": "100234", "meter": "M-77812", "reading": "10590",
            "read_on": "2026-11-22", "comment": ""}
        await stage.sees("Request R-9 filed, group Metering.")


async def test_form_letters_of_the_page_appear_here() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.sees("Meter reading dispute")
        theirs = story.draft(version=4, note="Asks why", form={"reading": "777"})
        await stage.server.show(replace(TALK, draft=theirs))
        await until(lambda: any(field.value == "777" for field in stage.app.screen.query(Input)))


async def test_a_lost_link_shows_a_banner_and_typing_is_sent_when_it_is_back() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.press("ctrl+n")
        await stage.server.cut()
        await stage.type(" and how")
        await until(lambda: stage.server.draft().note == "Asks why and how")
        assert stage.server.sign_ins[-1].session == "resume-me"
        assert note(stage).text == "Asks why and how"
        await stage.sees_no("Link to the server lost")


async def test_while_the_server_is_away_the_banner_says_what_still_works() -> None:
    async with on_stage(*BASE, TALK) as stage:
        stage.app.link._url = "ws://127.0.0.1:9/live"
        await stage.server.cut()
        await stage.sees("Link to the server lost", "Calls go on")
        await stage.press("ctrl+n")
        await stage.type("x")
        await stage.sees("kept here")
        await stage.press("f3")
        await stage.sees("Not sent")


async def test_a_wrong_password_is_said_and_asked_again() -> None:
    async with on_stage(*BASE, password="wrong") as stage:
        await stage.sees("Wrong login or password")
        await stage.press(*"correct", "space", *"horse", "enter")
        await stage.sees("■ Talking", "Anna Petrova")


async def test_ready_without_a_phone_takes_the_desk_phone_first() -> None:
    offline = story.operator(state="offline", phone="", registered=True)
    async with on_stage(*story.QUEUES, offline) as stage:
        await stage.sees("you get no calls")
        await stage.press("f5", "1")
        await stage.asked("state.set")
        assert stage.server.asked[-2:] == [
            ("phone.attach", {"phone": "desk"}), ("state.set", {"state": "ready", "reason": ""})]


async def test_a_pause_is_chosen_with_its_reason() -> None:
    async with on_stage(*BASE) as stage:
        await stage.press("f5")
        await stage.sees("Pause: Lunch")
        await stage.press("3")
        assert await stage.asked("state.set") == [{"state": "paused", "reason": "lunch"}]


async def test_signing_out_goes_offline_ends_the_session_and_leaves() -> None:
    async with on_stage(*BASE) as stage:
        await stage.press("ctrl+q")
        await stage.sees("Leave the terminal?")
        await stage.press("2")
        await stage.asked("session.end")
        assert stage.server.done("state.set") == [{"state": "offline", "reason": ""}]
        await until(lambda: not stage.app.is_running or stage.app._exit)


async def test_search_finds_as_one_types_and_links_the_client() -> None:
    answers: dict[str, Any] = {
        "client.search": {"hits": [story.hit(777, "Sidorov P.", why="name", marks=[[0, 4]]),
                                   story.hit(778, "Sidorova A.", why="phone",
                                             marked="+79161234567", marks=[[8, 12]])]},
        "client.card": {"card": story.card(777, "Sidorov Petr"), "timeline": story.timeline(),
                        "cursor": None}}
    async with on_stage(*BASE, story.unknown(2), answers=answers) as stage:
        await stage.press("ctrl+k")
        await stage.type("sido")
        await stage.sees("Sidorov P.", "2 found", "account 400-1 · Samara, Lenina 5-12",
                         "phone +79161234567")
        await stage.press("enter")
        await stage.sees("Sidorov Petr", "L link to this conversation")
        await stage.press("l")
        assert await stage.asked("conversation.choose") == [
            {"conversation": 2, "client_id": 777}]


async def test_older_events_are_loaded_and_filtered() -> None:
    more = {"items": [replace(story.timeline()[1], key="i0", facts={
        "number": "INV-OLD", "amount_minor": 100, "currency": "RUB"})], "cursor": None}
    async with on_stage(*BASE, TALK, answers={"client.timeline": more}) as stage:
        await stage.focus("#timeline")
        await stage.press("end", "enter")
        await stage.asked("client.timeline")
        await stage.press("right", "right", "right")
        await stage.sees("Timeline · billing", "INV-OLD")
        assert "Asked about the invoice" not in stage.text


async def test_requests_of_my_groups_move_to_their_next_stage() -> None:
    late = story.request(32, late=True, due_at=story.ago(60))
    async with on_stage(*BASE, TALK, story.request(), late) as stage:
        await stage.sees("2 requests", "1 late")
        await stage.press("ctrl+r")
        await stage.sees("Requests of my groups", "R-32", "LATE", "Metering")
        await stage.press("enter", "1")
        assert await stage.asked("request.move") == [
            {"id": 32, "stage": "in work", "note": ""}]


async def test_a_request_is_taken_by_keys_and_stands_among_what_is_owed() -> None:
    async with on_stage(*BASE, TALK, story.request()) as stage:
        await stage.press("ctrl+r")
        await stage.sees("Requests of my groups", "R-31")
        await stage.press("enter")
        await stage.sees("Take", "Hand over to")
        await stage.press("3")
        assert await stage.asked("request.take") == [{"id": 31}]
        await stage.press("enter", "4")
        await stage.sees("Hand over to", "or the digit")
        await stage.press("escape", "o")
        await stage.sees("1 thing")


async def test_a_request_is_joined_to_another_of_its_client_and_parted_again() -> None:
    told = {"request": None, "joined": [32], "documents": [], "events": [
        RequestEventView(request_id=31, kind="filed", from_stage=None, to_stage="new", note="",
                         by="101", at=story.ago(3000))], "mails": [
        MailView(id=7, direction="in", sender="ivan@mail.example", sender_name="Ivan",
                 recipient="us@volga.example", subject="My meter", state="filed", text="",
                 why=["word:meter"], client_id=501, request_id=31, by="client",
                 at=story.ago(2000), files=[])]}
    async with on_stage(*BASE, TALK, story.request(), story.request(32)) as stage:
        stage.server.answers["request.history"] = msgspec.to_builtins(told)
        await stage.press("ctrl+r")
        await stage.sees("Requests of my groups", "R-31", "R-32")
        await stage.press("enter")
        await stage.sees("Same matter as R-32", "What happened to it")
        await stage.press("5")
        assert await stage.asked("request.join") == [{"id": 31, "into": 32}]
        await stage.press("enter")
        await stage.sees("Same matter as R-32", "What happened to it")
        await stage.press("6")
        await stage.sees("Part again", "My meter", "meter", "filed")
        await stage.press("1")
        assert await stage.asked("request.part") == [{"id": 32, "note": ""}]


async def test_late_requests_stay_in_the_foot_however_long_the_queues_wait() -> None:
    late = story.request(32, late=True, due_at=story.ago(60))
    busy = [story.queue(key, name, 4000.0, 3900.0) for key, name in (
        ("billing", "Billing and payments"), ("collection", "Collection of debts"))]
    base = [view for view in BASE if getattr(view, "id", "") not in {"billing", "collection"}]
    async with on_stage(*base, *busy, TALK, late) as stage:
        await stage.sees("Billing and payments 2 waiting", "1 request", "1 late")
        assert "Outages 0" not in stage.text, "empty queues give way first"


async def test_all_keys_are_listed_with_a_question_mark() -> None:
    async with on_stage(*BASE, TALK, size=(100, 60)) as stage:
        await stage.press("question_mark")
        await stage.sees("All keys", "Alt+1 … Alt+9", "F10 or Ctrl+D", "F12")


async def test_hanging_up_is_f9_and_answering_is_on_the_phone() -> None:
    async with on_stage(*BASE, TALK) as stage:
        await stage.press("f9")
        assert await stage.asked("call.hangup") == [{"call": "main-1"}]
        await stage.press("f2")
        await stage.sees("done on the phone")


HOSTILE = ("\x1b[2J\x1b]0;x\x07[red]Evil[/] \u202eRTL שלום 👨\u200d👩\u200d👧 山田 "
           "\u0301\u0301\u0301\x9b5n\r\nnext[@click=app.exit]go[/]" + "W" * 300)


@pytest.mark.parametrize("size", [(100, 30), (80, 24), (150, 40)])
async def test_hostile_names_leave_every_row_in_its_place(size: tuple[int, int]) -> None:
    card = story.card(name=HOSTILE, tags=[HOSTILE], flags=[HOSTILE])
    views = (story.conversation(caller_name=HOSTILE, card=card, menu_path=[HOSTILE]),
             story.unknown(2, story.candidate(9, HOSTILE, HOSTILE), caller_name=HOSTILE),
             story.request(title=HOSTILE, client_name=HOSTILE))
    async with on_stage(*BASE, *views, size=size) as stage:
        await stage.sees("[red]Evil[/]")
        await stage.press("ctrl+r")
        await stage.sees("R-31")
        for strip in stage.app.screen._compositor.render_strips():
            assert strip.cell_length == size[0]
        assert not any(char in stage.text for char in "\x1b\x9b\x07\r\u202e\u200d")


async def test_the_same_workplace_in_russian_and_in_light_colours() -> None:
    async with on_stage(*BASE, TALK, me=story.me(locale="ru")) as stage:
        await stage.press("ctrl+l")
        await stage.sees("Разговор", "долг 4 812,50 ₽".replace(" ", "\u202f", 1)
                         if "\u202f" in stage.text else "долг", "Решено", "Готово F10")
