"""What may be done with a call, and what is refused: from the call as the floor has it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from cti.calls import Call, Consult, Offer
from tests.workstation.office import Office
from workstation.controls import can
from workstation.protocol.controls import ACTIONS
from workstation.texts import source
from workstation.web.resources.calls import ROUTES

AT = datetime(2026, 1, 1, tzinfo=UTC)


def a_call(**changes: Any) -> Call:
    facts: dict[str, Any] = {
        "id": "1", "pbx": "main", "direction": "in", "number": "+79161234567", "name": "",
        "dialled": "", "entry": None, "state": "talking", "since": AT, "started_at": AT,
        "operator": "101", "connected": ("101",), "channel": "PJSIP/trunk-1",
        "operator_channel": "PJSIP/101-1", "queue": "billing"}
    return Call(**{**facts, **changes})


def between_us(**changes: Any) -> Call:
    """103 called 101."""
    return a_call(**{"direction": "internal", "channel": "", "number": "103", "dialled": "101",
                     "queue": None, **changes})


def asking(state: Any) -> Consult:
    return Consult("101", "102", "102", state, AT, "leg")


@pytest.mark.parametrize(("call", "possible", "impossible"), [
    (a_call(), {"hangup", "hold", "transfer", "consult", "park"}, {"resume", "swap", "leave"}),
    (a_call(state="held", held_by="101", connected=()), {"resume", "consult"}, {"hold", "mute"}),
    (a_call(state="held"), {"resume", "transfer"}, {"hold", "consult"}),
    (a_call(is_parked=True, parked_by="101", state="held"), {"take_back"}, {"hold", "hangup"}),
    (a_call(consult=asking("ringing"), state="held", held_by="101", connected=()),
     {"cancel", "complete"}, {"swap", "conference", "resume"}),
    (a_call(consult=asking("talking"), state="held", held_by="101", connected=()),
     {"cancel", "complete", "swap", "conference"}, {"resume", "hold", "park"}),
    (a_call(consult=asking("held")), {"swap", "conference"}, {"hold", "drop"}),
    (a_call(consult=asking("joined"), is_conference=True), {"drop", "leave"}, {"swap"}),
    (a_call(state="ringing", operator=None, connected=(),
            offers={"2": Offer("2", "101", "billing", "PJSIP/101-1")}), {"answer"}, {"hold"}),
    (between_us(), {"hangup", "hold", "mute", "keypad", "transfer"}, {"consult", "park"}),
    (between_us(number="101", operator="102", connected=("102",)), {"hold", "transfer"},
     {"resume"}),
    (between_us(state="held", held_by="101", connected=()), {"resume"}, {"hold", "transfer"}),
    (between_us(state="held", held_by="103", connected=()), {"hangup"}, {"resume", "hold"}),
    (between_us(state="ringing", operator="103", number="101", connected=()), {"hangup"},
     {"hold"}),
    (a_call(recording="on"), {"record", "pause_recording"}, {"resume_recording"}),
    (a_call(recording="paused"), {"resume_recording"}, {"pause_recording"}),
])
def test_what_its_operator_can_do(call: Call, possible: set[str], impossible: set[str]) -> None:
    found = set(can(call, "101", "operator"))
    assert possible <= found
    assert not impossible & found


def test_another_operator_can_do_nothing_with_it() -> None:
    assert can(a_call(), "103", "operator") == ()


def test_a_colleague_in_a_conference_can_only_hang_up() -> None:
    joined = a_call(consult=asking("joined"), is_conference=True, connected=("101", "102"))
    assert can(joined, "102", "operator") == ("hangup",)


@pytest.mark.parametrize(("call", "possible", "impossible"), [
    (a_call(), {"transfer", "listen", "take_over"}, {"redirect", "hold", "stop_listening"}),
    (a_call(state="waiting", operator=None, connected=(), operator_channel=None),
     {"redirect", "hangup"}, {"listen", "transfer"}),
    (a_call(state="held", held_by="101", connected=()), {"listen"}, {"transfer"}),
    (a_call(state="held", is_parked=True, parked_by="101"), {"hangup"}, {"listen"}),
])
def test_what_a_supervisor_can_do(call: Call, possible: set[str], impossible: set[str]) -> None:
    found = set(can(call, "109", "supervisor"))
    assert possible <= found
    assert not impossible & found


def test_every_verb_that_can_be_possible_is_an_action() -> None:
    verbs = {verb for state in ("talking", "held", "waiting", "ringing")
             for recording in ("", "on", "paused")
             for consult in (None, asking("ringing"), asking("talking"), asking("joined"))
             for role in ("operator", "supervisor")
             for verb in can(a_call(state=state, recording=recording, consult=consult), "101",
                             role)}     # type: ignore[arg-type]
    assert {f"call.{verb}" for verb in verbs} <= {*ACTIONS, "call.hangup"}


async def test_what_a_call_does_not_allow_is_refused_in_words(office: Office) -> None:
    """The tape's call waits: it is nobody's yet."""
    tape = await office.play("inbound/answered_caller_hangs_up", until=lambda change: bool(
        office.desk.floor.calls) and next(iter(office.desk.floor.calls.values())).connected != ())
    call = next(iter(office.desk.floor.calls.values()))
    owner = next(one.login for one in office.desk.settings.operator if one.id == call.operator)
    other = next(one.login for one in office.desk.settings.operator if one.id != call.operator)
    async with office.screen(owner) as own, office.screen(other) as stranger:
        assert (await _code(own, "call.swap", call=call.id)) == "not_now"
        assert (await _code(own, "call.resume", call=call.id)) == "not_now"
        assert (await _code(own, "call.take_back", call=call.id)) in ("not_now", "not_allowed")
        assert (await _code(own, "call.consult", call=call.id)) == "no_target"
        assert (await _code(own, "call.consult", call=call.id, operator=other)) == "no_target"
        off = next(one.id for one in office.desk.settings.operator if one.id != call.operator)
        office.desk.floor.put_phone(f"PJSIP/{off}", off, is_reachable=False)
        assert (await _code(own, "call.consult", call=call.id, operator=off)) \
            == "colleague_unreachable"
        assert (await _code(own, "call.to_menu", call=call.id, menu="nowhere")) == "no_menu"
        assert (await _code(own, "call.hold", call=call.id)) == "link_down"
        assert (await _code(stranger, "call.hold", call=call.id)) == "not_allowed"
        assert (await _code(stranger, "call.keypad", call=call.id, digits="1")) == "not_allowed"
        assert (await _code(own, "call.keypad", call=call.id, digits="12x")) == "unreadable"
    del tape


async def _code(screen: Any, action: str, **args: Any) -> str:
    reply = await screen.ask(action, **args)
    return str(reply.problem.code) if reply.problem else ""


@pytest.mark.parametrize("code", ["not_now", "held_by_phone", "no_menu",
                                  "colleague_unreachable"])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_refusal_has_its_sentence(code: str, language: str) -> None:
    assert json.loads(source(language))[f"problem.{code}"]


def test_each_verb_is_a_route_and_says_what_it_does() -> None:
    paths = {route.path for route in ROUTES}
    assert {f"/calls/{{id}}/{verb}" for verb in (
        "hold", "resume", "consult", "swap", "complete", "cancel", "park", "pick_up")} <= paths
    assert all(route.says for route in ROUTES)


async def test_a_verb_over_the_api_is_what_it_is_on_a_screen(office: Office) -> None:
    await office.play("inbound/answered_caller_hangs_up", until=lambda change: any(
        call.connected for call in office.desk.floor.calls.values()))
    call = next(iter(office.desk.floor.calls.values()))
    owner = next(one.login for one in office.desk.settings.operator if one.id == call.operator)
    other = next(one.login for one in office.desk.settings.operator if one.id != call.operator)
    wanted = [(owner, "hold", {}, 503, "link_down"), (other, "hold", {}, 403, "not_allowed"),
              (owner, "swap", {}, 409, "not_now"), (owner, "keypad", {"digits": "1"}, 503,
                                                    "link_down"),
              (owner, "keypad", {"digits": "x"}, 400, "unreadable"),
              (owner, "consult", {"operator": "999"}, 422, "no_target")]
    for login, verb, body, status, code in wanted:
        answer = await office.http.post(
            f"{office.url}/api/v1/calls/{call.id}/{verb}", json=body,
            headers=await office.bearer(login))
        assert (answer.status, (await answer.json())["code"]) == (status, code), (login, verb)
