"""Who may do what: every action and every route with every role, against a table written here."""

from __future__ import annotations

import re

import pytest

from tests.workstation.office import Office
from workstation import protocol
from workstation.actions.table import TABLE
from workstation.policy import Who
from workstation.web.resources import ROUTES
from workstation.web.routes import PREFIX, Route

LOGINS = {"operator": "anna", "supervisor": "sofia", "administrator": "admin"}
EVERYBODY = {"operator", "supervisor", "administrator"}
WORKERS = {"operator", "supervisor"}
LEADERS = {"supervisor", "administrator"}

ACTIONS = {
    "state.set": WORKERS, "phone.attach": WORKERS, "pin.renew": WORKERS,
    "keys.mine": EVERYBODY, "keys.set": EVERYBODY, "session.beat": EVERYBODY,
    "line.report": WORKERS,
    "conversation.choose": WORKERS,
    "conversation.new_client": WORKERS, "conversation.identity": WORKERS, "draft.save": WORKERS,
    "conversation.finish": WORKERS, "conversation.extend": WORKERS, "request.file": WORKERS,
    "request.list": EVERYBODY, "request.move": EVERYBODY, "client.search": EVERYBODY,
    "client.card": EVERYBODY, "client.timeline": EVERYBODY, "call.hangup": EVERYBODY,
    "call.dial": WORKERS, "campaign.start": LEADERS, "campaign.pause": LEADERS,
    "campaign.stop": LEADERS, "campaign.entries": LEADERS, "session.end": EVERYBODY,
    "campaign.pace": LEADERS, "campaign.again": LEADERS, "campaign.forecast": LEADERS,
    "campaign.progress": LEADERS, "card.dial": WORKERS, "card.skip": WORKERS,
    "campaign.results": LEADERS, "campaign.calls": LEADERS,
    "campaign.make": LEADERS, "campaign.count": LEADERS, "campaign.fill": LEADERS,
    "campaign.add": LEADERS, "campaign.remove": LEADERS, "campaign.import": LEADERS,
    "task.make": EVERYBODY, "task.list": EVERYBODY, "task.done": EVERYBODY,
    "task.reopen": EVERYBODY, "task.hand_over": EVERYBODY, "task.reschedule": EVERYBODY,
    "task.history": EVERYBODY,
    "request.take": WORKERS, "request.hand_over": EVERYBODY, "request.reopen": EVERYBODY,
    "request.write": EVERYBODY, "request.document": EVERYBODY, "mail.list": EVERYBODY,
    "mail.settle": EVERYBODY,
    "request.join": EVERYBODY, "request.part": EVERYBODY, "request.history": EVERYBODY,
    "waiting.show": LEADERS, "callback.withdraw": LEADERS, "entry.close": LEADERS,
    "entry.open": LEADERS, "incident.decide": LEADERS,
    "day.show": EVERYBODY, "message.send": LEADERS, "message.seen": EVERYBODY,
    "message.list": EVERYBODY, "help.ask": WORKERS, "help.answer": LEADERS,
    "help.end": EVERYBODY, "call.dialling": EVERYBODY,
    "report.show": LEADERS, "report.open": LEADERS,
    "script.show": EVERYBODY, "script.choose": WORKERS, "script.answer": WORKERS,
    "script.answers": EVERYBODY, "proposal.list": EVERYBODY, "proposal.answer": WORKERS,
    "client.change": EVERYBODY, "client.history": EVERYBODY,
    "client.why_not_called": EVERYBODY, "operator.state": LEADERS,
    "threshold.show": LEADERS, "threshold.save": LEADERS,
    "wall.list": LEADERS, "wall.make": LEADERS, "wall.revoke": LEADERS,
    "field.list": EVERYBODY, "field.define": {"administrator"},
    "field.alter": {"administrator"}, "field.retire": {"administrator"},
    "duplicate.check": EVERYBODY, "duplicate.list": LEADERS, "duplicate.compare": LEADERS,
    "duplicate.decide": LEADERS, "client.merge": LEADERS, "client.unmerge": LEADERS,
    "merge.list": LEADERS,
    "audit.list": {"administrator"}, "audit.verify": {"administrator"},
    "person.find": {"administrator"}, "person.erase": {"administrator"},
    "person.erased": {"administrator"}, "retention.plan": {"administrator"},
    "retention.run": {"administrator"},
    "call.targets": EVERYBODY,
    "call.answer": WORKERS, "call.hold": WORKERS, "call.resume": WORKERS, "call.mute": WORKERS,
    "call.keypad": WORKERS, "call.transfer": EVERYBODY, "call.consult": WORKERS,
    "call.swap": WORKERS, "call.complete": WORKERS, "call.cancel": WORKERS,
    "call.conference": WORKERS, "call.drop": WORKERS, "call.leave": WORKERS, "call.park": WORKERS,
    "call.take_back": WORKERS, "call.pick_up": WORKERS, "call.redirect": LEADERS,
    "call.to_menu": WORKERS, "call.record": EVERYBODY, "call.pause_recording": EVERYBODY,
    "call.resume_recording": EVERYBODY, "call.listen": LEADERS, "call.whisper": LEADERS,
    "call.barge": LEADERS, "call.take_over": LEADERS, "call.stop_listening": LEADERS,
}
ARGS: dict[str, dict[str, object]] = {
    "state.set": {"state": "offline"}, "phone.attach": {"phone": "web"}, "pin.renew": {},
    "keys.mine": {}, "keys.set": {"keys": {}}, "session.beat": {},
    "line.report": {"call": "x", "verdict": "good"},
    "conversation.choose": {"conversation": 1, "client_id": None},
    "conversation.new_client": {"conversation": 1, "name": "x"},
    "conversation.identity": {"conversation": 1, "confirmed": True},
    "draft.save": {"conversation": 1, "base": 0, "note": "", "disposition": None,
                   "form_type": None, "form": {}},
    "conversation.finish": {"conversation": 1, "disposition": "", "note": ""},
    "conversation.extend": {"conversation": 1},
    "request.file": {"client_id": 1, "type": "none", "fields": {}},
    "request.move": {"id": 1, "stage": "done"}, "request.take": {"id": 1},
    "request.hand_over": {"id": 1, "group": "billing"}, "request.reopen": {"id": 1},
    "request.join": {"id": 1, "into": 2}, "request.part": {"id": 1},
    "request.history": {"id": 1}, "request.write": {"id": 1, "text": "x"},
    "request.document": {"id": 1, "template": "answer"}, "mail.settle": {"id": 1},
    "report.show": {"name": "week", "first": "2026-11-22", "last": "2026-11-22"},
    "report.open": {"report": {"name": "week", "first": "2026-11-22", "last": "2026-11-22"},
                    "column": "offered"},
    "client.search": {"text": "x"},
    "client.card": {"client_id": 1}, "client.timeline": {"client_id": 1, "cursor": None},
    "call.hangup": {"call": "x"}, "call.dial": {"number": "nonsense"},
    "campaign.start": {"campaign": 1}, "campaign.pause": {"campaign": 1},
    "campaign.stop": {"campaign": 1}, "campaign.entries": {"campaign": 1},
    "campaign.results": {"campaign": 1}, "campaign.calls": {"campaign": 1, "figure": "dials"},
    "campaign.make": {"name": "x", "queue": "none"}, "campaign.count": {"conditions": []},
    "campaign.fill": {"campaign": 1, "conditions": []},
    "campaign.add": {"campaign": 1, "client_id": 1, "reason": "why"},
    "campaign.remove": {"entry": 1, "reason": "why"},
    "campaign.import": {"campaign": 1, "text": ""},
    "card.dial": {"card": 1}, "card.skip": {"card": 1, "reason": "not_now"},
    "campaign.pace": {"campaign": 1, "pacing": "preview"}, "campaign.progress": {"campaign": 1},
    "campaign.again": {"campaign": 1, "name": "x"}, "campaign.forecast": {"campaign": 1},
    "task.make": {"title": "x", "due_at": "nonsense"}, "task.done": {"id": 1},
    "task.reopen": {"id": 1}, "task.hand_over": {"id": 1, "group": "billing"},
    "task.reschedule": {"id": 1, "due_at": "nonsense"}, "task.history": {"id": 1},
    "call.dialling": {"number": "nonsense"},
    "message.send": {"to_kind": "operator", "to": "none", "text": "x"},
    "message.seen": {"id": 999_999}, "help.answer": {"id": 999_999}, "help.end": {"id": 999_999},
    "script.show": {"conversation": 1}, "script.choose": {"conversation": 1, "script": "x"},
    "script.answer": {"conversation": 1, "script": "x", "step": "x", "answer": "x"},
    "script.answers": {"interaction": 999_999}, "proposal.list": {"client_id": 999_999},
    "proposal.answer": {"client_id": 999_999, "proposal": "x", "answer": "later"},
    "client.change": {"client_id": 999_999, "version": 1, "changes": {}},
    "client.history": {"client_id": 999_999}, "client.why_not_called": {"client_id": 999_999},
    "callback.withdraw": {"id": 999_999, "why": "gone"},
    "entry.close": {"entry": "", "reason": "flood"}, "entry.open": {"entry": ""},
    "incident.decide": {"id": 999_999, "state": "dismissed"},
    "operator.state": {"operator": "none", "state": "offline", "why": "x"},
    "threshold.save": {"version": 1, "thresholds": []},
    "wall.make": {"name": "x"}, "wall.revoke": {"id": 999_999},
    "field.define": {"shape": {"label": "", "kind": "text"}},
    "field.alter": {"key": "none", "version": 1, "shape": {"label": "x", "kind": "text"}},
    "field.retire": {"key": "none", "version": 1}, "duplicate.check": {"name": "x"},
    "duplicate.compare": {"id": 999_999},
    "duplicate.decide": {"id": 999_999, "decision": "later"},
    "client.merge": {"kept": 999_998, "absorbed": 999_999}, "client.unmerge": {"merge": 999_999},
    "person.find": {"client_id": 999_999},
    "person.erase": {"client_id": 999_999, "name": "x", "reason": "asked"},
    "call.answer": {"call": "x"}, "call.hold": {"call": "x"}, "call.resume": {"call": "x"},
    "call.mute": {"call": "x", "on": True}, "call.keypad": {"call": "x", "digits": "1"},
    "call.transfer": {"call": "x"}, "call.consult": {"call": "x"}, "call.swap": {"call": "x"},
    "call.complete": {"call": "x"}, "call.cancel": {"call": "x"}, "call.conference": {"call": "x"},
    "call.drop": {"call": "x", "party": "client"}, "call.leave": {"call": "x"},
    "call.park": {"call": "x"}, "call.take_back": {"call": "x"}, "call.pick_up": {"call": "x"},
    "call.redirect": {"call": "x"}, "call.to_menu": {"call": "x", "menu": "x"},
    "call.record": {"call": "x", "on": True}, "call.pause_recording": {"call": "x"},
    "call.resume_recording": {"call": "x"}, "call.listen": {"call": "x"},
    "call.whisper": {"call": "x"}, "call.barge": {"call": "x"}, "call.take_over": {"call": "x"},
    "call.stop_listening": {"call": "x"},
}


