"""The live stream: who sees what, and that a screen which follows it is never wrong."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from crm_store import restraints
from cti.changes import CallAnswered, OperatorOffered
from tests.workstation.office import TAPES, Office, Screen, add_client, listening_screen
from workstation import protocol


def is_offer(change: object) -> bool:
    return isinstance(change, OperatorOffered)


def is_answer(change: object) -> bool:
    return isinstance(change, CallAnswered)


def is_shown(views: dict[str, dict[str, Any]]) -> bool:
    """A conversation is there, with what the store knows of its caller."""
    return any(not view["notice"] for view in views["conversations"].values())


async def test_a_ringing_call_is_on_its_operators_screen_and_on_nobody_elses(
    office: Office
) -> None:
    async with office.screen("anna") as anna, office.screen("boris") as boris:
        tape = await office.play("inbound/answered_caller_hangs_up", until=is_offer)
        offered = next(change for change in tape.changes if is_offer(change))
        assert isinstance(offered, OperatorOffered)
        assert offered.operator == "101"
        await anna.until(is_shown)
        shown = anna.conversations[0]
        assert (shown["state"], shown["call"]) == ("ringing", offered.call)
        await boris.ask("client.search", text="")
        assert not boris.conversations


async def test_the_card_is_there_when_the_phone_rings(office: Office) -> None:
    number = _caller_of("inbound/answered_caller_hangs_up")
    client = await add_client(office, "Ivanov Ivan", number)
    async with office.screen("anna") as anna:
        await office.play("inbound/answered_caller_hangs_up", until=is_offer)
        await anna.until(lambda views: any(
            view["card"] for view in views["conversations"].values()))
        shown = anna.conversations[0]
        assert shown["client_id"] == client
        assert shown["card"]["name"] == "Ivanov Ivan"
        assert shown["card"]["masked"] is True


async def test_two_clients_on_one_number_wait_for_a_choice(office: Office) -> None:
    number = _caller_of("inbound/answered_caller_hangs_up")
    first = await add_client(office, "Ivanov Ivan", number)
    second = await add_client(office, "Ivanova Maria", number)
    async with office.screen("anna") as anna:
        await office.play("inbound/answered_caller_hangs_up", until=is_answer)
        await anna.until(lambda views: any(
            view["candidates"] for view in views["conversations"].values()))
        shown = anna.conversations[0]
        assert {one["client_id"] for one in shown["candidates"]} == {first, second}
        assert shown["client_id"] is None
        reply = await anna.ask("conversation.choose", conversation=shown["id"], client_id=second)
        assert reply.problem is None
        assert anna.conversations[0]["card"]["name"] == "Ivanova Maria"
        assert [one["client_id"] for one in anna.conversations[0]["card"]["others_on_number"]] \
            == [first]


@pytest.mark.parametrize("tape", [
    "inbound/answered_caller_hangs_up", "inbound/two_callers_two_operators",
    "inbound/hold_and_resume", "inbound/rings_out_then_another_operator",
    "inbound/hostile_caller", "outbound/click_to_call"])
async def test_old_views_and_deltas_equal_a_fresh_snapshot(office: Office, tape: str) -> None:
    async with office.screen("sofia") as sofia, office.screen("anna") as anna:
        await office.play(tape)
        for login, screen in (("sofia", sofia), ("anna", anna)):
            async with office.screen(login) as fresh:
                await office.desk.board.flush()
                for _ in range(20):     # the wallboard's own beat may fall between the two
                    await _catch_up(screen)
                    await _catch_up(fresh)
                    if screen.views == fresh.views:
                        break
                assert screen.views == fresh.views


async def test_a_reloaded_page_gets_its_conversation_back(office: Office) -> None:
    tape = await office.play("inbound/answered_caller_hangs_up", until=is_answer)
    async with office.screen("anna") as anna:
        await anna.until(is_shown)
        assert [view["state"] for view in anna.conversations] == ["talking"]
        await anna.ask("draft.save", conversation=anna.conversations[0]["id"], base=0,
                       note="meter 12", disposition=None, form_type=None, form={})
    async with office.screen("anna") as again:
        assert again.conversations[0]["draft"]["note"] == "meter 12"
        await tape.play()
        await again.until(lambda views: all(
            view["state"] == "wrap_up" for view in views["conversations"].values()))
        assert again.conversations[0]["draft"]["note"] == "meter 12"


async def test_a_hostile_name_arrives_as_text_and_breaks_nothing(office: Office) -> None:
    async with office.screen("anna") as anna:
        await office.play("inbound/hostile_caller", until=is_offer)
        await anna.until(lambda views: bool(views["conversations"]))
        assert "<script>" in anna.conversations[0]["caller_name"]


async def test_the_catalogue_names_the_operators_that_histories_speak_of(office: Office) -> None:
    async with office.screen("anna") as anna:
        assert anna.snapshot is not None
        names = {one.id: one.name for one in anna.snapshot.catalogue.operators}
    assert names["101"] == "Anna Petrova"


async def test_a_second_sign_in_is_told_to_the_first(office: Office) -> None:
    async with office.screen("anna") as first, office.screen("anna"):
        await first.told("signed_in_elsewhere")


async def test_a_session_is_resumed_by_its_token(office: Office) -> None:
    async with office.screen("anna") as anna:
        assert anna.snapshot is not None
        token = anna.snapshot.session
    async with office.http.ws_connect(f"{office.url}/live") as socket:
        await socket.send_str(json.dumps({"type": "sign_in", "session": token}))
        async with listening_screen(socket) as screen:
            assert isinstance(await screen.hear(), protocol.Snapshot)


async def test_signing_out_closes_every_screen_of_the_session(office: Office) -> None:
    async with office.screen("anna") as anna:
        assert (await anna.ask("session.end")).problem is None
        assert await anna.hear() is None
        assert anna.closed == 4401


async def test_a_session_ended_elsewhere_closes_its_screens(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workstation.web.sockets.SESSION_CHECK_S", 0.05)
    async with office.screen("anna") as anna:
        await office.desk.accounts.set_password("anna", "another-password")
        while await anna.hear() is not None:
            pass
        assert anna.closed == 4401


@pytest.mark.parametrize("message", [
    '{"type": "sign_in", "login": "anna", "password": "wrong"}',
    '{"type": "sign_in", "session": "x"}', '{"type": "do", "n": 1, "action": "state.set"}',
    "not json", '{"type": "sign_in", "login": "anna", "extra": 1}'])
async def test_without_a_sign_in_there_is_one_refusal_and_the_end(
    office: Office, message: str
) -> None:
    async with office.http.ws_connect(f"{office.url}/live") as socket:
        await socket.send_str(message)
        async with listening_screen(socket) as screen:
            reply = await screen.hear()
            assert isinstance(reply, protocol.Reply)
            assert reply.problem is not None
            assert await screen.hear() is None
            assert screen.closed == 4401


async def test_a_page_of_another_site_gets_no_socket(office: Office) -> None:
    headers = {"Origin": "http://evil.example"}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await office.http.ws_connect(f"{office.url}/live", headers=headers)
    assert refused.value.status == 403


@pytest.mark.parametrize(("action", "args", "code"), [
    ("no.such", {}, "unreadable"),
    ("state.set", {"state": "asleep"}, "unreadable"),
    ("state.set", {"state": "ready", "more": 1}, "unreadable"),
    ("state.set", {"state": "paused", "reason": "party"}, "unknown_reason"),
    ("state.set", {"state": "ready"}, "link_down"),
    ("conversation.finish", {"conversation": 1, "disposition": "x", "note": ""}, "not_found"),
    ("client.card", {"client_id": 999}, "not_found"),
    ("call.dial", {"number": "0xFF; DROP"}, "no_number"),
    ("call.hangup", {"call": "nope"}, "not_found"),
])
async def test_what_cannot_be_done_is_said_with_a_code(
    office: Office, action: str, args: dict[str, object], code: str
) -> None:
    async with office.screen("anna") as anna:
        reply = await anna.ask(action, **args)
        assert reply.problem is not None
        assert reply.problem.code == code


async def test_number_under_a_suppression_is_not_dialled_by_hand_either(office: Office) -> None:
    async with office.store.begin() as tx:
        await restraints.suppress(tx, client_id=None, e164="+79160000001",
                                  reason="asked by letter", by="t", at=datetime.now(UTC))
    async with office.screen("anna") as anna:
        reply = await anna.ask("call.dial", number="8 916 000-00-01")
        assert reply.problem is not None
        assert (reply.problem.code, reply.problem.detail) == ("suppressed", "asked by letter")


async def test_while_asterisk_is_away_every_screen_says_so(office: Office) -> None:
    async with office.screen("anna") as anna:
        await anna.until(lambda views: any(
            gap["until"] is None for gap in views["gaps"].values()))


async def _catch_up(screen: Screen) -> None:
    """Hear everything that is on its way."""
    await screen.ask("request.list")


def _caller_of(tape: str) -> str:
    for line in (TAPES / f"{tape}.jsonl").read_text().splitlines():
        headers = json.loads(line)["headers"]
        if headers.get("Event") == "Newchannel" and "trunk" in headers.get("Channel", ""):
            number: str = headers["CallerIDNum"]
            return number
    raise LookupError(tape)
