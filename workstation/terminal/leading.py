"""An operator's state set by a lead, with the reason, and a message to him alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from workstation.protocol.floor import SetOperatorState
from workstation.protocol.team import SendMessage
from workstation.terminal.dialogs import Menu, Question
from workstation.terminal.workplace import Workplace

if TYPE_CHECKING:
    from workstation.terminal.app import Terminal

VERBS = ("lead:state", "lead:message")


def verbs(desk: Workplace, operator: str) -> list[tuple[str, str]]:
    if not operator or operator == desk.me.id:
        return []
    return [(VERBS[0], desk.words("tile.state")), (VERBS[1], desk.words("tile.message"))]


def ask(app: Terminal, verb: str, operator: str) -> None:
    words, name = app.desk.words, app.desk.operator_name(operator)
    if verb == VERBS[1]:
        app.push_screen(Question(words("tile.message_of", name=name),
                                 words("terminal.message_hint")),
                        lambda text: _write(app, operator, text))
        return
    paused = words("state.paused")
    choices = [*((f"paused:{one.id}", f"{paused}: {app.desk.pause_reason(one.id)}")
                 for one in app.desk.catalogue.pause_reasons),
               ("ready:", words("state.ready")), ("offline:", words("state.offline"))]
    app.push_screen(Menu(words("tile.state_of", name=name), choices),
                    lambda chosen: _why(app, operator, chosen))


def _write(app: Terminal, operator: str, text: str | None) -> None:
    if text:
        app.do("message.send", SendMessage(to_kind="operator", to=operator, text=text))


def _why(app: Terminal, operator: str, chosen: str | None) -> None:
    if chosen is None:
        return
    state, _, reason = chosen.partition(":")

    def go(why: str | None) -> None:
        if why:
            app.do("operator.state", SetOperatorState(
                operator=operator, state=_STATES[state], reason=reason, why=why))
    app.push_screen(Question(app.desk.words("tile.why"), app.desk.words("tile.why_hint")), go)


_STATES: dict[str, Literal["ready", "paused", "offline"]] = {
    "ready": "ready", "paused": "paused", "offline": "offline"}