def test_every_action_of_the_protocol_is_in_the_table() -> None:
    assert {name: action.args for name, action in TABLE.items()} == protocol.ACTIONS
    assert ACTIONS.keys() == TABLE.keys()


@pytest.mark.parametrize("role", sorted(LOGINS))
async def test_a_role_may_do_what_the_table_says_and_nothing_else(
    office: Office, role: str
) -> None:
    async with office.screen(LOGINS[role]) as screen:
        for name, roles in ACTIONS.items():
            if name == "session.end":
                continue
            reply = await screen.ask(name, **ARGS.get(name, {}))
            code = reply.problem.code if reply.problem else ""
            assert (code != "not_allowed") == (role in roles), (name, role, code)
            assert code != "unreadable", (name, reply.problem)


ROUTE_ROLES = {
    Who.ANYBODY: {*EVERYBODY, ""}, Who.SIGNED_IN: EVERYBODY, Who.OPERATORS: WORKERS,
    Who.SUPERVISORS: LEADERS, Who.ADMINISTRATORS: {"administrator"},
    Who.MANAGERS: {*LEADERS, "manager"},
}


@pytest.mark.parametrize("role", ["", *sorted(LOGINS)])
async def test_a_route_answers_those_it_is_for(office: Office, role: str) -> None:
    headers = await office.bearer(LOGINS[role]) if role else {}
    for route in ROUTES:
        if (route.method, route.path) == ("DELETE", "/session"):
            continue
        status = await _status(office, route, headers)
        if role in ROUTE_ROLES[route.who]:
            assert status not in (401, 403) or route.path == "/session", (route.path, status)
        else:
            assert status == (403 if role else 401), (route.method, route.path, status)


def test_an_administrator_reads_what_a_supervisor_reads() -> None:
    for route in ROUTES:
        is_own = route.path == "/conversations"     # who has no desk has none
        if route.method == "GET" and "supervisor" in ROUTE_ROLES[route.who] and not is_own:
            assert "administrator" in ROUTE_ROLES[route.who], route.path
    for name, action in TABLE.items():
        if action.reads and "supervisor" in ACTIONS[name]:
            assert "administrator" in ACTIONS[name], name


async def _status(office: Office, route: Route, headers: dict[str, str]) -> int:
    path = re.sub(r"\{\w+\}", "999999", route.path)
    answer = await office.http.request(route.method, f"{office.url}{PREFIX}{path}",
                                       headers=headers, json={} if route.body else None)
    assert answer.status < 500, (route.method, route.path, await answer.text())
    if answer.status >= 400:
        assert answer.content_type == "application/problem+json"
    return answer.status


@pytest.mark.parametrize(("login", "action"), [("anna", "campaign.entries"),
                                               ("admin", "state.set")])
async def test_a_refusal_says_whom_it_is_for(office: Office, login: str, action: str) -> None:
    async with office.screen(login) as screen:
        reply = await screen.ask(action, **ARGS[action])
        assert reply.problem is not None
        assert "is for" in reply.problem.detail
